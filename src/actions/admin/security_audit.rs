//! `securityAudit`: what leaves the database open.

use crate::{
    actions::{Action, ActionContext, NoArguments, Outcome},
    error::Result,
};

const SDL: &str = r#"
extend type Query {
  "What leaves the database more open than it should be. For administrators."
  securityAudit: [SecurityFinding!]!
}
"Something that leaves the database open."
type SecurityFinding {
  "How bad it is: critical or warning."
  severity: String!
  "What is wrong, in words."
  finding: String!
  "The object of the database that it is about."
  object: String
}
"#;

pub fn action() -> Action {
    Action::new(SDL, |context, arguments| Box::pin(run(context, arguments)))
}

async fn run(context: ActionContext<'_>, arguments: NoArguments) -> Result<Outcome> {
    let NoArguments {} = arguments;
    let sql = "select coalesce(json_agg(json_build_object('severity', severity,
        'finding', finding, 'object', object)), '[]')
      from public.security_audit()";
    Ok(Outcome::Value(context.json(sql, &[]).await?))
}
