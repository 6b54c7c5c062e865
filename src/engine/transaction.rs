//! The transaction of an operation that runs step by step.

use super::fault::database_error;
use crate::{
    auth::Caller,
    db::{Db, Mode, Transaction, Work},
    error::Result,
    model::Model,
};

/// A transaction that begins when something first needs it: an operation that waits for something else holds no
/// connection meanwhile.
pub struct LazyTransaction<'a> {
    db: &'a Db,
    caller: &'a Caller,
    model: &'a Model,
    mode: Mode,
    work: Work,
    begun: Option<Transaction>,
}

impl<'a> LazyTransaction<'a> {
    /// One that did not begin yet. `work` is what its cost is remembered under; `model` tells callers of violated rules.
    pub fn new(db: &'a Db, caller: &'a Caller, model: &'a Model, mode: Mode, work: Work) -> Self {
        LazyTransaction {
            db,
            caller,
            model,
            mode,
            work,
            begun: None,
        }
    }

    /// The transaction, begun if it was not yet.
    ///
    /// # Errors
    /// UNAVAILABLE when no connection can be had.
    pub async fn get(&mut self) -> Result<&Transaction> {
        let transaction = match self.begun.take() {
            Some(transaction) => transaction,
            None => self.db.begin_as(self.caller, self.mode, self.work).await?,
        };
        Ok(self.begun.insert(transaction))
    }

    /// Whether it has begun, and holds a connection.
    pub fn has_begun(&self) -> bool {
        self.begun.is_some()
    }

    /// Commits what was begun. What needs it next begins another.
    ///
    /// # Errors
    /// What the caller may know of the database's error.
    pub async fn commit(&mut self) -> Result<()> {
        let Some(transaction) = self.begun.take() else {
            return Ok(());
        };
        let committed = transaction.commit().await;
        committed.map_err(|error| database_error(self.model, self.caller.role, error))
    }
}
