//! `restoreNote`: takes a note back out of the bin.

use uuid::Uuid;

use super::note;
use crate::{
    actions::{ActionContext, Outcome},
    error::{Code, Error, Result},
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  "Takes a note back out of the bin."
  restoreNote(
    "The note."
    id: UUID!
  ): Note!
}
"#;

arguments! { id: Uuid }

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let rows = context
        .rows("select id from public.restore_note($1)", &[&arguments.id])
        .await?;
    if rows.is_empty() {
        return Err(Error::new(
            Code::NotFound,
            "There is no such note in the bin",
        ));
    }
    Ok(note(arguments.id))
}
