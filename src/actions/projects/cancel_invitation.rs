//! `cancelInvitation`

use serde_json::json;
use uuid::Uuid;

use super::is_true;
use crate::{
    actions::{ActionContext, Outcome, RowRef},
    error::{Code, Error, Result},
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  "Takes back an open invitation to a project that the caller may share. The link in its mail is dead."
  cancelInvitation(
    "The invitation."
    id: UUID!
  ): ProjectInvitation!
}
"#;

arguments! { id: Uuid }

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
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
