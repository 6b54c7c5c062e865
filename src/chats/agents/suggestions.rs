//! Proposed edits of a document.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Agent,
    artifacts::{TOO_LONG, filled, latest},
    call::{Asked, call as ask},
};
use crate::{
    chats::{
        parts::Call,
        tools::{Ran, ToolContext, id_of, object},
    },
    error::Result,
};

/// Suggestions of one call at most.
const COUNT_MAX: usize = 20;
/// As the caller. A call that is run again finds what it made: suggestions of the same text are not made twice.
const STORE: &str = "
    insert into public.suggestions (document_id, document_created_at, original_text, suggested_text, description)
    select $1, $2::text::timestamptz, s.original, s.suggested, s.description
    from unnest($3::text[], $4::text[], $5::text[]) s (original, suggested, description)
    where not exists (select from public.suggestions p where p.document_id = $1
      and p.document_created_at = $2::text::timestamptz and p.original_text = s.original and p.suggested_text = s.suggested)
    returning id::text";

#[derive(Deserialize)]
struct Suggestion {
    original: String,
    suggested: String,
    #[serde(default)]
    description: String,
}

#[derive(Deserialize)]
struct Proposed {
    suggestions: Vec<Suggestion>,
}

/// Has the document reviewed, and keeps what quotes it exactly.
pub(super) async fn suggest(
    context: &mut ToolContext<'_>,
    call: &Call,
    agent: &Agent,
    settings: &Value,
) -> Result<Ran> {
    let id = id_of(call)?;
    let Some(document) = latest(context, id, "text").await? else {
        return Ok(Ran::Failed("The person has no such document.".into()));
    };
    let prompt = |name: &str| settings[name].as_str().unwrap_or_default();
    let instruction = call.input["instruction"].as_str().unwrap_or_default();
    let values = [
        ("content", document.content.as_str()),
        ("instruction", instruction),
    ];
    let Some(filled) = filled(prompt("userPromptTemplate"), &values) else {
        return Ok(Ran::Failed(TOO_LONG.into()));
    };
    let mut asked = Asked::prompt(prompt("systemPrompt"), filled);
    asked.schema = Some(schema());
    let text = match ask(context, agent, asked).await? {
        Ok(answered) => answered.text,
        Err(said) => return Ok(Ran::Failed(said)),
    };
    let Ok(proposed) = serde_json::from_str::<Proposed>(text.trim()) else {
        return Ok(Ran::Failed(
            "The review was not in the form that was asked for: try again.".into(),
        ));
    };
    let kept: Vec<&Suggestion> = proposed
        .suggestions
        .iter()
        .filter(|one| !one.original.is_empty() && document.content.contains(&one.original))
        .filter(|one| one.original != one.suggested && !one.suggested.contains('\0'))
        .take(COUNT_MAX)
        .collect();
    let column = |of: fn(&Suggestion) -> &str| kept.iter().map(|one| of(one)).collect::<Vec<_>>();
    let (original, suggested) = (column(|one| &one.original), column(|one| &one.suggested));
    let description = column(|one| &one.description);
    let made = context
        .rows(
            STORE,
            &[
                &id,
                &document.created_at,
                &original,
                &suggested,
                &description,
            ],
        )
        .await?;
    Ok(Ran::Done(json!({
        "artifactId": id,
        "version": document.version,
        "suggestions": made.len(),
        "notInTheText": proposed.suggestions.len() - kept.len(),
    })))
}

fn schema() -> Value {
    let text = json!({"type": "string"});
    let one = object(
        json!({"original": text, "suggested": text, "description": text}),
        &["original", "suggested", "description"],
    );
    object(
        json!({"suggestions": {"type": "array", "items": one}}),
        &["suggestions"],
    )
}
