//! `indexStats`: how indexes are used.

pub(super) const SDL: &str = r#"
extend type Query {
  "How large each index is and how often it was used since the statistics began, the largest first. For administrators."
  indexStats: [IndexStats!]!
}
"The size and use of an index."
type IndexStats {
  "The table's name."
  table: String!
  "The index's name."
  index: String!
  "What it takes on disk."
  sizeBytes: BigInt!
  "How often it was used."
  scans: BigInt!
  "How many of its entries were read."
  rowsRead: BigInt!
  "When it was last used; null where that is not known, as before PostgreSQL 16."
  lastUsed: DateTime
  "Whether it keeps values from being there twice: then it is needed even where nobody reads it."
  isUnique: Boolean!
  "Whether it can be used: one whose making failed cannot."
  isValid: Boolean!
}
"#;

sql_action!(anyone, "select public.get_index_stats()");
