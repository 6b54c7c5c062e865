//! Which template is meant, and the values for its blanks.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use uuid::Uuid;

use crate::{
    actions::ActionContext,
    error::{Code, Error, Result},
    templates::{self, RENDERED_MAX_BYTES, Rendered},
};

// What a blank is called is `key` in a framework and `name` in a template of people's own.
const OF_FRAMEWORK: &str = "
    select template, components from public.prompt_frameworks where name = $1 and is_enabled";
const OF_PERSON: &str =
    "select template_content, variables from public.prompt_templates where id = $1";

/// Where a template comes from.
pub(super) enum Source<'a> {
    /// Its text.
    Text(&'a str),
    /// One that somebody keeps.
    Kept(Uuid),
    /// That of a framework, by its name.
    Framework(&'a str),
}

/// A template, and what is said of its blanks.
pub(super) struct Template {
    pub text: String,
    /// Blanks that need no value.
    optional: BTreeSet<String>,
    /// What blanks hold without a value.
    defaults: BTreeMap<String, String>,
}

impl Template {
    /// Reads a template as the caller.
    ///
    /// # Errors
    /// NOT_FOUND when the caller sees none.
    pub(super) async fn read(context: &ActionContext<'_>, source: Source<'_>) -> Result<Self> {
        let (rows, missing) = match source {
            Source::Text(text) => {
                return Ok(Template {
                    text: text.to_owned(),
                    optional: BTreeSet::new(),
                    defaults: BTreeMap::new(),
                });
            }
            Source::Kept(id) => (
                context.rows(OF_PERSON, &[&id]).await?,
                "There is no such template",
            ),
            Source::Framework(name) => (
                context.rows(OF_FRAMEWORK, &[&name]).await?,
                "There is no framework of this name; `promptFrameworks` lists them",
            ),
        };
        let row = rows
            .first()
            .ok_or_else(|| Error::new(Code::NotFound, missing))?;
        let said: Value = row.try_get(1)?;
        let mut template = Template {
            text: row.try_get(0)?,
            optional: BTreeSet::new(),
            defaults: BTreeMap::new(),
        };
        for blank in said.as_array().into_iter().flatten() {
            template.heed(blank);
        }
        Ok(template)
    }

    /// What is said of one blank; people may have written anything there.
    fn heed(&mut self, blank: &Value) {
        let text = |field: &str| blank.get(field).and_then(Value::as_str);
        let Some(name) = text("key").or_else(|| text("name")) else {
            return;
        };
        if let Some(default) = text("default") {
            self.defaults.insert(name.to_owned(), default.to_owned());
        } else if blank.get("required") == Some(&Value::Bool(false)) {
            self.optional.insert(name.to_owned());
        }
    }

    /// Fills it in.
    ///
    /// # Errors
    /// LIMIT_EXCEEDED when it becomes too long.
    pub(super) fn render(&self, given: BTreeMap<String, String>) -> Result<Rendered> {
        let mut values = given;
        for name in templates::blanks(&self.text) {
            if values.contains_key(name) {
                continue;
            }
            if let Some(default) = self.defaults.get(name) {
                values.insert(name.to_owned(), default.clone());
            } else if self.optional.contains(name) {
                values.insert(name.to_owned(), String::new());
            }
        }
        templates::render(&self.text, &values).map_err(|_| {
            let message = format!("The text becomes longer than {RENDERED_MAX_BYTES} bytes");
            Error::limit_exceeded("renderedBytes", RENDERED_MAX_BYTES, message)
        })
    }
}

/// The values in an object: texts, numbers and truth values; null is as good as none.
///
/// # Errors
/// BAD_USER_INPUT for anything else.
pub(super) fn values(variables: &Value) -> Result<BTreeMap<String, String>> {
    let refused = |said: String| Error::bad_input(said).with("field", "variables");
    let Some(object) = variables.as_object() else {
        return Err(refused("variables is an object: {name: value}".to_owned()));
    };
    let mut values = BTreeMap::new();
    for (name, value) in object {
        let text = match value {
            Value::Null => continue,
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(truth) => truth.to_string(),
            Value::Array(_) | Value::Object(_) => {
                let said = format!("The value of {name:?} must be a text, a number or a boolean");
                return Err(refused(said));
            }
        };
        values.insert(name.clone(), text);
    }
    Ok(values)
}
