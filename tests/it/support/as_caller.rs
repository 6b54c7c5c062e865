//! One statement as a caller, and what the database says to it.

use mindloom::auth::Caller;
use tokio_postgres::{SimpleQueryMessage, SimpleQueryRow};

use super::TestDb;

/// What a refused statement said: the SQLSTATE, the message, and the constraint if one was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub code: String,
    pub message: String,
    pub constraint: Option<String>,
}

impl From<tokio_postgres::Error> for Refusal {
    fn from(error: tokio_postgres::Error) -> Self {
        let said = error.as_db_error().expect("an answer of the database");
        Self {
            code: said.code().code().to_owned(),
            message: said.message().to_owned(),
            constraint: said.constraint().map(str::to_owned),
        }
    }
}

impl TestDb {
    /// Runs statements as a caller in one transaction and commits; gives the rows of the last one that has any.
    pub async fn run_as(&self, caller: &Caller, sql: &str) -> Result<Vec<SimpleQueryRow>, Refusal> {
        let transaction = self.db.begin(caller).await.expect("a transaction");
        let answer = transaction.simple_query(sql).await;
        let messages = match answer {
            Ok(messages) => messages,
            Err(error) => {
                transaction.rollback().await.expect("a rollback");
                return Err(error.into());
            }
        };
        transaction.commit().await?;
        Ok(rows(messages))
    }

    /// Runs statements as the owner; gives the rows of the last one that has any.
    pub async fn run_as_owner(&self, sql: &str) -> Result<Vec<SimpleQueryRow>, Refusal> {
        let client = self.db.system().await.expect("a connection of the owner");
        Ok(rows(client.simple_query(sql).await?))
    }

    /// The only value of a query's only row, as text; `null` as nothing.
    pub async fn value(&self, sql: &str) -> Option<String> {
        let rows = self
            .run_as_owner(sql)
            .await
            .unwrap_or_else(|refusal| panic!("{sql}: {refusal:?}"));
        assert_eq!(rows.len(), 1, "{sql}");
        rows[0].get(0).map(str::to_owned)
    }
}

fn rows(messages: Vec<SimpleQueryMessage>) -> Vec<SimpleQueryRow> {
    let mut last = Vec::new();
    let mut current = Vec::new();
    for message in messages {
        match message {
            SimpleQueryMessage::Row(row) => current.push(row),
            SimpleQueryMessage::CommandComplete(_) if !current.is_empty() => {
                last = std::mem::take(&mut current);
            }
            _ => {}
        }
    }
    last
}
