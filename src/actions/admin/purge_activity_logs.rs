//! `purgeActivityLogs`: deletes logs that are older than the settings keep them.

use crate::{
    actions::{Action, ActionContext, NoArguments, Outcome},
    error::Result,
};

const SDL: &str = r#"
extend type Mutation {
  "Deletes logs that are older than the logging settings keep them. For administrators."
  purgeActivityLogs: PurgedLogs!
}
"How many log rows were deleted."
type PurgedLogs {
  "Of what people did."
  userLogs: BigInt!
  "Of what agents did."
  agentLogs: BigInt!
  "Of errors."
  errorLogs: BigInt!
}
"#;

pub fn action() -> Action {
    Action::new(SDL, |context, arguments| Box::pin(run(context, arguments)))
}

async fn run(context: ActionContext<'_>, arguments: NoArguments) -> Result<Outcome> {
    let NoArguments {} = arguments;
    let sql = "select json_build_object('userLogs', user_logs_deleted::text,
        'agentLogs', agent_logs_deleted::text, 'errorLogs', error_logs_deleted::text)
      from public.purge_old_activity_logs()";
    Ok(Outcome::Value(context.json(sql, &[]).await?))
}
