//! What answers where there is no model: sentences from the person's own notes, and how to get a model. It never pretends
//! to be one.

use std::collections::VecDeque;

use uuid::Uuid;

use crate::{
    clustering::keywords,
    db::Db,
    error::Result,
    extraction::about,
    models::chat::{ChatEvent, ChatRequest, ChatRole, EndReason, Part},
};

/// Words of the question that are looked for.
const WORDS_MAX: usize = 12;
/// Texts that are quoted, and sentences of each.
const TEXTS_MAX: i64 = 5;
const SENTENCES_MAX: usize = 2;
const QUESTION_MAX: usize = 2_000;
const FIND: &str = "
    select s.title, s.entity_type::text, s.content
    from public.search_index s, to_tsquery('english', $2) query
    where s.user_id = $1 and s.search_vector @@ query
    order by ts_rank_cd(s.search_vector, query) desc, s.updated_at desc limit $3";

/// Says what it is, quotes what it finds, and says how to get a model.
pub(super) async fn answer(
    db: &Db,
    user: Uuid,
    request: &ChatRequest,
    is_last_resort: bool,
) -> Result<VecDeque<ChatEvent>> {
    let words = words(&question(request));
    let mut events = VecDeque::new();
    let mut say = |text: String| events.push_back(ChatEvent::Text(text));
    say(
        "*This is no language model: it quotes your own notes, documents and artifacts.*\n\n"
            .to_owned(),
    );
    let found = find(db, user, &words).await?;
    match found.is_empty() {
        true => say("Nothing of yours has words of this question in it.\n\n".to_owned()),
        false => say("This is what I found:\n\n".to_owned()),
    }
    for quoted in found {
        say(quoted);
    }
    if is_last_resort {
        say(
            "\nFor answers of a model, save a key of a provider with `saveApiConfiguration`, or ask whoever runs this \
             server to set `MINDLOOM_OPENAI_API_KEY`, `MINDLOOM_ANTHROPIC_API_KEY`, `MINDLOOM_GOOGLE_API_KEY`, or \
             `MINDLOOM_COMPATIBLE_BASE_URL` with a model of that server (`createModelConfig`).\n"
                .to_owned(),
        );
    }
    events.push_back(ChatEvent::End(EndReason::Stop));
    Ok(events)
}

/// What the person said last.
fn question(request: &ChatRequest) -> String {
    let said = request
        .messages
        .iter()
        .rev()
        .find(|said| said.role == ChatRole::User);
    let parts = said.map(|said| said.parts.as_slice()).unwrap_or_default();
    let texts = parts.iter().filter_map(|part| match part {
        Part::Text(text) => Some(text.as_str()),
        _ => None,
    });
    let text = texts.collect::<Vec<_>>().join("\n");
    text.chars().take(QUESTION_MAX).collect()
}

fn words(question: &str) -> Vec<String> {
    let found = keywords(&[vec![question]], WORDS_MAX);
    let words = found.into_iter().flatten().map(|keyword| keyword.word);
    words
        .filter(|word| word.chars().all(char::is_alphanumeric))
        .collect()
}

/// Quotations, each a line of a list.
async fn find(db: &Db, user: Uuid, words: &[String]) -> Result<Vec<String>> {
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let any = words.join(" | ");
    let client = db.system().await?;
    let statement = client.prepare_cached(FIND).await?;
    let rows = client.query(&statement, &[&user, &any, &TEXTS_MAX]).await?;
    Ok(rows
        .iter()
        .map(|row| {
            let (title, kind, content): (Option<&str>, &str, &str) =
                (row.get(0), row.get(1), row.get(2));
            let quoted = about(content, words, SENTENCES_MAX).join(" … ");
            match title.filter(|title| !title.is_empty()) {
                Some(title) => format!("- {quoted} ({kind} “{title}”)\n"),
                None => format!("- {quoted} ({kind})\n"),
            }
        })
        .collect())
}
