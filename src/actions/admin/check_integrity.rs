//! `integrityCheck`: whether counters and references agree with the rows.

use crate::{
    actions::{Action, ActionContext, NoArguments, Outcome},
    error::Result,
};

const SDL: &str = r#"
extend type Query {
  "Whether counters and references agree with the rows. For administrators."
  integrityCheck: [DatabaseCheck!]!
}
"#;

pub fn action() -> Action {
    Action::new(SDL, |context, arguments| Box::pin(run(context, arguments)))
}

async fn run(context: ActionContext<'_>, arguments: NoArguments) -> Result<Outcome> {
    let NoArguments {} = arguments;
    let sql = "select coalesce(json_agg(json_build_object('name', check_name, 'status', status,
        'problems', problems::text, 'details', details)), '[]')
      from public.integrity_check()";
    Ok(Outcome::Value(context.json(sql, &[]).await?))
}
