//! `suggestClusters`: looks for groups among the caller's notes.

use serde_json::json;
use uuid::Uuid;

use crate::{
    actions::{ActionContext, NoArguments, Outcome, RowRef},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Looks for groups among the caller's notes that are in no cluster, and suggests a cluster for each. It answers at once with
  the job that does it, whose progress can be watched (`jobsChanges`, `live`); while one waits, the answer is that one. The
  clusters have `suggestionJobId` and the status SUGGESTED, and their notes are in `noteSuggestions` until `acceptCluster`.

  Compared are notes with an embedding of their present text. Suggestions that nobody answered are replaced; what was accepted
  stays as it is, and what was dismissed together is not suggested together again. The job's `result` says what was done:
  `clusters` and `notes` that were suggested, and in `leftAlone` how many notes were `unlikeOthers`, `dismissedTogether`,
  `withoutEmbedding`, or `older` than the 20,000 that are compared.
  """
  suggestClusters: Job!
}
"#;

const SUGGEST: &str = "select public.suggest_clusters()";

pub(super) async fn run(context: ActionContext<'_>, _arguments: NoArguments) -> Result<Outcome> {
    context.user_id()?;
    let rows = context.rows(SUGGEST, &[]).await?;
    let job: Option<Uuid> = rows.first().map(|row| row.try_get(0)).transpose()?;
    Ok(Outcome::Row(RowRef {
        table: "job_queue".into(),
        key: vec![json!(job)],
    }))
}
