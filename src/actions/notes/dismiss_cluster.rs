//! `dismissCluster`: rejects a cluster that was suggested.

use uuid::Uuid;

use super::cluster;
use crate::{
    actions::{ActionContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Dismisses one of the caller's clusters. A group of which more than half were dismissed together is not suggested again, even
  after the cluster is removed. `updateCluster` with the status DISMISSED does the same; with another status, it takes it back.
  """
  dismissCluster(
    "The cluster."
    id: UUID!
  ): Cluster!
}
"#;

const DISMISS: &str = "select public.dismiss_cluster($1)";

arguments! { id: Uuid }

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    context.user_id()?;
    context.rows(DISMISS, &[&arguments.id]).await?;
    Ok(cluster(arguments.id))
}
