//! SeaORM's connection over tokio-postgres, the one client of PostgreSQL that the server has.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use sea_orm::sea_query::Value;
use sea_orm::{
    Database, DatabaseConnection, DbBackend, DbErr, ProxyDatabaseTrait, ProxyExecResult, ProxyRow,
    RuntimeErr, Statement,
};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Error, Row, SimpleQueryMessage};

/// What is said of a statement that waited in vain.
pub(crate) const TIMED_OUT: &str = "a lock that it needs did not become free in time";

/// One connection to PostgreSQL, as SeaORM's migrator sees it.
#[derive(Clone, Debug)]
pub(crate) struct Connection(Arc<State>);

#[derive(Debug)]
struct State {
    client: Client,
    /// SeaORM dropped a transaction half done: it is rolled back before the next statement.
    is_rollback_due: AtomicBool,
    /// Why a transaction could not be begun or committed. SeaORM gives a proxy no way to say so at once.
    failure: Mutex<Option<DbErr>>,
}

impl Connection {
    pub(crate) fn new(client: Client) -> Self {
        Self(Arc::new(State {
            client,
            is_rollback_due: AtomicBool::new(false),
            failure: Mutex::new(None),
        }))
    }

    /// The same connection with SeaORM's type.
    pub(crate) async fn sea_orm(&self) -> Result<DatabaseConnection, DbErr> {
        let proxy: Box<dyn ProxyDatabaseTrait> = Box::new(self.clone());
        Database::connect_proxy(DbBackend::Postgres, Arc::new(proxy)).await
    }

    /// Runs statements, and says how many rows the last of them touched.
    pub(crate) async fn run(&self, sql: &str) -> Result<u64, DbErr> {
        self.ready().await?;
        let messages = self.0.client.simple_query(sql).await.map_err(refused)?;
        let touched = messages.iter().rev().find_map(|message| match message {
            SimpleQueryMessage::CommandComplete(rows) => Some(*rows),
            _ => None,
        });
        Ok(touched.unwrap_or(0))
    }

    /// The rows of one statement.
    pub(crate) async fn rows(&self, sql: &str) -> Result<Vec<Row>, DbErr> {
        self.ready().await?;
        self.0.client.query(sql, &[]).await.map_err(refused)
    }

    /// What SeaORM could not be told yet.
    pub(crate) fn failure(&self) -> Result<(), DbErr> {
        let mut failure = self
            .0
            .failure
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        failure.take().map_or(Ok(()), Err)
    }

    async fn ready(&self) -> Result<(), DbErr> {
        self.failure()?;
        if self.0.is_rollback_due.swap(false, Ordering::AcqRel) {
            self.0
                .client
                .batch_execute("rollback")
                .await
                .map_err(refused)?;
        }
        Ok(())
    }

    /// Begins or ends a transaction, unless one before failed to.
    async fn turn(&self, sql: &str) {
        let failure = || {
            self.0
                .failure
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        if failure().is_some() {
            return;
        }
        if let Err(error) = self.run(sql).await {
            *failure() = Some(DbErr::Migration(format!("{sql} failed: {error}")));
        }
    }
}

#[async_trait::async_trait]
impl ProxyDatabaseTrait for Connection {
    async fn query(&self, statement: Statement) -> Result<Vec<ProxyRow>, DbErr> {
        // What it asks with are names of migrations and times of this program: SeaORM writes them into the text.
        let rows = self.rows(&statement.to_string()).await?;
        rows.iter().map(proxied).collect()
    }

    async fn execute(&self, statement: Statement) -> Result<ProxyExecResult, DbErr> {
        let rows_affected = self.run(&statement.to_string()).await?;
        Ok(ProxyExecResult {
            last_insert_id: 0,
            rows_affected,
        })
    }

    async fn begin(&self) {
        self.turn("begin").await;
    }

    async fn commit(&self) {
        self.turn("commit").await;
    }

    async fn rollback(&self) {
        self.turn("rollback").await;
    }

    fn start_rollback(&self) {
        self.0.is_rollback_due.store(true, Ordering::Release);
    }
}

/// A row of the table of migrations, whose columns are texts and numbers.
fn proxied(row: &Row) -> Result<ProxyRow, DbErr> {
    let mut values = BTreeMap::new();
    for (index, column) in row.columns().iter().enumerate() {
        let value = match *column.type_() {
            Type::VARCHAR | Type::TEXT => row.try_get(index).map(Value::String),
            Type::INT8 => row.try_get(index).map(Value::BigInt),
            ref other => {
                let column = column.name();
                return Err(DbErr::Type(format!(
                    "{column} is {other}: nothing reads it yet"
                )));
            }
        };
        values.insert(column.name().to_owned(), value.map_err(refused)?);
    }
    Ok(ProxyRow::new(values))
}

/// PostgreSQL's refusal in SeaORM's type, with all that it says.
fn refused(error: Error) -> DbErr {
    let Some(refusal) = error.as_db_error() else {
        let cause = std::error::Error::source(&error);
        let cause = cause.map_or_else(String::new, |cause| format!(": {cause}"));
        return DbErr::Conn(RuntimeErr::Internal(format!("{error}{cause}")));
    };
    if *refusal.code() == SqlState::LOCK_NOT_AVAILABLE {
        return DbErr::Migration(TIMED_OUT.to_owned());
    }
    let mut text = format!("error returned from database: {}", refusal.message());
    for (name, more) in [("detail", refusal.detail()), ("hint", refusal.hint())] {
        if let Some(more) = more {
            text.push_str(&format!(" ({name}: {more})"));
        }
    }
    DbErr::Exec(RuntimeErr::Internal(text))
}
