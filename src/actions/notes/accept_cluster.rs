//! `acceptCluster`: takes over a cluster that was suggested.

use uuid::Uuid;

use super::cluster;
use crate::{
    actions::{ActionContext, Outcome},
    error::{Error, Result},
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Accepts one of the caller's clusters. The notes that were proposed for it move into it, unless they are in another cluster by
  now or in the bin; new notes like them are proposed for it from then on. `updateCluster` with the status ACCEPTED does the
  same without changes.
  """
  acceptCluster(
    "The cluster."
    id: UUID!
    "Another title, of 1 to 200 characters."
    title: String
    "The notes that it takes, whether they were proposed or not; all that were proposed without it. What is not among them counts as refused. An empty list is refused: `dismissCluster` is for clusters that take none."
    noteIds: [UUID!]
  ): Cluster!
}
"#;

const ACCEPT: &str = "select public.accept_cluster($1, $2, $3)";

arguments! { id: Uuid, title: Option<String>, note_ids: Option<Vec<Uuid>> }

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    context.user_id()?;
    let Arguments {
        id,
        title,
        note_ids,
    } = arguments;
    if note_ids.as_ref().is_some_and(Vec::is_empty) {
        return Err(Error::bad_input(
            "noteIds names no note: leave it out to take all that are proposed, or dismiss the cluster",
        )
        .with("field", "noteIds"));
    }
    context.rows(ACCEPT, &[&id, &title, &note_ids]).await?;
    Ok(cluster(id))
}
