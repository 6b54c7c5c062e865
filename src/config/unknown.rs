use crate::error::suggestion::nearest;

/// A `MINDLOOM_…` variable that is no setting: most likely misspelt, so the setting it meant would be ignored.
#[derive(Debug, thiserror::Error)]
#[error("{name} is not a setting of mindloom{suggestion}; the settings are {}", known.join(", "))]
pub struct UnknownSetting {
    name: String,
    suggestion: String,
    known: Vec<String>,
}

/// Refuses variables of the environment that begin with `MINDLOOM_` and are not in [`super::variables`].
///
/// # Errors
/// The first unknown name, with the nearest known one and the list of all.
pub fn refuse_unknown_variables(
    names: impl IntoIterator<Item = String>,
) -> Result<(), UnknownSetting> {
    let known = super::variables();
    let unknown = names
        .into_iter()
        .find(|name| name.starts_with("MINDLOOM_") && !known.contains(name));
    let Some(name) = unknown else { return Ok(()) };
    let suggestion = nearest(&name, known.iter().map(String::as_str))
        .map(|near| format!(" (did you mean {near}?)"))
        .unwrap_or_default();
    Err(UnknownSetting {
        name,
        suggestion,
        known,
    })
}
