//! `adminUsers`

use serde_json::{Value, json};

use crate::{
    accounts::Client,
    actions::{DetachedContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Query {
  """Accounts, the newest first. `search` is part of an address, or an id. For administrators only."""
  adminUsers(
    "A part of an address, or an id; all accounts without it."
    search: String
    "How many to answer at most."
    first: Int! = 50
    "How many to pass over first."
    offset: Int! = 0
  ): AdminUsersPayload!
}

"""A page of accounts."""
type AdminUsersPayload {
  """The accounts."""
  nodes: [AuthUser!]!
  """How many match in all."""
  totalCount: Int!
}
"#;

arguments! { search: Option<String>, first: i64, offset: i64 }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let Arguments {
        search,
        first,
        offset,
    } = arguments;
    let caller = &context.request.caller;
    let from = Client::from(context.request);
    let (users, total) = context
        .app
        .accounts
        .admin_users(caller, search.as_deref(), first, offset, &from)
        .await?;
    let nodes: Vec<Value> = users.iter().map(|user| user.to_json()).collect();
    Ok(Outcome::Value(json!({"nodes": nodes, "totalCount": total})))
}
