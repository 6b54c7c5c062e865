//! `systemSettings`: what holds for the whole installation.

use crate::{
    actions::{ActionContext, NoArguments, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Query {
  """
  The settings of the installation: those of the application for everybody who is signed in, those of logs and alerts for
  administrators alone. `live { systemSettings { … } }` tells when they change.
  """
  systemSettings: SystemSettings!
}
"#;

pub(super) use super::FOLLOWS;

pub(super) async fn run(context: ActionContext<'_>, _: NoArguments) -> Result<Outcome> {
    super::current(context).await
}
