//! `leaveProject`

use uuid::Uuid;

use crate::{
    actions::{ActionContext, Outcome},
    error::{Code, Error, Result},
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  "Leaves a project of somebody else. What one made there stays. Owners hand theirs over first, by `transferProject`."
  leaveProject(
    "The project."
    id: UUID!
  ): Boolean!
}
"#;

arguments! { id: Uuid }

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
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
