//! The tools: each a GraphQL document, whose variables are the tool's arguments, and what an assistant has to know of it.

mod cut;
mod documents;
mod notes;
mod prompts;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use rmcp::model::{JsonObject, ToolAnnotations};
use serde_json::{Map, Value, json};

pub(super) use cut::Cut;

/// What an assistant can do.
pub(super) struct Tool {
    pub name: &'static str,
    pub title: &'static str,
    /// What it does, and when to use it.
    pub description: &'static str,
    /// Whether it makes or changes something.
    pub writes: bool,
    /// Whether something that was there before may be gone afterwards.
    pub overwrites: bool,
    /// Whether it asks somebody outside of this server.
    pub asks_others: bool,
    /// The arguments, those that are needed first: their name, their JSON schema, and whether they are needed.
    pub arguments: &'static [Argument],
    pub document: &'static str,
    /// What is done about long texts in the answer.
    pub texts: Texts,
}

/// An argument of a tool.
pub(super) struct Argument {
    pub name: &'static str,
    pub is_needed: bool,
    /// Its JSON schema, without the description.
    pub schema: &'static str,
    pub description: &'static str,
}

/// What is done about long texts.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Texts {
    /// They stand as they are.
    Whole,
    /// Their beginnings stand for them: a list is to choose from.
    Begun,
    /// A part of them, from the argument `offset` on.
    Paged,
}

/// What is to be run.
pub(super) struct Prepared {
    pub variables: Map<String, Value>,
    pub cut: Cut,
}

/// All tools, those that read first.
pub(super) fn all() -> impl Iterator<Item = &'static Tool> {
    [notes::TOOLS, documents::TOOLS, prompts::TOOLS]
        .into_iter()
        .flatten()
}

/// The tool of a name.
pub(super) fn named(name: &str) -> Option<&'static Tool> {
    all().find(|tool| tool.name == name)
}

impl Tool {
    /// As the protocol describes it.
    pub(super) fn described(&self) -> rmcp::model::Tool {
        let annotations = ToolAnnotations::with_title(self.title)
            .read_only(!self.writes)
            .destructive(self.overwrites)
            .idempotent(!self.writes)
            .open_world(self.asks_others);
        rmcp::model::Tool::new(self.name, self.description, Arc::new(self.schema()))
            .with_title(self.title)
            .with_annotations(annotations)
    }

    fn schema(&self) -> JsonObject {
        let properties = self.arguments.iter().map(|argument| {
            let mut schema: Map<String, Value> =
                serde_json::from_str(argument.schema).unwrap_or_default();
            schema.insert("description".to_owned(), argument.description.into());
            (argument.name.to_owned(), Value::Object(schema))
        });
        let needed = self.arguments.iter().filter(|argument| argument.is_needed);
        let needed: Vec<&str> = needed.map(|argument| argument.name).collect();
        JsonObject::from_iter([
            ("type".to_owned(), json!("object")),
            ("properties".to_owned(), Value::Object(properties.collect())),
            ("required".to_owned(), json!(needed)),
            ("additionalProperties".to_owned(), json!(false)),
        ])
    }

    /// Makes variables of arguments. Their values are judged by GraphQL.
    ///
    /// # Errors
    /// A sentence about an argument that the tool does not have, or about `offset`.
    pub(super) fn prepare(&self, mut given: Map<String, Value>) -> Result<Prepared, String> {
        let known = |name: &String| self.arguments.iter().any(|argument| argument.name == name);
        if let Some(unknown) = given.keys().find(|name| !known(name)) {
            let names: Vec<&str> = self
                .arguments
                .iter()
                .map(|argument| argument.name)
                .collect();
            let names = names.join(", ");
            return Err(format!(
                "{} has no argument {unknown:?}, only {names}",
                self.name
            ));
        }
        let cut = match self.texts {
            Texts::Whole => Cut::None,
            Texts::Begun => Cut::Begun,
            Texts::Paged => {
                let offset = match given.remove("offset") {
                    None | Some(Value::Null) => Some(0),
                    Some(offset) => offset.as_u64(),
                };
                let offset = offset.and_then(|offset| usize::try_from(offset).ok());
                Cut::From(offset.ok_or("offset is a whole number from 0")?)
            }
        };
        // An argument that is null is one that was not given: assistants often name all of them.
        given.retain(|_, value| !value.is_null());
        Ok(Prepared {
            variables: given,
            cut,
        })
    }
}
