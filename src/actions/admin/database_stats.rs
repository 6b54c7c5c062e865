//! `databaseStats`: how large the tables are and how they are read.

use crate::{
    actions::{Action, ActionContext, NoArguments, Outcome},
    error::Result,
};

const SDL: &str = r#"
extend type Query {
  "How large each table is, and how it is read. For administrators."
  databaseStats: [TableStats!]!
}
"The size and use of a table."
type TableStats {
  table: String!
  rowEstimate: BigInt!
  totalBytes: BigInt!
  tableBytes: BigInt!
  indexBytes: BigInt!
  deadRows: BigInt
  sequentialScans: BigInt
  indexScans: BigInt
  lastVacuum: DateTime
  lastAnalyze: DateTime
}
"#;

pub fn action() -> Action {
    Action::new(SDL, |context, arguments| Box::pin(run(context, arguments)))
}

async fn run(context: ActionContext<'_>, arguments: NoArguments) -> Result<Outcome> {
    let NoArguments {} = arguments;
    let sql = "select coalesce(json_agg(json_build_object('table', table_name,
        'rowEstimate', row_estimate::text, 'totalBytes', total_bytes::text,
        'tableBytes', table_bytes::text, 'indexBytes', index_bytes::text,
        'deadRows', dead_rows::text, 'sequentialScans', sequential_scans::text,
        'indexScans', index_scans::text, 'lastVacuum', last_vacuum,
        'lastAnalyze', last_analyze)), '[]')
      from public.get_database_stats()";
    Ok(Outcome::Value(context.json(sql, &[]).await?))
}
