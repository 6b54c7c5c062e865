//! `similarNotes`: notes whose meaning is near.

use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::note;
use crate::{
    actions::{Action, ActionContext, Outcome},
    error::Result,
};

const SDL: &str = r#"
extend type Query {
  "The caller's notes that are most like one of them, best first; none if it has no embedding yet. At most 199."
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

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Arguments {
    note_id: Uuid,
    first: i32,
}

pub fn action() -> Action {
    Action::new(SDL, |context, arguments| Box::pin(run(context, arguments)))
}

async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
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
