//! `updateSystemSettings`: changes what holds for the whole installation.

use serde_json::{Map, Value};

use crate::{
    actions::{ActionContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  "Changes what is given of the settings of the installation. For administrators. Answers all of them."
  updateSystemSettings(
    "The changes."
    input: SystemSettingsInput!
  ): SystemSettings!
}
"#;

const UPDATE: &str = "select public.update_system_settings($1)";

arguments! { input: Map<String, Value> }

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    context.user_id()?;
    super::check_logging(&arguments.input)?;
    let changes = super::with_numbers(arguments.input)?;
    let updated = context.rows(UPDATE, &[&changes]).await;
    updated.map_err(super::in_callers_words)?;
    super::current(context).await
}
