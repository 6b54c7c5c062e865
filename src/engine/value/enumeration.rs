//! PostgreSQL's enums under their GraphQL names.

use crate::model::screaming;

/// The values of an enum: what each is called in GraphQL, and its label in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enumeration {
    /// In the order of the labels: a handful, which is searched faster than hashed.
    values: Vec<(String, String)>,
}

/// Two labels of an enum have the same name in GraphQL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the enum labels {first:?} and {second:?} would both be named {name} in GraphQL")]
pub struct AmbiguousName {
    first: String,
    second: String,
    name: String,
}

impl Enumeration {
    /// Names the labels as [`screaming`] does.
    ///
    /// # Errors
    /// Where two labels come to the same name.
    pub fn new(labels: impl IntoIterator<Item = String>) -> Result<Self, AmbiguousName> {
        let mut values: Vec<(String, String)> = Vec::new();
        for label in labels {
            let name = screaming(&label);
            if let Some((name, first)) = values.iter().find(|(other, _)| *other == name) {
                return Err(AmbiguousName {
                    first: first.clone(),
                    second: label,
                    name: name.clone(),
                });
            }
            values.push((name, label));
        }
        Ok(Enumeration { values })
    }

    /// The label of the value that GraphQL calls `name`.
    pub fn label(&self, name: &str) -> Option<&str> {
        let found = self.values.iter().find(|(other, _)| other == name);
        found.map(|(_, label)| label.as_str())
    }

    /// The names in GraphQL, in the order of the labels.
    pub fn names(&self) -> Vec<&str> {
        self.values.iter().map(|(name, _)| name.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_with_one_name_are_refused() {
        let error = Enumeration::new(["in progress", "done", "in-progress"].map(str::to_owned));
        assert_eq!(
            error.unwrap_err().to_string(),
            r#"the enum labels "in progress" and "in-progress" would both be named IN_PROGRESS in GraphQL"#
        );
    }
}
