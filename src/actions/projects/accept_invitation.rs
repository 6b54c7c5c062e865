//! `acceptInvitation`

use serde_json::json;
use uuid::Uuid;

use super::answer::Which;
use crate::{
    actions::{ActionContext, Outcome, RowRef},
    error::{Error, Result},
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  "Accepts an invitation to a project: one to an address that the caller has proved, by its id; any, by the token of the mail, which is enough for any account that is not anonymous."
  acceptInvitation(
    "The invitation's id, if it went to the caller's proved address."
    id: UUID
    "The token of the mail."
    token: String
  ): Collaborator!
}
"#;

pub(super) async fn run(context: ActionContext<'_>, which: Which) -> Result<Outcome> {
    context.user_id()?;
    let (id, hash) = which.parameters()?;
    let sql = "select public.accept_invitation(p_id => $1, p_token_hash => $2)";
    let rows = context.rows(sql, &[&id, &hash]).await?;
    let entry: Uuid = match rows.first() {
        Some(row) => row.try_get(0)?,
        None => return Err(Error::internal("accept_invitation gives one row")),
    };
    Ok(Outcome::Row(RowRef {
        table: "collaborators".into(),
        key: vec![json!(entry)],
    }))
}
