//! `acceptNoteSuggestion`: puts a note into the cluster for which it was proposed.

use uuid::Uuid;

use super::note;
use crate::{
    actions::{ActionContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  "Puts a note into the accepted cluster for which it was proposed."
  acceptNoteSuggestion(
    "The cluster."
    clusterId: UUID!
    "The note."
    noteId: UUID!
  ): Note!
}
"#;

const ACCEPT: &str = "select public.accept_note_suggestion($1, $2)";

arguments! { cluster_id: Uuid, note_id: Uuid }

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    context.user_id()?;
    let Arguments {
        cluster_id,
        note_id,
    } = arguments;
    context.rows(ACCEPT, &[&cluster_id, &note_id]).await?;
    Ok(note(note_id))
}
