//! `exportMyData`

use serde::Deserialize;

use crate::{
    actions::{Action, DetachedContext, Outcome},
    error::Result,
};

const SDL: &str = r#"
extend type Query {
  """
  Every row of the caller's, by table. Beyond 16 MiB this is LIMIT_EXCEEDED; the route /auth/v1/export streams
  the same without a limit.
  """
  exportMyData: JSON!
}
"#;

#[derive(Deserialize)]
struct Arguments {}

/// The action.
pub fn action() -> Action {
    Action::detached(SDL, |context, _: Arguments| Box::pin(run(context)))
}

async fn run(context: DetachedContext<'_>) -> Result<Outcome> {
    Ok(Outcome::Value(
        context
            .app
            .accounts
            .export_whole(&context.request.caller)
            .await?,
    ))
}
