//! `databaseStats`: how large the tables are and how they are read.

pub(super) const SDL: &str = r#"
extend type Query {
  "How large each table is, and how it is read. For administrators."
  databaseStats: [TableStats!]!
}
"The size and use of a table."
type TableStats {
  "The table's name."
  table: String!
  "About how many rows it has."
  rowEstimate: BigInt!
  "All that it takes on disk."
  totalBytes: BigInt!
  "The rows alone."
  tableBytes: BigInt!
  "Its indexes alone."
  indexBytes: BigInt!
  "Former versions of rows that wait to be cleared away."
  deadRows: BigInt
  "How often all of it was read."
  sequentialScans: BigInt
  "How often it was read by an index."
  indexScans: BigInt
  "When it was last cleared of dead rows."
  lastVacuum: DateTime
  "When its statistics were last renewed."
  lastAnalyze: DateTime
}
"#;

sql_action!(
    anyone,
    "select coalesce(json_agg(json_build_object('table', table_name,
        'rowEstimate', row_estimate::text, 'totalBytes', total_bytes::text,
        'tableBytes', table_bytes::text, 'indexBytes', index_bytes::text,
        'deadRows', dead_rows::text, 'sequentialScans', sequential_scans::text,
        'indexScans', index_scans::text, 'lastVacuum', last_vacuum,
        'lastAnalyze', last_analyze)), '[]')
      from public.get_database_stats()"
);
