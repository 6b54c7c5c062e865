//! The only place where a request's connection gets a role.

use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use deadpool_postgres::{Client, ClientWrapper};

use super::pool;
use super::tls::Tls;
use crate::auth::Caller;
use crate::error::Error;

/// Sets what the policies read, for this transaction only.
const SET_CALLER: &str =
    "select set_config('role', $1, true), set_config('request.jwt.claims', $2, true)";

/// A transaction that carries its caller. Dropping it without [`Transaction::commit`] rolls it
/// back; a statement that still runs then is cancelled.
pub struct Transaction {
    /// Taken only by `drop`.
    client: ManuallyDrop<Client>,
    tls: Tls,
    open: bool,
}

impl Transaction {
    /// Begins on a connection that is logged in as `authenticator`. Both statements go out in one
    /// flush; should the second fail, the transaction has failed, and PostgreSQL refuses whatever
    /// follows in it.
    pub(super) async fn begin(
        client: Client,
        tls: Tls,
        caller: &Caller,
        mode: Mode,
    ) -> Result<Self, Error> {
        let set_caller = client
            .prepare_cached(SET_CALLER)
            .await
            .map_err(pool::failed)?;
        // Made first: if this future is dropped half-way, the drop below cleans the connection.
        let this = Self {
            client: ManuallyDrop::new(client),
            tls,
            open: true,
        };
        let (role, claims) = (caller.role.as_str(), &*caller.claims_json);
        let (begun, set) = futures_util::future::join(
            this.client.batch_execute(mode.begin()),
            this.client.execute(&set_caller, &[&role, &claims]),
        )
        .await;
        begun.map_err(pool::failed)?;
        set.map_err(pool::failed)?;
        Ok(this)
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
}

impl Mode {
    const fn begin(self) -> &'static str {
        match self {
            Mode::Read => "begin read only",
            Mode::ReadSnapshot => "begin isolation level repeatable read read only",
            Mode::Write => "begin",
        }
    }
}

/// A request's connection for one transaction that is sent as a whole: begin, the caller, the
/// statements and commit travel in one flush, which is one round trip. Until then it may be used to
/// prepare statements.
///
/// Should begin or the caller fail, the statements fail too, because `authenticator` may read
/// nothing; should a statement fail, commit rolls back.
pub struct Session {
    /// Taken only by `drop`.
    client: ManuallyDrop<Client>,
    tls: Tls,
    busy: AtomicBool,
    set_caller: tokio_postgres::Statement,
}

impl Session {
    pub(super) async fn new(client: Client, tls: Tls) -> Result<Self, Error> {
        let set_caller = client
            .prepare_cached(SET_CALLER)
            .await
            .map_err(pool::failed)?;
        Ok(Self {
            client: ManuallyDrop::new(client),
            tls,
            busy: AtomicBool::new(false),
            set_caller,
        })
    }

    /// Runs the transaction. `work` must send all its statements when it is first polled: what it
    /// sends later would run behind the commit, without a caller.
    ///
    /// # Errors
    /// UNAVAILABLE or INTERNAL when the caller could not be set; the database's own error of the
    /// commit is given beside what `work` came to.
    pub async fn in_one_flush<T>(
        &self,
        caller: &Caller,
        mode: Mode,
        work: impl Future<Output = T>,
    ) -> Result<(T, Result<(), tokio_postgres::Error>), Error> {
        self.busy.store(true, Ordering::Relaxed);
        let (role, claims) = (caller.role.as_str(), &*caller.claims_json);
        let (begun, set, outcome, committed) = futures_util::future::join4(
            self.client.batch_execute(mode.begin()),
            self.client.execute(&self.set_caller, &[&role, &claims]),
            work,
            self.client.batch_execute("commit"),
        )
        .await;
        self.busy.store(false, Ordering::Relaxed);
        begun.map_err(pool::failed)?;
        set.map_err(pool::failed)?;
        Ok((outcome, committed))
    }
}

/// Statements are prepared on the connection itself, with its cache.
impl Deref for Session {
    type Target = ClientWrapper;

    fn deref(&self) -> &ClientWrapper {
        &self.client
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // SAFETY: nothing reads `client` after this; it is private, and `drop` runs once.
        let client = unsafe { ManuallyDrop::take(&mut self.client) };
        give_back(client, &self.tls, *self.busy.get_mut());
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
    fn drop(&mut self) {
        // SAFETY: nothing reads `client` after this; it is private, and `drop` runs once.
        let client = unsafe { ManuallyDrop::take(&mut self.client) };
        give_back(client, &self.tls, self.open);
    }
}

/// Gives a connection to the pool, once nothing is left open on it.
fn give_back(client: Client, tls: &Tls, open: bool) {
    if !open {
        return;
    }
    match tokio::runtime::Handle::try_current() {
        Ok(runtime) => drop(runtime.spawn(clean(client, tls.clone()))),
        // Outside a runtime nobody can roll back; closing the connection does.
        Err(_) => drop(Client::take(client)),
    }
}

/// Rolls back and gives the connection to the pool; if a statement still runs, cancels it first.
/// The connection stays out of the pool meanwhile, so that the cancellation cannot hit the
/// statement of another request.
async fn clean(client: Client, tls: Tls) {
    const PATIENCE: Duration = Duration::from_millis(50);
    const CANCEL_MAX: Duration = Duration::from_secs(5);
    if let Ok(rolled_back) = tokio::time::timeout(PATIENCE, client.batch_execute("rollback")).await
    {
        if rolled_back.is_err() {
            drop(Client::take(client));
        }
        return;
    }
    let cancelled = tokio::time::timeout(CANCEL_MAX, async {
        client.cancel_token().cancel_query(tls.connector()).await?;
        // The rollback sent before has run or been cancelled; a second one is harmless.
        client.batch_execute("rollback").await
    });
    if !matches!(cancelled.await, Ok(Ok(()))) {
        drop(Client::take(client));
    }
}
