//! `refuseNoteSuggestion`: leaves a note out of the cluster for which it was proposed.

use serde_json::json;
use uuid::Uuid;

use crate::{
    actions::{ActionContext, Outcome, RowRef},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Refuses a note that was proposed for a cluster, be it suggested or accepted. It is not proposed for that cluster again. A
  suggested cluster of which a note was refused is its owner's: `suggestClusters` leaves it.
  """
  refuseNoteSuggestion(
    "The cluster."
    clusterId: UUID!
    "The note."
    noteId: UUID!
  ): NoteSuggestion!
}
"#;

const REFUSE: &str = "select public.refuse_note_suggestion($1, $2)";

arguments! { cluster_id: Uuid, note_id: Uuid }

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    context.user_id()?;
    let Arguments {
        cluster_id,
        note_id,
    } = arguments;
    context.rows(REFUSE, &[&cluster_id, &note_id]).await?;
    Ok(Outcome::Row(RowRef {
        table: "note_suggestions".into(),
        key: vec![json!(cluster_id), json!(note_id)],
    }))
}
