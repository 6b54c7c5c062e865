//! `projectQuota`: how many projects the caller has and may have.

use crate::{
    actions::{Action, ActionContext, NoArguments, Outcome},
    error::Result,
};

const SDL: &str = r#"
extend type Query {
  "How many projects the caller has and may have. Beyond it, making, copying and restoring one is refused with LIMIT_EXCEEDED."
  projectQuota: ProjectQuota!
}
"How many projects somebody has and may have."
type ProjectQuota {
  "Projects of one's own that are not in the bin."
  used: Int!
  "As many as the operator allows."
  limit: Int!
  "How many more can be made; never below zero."
  remaining: Int!
}
"#;

pub fn action() -> Action {
    Action::new(SDL, |context, arguments| Box::pin(run(context, arguments)))
}

async fn run(context: ActionContext<'_>, arguments: NoArguments) -> Result<Outcome> {
    let NoArguments {} = arguments;
    context.user_id()?;
    let sql = "select json_build_object('used', used, 'limit', quota,
        'remaining', greatest(quota - used, 0)) from public.get_project_quota()";
    Ok(Outcome::Value(context.json(sql, &[]).await?))
}
