//! The only door to the data: pools, and a transaction that carries its caller's role and claims.
//!
//! Requests run in connections logged in as `authenticator`, which may read nothing; only [`Db::begin`] gives such a
//! connection a role, for one transaction. The server's own work (accounts, change log, upkeep) runs as the owner.
//!
//! When only `DATABASE_URL` is given, the password of `authenticator` is not known. Then each request connection
//! starts with `set role authenticator`. That is weaker than a login, because `reset role` undoes it, but enough:
//! every statement of a request is composed by this program, values travel as parameters, and no function that the
//! API reaches runs SQL text of a caller.

mod absence;
mod address;
mod fault;
mod lanes;
pub mod pattern;
mod pipeline;
mod pool;
mod probe;
mod public;
mod rows;
mod system_transaction;
mod tls;
mod transaction;

use std::sync::Arc;

use deadpool_postgres::{Client, Pool};
use postgres_types::{ToSql, Type};

use self::address::Address;
use crate::auth::Caller;
use crate::config::{DatabaseSettings, PoolRange};
use crate::error::{Code, Error};

pub use absence::{Absence, expect_absence, unless_read_only};
pub use address::AddressError;
pub use fault::{Report, StatementError};
pub use lanes::{Lane, LaneFigures, Work};
pub use pipeline::{Arrived, Call, Failed, Part};
pub use public::{Violation, answer_too_large, is_passing, no_such_time_zone};
pub use rows::{Row, RowError, Rows};
pub use system_transaction::SystemTransaction;
pub use tls::Connection;
pub use transaction::{Mode, Transaction};

/// Why the database cannot be used at all. Failures of single requests are [`Error`]s.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error("no database address is set")]
    NoAddress,
    #[error(transparent)]
    Address(#[from] AddressError),
    #[error("the database pool cannot be made")]
    Pool(#[from] deadpool::managed::BuildError),
    #[error("the database at {place} cannot be reached")]
    Unreachable {
        place: String,
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    #[error("the database is PostgreSQL {found}, at least 15 is needed")]
    TooOld { found: String },
    #[error(
        "at {place} answers a connection pooler that shares sessions (transaction mode): settings, locks, prepared \
         statements and LISTEN do not hold there. Let {setting} lead to PostgreSQL itself, or to a pool in session mode; \
         the pooler's address for requests goes into MINDLOOM_POOLER_URL"
    )]
    Pooler {
        place: String,
        setting: &'static str,
    },
    #[error("MINDLOOM_POOLER_URL must log in as authenticator, which may read nothing by itself")]
    PoolerLogin,
}

/// A connection outside the pools, driven by a task of its own until it is dropped.
async fn open(
    config: &tokio_postgres::Config,
    tls: &tls::Tls,
) -> Result<tokio_postgres::Client, tokio_postgres::Error> {
    let (client, connection) = config.connect(tls.connector()).await?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection ended");
        }
    });
    Ok(client)
}

/// A connection of the owner outside the pools, for migrations. It ends when it is dropped.
///
/// # Errors
/// Says what is wrong with the address, or why the database does not answer.
pub async fn owner(settings: &DatabaseSettings) -> Result<tokio_postgres::Client, ConnectError> {
    let url = settings.url.as_ref().ok_or(ConnectError::NoAddress)?;
    let address = Address::of(url)?;
    let config = pool::configure(&address, settings, "mindloom migrations");
    let opened = open(&config, &address.tls).await;
    opened.map_err(|error| unreachable(&address, error))
}

fn unreachable(
    address: &Address,
    error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> ConnectError {
    ConnectError::Unreachable {
        place: address.place(),
        source: error.into(),
    }
}

/// What PostgreSQL knows of a statement.
#[derive(Debug, Clone)]
pub struct Description {
    /// The types of the parameters.
    pub parameters: Vec<Type>,
    /// The types of the columns.
    pub columns: Vec<Type>,
}

impl Description {
    /// Of a statement that was prepared.
    pub fn of(statement: &tokio_postgres::Statement) -> Self {
        let columns = statement.columns().iter();
        Description {
            parameters: statement.params().to_vec(),
            columns: columns.map(|column| column.type_().clone()).collect(),
        }
    }
}

/// Statements that are kept prepared on one connection; more are dropped together, so that clients
/// that write values into documents cannot fill the database's memory.
pub const PREPARED_MAX: usize = 1_000;
/// Connections tried before the database counts as away: several may have died together in the pool.
const ATTEMPTS_MAX: u32 = 4;

/// Connections to the database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    pipelines: pipeline::Pool,
    transactions: Pool,
    transaction_lanes: lanes::Lanes,
    system: Pool,
    owner_config: tokio_postgres::Config,
    tls: tls::Tls,
    max_answer_bytes: usize,
}

impl Db {
    /// Makes the pools and opens one connection of the owner, to fail early.
    ///
    /// # Errors
    /// Says what is wrong with the address, or why the database does not answer.
    pub async fn connect(settings: &DatabaseSettings) -> Result<Self, ConnectError> {
        let owner_url = settings.url.as_ref().ok_or(ConnectError::NoAddress)?;
        let owner = Address::of(owner_url)?;
        let request_url = settings.authenticator_url.as_ref();
        let authenticator = Address::of(request_url.unwrap_or(owner_url))?;
        let as_login = request_url.is_some();
        let pooler = settings.pooler_url.as_ref();
        let pooler = pooler.map(Address::of).transpose()?;
        let pipelines = match &pooler {
            Some(pooler) => pool::pooled_pipelines(pooler, settings)?,
            None => pool::pipelines(&authenticator, as_login, settings)?,
        };
        let transaction_size = PoolRange::fixed(settings.transaction_pool_size);
        let transaction_lanes = lanes::Lanes::new(transaction_size, settings);
        let transactions = transaction_lanes.connections();
        let inner = Inner {
            pipelines,
            transactions: pool::transactions(&authenticator, as_login, settings, transactions)?,
            transaction_lanes,
            system: pool::system(&owner, settings)?,
            owner_config: pool::configure(&owner, settings, "mindloom"),
            tls: owner.tls.clone(),
            max_answer_bytes: settings.max_answer_bytes(),
        };
        let this = Self {
            inner: Arc::new(inner),
        };
        let client = this
            .inner
            .system
            .get()
            .await
            .map_err(|error| unreachable(&owner, error))?;
        let lost = |error: tokio_postgres::Error| unreachable(&owner, error);
        let server = probe::ask(&client).await.map_err(lost)?;
        if let Some(found) = server.too_old {
            return Err(ConnectError::TooOld { found });
        }
        if !settings.is_direct {
            let requests = Address {
                config: pool::configure(&authenticator, settings, "mindloom requests"),
                tls: authenticator.tls.clone(),
            };
            this.refuse_poolers(&client, &owner, &requests).await?;
        }
        drop(client);
        if let Some(pooler) = &pooler {
            let config = pool::configure(pooler, settings, "mindloom requests");
            let lost = |error: tokio_postgres::Error| unreachable(pooler, error);
            let client = open(&config, &pooler.tls).await.map_err(lost)?;
            if !probe::is_authenticator(&client).await.map_err(lost)? {
                return Err(ConnectError::PoolerLogin);
            }
        }
        Ok(this)
    }

    /// Refuses addresses at which connections are no sessions of their own.
    async fn refuse_poolers(
        &self,
        client: &tokio_postgres::Client,
        owner: &Address,
        authenticator: &Address,
    ) -> Result<(), ConnectError> {
        let lost = |error: tokio_postgres::Error| unreachable(owner, error);
        let beside = open(&self.inner.owner_config, &owner.tls)
            .await
            .map_err(lost)?;
        if probe::share_sessions(client, &beside).await.map_err(lost)? {
            return Err(ConnectError::Pooler {
                place: owner.place(),
                setting: "DATABASE_URL",
            });
        }
        if authenticator.place() == owner.place() {
            return Ok(());
        }
        let lost = |error: tokio_postgres::Error| unreachable(authenticator, error);
        let config = &authenticator.config;
        let one = open(config, &authenticator.tls).await.map_err(lost)?;
        let other = open(config, &authenticator.tls).await.map_err(lost)?;
        match probe::share_sessions(&one, &other).await.map_err(lost)? {
            false => Ok(()),
            true => Err(ConnectError::Pooler {
                place: authenticator.place(),
                setting: "MINDLOOM_AUTHENTICATOR_URL",
            }),
        }
    }

    /// Whether the database takes no changes now: it is a standby, or set so.
    ///
    /// # Errors
    /// UNAVAILABLE when it does not answer.
    pub async fn is_read_only(&self) -> Result<bool, Error> {
        let client = self.system().await?;
        let server = probe::ask(&client).await?;
        Ok(server.is_read_only)
    }

    /// A connection logged in as `authenticator`. It may read nothing until a transaction takes a role; see
    /// [`Db::begin`]. It is nobody's share.
    ///
    /// # Errors
    /// UNAVAILABLE when the database does not answer or no connection becomes free in time.
    pub async fn request(&self) -> Result<Client, Error> {
        self.inner
            .transactions
            .get()
            .await
            .map_err(pool::unavailable)
    }

    /// A connection of the owner, for the server's own work; never for what a caller asks.
    ///
    /// # Errors
    /// As [`Db::request`].
    pub async fn system(&self) -> Result<Client, Error> {
        self.inner.system.get().await.map_err(pool::unavailable)
    }

    /// How many connections the server has for its own work.
    #[must_use]
    pub fn system_connections(&self) -> usize {
        self.inner.system.status().max_size
    }

    /// Begins a transaction of the owner, for the server's own work.
    ///
    /// # Errors
    /// UNAVAILABLE when the database does not answer.
    pub async fn begin_system(&self) -> Result<SystemTransaction, Error> {
        let client = self.system().await?;
        SystemTransaction::begin(client, self.inner.tls.clone()).await
    }

    /// The same with a first statement, which takes no round trip of its own; gives its row, where there is one.
    ///
    /// # Errors
    /// As [`Db::begin_system`], and the database's own.
    pub async fn begin_system_with(
        &self,
        sql: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<(SystemTransaction, Option<tokio_postgres::Row>), Error> {
        let client = self.system().await?;
        SystemTransaction::begin_with(client, self.inner.tls.clone(), sql, parameters).await
    }

    /// How the owner connects, for connections that live outside the pools (LISTEN). Use [`Db::connect_owner`] to
    /// open one.
    #[must_use]
    pub fn owner_config(&self) -> &tokio_postgres::Config {
        &self.inner.owner_config
    }

    /// Opens a connection of the owner outside the pools, which the caller drives: poll the connection for its
    /// messages and notifications.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn connect_owner(
        &self,
    ) -> Result<(tokio_postgres::Client, tls::Connection), tokio_postgres::Error> {
        self.inner
            .owner_config
            .connect(self.inner.tls.connector())
            .await
    }

    /// Begins a transaction in which every statement runs as the caller.
    ///
    /// # Errors
    /// UNAVAILABLE when the database does not answer, or with `retryAfterMs` when the caller's turn does not come in
    /// time; INTERNAL when it refuses the caller's role.
    pub async fn begin(&self, caller: &Caller) -> Result<Transaction, Error> {
        self.begin_as(caller, Mode::Write, Work::default()).await
    }

    /// The same for a transaction that does no more than its mode says, and whose cost is remembered.
    ///
    /// # Errors
    /// As [`Db::begin`].
    pub async fn begin_as(
        &self,
        caller: &Caller,
        mode: Mode,
        work: Work,
    ) -> Result<Transaction, Error> {
        let mode = mode.of(caller);
        let mut attempts = 1;
        loop {
            let ticket = self
                .inner
                .transaction_lanes
                .enter(caller.share, work)
                .await?;
            let client = self.request().await?;
            if Client::metrics(&client).recycle_count == 0 {
                ticket.opened();
            }
            let tls = self.inner.tls.clone();
            let rows_max_bytes = self.inner.max_answer_bytes;
            match Transaction::begin((client, ticket), tls, caller, mode, rows_max_bytes).await {
                // A connection may have died unnoticed in the pool; nothing has been done yet.
                Err(error) if error.code() == Code::Unavailable && attempts < ATTEMPTS_MAX => {
                    attempts += 1;
                }
                outcome => return outcome,
            }
        }
    }

    /// How many bytes one operation may read, and its answer may have.
    #[must_use]
    pub fn max_answer_bytes(&self) -> usize {
        self.inner.max_answer_bytes
    }

    /// Runs statements in one transaction as the caller, in one round trip: all of them are sent before any is
    /// answered. Gives the rows of each, and tells `arrived` of those that are there before it waits for more.
    ///
    /// What only reads is tried again when its connection turns out to have ended; `arrived` then learns of no rows
    /// first.
    ///
    /// # Errors
    /// The database's, with the part that failed; nothing was changed then. UNAVAILABLE when the database does
    /// not answer, with `retryAfterMs` when the caller's turn does not come in time, and when a connection is lost
    /// while something is written: then nobody knows whether it was. INTERNAL when the database refuses the caller's role.
    pub async fn run(
        &self,
        caller: &Caller,
        mode: Mode,
        calls: &[Call<'_>],
        arrived: &mut Arrived<'_>,
    ) -> Result<Result<Vec<Rows>, Failed>, Error> {
        let mode = mode.of(caller);
        let mut attempts = 1;
        loop {
            let outcome = self.inner.pipelines.run(caller, mode, calls, arrived).await;
            match outcome? {
                Err((_, error))
                    if mode != Mode::Write && error.is_ended() && attempts < ATTEMPTS_MAX =>
                {
                    attempts += 1;
                    (0..calls.len()).for_each(|place| arrived(place, &Rows::default()));
                }
                Err((_, error)) if mode == Mode::Write && error.is_closed() => {
                    return Err(pool::lost(error));
                }
                Err((Part::Begin, error)) => return Err(error.into()),
                outcome => return Ok(outcome),
            }
        }
    }

    /// Refuses a caller who has so much waiting already that more would be refused whatever it is, before anything is
    /// done for it.
    ///
    /// # Errors
    /// UNAVAILABLE with `retryAfterMs`.
    pub fn check_turn(&self, caller: &Caller) -> Result<(), Error> {
        self.inner.pipelines.lanes().check(caller.share)
    }

    /// What there is to know of the lanes before a pool: of requests sent whole, or of transactions of several steps.
    #[must_use]
    pub fn lane(&self, transactions: bool, lane: Lane) -> LaneFigures {
        match transactions {
            true => self.inner.transaction_lanes.figures(lane),
            false => self.inner.pipelines.lanes().figures(lane),
        }
    }

    /// The types of a statement's parameters and of the columns of its rows.
    ///
    /// # Errors
    /// UNAVAILABLE as [`Db::run`]; the database's error when the statement is wrong.
    pub async fn describe(
        &self,
        caller: &Caller,
        sql: &str,
    ) -> Result<Result<Description, StatementError>, Error> {
        let mut attempts = 1;
        let lanes = &self.inner.transaction_lanes;
        let _ticket = lanes.enter(caller.share, Work::default()).await?;
        loop {
            let client = self.request().await?;
            match client.prepare(sql).await.map_err(StatementError::from) {
                Err(error) if error.is_ended() && attempts < ATTEMPTS_MAX => attempts += 1,
                described => return Ok(described.map(|statement| Description::of(&statement))),
            }
        }
    }

    /// Closes all pooled connections as they become free; further requests are UNAVAILABLE.
    pub fn close(&self) {
        self.inner.pipelines.close();
        self.inner.transactions.close();
        self.inner.system.close();
    }

    /// Whether [`Db::close`] was called. Whoever loses a connection after that has nothing to tell.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.inner.system.is_closed()
    }
}
