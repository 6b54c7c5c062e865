//! `exportMyData`

use crate::{
    actions::{DetachedContext, NoArguments, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Query {
  """
  Every row of the caller's, by table. Beyond 16 MiB this is LIMIT_EXCEEDED; the route /auth/v1/export streams
  the same without a limit.
  """
  exportMyData: JSON!
}
"#;

pub(super) async fn run(context: DetachedContext<'_>, _: NoArguments) -> Result<Outcome> {
    Ok(Outcome::Value(
        context
            .app
            .accounts
            .export_whole(&context.request.caller)
            .await?,
    ))
}
