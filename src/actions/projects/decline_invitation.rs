//! `declineInvitation`

use super::answer::Which;
use crate::{
    actions::{ActionContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  "Declines an invitation to a project, named as for `acceptInvitation`. Whoever invited sees that it was declined."
  declineInvitation(
    "The invitation's id, if it went to the caller's proved address."
    id: UUID
    "The token of the mail."
    token: String
  ): Boolean!
}
"#;

pub(super) async fn run(context: ActionContext<'_>, which: Which) -> Result<Outcome> {
    context.user_id()?;
    let (id, hash) = which.parameters()?;
    let sql = "select public.decline_invitation(p_id => $1, p_token_hash => $2)";
    context.rows(sql, &[&id, &hash]).await?;
    Ok(Outcome::Value(true.into()))
}
