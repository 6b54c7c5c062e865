//! The only place where a request's connection gets a role.

use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use deadpool_postgres::{Client, ClientWrapper};
use postgres_types::Type;

use super::lanes::Ticket;
use super::rows::RowError;
use super::tls::Tls;
use crate::auth::{Caller, Role};
use crate::error::Error;

/// The parameters of [`Mode::set_caller`]: the role and the claims.
pub(super) static SET_CALLER_TYPES: [Type; 2] = [Type::TEXT, Type::TEXT];

/// The parameters of [`Mode::set_caller_and_session`]: those, and the limits of time for a statement and a lock.
pub(super) static SET_CALLER_AND_SESSION_TYPES: [Type; 4] =
    [Type::TEXT, Type::TEXT, Type::TEXT, Type::TEXT];

/// A transaction that carries its caller. Dropping it without [`Transaction::commit`] rolls it
/// back; a statement that still runs then is cancelled.
pub struct Transaction {
    /// Taken only by `drop`.
    client: ManuallyDrop<Client>,
    /// Its place in a lane, which it keeps until its connection can be used again.
    ticket: Option<Ticket>,
    tls: Tls,
    role: Role,
    open: bool,
    /// How large the rows of its statements may still be.
    rows_left_bytes: AtomicUsize,
    rows_max_bytes: usize,
}

impl Transaction {
    /// Begins on a connection that is logged in as `authenticator`. Both statements go out in one
    /// flush; should the second fail, the transaction has failed, and PostgreSQL refuses whatever
    /// follows in it.
    pub(super) async fn begin(
        (client, ticket): (Client, Ticket),
        tls: Tls,
        caller: &Caller,
        mode: Mode,
        rows_max_bytes: usize,
    ) -> Result<Self, Error> {
        let set_caller = client.prepare_cached(mode.set_caller()).await?;
        // Made first: if this future is dropped half-way, the drop below cleans the connection.
        let this = Self {
            client: ManuallyDrop::new(client),
            ticket: Some(ticket),
            tls,
            role: caller.role,
            open: true,
            rows_left_bytes: AtomicUsize::new(rows_max_bytes),
            rows_max_bytes,
        };
        let (role, claims) = (caller.role.as_str(), &*caller.claims_json);
        let (begun, set) = futures_util::future::join(
            this.client.batch_execute(mode.begin()),
            this.client.execute(&set_caller, &[&role, &claims]),
        )
        .await;
        begun?;
        set?;
        Ok(this)
    }

    /// Prepares a statement for the transaction's role, or finds it prepared. Each role has statements of its own:
    /// PostgreSQL plans one that row level security has to do with for one role, and plans it again whenever the role
    /// is another.
    ///
    /// # Errors
    /// The database's own error.
    pub async fn prepare_cached(
        &self,
        sql: &str,
    ) -> Result<tokio_postgres::Statement, tokio_postgres::Error> {
        let sql = format!("{sql} -- {}", self.role.as_str());
        self.client.prepare_cached(&sql).await
    }

    /// Counts a row of one of its statements.
    ///
    /// # Errors
    /// When the rows are larger together than those of one operation may be.
    pub fn count(&self, row: &tokio_postgres::Row) -> Result<(), RowError> {
        let size = row.raw_size_bytes();
        self.rows_left_bytes
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(size)
            })
            .map(drop)
            .map_err(|_| RowError::OverLimit(self.rows_max_bytes))
    }

    /// Makes the work permanent.
    ///
    /// # Errors
    /// The database's own error: a deferred constraint may speak only now.
    pub async fn commit(mut self) -> Result<(), tokio_postgres::Error> {
        let outcome = self.client.batch_execute("commit").await;
        self.open = false;
        outcome
    }

    /// Undoes the work, and returns when it is undone.
    ///
    /// # Errors
    /// When the connection is gone, in which case the work is undone too.
    pub async fn rollback(mut self) -> Result<(), tokio_postgres::Error> {
        let outcome = self.client.batch_execute("rollback").await;
        self.open = false;
        outcome
    }
}

/// What a transaction does to the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// One statement reads.
    Read,
    /// Several statements read the same snapshot.
    ReadSnapshot,
    /// Statements write.
    Write,
    /// Statements write, and all of it is taken back: whether they could. For [`Db::run`](super::Db::run) alone.
    Trial,
}

impl Mode {
    /// What a caller's transaction does at most: nothing is written for one whom an administrator acts as.
    pub(super) fn of(self, caller: &Caller) -> Mode {
        match (self, caller.acting) {
            (Mode::Write | Mode::Trial, Some(_)) => Mode::Read,
            _ => self,
        }
    }

    /// Sets what the policies read, for this transaction only.
    pub(super) const fn set_caller(self) -> &'static str {
        match self {
            Mode::Read => {
                "select set_config('role', $1, true), set_config('request.jwt.claims', $2, true), \
                 set_config('transaction_read_only', 'on', true)"
            }
            Mode::ReadSnapshot | Mode::Write | Mode::Trial => {
                "select set_config('role', $1, true), set_config('request.jwt.claims', $2, true)"
            }
        }
    }

    /// The same, with what a session would have been set to when it was opened.
    pub(super) const fn set_caller_and_session(self) -> &'static str {
        match self {
            Mode::Read => {
                "select set_config('role', $1, true), set_config('request.jwt.claims', $2, true), \
                 set_config('statement_timeout', $3, true), set_config('lock_timeout', $4, true), \
                 set_config('search_path', 'public, extensions', true), \
                 set_config('transaction_read_only', 'on', true)"
            }
            Mode::ReadSnapshot | Mode::Write | Mode::Trial => {
                "select set_config('role', $1, true), set_config('request.jwt.claims', $2, true), \
                 set_config('statement_timeout', $3, true), set_config('lock_timeout', $4, true), \
                 set_config('search_path', 'public, extensions', true)"
            }
        }
    }

    pub(super) const fn begin(self) -> &'static str {
        match self {
            Mode::Read => "begin read only",
            Mode::ReadSnapshot => "begin isolation level repeatable read read only",
            Mode::Write | Mode::Trial => "begin",
        }
    }

    /// How a transaction ends that was begun so.
    pub(super) const fn end(self) -> &'static str {
        match self {
            Mode::Trial => "rollback",
            Mode::Read | Mode::ReadSnapshot | Mode::Write => "commit",
        }
    }
}

/// Statements run on the connection itself, with its cache of prepared statements.
impl Deref for Transaction {
    type Target = ClientWrapper;

    fn deref(&self) -> &ClientWrapper {
        &self.client
    }
}

impl Drop for Transaction {
    #[expect(
        unsafe_code,
        reason = "a drop that hands its field on has no other way"
    )]
    fn drop(&mut self) {
        // SAFETY: nothing reads `client` after this; it is private, and `drop` runs once.
        let client = unsafe { ManuallyDrop::take(&mut self.client) };
        give_back(client, self.ticket.take(), &self.tls, self.open);
    }
}

/// Gives a connection to the pool, once nothing is left open on it.
pub(super) fn give_back(client: Client, ticket: Option<Ticket>, tls: &Tls, open: bool) {
    if !open {
        // In this order: whoever gets the place finds the connection.
        drop(client);
        drop(ticket);
        return;
    }
    let tls = tls.clone();
    match tokio::runtime::Handle::try_current() {
        Ok(runtime) => drop(runtime.spawn(async move {
            clean(client, tls).await;
            drop(ticket);
        })),
        // Outside a runtime nobody can roll back; closing the connection does.
        Err(_) => drop(Client::take(client)),
    }
}

/// Rolls back and gives the connection to the pool; if a statement still runs, cancels it and closes the connection,
/// because a cancellation that comes late would hit the statement of another request.
async fn clean(client: Client, tls: Tls) {
    const PATIENCE: Duration = Duration::from_millis(50);
    const CANCEL_MAX: Duration = Duration::from_secs(5);
    let rolled_back = tokio::time::timeout(PATIENCE, client.batch_execute("rollback")).await;
    if matches!(rolled_back, Ok(Ok(()))) {
        return;
    }
    let client = Client::take(client);
    if rolled_back.is_err() {
        let cancel = client.cancel_token();
        let cancelled = cancel.cancel_query(tls.connector());
        drop(tokio::time::timeout(CANCEL_MAX, cancelled).await);
    }
}
