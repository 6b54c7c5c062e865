//! `uploadFile`: a file that comes with the request.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::{
    actions::{DetachedContext, Outcome, RowRef},
    error::{Error, Result},
    storage::NewFile,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Uploads a file that comes with the request, as a form by the GraphQL multipart request specification. It is held in memory
  meanwhile, within the limit of a request's body: larger files go to the address of createUploadUrl.
  """
  uploadFile(
    "The bucket."
    bucket: String!
    "The file's path there."
    name: String!
    "The file."
    file: Upload!
    "Whether it may replace a file."
    upsert: Boolean! = false
    "For how many seconds caches may keep it."
    cacheControl: Int! = 3600
    "What its uploader says about it: an object."
    metadata: JSON
  ): Object!
}
"#;

arguments! {
    bucket: String,
    name: String,
    file: String,
    upsert: bool,
    cache_control: u32,
    metadata: Option<Value>,
}

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    const NO_FILE: &str = "file must be a file of the request, which is a form by the GraphQL multipart request specification";
    let storage = &context.app.storage;
    storage.check_ours()?;
    let incoming = storage.incoming().take(&arguments.file);
    let incoming = incoming.ok_or_else(|| Error::bad_input(NO_FILE))?;
    let file = NewFile {
        bucket: arguments.bucket,
        name: arguments.name,
        upsert: arguments.upsert,
        content_type: incoming.content_type,
        cache_control: format!("max-age={}", arguments.cache_control),
        user_metadata: arguments.metadata.unwrap_or_else(|| json!({})),
        size_bytes: Some(incoming.bytes.len() as u64),
    };
    let request = context.app.records.activity.of_mutation(context.request);
    let writer = storage.writer(&request.caller);
    let mut upload = storage.upload(writer, file).await?;
    if !incoming.bytes.is_empty() {
        upload.write(Bytes::clone(&incoming.bytes)).await?;
    }
    let stored = upload.finish().await?;
    Ok(Outcome::Row(RowRef {
        table: "objects".into(),
        key: vec![Value::String(stored.id.to_string())],
    }))
}
