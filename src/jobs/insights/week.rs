//! What somebody wrote in a week, and the numbers of it and of the week before.

use chrono::{Days, NaiveDate};
use pgvector::Vector;
use serde_json::Value;
use uuid::Uuid;

use crate::jobs::{JobContext, JobError};

/// How many notes are looked at, the newest; nobody writes more in a week by hand.
const NOTES_MAX: i64 = 2_000;
/// How much of each, in characters.
const TEXT_MAX: i32 = 4_000;
const NOTES: &str = "
    select left(n.content, $4), n.tags, c.title,
      case when n.embedding_is_stale then null else n.embedding end
    from public.notes n left join public.clusters c on c.id = n.cluster_id and c.status = 'accepted'
    where n.user_id = $1 and n.deleted_at is null and n.created_at >= $2::date::timestamp at time zone 'UTC'
      and n.created_at < ($2::date + 7)::timestamp at time zone 'UTC'
    order by n.created_at desc, n.id limit $3";
const NUMBERS: &str = "select private.numbers_of_week($1, $2), private.numbers_of_week($1, $3)";

/// What is counted: its name in `generation_metadata`, and for people.
pub(super) const COUNTED: [(&str, &str); 7] = [
    ("notes", "Notes written"),
    ("words", "Words"),
    ("activeDays", "Days with notes"),
    ("clusteredNotes", "Notes in clusters"),
    ("editedNotes", "Older notes changed"),
    ("documents", "Documents"),
    ("chats", "Chats begun"),
];

/// A note of the week.
pub(super) struct Note {
    pub text: String,
    pub tags: Vec<String>,
    pub cluster: Option<String>,
    pub vector: Vec<f32>,
}

/// A week of somebody's.
pub(super) struct Week {
    pub begins: NaiveDate,
    pub notes: Vec<Note>,
    /// The numbers, by the names of [`COUNTED`].
    pub numbers: Value,
    pub before: Value,
}

/// Reads a week.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn read(
    context: &JobContext,
    owner: Uuid,
    begins: NaiveDate,
) -> Result<Week, JobError> {
    let client = context.app().db.system().await?;
    let rows = client
        .query(NOTES, &[&owner, &begins, &NOTES_MAX, &TEXT_MAX])
        .await?;
    let notes = rows.iter().map(|row| Note {
        text: row.get(0),
        tags: row.get(1),
        cluster: row.get(2),
        vector: row
            .get::<_, Option<Vector>>(3)
            .map(used)
            .unwrap_or_default(),
    });
    let notes = notes.collect();
    let before = begins - Days::new(7);
    let row = client
        .query_one(NUMBERS, &[&owner, &begins, &before])
        .await?;
    Ok(Week {
        begins,
        notes,
        numbers: row.get(0),
        before: row.get(1),
    })
}

/// A vector without the zeros that fill it up.
fn used(vector: Vector) -> Vec<f32> {
    let mut vector = vector.to_vec();
    let width = vector
        .iter()
        .rposition(|x| *x != 0.0)
        .map_or(0, |last| last + 1);
    vector.truncate(width);
    vector
}

impl Week {
    /// A number of this week and of the one before.
    pub(super) fn number(&self, name: &str) -> (i64, i64) {
        let of = |numbers: &Value| numbers[name].as_i64().unwrap_or_default();
        (of(&self.numbers), of(&self.before))
    }

    /// The numbers as a table in Markdown.
    pub(super) fn table(&self) -> String {
        let mut table = String::from("| | this week | the week before |\n|---|---|---|\n");
        for (name, told) in COUNTED {
            let (now, before) = self.number(name);
            table += &format!("| {told} | {now} | {before} |\n");
        }
        table
    }
}
