//! The pool of such connections.

use std::time::Duration;

use deadpool::{
    Runtime,
    managed::{self, Manager, Metrics, Object, QueueMode, RecycleError, RecycleResult},
};

use super::{
    Failed,
    connect::{OpenError, open},
    connection::{Arrived, Call, Connection},
};
use crate::{
    auth::Caller,
    config::DatabaseSettings,
    db::{
        address::Address,
        lanes::{Lanes, Ticket, Work},
        pool::unavailable,
        rows::Rows,
        transaction::Mode,
    },
    error::Error,
};

/// Opens connections, and looks whether those that wait are still good.
struct Opener {
    address: Address,
    session: Session,
    rows_max_bytes: usize,
}

/// What a connection is to the database, and what makes it one of requests.
#[derive(Debug, Clone)]
pub(in crate::db) enum Session {
    /// It is a session, which begins with this SQL.
    Own { start: String },
    /// Every transaction runs in whichever session a pooler has free, and begins with its settings.
    Shared(TransactionSettings),
}

/// Settings of each transaction, where none can be made for the session.
#[derive(Debug, Clone)]
pub(in crate::db) struct TransactionSettings {
    /// As `statement_timeout` has it.
    pub(in crate::db) statement_timeout: String,
    /// As `lock_timeout` has it.
    pub(in crate::db) lock_timeout: String,
}

impl Manager for Opener {
    type Type = Connection;
    type Error = OpenError;

    async fn create(&self) -> Result<Connection, OpenError> {
        let (start, is_session) = match &self.session {
            Session::Own { start } => (start.as_str(), true),
            Session::Shared(_) => ("", false),
        };
        let opened = open(&self.address, start).await?;
        Ok(Connection::new(opened, is_session, self.rows_max_bytes))
    }

    async fn recycle(&self, connection: &mut Connection, _: &Metrics) -> RecycleResult<OpenError> {
        match connection.is_alive() {
            true => Ok(()),
            false => Err(RecycleError::message("the connection ended")),
        }
    }
}

/// Connections for transactions that are sent whole.
pub(in crate::db) struct Pool {
    connections: managed::Pool<Opener>,
    of_transactions: Option<TransactionSettings>,
    lanes: Lanes,
}

/// The pool of connections to an address.
pub(in crate::db) fn build(
    address: Address,
    settings: &DatabaseSettings,
    session: Session,
) -> Result<Pool, managed::BuildError> {
    let wait = Duration::from_millis(settings.pool_wait_ms);
    let of_transactions = match &session {
        Session::Own { .. } => None,
        Session::Shared(settings) => Some(settings.clone()),
    };
    let lanes = Lanes::new(settings.request_pool(), settings);
    let opener = Opener {
        address,
        session,
        rows_max_bytes: settings.max_answer_bytes(),
    };
    let connections = managed::Pool::builder(opener)
        .max_size(lanes.connections())
        // Those that were used last: the fewer are in use, the more each still has at hand.
        .queue_mode(QueueMode::Lifo)
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(wait))
        .create_timeout(Some(Duration::from_millis(settings.connect_timeout_ms)))
        .recycle_timeout(Some(wait))
        .build()?;
    Ok(Pool {
        connections,
        of_transactions,
        lanes,
    })
}

impl Pool {
    /// Who waits for a connection and who uses one.
    pub(in crate::db) fn lanes(&self) -> &Lanes {
        &self.lanes
    }

    /// Runs statements in one transaction as the caller, when it is the caller's turn.
    pub(in crate::db) async fn run(
        &self,
        caller: &Caller,
        mode: Mode,
        calls: &[Call<'_>],
        arrived: &mut Arrived<'_>,
    ) -> Result<Result<Vec<Rows>, Failed>, Error> {
        let work = calls.iter().map(|call| call.work);
        let work = work.fold(Work::default(), Work::and);
        let ticket = self.lanes.enter(caller.share, work).await?;
        let connection = self.connections.get().await.map_err(unavailable)?;
        if Object::metrics(&connection).recycle_count == 0 {
            ticket.opened();
        }
        let mut lease = Lease {
            connection: Some(connection),
            ticket: Some(ticket),
        };
        let Some(connection) = &mut lease.connection else {
            unreachable!("only drop takes it");
        };
        let settings = self.of_transactions.as_ref();
        Ok(super::run(connection, caller, mode, settings, calls, arrived).await)
    }

    pub(in crate::db) fn close(&self) {
        self.connections.close();
    }
}

/// A connection in use. It goes back to the pool when nothing is left open on it, and then its place in the lane is
/// another's.
struct Lease {
    connection: Option<Object<Opener>>,
    ticket: Option<Ticket>,
}

impl Drop for Lease {
    fn drop(&mut self) {
        let left_open = self.connection.take_if(|connection| !connection.is_idle());
        let Some(connection) = left_open else {
            return;
        };
        let ticket = self.ticket.take();
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(async move {
                clean(connection).await;
                drop(ticket);
            })),
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
