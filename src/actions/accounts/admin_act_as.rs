//! `adminActAs`

use serde_json::json;
use uuid::Uuid;

use crate::{
    accounts::Client,
    actions::{DetachedContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  A token with which an administrator sees data as somebody else sees it. It is good for GraphQL alone, and changes
  nothing: mutations are refused. What is the account's own is not shown, `me` apart: sessions, factors, passkeys, identities,
  personal access tokens, the export. Addresses of files (`url`) are good for no longer than the token. It ends with the
  administrator's session. Every operation is on record (`auditEntries`) as the administrator's. Not for accounts of administrators. For administrators only, who have to be signed in.
  """
  adminActAs(
    "The account."
    id: UUID!
    "For how long, 1 to 60 minutes."
    minutes: Int! = 15
  ): ActingToken!
}
"A token for looking at data as somebody else."
type ActingToken {
  "The token, for `Authorization: Bearer`."
  accessToken: String!
  "When it ends."
  expiresAt: DateTime!
  "The account."
  user: AuthUser!
}
"#;

arguments! { id: Uuid, minutes: i64 }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let Arguments { id, minutes } = arguments;
    let from = Client::from(context.request);
    let caller = &context.request.caller;
    let accounts = &context.app.accounts;
    let acting = accounts.admin_act_as(caller, id, minutes, &from).await?;
    Ok(Outcome::Value(json!({
        "accessToken": acting.access_token.expose(),
        "expiresAt": acting.expires_at,
        "user": acting.user.to_json(),
    })))
}
