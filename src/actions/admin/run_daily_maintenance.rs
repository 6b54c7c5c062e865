//! `runDailyMaintenance`: what is done once a day.

use crate::{
    actions::{Action, ActionContext, NoArguments, Outcome},
    error::Result,
};

const SDL: &str = r#"
extend type Mutation {
  "Deletes what is past its time, refreshes analytics and statistics. For administrators. Answers what was done."
  runDailyMaintenance: JSON!
}
"#;

pub fn action() -> Action {
    Action::new(SDL, |context, arguments| Box::pin(run(context, arguments)))
}

async fn run(context: ActionContext<'_>, arguments: NoArguments) -> Result<Outcome> {
    let NoArguments {} = arguments;
    Ok(Outcome::Value(
        context
            .json("select public.daily_maintenance()", &[])
            .await?,
    ))
}
