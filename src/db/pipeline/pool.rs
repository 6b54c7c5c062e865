//! The pool of such connections.

use std::time::Duration;

use deadpool::{
    Runtime,
    managed::{self, Manager, Metrics, Object, RecycleError, RecycleResult},
};

use super::{
    Failed,
    connect::{OpenError, open},
    connection::{Arrived, Call, Connection},
};
use crate::{
    auth::Caller,
    config::DatabaseSettings,
    db::{rows::Rows, transaction::Mode, url::Address},
};

type PoolError = managed::PoolError<OpenError>;

/// Opens connections, and looks whether those that wait are still good.
struct Opener {
    address: Address,
    start: String,
}

impl Manager for Opener {
    type Type = Connection;
    type Error = OpenError;

    async fn create(&self) -> Result<Connection, OpenError> {
        open(&self.address, &self.start).await.map(Connection::new)
    }

    async fn recycle(&self, connection: &mut Connection, _: &Metrics) -> RecycleResult<OpenError> {
        match connection.is_alive() {
            true => Ok(()),
            false => Err(RecycleError::message("the connection ended")),
        }
    }
}

/// Connections for transactions that are sent whole.
pub(in crate::db) struct Pool(managed::Pool<Opener>);

/// The pool of connections to an address, each of which begins with the SQL `start`.
pub(in crate::db) fn build(
    address: Address,
    settings: &DatabaseSettings,
    size: u32,
    start: String,
) -> Result<Pool, managed::BuildError> {
    let wait = Duration::from_millis(settings.pool_wait_ms);
    let pool = managed::Pool::builder(Opener { address, start })
        .max_size(usize::try_from(size).unwrap_or(usize::MAX))
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(wait))
        .create_timeout(Some(Duration::from_millis(settings.connect_timeout_ms)))
        .recycle_timeout(Some(wait))
        .build()?;
    Ok(Pool(pool))
}

impl Pool {
    /// Runs statements in one transaction as the caller.
    pub(in crate::db) async fn run(
        &self,
        caller: &Caller,
        mode: Mode,
        calls: &[Call<'_>],
        arrived: &mut Arrived<'_>,
    ) -> Result<Result<Vec<Rows>, Failed>, PoolError> {
        let mut lease = Lease(Some(self.0.get().await?));
        let Some(connection) = &mut lease.0 else {
            unreachable!("only drop takes it");
        };
        Ok(super::run(connection, caller, mode, calls, arrived).await)
    }

    pub(in crate::db) fn close(&self) {
        self.0.close();
    }
}

/// A connection in use. It goes back to the pool when nothing is left open on it.
struct Lease(Option<Object<Opener>>);

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(connection) = self.0.take_if(|connection| !connection.is_idle()) else {
            return;
        };
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(clean(connection))),
            Err(_) => drop(Object::take(connection)),
        }
    }
}

/// Ends what nobody waits for any more, so that the connection can be used again. It stays out of the pool meanwhile:
/// the cancellation cannot hit the statement of another request.
async fn clean(mut connection: Object<Opener>) {
    const PATIENCE: Duration = Duration::from_millis(50);
    const CANCEL_MAX: Duration = Duration::from_secs(5);
    if tokio::time::timeout(PATIENCE, connection.settle())
        .await
        .is_err()
    {
        let cancelled = tokio::time::timeout(CANCEL_MAX, async {
            connection.cancellation.clone().cancel().await.ok()?;
            connection.settle().await.ok()
        });
        drop(cancelled.await);
    }
    if !connection.is_idle() {
        drop(Object::take(connection));
    }
}
