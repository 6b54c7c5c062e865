use std::process::ExitCode;
use std::time::Instant;

use super::{Failure, output::say, with_database};
use crate::config::Settings;
use crate::db::Db;

/// The tables of the product that this login may vacuum. VACUUM runs in no function and no transaction, which is why
/// this is a command.
const TABLES: &str = "
    select format('%I.%I', schemaname, tablename)
    from pg_catalog.pg_tables
    where schemaname in ('auth', 'mindloom', 'public', 'realtime', 'storage')
      and pg_catalog.pg_has_role(tableowner, 'usage')
    order by 1";

pub(super) async fn run(settings: &Settings) -> Result<ExitCode, Failure> {
    with_database(settings, vacuum).await?;
    Ok(ExitCode::SUCCESS)
}

async fn vacuum(db: &Db) -> Result<(), Failure> {
    let client = db.system().await?;
    let tables = client.query(TABLES, &[]).await?;
    for table in &tables {
        let table: &str = table.get(0);
        let started = Instant::now();
        client
            .batch_execute(&format!("vacuum (analyze) {table}"))
            .await?;
        say!("{table}: {:.2} s", started.elapsed().as_secs_f64());
    }
    say!("{} tables vacuumed", tables.len());
    Ok(())
}
