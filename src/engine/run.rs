//! Operations are run: statements in one flush where nothing is decided between them, else step by
//! step in one transaction; always as the caller.

use std::{future::Future, pin::Pin};

use deadpool_postgres::ClientWrapper;
use futures_util::{TryStreamExt, future::join_all};
use tokio_postgres::Row;

use super::{encode::Encoder, plan::ReadPlan, sql::Statement, value::Param};

/// Statements that are kept prepared on one connection; more are dropped together, so that clients
/// that write values into documents cannot fill the database's memory.
const PREPARED_MAX: usize = 1_000;

type PgResult<T> = Result<T, tokio_postgres::Error>;

/// A statement prepared on a connection, with its parameters.
pub struct Ready<'a> {
    statement: tokio_postgres::Statement,
    values: Vec<&'a Param>,
}

/// Prepares a statement, or finds it prepared.
///
/// # Errors
/// The database's.
pub async fn prepare<'a>(
    client: &ClientWrapper,
    statement: &Statement,
    values: &'a [Param],
) -> PgResult<Ready<'a>> {
    if client.statement_cache.size() > PREPARED_MAX {
        client.statement_cache.clear();
    }
    let prepared = client.prepare_cached(&statement.sql).await?;
    statement.encoders.get_or_init(|| {
        prepared
            .columns()
            .iter()
            .map(|column| Encoder::for_type(column.type_()))
            .collect()
    });
    Ok(Ready {
        statement: prepared,
        values: statement
            .parameters
            .iter()
            .map(|number| &values[*number])
            .collect(),
    })
}

/// Sends a prepared statement when first polled, and collects its rows.
///
/// # Errors
/// The database's.
pub async fn rows(client: &ClientWrapper, ready: &Ready<'_>) -> PgResult<Vec<Row>> {
    let stream = client
        .query_raw(&ready.statement, ready.values.iter().copied())
        .await?;
    stream.try_collect().await
}

/// Prepares and runs a statement.
///
/// # Errors
/// The database's.
pub async fn run(
    client: &ClientWrapper,
    statement: &Statement,
    values: &[Param],
) -> PgResult<Vec<Row>> {
    let ready = prepare(client, statement, values).await?;
    rows(client, &ready).await
}

/// Prepares the statements of reads, in order.
///
/// # Errors
/// The first of the database's, with the place of the read.
pub async fn prepare_reads<'a>(
    client: &ClientWrapper,
    reads: &[&ReadPlan],
    values: &'a [Param],
) -> Result<Vec<Vec<Ready<'a>>>, (usize, tokio_postgres::Error)> {
    let mut all = Vec::with_capacity(reads.len());
    for (place, read) in reads.iter().enumerate() {
        let mut ready = Vec::with_capacity(read.levels.len());
        for level in &read.levels {
            let prepared = prepare(client, &level.statement, values).await;
            ready.push(prepared.map_err(|error| (place, error))?);
        }
        all.push(ready);
    }
    Ok(all)
}

/// The rows of reads, level by level; the first poll sends every statement. Of a failed
/// transaction only the first error says why.
///
/// # Errors
/// The first of the database's, with the place of the read.
pub async fn fetch(
    client: &ClientWrapper,
    ready: &[Vec<Ready<'_>>],
) -> Result<Vec<Vec<Vec<Row>>>, (usize, tokio_postgres::Error)> {
    type Sent<'f> = Pin<Box<dyn Future<Output = PgResult<Vec<Row>>> + Send + 'f>>;
    if let [only] = ready
        && let [statement] = only.as_slice()
    {
        let fetched = rows(client, statement).await.map_err(|error| (0, error))?;
        return Ok(vec![vec![fetched]]);
    }
    let statements = ready.iter().flatten();
    let sent: Vec<Sent<'_>> = statements
        .map(|r| Box::pin(rows(client, r)) as Sent<'_>)
        .collect();
    let mut results = join_all(sent).await.into_iter();
    let mut all = Vec::with_capacity(ready.len());
    for (place, levels) in ready.iter().enumerate() {
        let mut fetched = Vec::with_capacity(levels.len());
        for result in results.by_ref().take(levels.len()) {
            fetched.push(result.map_err(|error| (place, error))?);
        }
        all.push(fetched);
    }
    Ok(all)
}
