//! What the actions that have something answered share: how it is to be answered, and what they give.

use serde::Deserialize;
use serde_json::{Value, json};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::{
    actions::{ActionContext, Outcome, RowRef, named_model},
    error::{Code, Error, Result},
};

/// Characters of a message's text.
const TEXT_MAX: usize = 1_000_000;
const PARTS_MAX: usize = 100;
/// Characters of a title that is made of the first words.
const TITLE_MAX: usize = 80;

pub(in crate::actions) const TYPES: &str = r#"
"An answer that is being written: follow its stream with the subscription `chatStream`."
type StartedAnswer {
  "The chat."
  chat: Chat!
  "What is answered."
  question: Message
  "The message that is being written. Its parts are complete when the stream has ended."
  answer: Message!
  "The stream that writes it."
  stream: ChatStream!
  "Its key, for `chatStream` and `stopStream`."
  streamId: UUID!
}
"How a message is to be answered. What is not given is as the administrators set it up for the agent."
input AnswerOptions {
  "One of `modelConfigs`, by its `modelId`; the default model without it. `local` is no model: it answers with what is found in the caller's notes."
  model: String
  "Whose model it is, where several providers have one of that name: `openai`, `anthropic`, `google`, `compatible`."
  provider: String
  "Who answers: the chat itself, which hands work to all others; or one of them, which then is the only one it has."
  agent: AgentType = CHAT_MODEL_AGENT
  "How freely the model chooses its words, from 0 to 2."
  temperature: Float
  "The most tokens that it may write at a time."
  maxOutputTokens: Int
  "How long it thinks first, where it can."
  reasoning: AnswerReasoning
}
"How long a model thinks before it answers."
enum AnswerReasoning {
  "Briefly."
  LOW
  "For a while."
  MEDIUM
  "Long."
  HIGH
}
"#;

/// How it is to be answered, as the job gets it.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct Options {
    model: Option<String>,
    provider: Option<String>,
    agent: Option<String>,
    temperature: Option<f64>,
    max_output_tokens: Option<i32>,
    reasoning: Option<String>,
}

impl Options {
    /// Checked, as the job's payload has it.
    ///
    /// # Errors
    /// BAD_USER_INPUT for what there is not, or is out of range.
    pub(super) async fn request(self, context: &ActionContext<'_>) -> Result<Value> {
        if self.temperature.is_some_and(|t| !(0.0..=2.0).contains(&t)) {
            return Err(Error::bad_input("temperature is from 0 to 2"));
        }
        if self.max_output_tokens.is_some_and(|tokens| tokens < 1) {
            return Err(Error::bad_input("maxOutputTokens is at least 1"));
        }
        let lower = |text: Option<String>| text.map(|text| text.to_lowercase());
        let provider = lower(self.provider);
        let (provider, model) = (provider.as_deref(), self.model.as_deref());
        let provider = named_model::check(context, provider, model).await?;
        Ok(json!({
            "model": self.model,
            "provider": provider,
            "agent": lower(self.agent),
            "temperature": self.temperature,
            "maxOutputTokens": self.max_output_tokens,
            "reasoning": lower(self.reasoning),
        }))
    }
}

/// The parts of a message that a person sends: texts, and nothing else. Also the title that their first words make.
pub(super) fn texts(parts: &Value) -> Result<(Value, String)> {
    let wrong = || {
        let said = "parts is an array of 1 to 100 objects {\"type\": \"text\", \"text\": …}, with some text in them";
        Error::bad_input(said).with("field", "parts")
    };
    let parts = parts.as_array().ok_or_else(wrong)?;
    if parts.is_empty() || parts.len() > PARTS_MAX {
        return Err(wrong());
    }
    let mut texts = Vec::with_capacity(parts.len());
    for part in parts {
        match (part["type"].as_str(), part["text"].as_str()) {
            (Some("text"), Some(text)) if !text.contains('\0') => texts.push(text),
            _ => return Err(wrong()),
        }
    }
    let length: usize = texts.iter().map(|text| text.chars().count()).sum();
    if length > TEXT_MAX {
        let said = format!("A message has {TEXT_MAX} characters at most");
        return Err(Error::limit_exceeded("messageCharacters", TEXT_MAX, said));
    }
    if texts.iter().all(|text| text.trim().is_empty()) {
        return Err(wrong());
    }
    let stored: Vec<Value> = texts
        .iter()
        .map(|text| json!({"type": "text", "text": text}))
        .collect();
    Ok((Value::Array(stored), first_words(&texts.join(" "))))
}

/// The first words of a text, for a title.
fn first_words(text: &str) -> String {
    let mut title = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        let longer = length + usize::from(length > 0) + word.chars().count();
        if longer > TITLE_MAX {
            if length == 0 {
                title.extend(word.chars().take(TITLE_MAX));
            }
            title.push('…');
            break;
        }
        if length > 0 {
            title.push(' ');
        }
        title.push_str(word);
        length = longer;
    }
    title
}

/// What a function of the database said: the keys of what it made.
///
/// # Errors
/// What the problem is, where it names one; NOT_FOUND where the caller may not see what was named.
pub(super) fn said(rows: &[Row], what: &'static str) -> Result<Value> {
    let said: Option<Value> = match rows.first() {
        Some(row) => row.try_get(0)?,
        None => None,
    };
    let said = said.unwrap_or_else(|| json!({"problem": "missing"}));
    let Some(problem) = said["problem"].as_str() else {
        return Ok(said);
    };
    let conflict = |said: &'static str| Err(Error::new(Code::Conflict, said));
    match problem {
        "busy" => conflict(
            "An answer is being written in this chat: wait until it ends, or stop it with stopStream",
        ),
        "branch" => {
            conflict("The message is in a branch that is not shown: show it with showBranch first")
        }
        "late" => conflict("The chat has gone on without an answer to this"),
        "answered" => conflict("This was answered already"),
        "request" => Err(Error::new(
            Code::NotFound,
            "The message has no such request of a tool",
        )),
        "role" => Err(Error::bad_input(
            "Edited can be what a person wrote, and answered once more what answers something",
        )),
        _ => Err(Error::new(Code::NotFound, what)),
    }
}

/// An answer that was begun, in this chat.
pub(super) fn started(chat: Uuid, said: &Value) -> Outcome {
    let row = |table: &'static str, key: &Value| {
        Outcome::Row(RowRef {
            table: table.into(),
            key: vec![key.clone()],
        })
    };
    let question = match &said["question"] {
        Value::Null => Outcome::Value(Value::Null),
        key => row("messages", key),
    };
    Outcome::Object(vec![
        ("chat", row("chats", &json!(chat))),
        ("question", question),
        ("answer", row("messages", &said["answer"])),
        ("stream", row("streams", &said["stream"])),
        ("streamId", Outcome::Value(said["stream"].clone())),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_texts() {
        let (parts, title) =
            texts(&json!([{"type": "text", "text": " How do\nI knead? "}])).unwrap();
        assert_eq!(
            parts,
            json!([{"type": "text", "text": " How do\nI knead? "}])
        );
        assert_eq!(title, "How do I knead?");
        for wrong in [
            json!([]),
            json!({}),
            json!("text"),
            json!([{"type": "text", "text": "  "}]),
            json!([{"type": "text", "text": "a\u{0}"}]),
            json!([{"type": "tool-result", "text": "x"}]),
            json!([{"text": "x"}]),
        ] {
            assert!(texts(&wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn titles_end_between_words() {
        let long = "word ".repeat(40);
        let title = first_words(&long);
        assert!(
            title.ends_with("word…") && title.chars().count() <= TITLE_MAX + 1,
            "{title}"
        );
        assert_eq!(first_words(&"x".repeat(200)).chars().count(), TITLE_MAX + 1);
    }
}
