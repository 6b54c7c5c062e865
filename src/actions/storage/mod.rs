//! Files: addresses by which they are read and written.

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
    empty_bucket;
    upload_file: detached;
}
