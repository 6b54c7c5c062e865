//! Notes and documents of the person.

use serde_json::json;

use super::{OwnTool, Ran, ToolContext, id_of, object};
use crate::{chats::parts::Call, error::Result};

pub(super) const SEARCH: OwnTool = OwnTool {
    name: "searchNotes",
    description: "Finds the person's own notes and documents by words. Gives ids, by which readNote reads them.",
    parameters: || {
        object(
            json!({"query": {"type": "string", "description": "Words that would be in them; any of them counts."}}),
            &["query"],
        )
    },
};

pub(super) const READ: OwnTool = OwnTool {
    name: "readNote",
    description: "Reads a note or a document of the person, by its id.",
    parameters: || object(json!({"id": {"type": "string"}}), &["id"]),
};

pub(super) const DELETE: OwnTool = OwnTool {
    name: "deleteNote",
    description: "Puts a note of the person into the bin, by its id. The person is asked first.",
    parameters: || object(json!({"id": {"type": "string"}}), &["id"]),
};

/// Characters of a note that a model gets at once.
const TEXT_MAX: usize = 40_000;
const FIND: &str = "
    select f.entity_type::text, f.entity_id::text, f.title, f.snippet
    from public.search_content($1, array['note', 'document']::public.search_entity_type[], 10) f";
const READ_ONE: &str = "
    select 'note', null::text, left(n.content, $2), n.updated_at::text from public.notes n
    where n.id = $1 and n.deleted_at is null
    union all
    select 'document', d.title, left(d.content, $2), d.updated_at::text from public.documents d where d.id = $1";
const BEGINNING: &str =
    "select left(n.content, 80) from public.notes n where n.id = $1 and n.deleted_at is null";
const BIN: &str = "select id::text from public.soft_delete_note($1)";

/// Words that say nothing of what is looked for.
const EMPTY_WORDS: [&str; 40] = [
    "the", "and", "for", "are", "was", "were", "with", "that", "this", "what", "when", "where",
    "which", "who", "how", "why", "can", "could", "would", "should", "about", "from", "have",
    "has", "had", "did", "does", "not", "you", "your", "my", "me", "is", "it", "in", "on", "of",
    "to", "do", "please",
];

/// Words that are looked for, the first.
const WORDS_MAX: usize = 30;

/// A query that any of the words answers.
fn any_word(text: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        let word = word.to_lowercase();
        if word.chars().nth(1).is_some()
            && !EMPTY_WORDS.contains(&word.as_str())
            && !words.contains(&word)
        {
            words.push(word);
        }
        // What a model writes may be long.
        if words.len() == WORDS_MAX {
            break;
        }
    }
    words.join(" or ")
}

pub(super) async fn search(context: &ToolContext<'_>, call: &Call) -> Result<Ran> {
    let query = any_word(call.input["query"].as_str().unwrap_or_default());
    let rows = context.rows(FIND, &[&query]).await?;
    let found: Vec<_> = rows
        .iter()
        .map(|row| {
            let snippet: Option<String> = row.get(3);
            json!({
                "kind": row.get::<_, String>(0),
                "id": row.get::<_, String>(1),
                "title": row.get::<_, Option<String>>(2),
                "snippet": snippet.map(|text| text.replace("<b>", "").replace("</b>", "")),
            })
        })
        .collect();
    Ok(Ran::Done(json!({ "found": found })))
}

pub(super) async fn read(context: &ToolContext<'_>, call: &Call) -> Result<Ran> {
    let length = i32::try_from(TEXT_MAX).unwrap_or(i32::MAX);
    let rows = context.rows(READ_ONE, &[&id_of(call)?, &length]).await?;
    let Some(row) = rows.first() else {
        return Ok(Ran::Failed(
            "The person has no such note or document.".into(),
        ));
    };
    Ok(Ran::Done(json!({
        "kind": row.get::<_, String>(0),
        "title": row.get::<_, Option<String>>(1),
        "content": row.get::<_, Option<String>>(2),
        "updatedAt": row.get::<_, String>(3),
    })))
}

pub(super) async fn delete(context: &ToolContext<'_>, call: &Call) -> Result<Ran> {
    let id = id_of(call)?;
    if call.approved != Some(true) {
        let rows = context.rows(BEGINNING, &[&id]).await?;
        let Some(row) = rows.first() else {
            return Ok(Ran::Failed("The person has no such note.".into()));
        };
        let beginning: String = row.get(0);
        return Ok(Ran::Asks {
            summary: format!("Put the note “{}” into the bin", beginning.trim()),
            input: call.input.clone(),
        });
    }
    match context.changed(BIN, &[&id]).await?.is_empty() {
        true => Ok(Ran::Failed("The person has no such note any more.".into())),
        false => Ok(Ran::Done(json!({"deleted": id}))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_looked_for_once_and_the_first_of_many() {
        assert_eq!(any_word("What is rye, and RYE bread?"), "rye or bread");
        let many: String = (0..100_000).map(|word| format!("word{word} ")).collect();
        let query = any_word(&many);
        assert_eq!(query.split(" or ").count(), WORDS_MAX);
        assert!(query.ends_with("word29"), "{query}");
    }
}
