//! The transaction of an operation that runs step by step.

use super::Execution;
use crate::{
    db::{Mode, Transaction, Work},
    engine::operation::Plan,
    error::Result,
};

/// The operation's transaction, which begins when something first needs it: an action that waits for something
/// else holds no connection meanwhile.
pub struct LazyTransaction<'a> {
    execution: Execution<'a>,
    mode: Mode,
    work: Work,
    transaction: Option<Transaction>,
}

impl<'a> LazyTransaction<'a> {
    /// Nothing has begun yet; `plan` says what its cost is remembered under.
    pub fn new(execution: Execution<'a>, plan: &Plan, mode: Mode) -> Self {
        LazyTransaction {
            execution,
            mode,
            work: plan.cost_of(),
            transaction: None,
        }
    }

    /// The transaction, begun if it was not yet.
    ///
    /// # Errors
    /// UNAVAILABLE when no connection can be had.
    pub async fn get(&mut self) -> Result<&Transaction> {
        let transaction = match self.transaction.take() {
            Some(transaction) => transaction,
            None => {
                let (db, caller) = (self.execution.db, &self.execution.context.caller);
                db.begin_as(caller, self.mode, self.work).await?
            }
        };
        Ok(self.transaction.insert(transaction))
    }

    /// Commits what was begun.
    ///
    /// # Errors
    /// What the caller may know of the database's error.
    pub async fn commit(self) -> Result<()> {
        match self.transaction {
            Some(transaction) => transaction
                .commit()
                .await
                .map_err(|error| self.execution.fault(error)),
            None => Ok(()),
        }
    }
}
