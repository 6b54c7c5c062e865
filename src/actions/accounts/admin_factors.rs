//! `adminFactors`

use serde_json::Value;
use uuid::Uuid;

use crate::{
    actions::{DetachedContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Query {
  "The second factors of an account, the oldest first. For administrators only."
  adminFactors(
    "The account."
    id: UUID!
  ): [Factor!]!
}
"#;

arguments! { id: Uuid }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let (caller, accounts) = (&context.request.caller, &context.app.accounts);
    let factors = accounts.admin_factors(caller, arguments.id).await?;
    let factors = factors.iter().map(|factor| factor.to_json());
    Ok(Outcome::Value(Value::Array(factors.collect())))
}
