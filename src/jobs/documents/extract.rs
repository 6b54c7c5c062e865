//! A document in sentences of its notes, each with the note that it comes from. It says of itself that no language model
//! wrote it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    generate::{Payload, Target},
    layout::Format,
    sources::{Note, Sources},
};
use crate::{
    clustering::{self, keywords},
    error::Error,
    extraction::{Extract, extract},
    jobs::{JobContext, JobError, Outcome},
};

/// How much text is looked at, in characters.
pub(super) const TEXT_MAX: u64 = 2_000_000;
/// Sentences of a document: one for two notes, within these.
const SENTENCES_MIN: usize = 6;
const SENTENCES_MAX: usize = 60;
/// Sections, each about a word that many sentences have.
const SECTIONS_MAX: usize = 6;
/// What stands for a note in the list of sources, in characters.
const NAME_CHARS: usize = 80;
const ABOUT: &str = "Put together without a language model: the sentences stand as in the notes, whose numbers follow them.";
const KEEP: &str = "
    update public.documents set content = $2, generation_state = 'complete', generation_metadata = $3 where id = $1";

/// Writes it whole, with the job's end.
///
/// # Errors
/// When the database refuses or does not answer, or the job is another's by now.
pub(super) async fn write(
    context: &JobContext,
    payload: &Payload,
    target: &Target,
    sources: Sources,
) -> Result<Outcome, JobError> {
    let towards = payload.instructions.clone().unwrap_or_default();
    let (title, format) = (target.title.clone(), target.format);
    let made =
        tokio::task::spawn_blocking(move || compose(&title, format, &sources.notes, &towards));
    let (content, sentences) = made
        .await
        .map_err(|error| Error::internal(error.to_string()))?;
    let mut metadata = target.metadata.clone();
    metadata.insert("sentences".into(), json!(sentences));
    let step = context.transaction().await?;
    step.execute(KEEP, &[&target.id, &content, &Value::Object(metadata)])
        .await?;
    let result = json!({"documentId": target.id, "method": "extractive"});
    step.complete(result).await
}

/// The text, and how many sentences of notes are in it.
fn compose(title: &str, format: Format, notes: &[Note], towards: &str) -> (String, usize) {
    let texts: Vec<&str> = notes.iter().map(|note| note.content.as_str()).collect();
    let most = (notes.len() / 2).clamp(SENTENCES_MIN, SENTENCES_MAX);
    let extracts = extract(&texts, most, towards);
    let cited =
        |extract: &Extract| format!("{} [{}]", extract.sentence, notes[extract.text].position);
    let mut made = format.title(title) + &format.paragraph(ABOUT);
    for (heading, members) in sections(&extracts) {
        let lines: Vec<String> = members.iter().map(|extract| cited(extract)).collect();
        made += &format.section(&heading, lines.iter().map(String::as_str));
    }
    let used: BTreeSet<usize> = extracts.iter().map(|extract| extract.text).collect();
    let names: Vec<String> = used.into_iter().map(|note| name(&notes[note])).collect();
    made += &format.section("Sources", names.iter().map(String::as_str));
    (made, extracts.len())
}

/// The sentences by what they are about: words that several of them have, the commonest first; what has none of them
/// comes last.
fn sections(extracts: &[Extract]) -> Vec<(String, Vec<&Extract>)> {
    let texts: Vec<&str> = extracts
        .iter()
        .map(|extract| extract.sentence.as_str())
        .collect();
    let words = keywords(&[texts], SECTIONS_MAX).pop().unwrap_or_default();
    let mut left: Vec<&Extract> = extracts.iter().collect();
    let mut sections = Vec::new();
    for keyword in words {
        let has = |extract: &&Extract| clustering::words(&extract.sentence).contains(&keyword.word);
        let (members, others): (Vec<&Extract>, Vec<&Extract>) = left.into_iter().partition(has);
        left = others;
        if members.len() > 1 {
            let heading = clustering::title(std::slice::from_ref(&keyword));
            sections.push((heading.unwrap_or(keyword.word), members));
        } else {
            left.extend(members);
        }
    }
    // In the order of the notes again.
    left.sort_by_key(|extract| extract.text);
    if !left.is_empty() {
        let heading = if sections.is_empty() {
            "What the notes say"
        } else {
            "More"
        };
        sections.push((heading.to_owned(), left));
    }
    sections
}

/// A note in the list of sources: its number, its day, and how it begins.
fn name(note: &Note) -> String {
    let line = note
        .content
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty());
    let line = line.unwrap_or_default();
    let mut begins: String = line.chars().take(NAME_CHARS).collect();
    if begins.len() < line.len() {
        begins.push('…');
    }
    format!(
        "[{}] {}: {begins}",
        note.position,
        note.created_at.format("%Y-%m-%d")
    )
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn notes(texts: &[&str]) -> Vec<Note> {
        let notes = texts.iter().zip(1..);
        notes
            .map(|(content, position)| Note {
                position,
                content: (*content).to_owned(),
                tags: Vec::new(),
                created_at: DateTime::from_timestamp(1_700_000_000, 0).expect("a time"),
            })
            .collect()
    }

    #[test]
    fn every_sentence_stands_in_the_note_that_it_names() {
        let notes = notes(&[
            "The sourdough starter needs flour. It smells of apples.",
            "Feed the sourdough starter with water every morning.",
            "The bicycle needs a new chain.",
        ]);
        let (text, sentences) = compose("Bread", Format::Markdown, &notes, "");
        assert!(
            text.starts_with("# Bread\n\nPut together without a language model"),
            "{text}"
        );
        let cited = text.lines().filter_map(|line| {
            let (sentence, number) = line.strip_prefix("- ")?.rsplit_once(" [")?;
            let number: usize = number.strip_suffix(']')?.parse().ok()?;
            Some((sentence.to_owned(), number))
        });
        let cited: Vec<(String, usize)> = cited.collect();
        assert_eq!(cited.len(), sentences);
        for (sentence, number) in cited {
            assert!(
                notes[number - 1].content.contains(&sentence),
                "{sentence} [{number}]"
            );
        }
        assert!(
            text.contains("## Sources\n\n- [1] 2023-11-14: The sourdough"),
            "{text}"
        );
    }
}
