//! `emptyBucket`: removes all files of a bucket.

pub(super) const SDL: &str = r#"
extend type Mutation {
  "Removes all files of a bucket, whosever they are; how many they were. For administrators."
  emptyBucket(
    "The bucket."
    id: String!
  ): BigInt!
}
"#;

sql_action!(
    user,
    "select to_json(public.empty_bucket($1)::text)",
    id: String
);
