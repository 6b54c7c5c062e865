//! What a model gets to read: what was said before, as much of it as fits.

use deadpool_postgres::ClientWrapper;
use serde_json::Value;
use uuid::Uuid;

use super::{
    attachments::{self, File},
    parts,
};
use crate::{
    error::{Error, Result},
    models::chat::{ChatMessage, ChatRequest, ChatRole, count_tokens, part_tokens},
};

/// Messages of the shown branch that are read at most, the newest.
const MESSAGES_MAX: i64 = 500;
const READ: &str = "
    select m.role::text, m.parts, m.attachments from (
      select m.* from public.messages m, public.messages answer
      where answer.id = $2 and m.chat_id = $1 and m.is_current and m.id <> answer.id
        and (m.created_at, m.id) < (answer.created_at, answer.id)
      order by m.created_at desc, m.id desc limit $3
    ) m order by m.created_at, m.id";

/// What was said before an answer.
pub struct History {
    /// The messages, the oldest first.
    pub messages: Vec<ChatMessage>,
    /// The files that came with them, in their order: the message's place, and which one.
    pub files: Vec<(usize, File)>,
}

/// What was said before an answer. Files that came with it are named and not read yet.
///
/// # Errors
/// When the database does not answer.
pub async fn history(client: &ClientWrapper, chat: Uuid, answer: Uuid) -> Result<History> {
    let statement = client.prepare_cached(READ).await?;
    let rows = client
        .query(&statement, &[&chat, &answer, &MESSAGES_MAX])
        .await?;
    let (mut messages, mut files) = (Vec::new(), Vec::new());
    for row in rows {
        let (role, said): (&str, Value) = (row.get(0), row.get(1));
        let said = said.as_array().map_or(&[][..], Vec::as_slice);
        match role {
            "assistant" => messages.extend(parts::answer(said, false)),
            // What an application says beside the conversation is read as the person's.
            _ => {
                let attached: Value = row.get(2);
                let question = parts::question(said);
                let found = attachments::files(&attached);
                if !question.parts.is_empty() || !found.is_empty() {
                    files.extend(found.into_iter().map(|file| (messages.len(), file)));
                    messages.push(question);
                }
            }
        }
    }
    Ok(History { messages, files })
}

/// Whether all of a request fits for sure, without counting its tokens, which takes a while: a token has a byte at least.
#[must_use]
pub fn fits_uncounted(request: &ChatRequest, window_tokens: usize, output_tokens: usize) -> bool {
    let said: usize = request.messages.iter().map(size_bytes).sum();
    said + fixed_bytes(request) <= room(window_tokens, output_tokens)
}

/// The tokens that a model reads, beside those that it writes.
fn room(window_tokens: usize, output_tokens: usize) -> usize {
    window_tokens.saturating_sub(output_tokens.min(window_tokens / 4))
}

/// Leaves out what is older than fits into the model's window, in whole exchanges: what is left begins with something that
/// the person said.
///
/// # Errors
/// LIMIT_EXCEEDED when not even the last exchange fits.
pub async fn cut(
    mut request: ChatRequest,
    window_tokens: usize,
    output_tokens: usize,
) -> Result<ChatRequest> {
    if fits_uncounted(&request, window_tokens, output_tokens) {
        return Ok(request);
    }
    let room = room(window_tokens, output_tokens);
    let counted = tokio::task::spawn_blocking(move || {
        let fixed = tokens(&fixed_text(&request));
        let costs: Vec<usize> = request.messages.iter().map(message_tokens).collect();
        let first = first_that_fits(&request.messages, &costs, room.saturating_sub(fixed));
        if let Some(first) = first {
            request.messages.drain(..first);
        }
        (request, first.is_some())
    });
    let (request, fits) = counted.await.map_err(Error::internal)?;
    match fits {
        true => Ok(request),
        false => Err(Error::limit_exceeded(
            "contextTokens",
            window_tokens,
            format!(
                "The message is longer than the {window_tokens} tokens that the model reads: shorten it, or choose a model that reads more"
            ),
        )),
    }
}

/// The place of the first message that is kept: the oldest of the person's from which on all fits.
fn first_that_fits(messages: &[ChatMessage], costs: &[usize], room: usize) -> Option<usize> {
    let (mut used, mut first) = (0_usize, None);
    for (place, message) in messages.iter().enumerate().rev() {
        used = used.saturating_add(costs[place]);
        if used > room {
            break;
        }
        if message.role == ChatRole::User {
            first = Some(place);
        }
    }
    first
}

/// What roles and names cost.
const MESSAGE_TOKENS: usize = 8;

fn message_tokens(message: &ChatMessage) -> usize {
    counted(message, &count_tokens)
}

/// At least as much: no token of a text has less than a byte.
fn size_bytes(message: &ChatMessage) -> usize {
    counted(message, &|text| text.len() as u64)
}

fn counted(message: &ChatMessage, count: &dyn Fn(&str) -> u64) -> usize {
    let parts = message.parts.iter().map(|part| part_tokens(part, count));
    MESSAGE_TOKENS + usize::try_from(parts.sum::<u64>()).unwrap_or(usize::MAX)
}

/// What is sent whatever was said: the prompt and the tools.
fn fixed_text(request: &ChatRequest) -> String {
    let mut text = request.system.clone().unwrap_or_default();
    for tool in &request.tools {
        text.push_str(&tool.description);
        text.push_str(&tool.parameters.to_string());
    }
    text
}

fn fixed_bytes(request: &ChatRequest) -> usize {
    fixed_text(request).len()
}

fn tokens(text: &str) -> usize {
    usize::try_from(count_tokens(text)).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::chat::Part;

    fn message(role: ChatRole, text: &str) -> ChatMessage {
        ChatMessage {
            role,
            parts: vec![Part::Text(text.into())],
        }
    }

    fn request(turns: usize) -> ChatRequest {
        let messages = (0..turns).flat_map(|turn| {
            let said = format!("question {turn} {}", "word ".repeat(100));
            [
                message(ChatRole::User, &said),
                message(ChatRole::Assistant, &"answer ".repeat(100)),
            ]
        });
        ChatRequest {
            messages: messages
                .chain([message(ChatRole::User, "the last")])
                .collect(),
            ..ChatRequest::default()
        }
    }

    #[tokio::test]
    async fn the_oldest_exchanges_are_left_out() {
        let cut = cut(request(20), 1_000, 100).await.unwrap();
        assert!(cut.messages.len() < 12, "{}", cut.messages.len());
        assert_eq!(cut.messages[0].role, ChatRole::User);
        let used: usize = cut.messages.iter().map(message_tokens).sum();
        assert!(used <= 900 && used > 600, "{used}");
    }

    #[tokio::test]
    async fn what_surely_fits_is_not_counted_and_left_whole() {
        let short = request(2);
        let bytes = short.messages.iter().map(size_bytes).sum::<usize>();
        assert!(fits_uncounted(&short, bytes, 0));
        assert!(!fits_uncounted(&short, bytes - 1, 0));
        // What the model writes is left free, but never more than a quarter.
        assert!(!fits_uncounted(&short, bytes, 1));
        assert!(fits_uncounted(&short, bytes * 2, usize::MAX));
        let kept = cut(short.clone(), bytes, 0).await.unwrap();
        assert_eq!(kept.messages.len(), short.messages.len());
    }

    #[tokio::test]
    async fn files_count() {
        let mut with_file = request(3);
        with_file.messages[2].parts.push(Part::File {
            media_type: "text/plain".into(),
            name: "long.txt".into(),
            data: "word ".repeat(5_000).into(),
        });
        let cut = cut(with_file, 4_000, 100).await.unwrap();
        assert_eq!(
            cut.messages.len(),
            3,
            "what came before the file's end is left out"
        );
    }

    #[tokio::test]
    async fn what_fits_is_whole_and_what_cannot_fit_is_refused() {
        assert_eq!(
            cut(request(3), 100_000, 1_000)
                .await
                .unwrap()
                .messages
                .len(),
            7
        );
        let mut long = request(0);
        long.messages = vec![message(ChatRole::User, &"word ".repeat(5_000))];
        let error = cut(long, 1_000, 100).await.unwrap_err();
        assert_eq!(error.code(), crate::error::Code::LimitExceeded);
    }
}
