//! `leaveProject`

use serde::Deserialize;
use uuid::Uuid;

use crate::{
    actions::{Action, ActionContext, Outcome},
    error::{Code, Error, Result},
};

const SDL: &str = r#"
extend type Mutation {
  "Leaves a project of somebody else. What one made there stays. Owners hand theirs over first, by `transferProject`."
  leaveProject(
    "The project."
    id: UUID!
  ): Boolean!
}
"#;

#[derive(Deserialize)]
struct Arguments {
    id: Uuid,
}

pub fn action() -> Action {
    Action::new(SDL, |context, arguments| Box::pin(run(context, arguments)))
}

async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let caller = context.user_id()?;
    let sql =
        "delete from public.collaborators where project_id = $1 and user_id = $2 returning true";
    if context
        .rows(sql, &[&arguments.id, &caller])
        .await?
        .is_empty()
    {
        return Err(Error::new(
            Code::NotFound,
            "There is no such project that you could leave",
        ));
    }
    Ok(Outcome::Value(true.into()))
}
