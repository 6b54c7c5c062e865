//! `analyzeTables`: refreshes the statistics that plans are made from.

pub(super) const SDL: &str = r#"
extend type Mutation {
  "Refreshes the statistics of all tables. For administrators."
  analyzeTables: [AnalyzedTable!]!
}
"A table whose statistics were refreshed."
type AnalyzedTable {
  "The table's name."
  table: String!
  "About how many rows it has."
  rowEstimate: BigInt!
  "How long it took, in milliseconds."
  durationMs: Float!
}
"#;

sql_action!(
    anyone,
    "select coalesce(json_agg(json_build_object('table', table_name,
        'rowEstimate', row_estimate::text, 'durationMs', duration_ms)), '[]')
      from public.analyze_all_tables()"
);
