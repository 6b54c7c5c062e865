//! `uploadFile`: a file that comes with the request.

use serde_json::{Value, json};

use crate::{
    actions::{DetachedContext, Outcome, RowRef},
    error::{Error, Result},
    storage::{NewFile, StorageError},
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Uploads a file that comes with the request, as a form by the GraphQL multipart request specification. It is stored as it
  comes, whatever its size, within the limits of its bucket. Several files come in the order in which the operation takes
  them: what comes before its turn is held within the limit of a request's body.
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
    const NO_FILE: &str = "file must be a file of the request, which is a form by the GraphQL multipart request specification, and each is taken once";
    let storage = &context.app.storage;
    storage.check_ours()?;
    let expected = storage.incoming().take(&arguments.file);
    let expected = expected.ok_or_else(|| Error::bad_input(NO_FILE))?;
    // Where a connection of requests waits meanwhile, the file has the time of an operation.
    let _receiving = (!context.holds_connection).then(|| expected.receiving());
    let mut incoming = expected.open().await?;
    let file = NewFile {
        bucket: arguments.bucket,
        name: arguments.name,
        upsert: arguments.upsert,
        content_type: incoming.head.content_type.take(),
        cache_control: format!("max-age={}", arguments.cache_control),
        user_metadata: arguments.metadata.unwrap_or_else(|| json!({})),
        size_bytes: incoming.size_bytes(),
    };
    let request = context.app.records.activity.of_mutation(context.request);
    let writer = storage.writer(&request.caller);
    let (bucket, name) = (file.bucket.clone(), file.name.clone());
    let refused = |error: StorageError| error.of_write(&request.caller, &bucket, &name);
    let mut upload = storage.upload(writer, file).await.map_err(refused)?;
    while let Some(bytes) = incoming.next().await? {
        if !bytes.is_empty() {
            upload.write(bytes).await.map_err(refused)?;
        }
    }
    let stored = upload.finish().await.map_err(refused)?;
    Ok(Outcome::Row(RowRef {
        table: "objects".into(),
        key: vec![Value::String(stored.id.to_string())],
    }))
}
