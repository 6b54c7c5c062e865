//! What can be kept of an answer.

use serde_json::Value;

use crate::models::chat::ChatEvent;

/// An event without the character zero, of which PostgreSQL has none in its texts: whoever reads an answer keeps it.
pub(super) fn storable(event: ChatEvent) -> ChatEvent {
    match event {
        ChatEvent::Text(text) => ChatEvent::Text(plain(text)),
        ChatEvent::Reasoning { text, signature } => ChatEvent::Reasoning {
            text: plain(text),
            signature: signature.map(plain),
        },
        ChatEvent::ToolCall {
            id,
            name,
            arguments,
        } => ChatEvent::ToolCall {
            id: plain(id),
            name: plain(name),
            arguments: plain_value(arguments),
        },
        ChatEvent::Source { url, title } => ChatEvent::Source {
            url: plain(url),
            title: title.map(plain),
        },
        other @ (ChatEvent::Usage(_) | ChatEvent::End(_)) => other,
    }
}

fn plain(text: String) -> String {
    match text.contains('\0') {
        true => text.replace('\0', ""),
        false => text,
    }
}

fn plain_value(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(plain(text)),
        Value::Array(items) => items.into_iter().map(plain_value).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| (plain(name), plain_value(value)))
            .collect(),
        other => other,
    }
}
