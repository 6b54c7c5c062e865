//! `cancelInvitation`

use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::is_true;
use crate::{
    actions::{Action, ActionContext, Outcome, RowRef},
    error::{Code, Error, Result},
};

const SDL: &str = r#"
extend type Mutation {
  "Takes back an open invitation to a project that the caller may share. The link in its mail is dead."
  cancelInvitation(
    "The invitation."
    id: UUID!
  ): ProjectInvitation!
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
    context.user_id()?;
    let sql = "select public.cancel_invitation(p_id => $1)";
    if !is_true(&context.rows(sql, &[&arguments.id]).await?) {
        return Err(Error::new(
            Code::NotFound,
            "There is no such open invitation that you may cancel",
        ));
    }
    Ok(Outcome::Row(RowRef {
        table: "project_invitations".into(),
        key: vec![json!(arguments.id)],
    }))
}
