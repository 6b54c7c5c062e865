//! `runDailyMaintenance`: what is done once a day.

use crate::{
    actions::{Action, ActionContext, NoArguments, Outcome},
    error::Result,
};

const SDL: &str = r#"
extend type Mutation {
  "Does at once what the server does daily: deletes what is past its time, at most 10,000 rows of a kind, refreshes analytics and statistics. For administrators. Answers what was done."
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
