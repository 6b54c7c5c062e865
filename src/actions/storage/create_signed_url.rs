//! `createSignedUrl`: an address by which anybody reads a file, for a time.

use serde_json::json;

use crate::{
    actions::{DetachedContext, Outcome},
    error::{Error, Result},
    storage::address,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  An address by which anybody reads a file that the caller may see, for a time. Asked for again soon it is the same, so that
  caches know it.
  """
  createSignedUrl(
    "The file's bucket."
    bucket: String!
    "Its path there."
    name: String!
    "How long the address is good, in seconds; up to a tenth longer, so that it is the same when it is asked for again soon."
    expiresIn: Int! = 3600
    "The name under which it is to be kept; without it a browser shows what it can show."
    download: String
  ): SignedUrl!
}
"#;

arguments! { bucket: String, name: String, expires_in: i64, download: Option<String> }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let Arguments {
        bucket,
        name,
        expires_in,
        download,
    } = arguments;
    let storage = &context.app.storage;
    storage.check_ours()?;
    let expires_in = u64::try_from(expires_in).unwrap_or(0);
    let caller = &context.request.caller;
    let signed = storage.sign_download(caller, &bucket, &name, expires_in, None);
    let (object, token) = signed.await.map_err(Error::from)?;
    let server = context.app.accounts.address();
    let mut url =
        address(server, &["object", "sign"], &bucket, &object.name, &token).map_err(Error::from)?;
    if let Some(name) = download {
        url.query_pairs_mut().append_pair("download", &name);
    }
    Ok(Outcome::Value(
        json!({"name": object.name, "url": url.as_str()}),
    ))
}
