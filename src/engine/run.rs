//! Operations are run: statements in one round trip where nothing is decided between them, else step by
//! step in one transaction; always as the caller.

use futures_util::{
    TryStreamExt,
    future::{BoxFuture, join_all},
};
use postgres_types::ToSql;

use super::{plan::ReadPlan, sql::Statement, value::Param};
use crate::{
    auth::Caller,
    db::{
        Arrived, Call, Db, Description, Mode, PREPARED_MAX, Part, Rows, StatementError, Transaction,
    },
    error::Error,
};

type PgResult<T> = Result<T, StatementError>;

/// Why statements that were sent at once came to nothing.
pub enum Problem {
    /// The database's error, with the place of the statement; none for the commit's.
    Database(Option<usize>, StatementError),
    /// There was no connection, or no caller.
    Other(Error),
}

/// Runs statements in one transaction and one round trip, and gives the rows of each; see [`Db::run`].
///
/// # Errors
/// See [`Problem`].
pub async fn at_once(
    db: &Db,
    caller: &Caller,
    mode: Mode,
    statements: &[&Statement],
    values: &[Param],
    arrived: &mut Arrived<'_>,
) -> Result<Vec<Rows>, Problem> {
    let mut calls = Vec::with_capacity(statements.len());
    for (place, statement) in statements.iter().enumerate() {
        let form = match statement.form() {
            Some(form) => form,
            None => {
                let described = db
                    .describe(caller, &statement.sql)
                    .await
                    .map_err(Problem::Other)?;
                let failed = |error| Problem::Database(Some(place), error);
                statement.described(described.map_err(failed)?)
            }
        };
        let value = |number: &usize| &values[*number] as &(dyn ToSql + Sync);
        calls.push(Call {
            sql: &statement.sql,
            types: &form.parameters,
            values: statement.parameters.iter().map(value).collect(),
            work: statement.work,
        });
    }
    let outcome = db.run(caller, mode, &calls, arrived).await;
    outcome
        .map_err(Problem::Other)?
        .map_err(|(part, error)| match part {
            Part::Statement(place) => Problem::Database(Some(place), error),
            Part::Begin | Part::Commit => Problem::Database(None, error),
        })
}

/// Prepares a statement in a transaction and runs it.
///
/// # Errors
/// The database's.
pub async fn run(
    transaction: &Transaction,
    statement: &Statement,
    values: &[Param],
) -> PgResult<Rows> {
    let prepared = prepare(transaction, statement).await?;
    rows(transaction, &prepared, statement, values).await
}

async fn prepare(
    transaction: &Transaction,
    statement: &Statement,
) -> PgResult<tokio_postgres::Statement> {
    let cache = &transaction.statement_cache;
    if cache.size() > PREPARED_MAX {
        cache.clear();
    }
    let prepared = transaction.prepare_cached(&statement.sql).await?;
    if statement.form().is_none() {
        statement.described(Description::of(&prepared));
    }
    Ok(prepared)
}

/// Sends a prepared statement when first polled, and collects its rows.
async fn rows(
    transaction: &Transaction,
    prepared: &tokio_postgres::Statement,
    statement: &Statement,
    values: &[Param],
) -> PgResult<Rows> {
    let values = statement.parameters.iter().map(|number| &values[*number]);
    let stream = transaction.query_raw(prepared, values).await?;
    futures_util::pin_mut!(stream);
    let mut rows = Vec::new();
    while let Some(row) = stream.try_next().await? {
        transaction.count(&row)?;
        rows.push(row);
    }
    Ok(Rows::try_from(rows)?)
}

/// The rows of a read in a transaction, level by level. All statements are sent before any is awaited.
///
/// # Errors
/// The first of the database's: of a failed transaction only the first says why.
pub async fn fetch(
    transaction: &Transaction,
    read: &ReadPlan,
    values: &[Param],
) -> PgResult<Vec<Rows>> {
    let mut prepared = Vec::with_capacity(read.levels.len());
    for level in &read.levels {
        prepared.push(prepare(transaction, &level.statement).await?);
    }
    let sent = prepared.iter().zip(&read.levels);
    let sent = sent.map(|(prepared, level)| -> BoxFuture<'_, PgResult<Rows>> {
        Box::pin(rows(transaction, prepared, &level.statement, values))
    });
    join_all(sent).await.into_iter().collect()
}
