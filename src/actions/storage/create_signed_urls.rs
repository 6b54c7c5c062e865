//! `createSignedUrls`: addresses of many files at once.

use serde_json::{Value, json};

use crate::{
    actions::{DetachedContext, Outcome},
    error::{Error, Result},
    storage::address,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  "Addresses of up to 1,000 files of one bucket, in their order; null for those that the caller does not see."
  createSignedUrls(
    "The files' bucket."
    bucket: String!
    "Their paths there."
    names: [String!]!
    "How long the addresses are good, in seconds; up to a tenth longer."
    expiresIn: Int! = 3600
  ): [SignedUrl!]!
}
"#;

arguments! { bucket: String, names: Vec<String>, expires_in: i64 }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let Arguments {
        bucket,
        names,
        expires_in,
    } = arguments;
    let storage = &context.app.storage;
    storage.check_ours()?;
    let expires_in = u64::try_from(expires_in).unwrap_or(0);
    let caller = &context.request.caller;
    let tokens = storage.sign_downloads(caller, &bucket, &names, expires_in, None);
    let tokens = tokens.await.map_err(Error::from)?;
    let server = context.app.accounts.address();
    let signed = names.iter().zip(tokens).map(|(name, token)| {
        let url = token.map(|token| {
            address(server, &["object", "sign"], &bucket, name, &token).map_err(Error::from)
        });
        Ok(json!({"name": name, "url": url.transpose()?.map(String::from)}))
    });
    Ok(Outcome::Value(Value::Array(signed.collect::<Result<_>>()?)))
}
