//! Files: addresses by which they are read and written.

use url::Url;

use crate::{error::Result, storage::StorageError};

/// What several of them answer.
pub(super) const TYPES: &str = r#"
"An address of a file."
type SignedUrl {
  "The file's path in its bucket."
  name: String!
  "The address; null where the caller sees no such file."
  url: String
}
"#;

actions! {
    create_signed_url: detached;
    create_signed_urls: detached;
    create_upload_url: detached;
    upload_file: detached;
}

/// An address below `/storage/v1`, where clients reach the server.
fn address(server: &Url, way: &[&str], bucket: &str, name: &str, token: &str) -> Result<Url> {
    let mut url = server.clone();
    let steps = url.path_segments_mut();
    let mut steps = steps.map_err(|()| StorageError::not_supported("The server has no address"))?;
    steps
        .pop_if_empty()
        .extend(["storage", "v1"])
        .extend(way)
        .push(bucket)
        .extend(name.split('/'));
    drop(steps);
    url.query_pairs_mut().append_pair("token", token);
    Ok(url)
}
