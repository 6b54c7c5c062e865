//! The database as the migrations make it: its catalog, policies, triggers, functions and seed data.

mod access_matrix;
mod audit;
mod catalog;
mod chats;
mod deletion;
mod demo;
mod documents;
mod entities;
mod feedback;
mod frozen;
mod logs;
mod maintenance;
mod migrations;
mod notes;
mod operations;
mod profiles;
mod projects;
mod prompts;
mod providers;
mod retention;
mod search;
mod seeds;
mod settings;
mod stacks;
mod storage;
mod supabase;
mod usage;

use mindloom::db::Transaction;
use tokio_postgres::Error;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

/// What the database refused: the name of the violated constraint, or else the message.
#[track_caller]
fn refusal<T>(outcome: Result<T, Error>) -> String {
    let Err(error) = outcome else {
        panic!("the database accepted what it should refuse")
    };
    let error = error.as_db_error().expect("a refusal by the database");
    error
        .constraint()
        .unwrap_or_else(|| error.message())
        .to_owned()
}

/// Runs a statement that may fail and goes on with the transaction afterwards.
async fn attempt(
    transaction: &Transaction,
    sql: &str,
    values: &[&(dyn ToSql + Sync)],
) -> Result<u64, Error> {
    transaction.batch_execute("savepoint attempt").await?;
    let outcome = transaction.execute(sql, values).await;
    transaction.batch_execute("rollback to attempt").await?;
    outcome
}

/// The single value that a statement returns.
async fn value<T>(transaction: &Transaction, sql: &str, values: &[&(dyn ToSql + Sync)]) -> T
where
    T: for<'a> tokio_postgres::types::FromSql<'a>,
{
    match transaction.query_one(sql, values).await {
        Ok(row) => row.get(0),
        Err(error) => panic!("{sql}: {:?}", error.as_db_error()),
    }
}

/// Inserts by a statement that returns an id.
async fn insert(transaction: &Transaction, sql: &str, values: &[&(dyn ToSql + Sync)]) -> Uuid {
    value(transaction, sql, values).await
}
