//! `restoreNote`: takes a note back out of the bin.

use serde::Deserialize;
use uuid::Uuid;

use super::note;
use crate::{
    actions::{Action, ActionContext, Outcome},
    error::{Code, Error, Result},
};

const SDL: &str = r#"
extend type Mutation {
  "Takes a note back out of the bin."
  restoreNote(
    "The note."
    id: UUID!
  ): Note!
}
"#;

#[derive(Deserialize)]
struct Arguments {
    id: Uuid,
}

pub fn action() -> Action {
    Action::new(SDL, |context, arguments| Box::pin(run(context, arguments)))
}

async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
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
