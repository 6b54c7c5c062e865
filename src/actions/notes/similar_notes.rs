//! `similarNotes`: notes whose meaning is near.

use serde_json::Value;
use uuid::Uuid;

use super::note;
use crate::{
    actions::{ActionContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Query {
  "The caller's notes that are most like one of them, best first; none if it has no embedding yet. At most 199. Notes that were given an embedding by a client are compared with those of the same `embeddingModel`, all others by the server's own."
  similarNotes(
    "The note to compare with."
    noteId: UUID!
    "How many to answer at most."
    first: Int! = 10
  ): [SimilarNote!]!
}
"A note and how much it is like another."
type SimilarNote {
  "The cosine similarity of the embeddings: 1 for the same direction."
  similarity: Float!
  "The note."
  note: Note
}
"#;

/// A live query answers again when one of the notes, or its meaning, changed.
pub(super) const READS: &[(&str, &str)] = &[("public", "notes"), ("public", "embeddings")];

arguments! { note_id: Uuid, first: i32 }

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let Arguments { note_id, first } = arguments;
    let sql = "select id, similarity from public.similar_notes($1, $2)";
    let rows = context.rows(sql, &[&note_id, &first]).await?;
    let found = rows.iter().map(|row| {
        let id: Uuid = row.try_get(0)?;
        let similarity: f64 = row.try_get(1)?;
        Ok(Outcome::Object(vec![
            ("similarity", Outcome::Value(Value::from(similarity))),
            ("note", note(id)),
        ]))
    });
    Ok(Outcome::List(found.collect::<Result<_>>()?))
}
