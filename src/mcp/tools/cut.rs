//! Long texts in answers: an assistant reads what it asked for, and no more than it can take in.

use serde_json::Value;

/// The fields that may hold a long text. In a union `content` of two types cannot have one name.
const FIELDS: [&str; 2] = ["content", "text"];
/// What stands for a text in a list, in characters.
const BEGUN_CHARS: usize = 400;
/// How much of a text is read at once, in characters: some 10,000 tokens.
const PAGE_CHARS: usize = 40_000;

/// What is left of long texts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::mcp) enum Cut {
    /// All of them.
    None,
    /// Their beginnings.
    Begun,
    /// A page, from this character on; `nextOffset` beside it says where the next one begins.
    From(usize),
}

impl Cut {
    /// Cuts the texts in a value, however deep.
    pub(in crate::mcp) fn apply(self, value: &mut Value) {
        match value {
            _ if self == Cut::None => {}
            Value::Array(items) => items.iter_mut().for_each(|item| self.apply(item)),
            Value::Object(fields) => {
                let mut next = None;
                for (name, value) in fields.iter_mut() {
                    match value {
                        Value::String(text) if FIELDS.contains(&name.as_str()) => {
                            next = self.shorten(text).or(next);
                        }
                        value => self.apply(value),
                    }
                }
                if let Some(next) = next {
                    fields.insert("nextOffset".to_owned(), next.into());
                }
            }
            _ => {}
        }
    }

    /// Shortens a text, and says where its next page begins if there is one.
    fn shorten(self, text: &mut String) -> Option<usize> {
        let (from, most) = match self {
            Cut::None => return None,
            Cut::Begun => (0, BEGUN_CHARS),
            Cut::From(offset) => (offset, PAGE_CHARS),
        };
        let place = |text: &str, chars: usize| text.char_indices().nth(chars).map(|(at, _)| at);
        let start = place(text, from).unwrap_or(text.len());
        text.drain(..start);
        let end = place(text, most)?;
        text.truncate(end);
        if self == Cut::Begun {
            text.push('…');
            return None;
        }
        Some(from + most)
    }
}
