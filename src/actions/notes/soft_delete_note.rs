//! `softDeleteNote`: puts a note into the bin, from which it can be taken back for 30 days.

use uuid::Uuid;

use super::note;
use crate::{
    actions::{ActionContext, Outcome},
    error::{Code, Error, Result},
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  "Puts a note into the bin, from which it can be taken back for 30 days."
  softDeleteNote(
    "The note."
    id: UUID!
  ): Note!
}
"#;

arguments! { id: Uuid }

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let rows = context
        .rows(
            "select id from public.soft_delete_note($1)",
            &[&arguments.id],
        )
        .await?;
    if rows.is_empty() {
        return Err(Error::new(
            Code::NotFound,
            "There is no such note, or it is in the bin already",
        ));
    }
    Ok(note(arguments.id))
}
