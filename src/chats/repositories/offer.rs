//! The server's tools, as a model gets them.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::place::Place;
use crate::models::chat::Tool;

/// What their names begin with, so that they are none of this server's.
pub(super) const PREFIX: &str = "git_";
/// As long as providers allow.
const NAME_MAX: usize = 64;
/// A name that is longer is none: people are asked about it.
const REMOTE_NAME_MAX: usize = 128;
const DESCRIPTION_MAX: usize = 2_000;
/// Providers take some more; their context is the person's.
const TOOLS_MAX: usize = 100;
const BYTES_MAX: usize = 200_000;

/// A tool.
pub(super) struct Offer {
    /// As the server calls it.
    pub remote: String,
    /// For the model.
    pub tool: Tool,
    /// Whether the server says that it changes nothing.
    pub only_reads: bool,
}

/// The tools that are not off; those beyond the bounds are left out.
pub(super) fn offers(tools: Vec<rmcp::model::Tool>, place: &Place) -> Vec<Offer> {
    let (mut names, mut bytes) = (HashSet::new(), 0);
    let mut offers = Vec::new();
    for told in tools {
        let is_named = told.name.len() <= REMOTE_NAME_MAX && !told.name.contains(char::is_control);
        if !is_named || place.off.contains(told.name.as_ref()) || offers.len() == TOOLS_MAX {
            continue;
        }
        let offer = offer(&told);
        let size = offer.tool.description.len() + offer.tool.parameters.to_string().len();
        if bytes + size > BYTES_MAX || !names.insert(offer.tool.name.clone()) {
            continue;
        }
        bytes += size;
        offers.push(offer);
    }
    offers
}

fn offer(told: &rmcp::model::Tool) -> Offer {
    let annotations = told.annotations.as_ref();
    let mut parameters = Value::Object((*told.input_schema).clone());
    // Providers refuse an object of which nothing is said.
    if parameters["properties"].is_null() {
        parameters["properties"] = json!({});
    }
    Offer {
        remote: told.name.to_string(),
        tool: Tool {
            name: name(&told.name),
            description: about(told),
            parameters,
        },
        only_reads: annotations.and_then(|known| known.read_only_hint) == Some(true),
    }
}

fn name(remote: &str) -> String {
    let plain = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '-' => c,
        _ => '_',
    };
    let name = PREFIX.chars().chain(remote.chars().map(plain));
    name.take(NAME_MAX).collect()
}

fn about(told: &rmcp::model::Tool) -> String {
    let said = told.description.as_deref().or(told.title.as_deref());
    let said = said.unwrap_or_default();
    said.chars()
        .filter(|c| *c != '\0')
        .take(DESCRIPTION_MAX)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::chat::Reach;

    fn told(name: &str, description: &str) -> rmcp::model::Tool {
        let schema = json!({"type": "object"});
        let schema = schema.as_object().cloned().unwrap_or_default();
        rmcp::model::Tool::new(name.to_owned(), description.to_owned(), schema)
    }

    fn place(off: &[&str]) -> Place {
        Place {
            url: "https://example.org/mcp".parse().unwrap(),
            host: "example.org".into(),
            reach: Reach::Public,
            token_provider: "github".into(),
            sets: Vec::new(),
            off: off.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    #[test]
    fn names_are_those_that_providers_take() {
        let long = "x".repeat(100);
        let tools = vec![
            told("list.issues", "a"),
            told("list_issues", "the same name as the first"),
            told("delete repo", "off"),
            told(&long, "b"),
            told(&"y".repeat(129), "longer than a name is"),
            told("read\nAllowed already", "more than a name"),
            told("zero\0", "which PostgreSQL has no text for"),
        ];
        let found = offers(tools, &place(&["delete repo"]));
        let names: Vec<_> = found.iter().map(|offer| offer.tool.name.as_str()).collect();
        assert_eq!(names.len(), 2, "{names:?}");
        assert_eq!(names[0], "git_list_issues");
        assert_eq!(names[1].len(), NAME_MAX);
        assert!(!found[0].only_reads, "what is not marked as reading is not");
        assert_eq!(found[0].tool.parameters["properties"], json!({}));
    }

    #[test]
    fn tools_have_bounds() {
        let many = (0..500).map(|number| told(&format!("t{number}"), "x"));
        assert_eq!(offers(many.collect(), &place(&[])).len(), TOOLS_MAX);
        let description = "x".repeat(10_000);
        let large = (0..200).map(|number| told(&format!("t{number}"), &description));
        let found = offers(large.collect(), &place(&[]));
        assert!(
            found
                .iter()
                .all(|offer| offer.tool.description.len() == DESCRIPTION_MAX)
        );
        assert!(found.len() < TOOLS_MAX, "{}", found.len());
    }
}
