//! `createUploadUrl`: an address by which anybody writes a file that the caller may write.

use serde_json::json;

use crate::{
    actions::{DetachedContext, Outcome},
    error::{Error, Result},
    storage::{NewFile, address},
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  An address to which anybody sends a file, once and within two hours, by PUT with the bytes as body. The file is the
  caller's, who has to have the right to write it.
  """
  createUploadUrl(
    "The bucket."
    bucket: String!
    "The file's path there."
    name: String!
    "Whether it may replace a file."
    upsert: Boolean! = false
  ): UploadUrl!
}
"An address to which a file is sent."
type UploadUrl {
  "The file's path in its bucket."
  name: String!
  "The address."
  url: String!
  "What it allows, alone: for the header x-signature of uploads that can be resumed."
  token: String!
}
"#;

arguments! { bucket: String, name: String, upsert: bool }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let Arguments {
        bucket,
        name,
        upsert,
    } = arguments;
    let storage = &context.app.storage;
    storage.check_ours()?;
    let file = NewFile {
        bucket: bucket.clone(),
        name: name.clone(),
        upsert,
        content_type: None,
        cache_control: "no-cache".to_owned(),
        user_metadata: json!({}),
        size_bytes: None,
    };
    let writer = storage.writer(&context.request.caller);
    let token = storage
        .sign_upload(&writer, file)
        .await
        .map_err(|error| error.of_write(&writer.caller, &bucket, &name))?;
    let server = context.app.accounts.address();
    let url = address(
        server,
        &["object", "upload", "sign"],
        &bucket,
        &name,
        &token,
    )
    .map_err(Error::from)?;
    Ok(Outcome::Value(
        json!({"name": name, "url": url.as_str(), "token": token}),
    ))
}
