//! The notes that a document is made of, as far as there is room for them.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    error::Error,
    jobs::{JobContext, JobError, JobTransaction},
    models::chat::count_tokens,
};

/// Read at a time.
const PAGE: usize = 500;
/// Characters of a token, at most: what is more than so many times the room is not even looked at.
const CHARACTERS_PER_TOKEN: u64 = 6;
/// What a note costs beside its text: its number, its day, its tags.
const TOKENS_PER_NOTE: u64 = 40;

// The newest first: what does not fit are the oldest.
const LENGTHS: &str = "
    select s.position, n.id, char_length(n.content)
    from public.document_sources s
    left join public.notes n on n.id = s.note_id and n.deleted_at is null
    where s.document_id = $1 order by n.created_at desc nulls last, s.position desc";
const TEXTS: &str = "
    select s.position, n.content, n.tags, n.created_at
    from public.document_sources s join public.notes n on n.id = s.note_id and n.deleted_at is null
    where s.document_id = $1 and s.position = any ($2)";
const MARK: &str = "
    update public.document_sources set is_used = position = any ($2)
    where document_id = $1 and is_used <> (position = any ($2))";

/// How much there is room for.
#[derive(Clone, Copy)]
pub(super) enum Room {
    /// So many characters.
    Characters(u64),
    /// So many tokens of a model.
    Tokens(u64),
}

/// A note.
pub(super) struct Note {
    /// Its place among the document's sources, by which the text refers to it.
    pub position: i32,
    pub content: String,
    pub tags: Vec<String>,
    pub created_at: DateTime<Utc>,
}

/// The notes, in the order of their places.
pub(super) struct Sources {
    pub notes: Vec<Note>,
    /// How many the document was to be made of.
    pub all: usize,
    /// How many of them are deleted by now.
    pub gone: usize,
}

/// Reads the newest for which there is room.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn read(
    context: &JobContext,
    document: Uuid,
    room: Room,
) -> Result<Sources, JobError> {
    let client = context.app().db.system().await?;
    let rows = client.query(LENGTHS, &[&document]).await?;
    let mut left = characters(room);
    let gone = rows
        .iter()
        .filter(|row| row.get::<_, Option<Uuid>>(1).is_none())
        .count();
    let mut positions: Vec<i32> = Vec::new();
    for row in &rows {
        let (note, length): (Option<Uuid>, Option<i32>) = (row.get(1), row.get(2));
        if note.is_none() {
            continue;
        }
        let length = u64::from(length.unwrap_or_default().unsigned_abs());
        let rest = left.checked_sub(length);
        // One that is too long alone is cut below.
        if rest.is_some() || positions.is_empty() {
            positions.push(row.get(0));
        }
        let Some(rest) = rest else { break };
        left = rest;
    }
    let mut notes = Vec::with_capacity(positions.len());
    for some in positions.chunks(PAGE) {
        for row in client.query(TEXTS, &[&document, &some]).await? {
            notes.push(Note {
                position: row.get(0),
                content: row.get(1),
                tags: row.get(2),
                created_at: row.get(3),
            });
        }
        context.sign();
    }
    drop(client);
    if let Room::Tokens(tokens) = room {
        let fitted = tokio::task::spawn_blocking(move || fit(notes, tokens)).await;
        notes = fitted.map_err(|error| Error::internal(error.to_string()))?;
    }
    notes.sort_unstable_by_key(|note| note.position);
    Ok(Sources {
        notes,
        all: rows.len(),
        gone,
    })
}

/// Writes down which notes are used.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn mark(
    step: &JobTransaction,
    document: Uuid,
    notes: &[Note],
) -> Result<(), JobError> {
    let positions: Vec<i32> = notes.iter().map(|note| note.position).collect();
    step.execute(MARK, &[&document, &positions]).await?;
    Ok(())
}

fn characters(room: Room) -> u64 {
    match room {
        Room::Characters(count) => count,
        Room::Tokens(count) => count.saturating_mul(CHARACTERS_PER_TOKEN),
    }
}

/// Those of the newest that fit into so many tokens. The newest one is cut where it alone is too long.
fn fit(mut notes: Vec<Note>, tokens: u64) -> Vec<Note> {
    notes.sort_unstable_by_key(|note| std::cmp::Reverse((note.created_at, note.position)));
    let (mut left, mut fitted) = (tokens, Vec::new());
    for mut note in notes {
        let cost = count_tokens(&note.content) + TOKENS_PER_NOTE;
        if cost > left {
            if fitted.is_empty() {
                let share = left as f64 / cost as f64;
                let most = (note.content.len() as f64 * share * 0.9) as usize;
                note.content
                    .truncate(note.content.floor_char_boundary(most));
                fitted.push(note);
            }
            break;
        }
        left -= cost;
        fitted.push(note);
    }
    fitted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(position: i32, content: &str) -> Note {
        Note {
            position,
            content: content.to_owned(),
            tags: Vec::new(),
            created_at: DateTime::from_timestamp(i64::from(position) * 60, 0).expect("a time"),
        }
    }

    #[test]
    fn the_newest_fit_and_one_too_long_is_cut() {
        let notes = || {
            (1..=5)
                .map(|n| note(n, "Bread needs water and time."))
                .collect()
        };
        let each = count_tokens("Bread needs water and time.") + TOKENS_PER_NOTE;
        let places = |tokens| -> Vec<i32> {
            let fitted = fit(notes(), tokens);
            fitted.iter().map(|note| note.position).collect()
        };
        assert_eq!(places(each * 5), [5, 4, 3, 2, 1]);
        assert_eq!(places(each * 3 - 1), [5, 4]);
        let long = "A very long note. ".repeat(1_000);
        let fitted = fit(vec![note(1, &long)], 500);
        assert_eq!(fitted.len(), 1);
        assert!(count_tokens(&fitted[0].content) <= 500);
        assert!(fitted[0].content.len() > 1_000);
    }
}
