//! The two pools and what each connection starts with.

use std::time::Duration;

use deadpool::managed::QueueMode;
use deadpool_postgres::{
    ClientWrapper, Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime,
};

use super::absence::{Absence, is_ending};
use super::address::Address;
use super::fault::{StatementError, chain};
use super::{ConnectError, pipeline};
use crate::config::DatabaseSettings;
use crate::error::{Code, Error};

/// `extensions` is where pgvector's types and operators live, as on Supabase.
const SEARCH_PATH: &str = "set search_path = public, extensions";
/// The name under which PostgreSQL lists the connections of requests.
const REQUESTS: &str = "mindloom requests";

/// The pool of connections that are `authenticator`: by login, or by stepping down from the login of `DATABASE_URL`.
pub(super) fn transactions(
    address: &Address,
    as_login: bool,
    settings: &DatabaseSettings,
    size: usize,
) -> Result<Pool, ConnectError> {
    let start = start_of_requests(as_login, settings);
    build(address, settings, REQUESTS, size, start)
}

/// The same for transactions that are sent whole.
pub(super) fn pipelines(
    address: &Address,
    as_login: bool,
    settings: &DatabaseSettings,
) -> Result<pipeline::Pool, ConnectError> {
    let address = Address {
        config: configure(address, settings, REQUESTS),
        tls: address.tls.clone(),
    };
    let start = start_of_requests(as_login, settings);
    Ok(pipeline::build(
        address,
        settings,
        pipeline::Session::Own { start },
    )?)
}

/// The same through a pooler that shares sessions, which nothing can be set for.
pub(super) fn pooled_pipelines(
    address: &Address,
    settings: &DatabaseSettings,
) -> Result<pipeline::Pool, ConnectError> {
    let address = Address {
        config: configure(address, settings, REQUESTS),
        tls: address.tls.clone(),
    };
    let of_transactions = pipeline::TransactionSettings {
        statement_timeout: settings.statement_timeout_ms.to_string(),
        lock_timeout: settings.lock_timeout_ms.to_string(),
    };
    Ok(pipeline::build(
        address,
        settings,
        pipeline::Session::Shared(of_transactions),
    )?)
}

/// A statement of a request takes one process: with more, one caller's part of the connections would be more than its
/// part of the machine.
fn start_of_requests(as_login: bool, settings: &DatabaseSettings) -> String {
    let mut start = format!(
        "{SEARCH_PATH}; set statement_timeout = {}; set lock_timeout = {}; \
         set max_parallel_workers_per_gather = 0",
        settings.statement_timeout_ms, settings.lock_timeout_ms
    );
    if !as_login {
        start.push_str("; set role authenticator");
    }
    start
}

/// The pool of connections of the owner.
pub(super) fn system(address: &Address, settings: &DatabaseSettings) -> Result<Pool, ConnectError> {
    build(
        address,
        settings,
        "mindloom",
        usize::try_from(settings.system_pool_size).unwrap_or(usize::MAX),
        SEARCH_PATH.to_owned(),
    )
}

/// The connection settings of one address.
pub(super) fn configure(
    address: &Address,
    settings: &DatabaseSettings,
    application_name: &str,
) -> tokio_postgres::Config {
    let mut config = address.config.clone();
    config.connect_timeout(Duration::from_millis(settings.connect_timeout_ms));
    config.keepalives_idle(Duration::from_secs(30));
    if config.get_application_name().is_none() {
        config.application_name(application_name);
    }
    config
}

fn build(
    address: &Address,
    settings: &DatabaseSettings,
    application_name: &str,
    size: usize,
    start: String,
) -> Result<Pool, ConnectError> {
    let config = configure(address, settings, application_name);
    // Fast: a connection is looked at, not asked, before it is handed out; one that died is replaced.
    let recycling = ManagerConfig {
        recycling_method: RecyclingMethod::Fast,
    };
    let manager = Manager::from_config(config, address.tls.connector(), recycling);
    let wait = Duration::from_millis(settings.pool_wait_ms);
    let builder = Pool::builder(manager)
        .max_size(size)
        .queue_mode(QueueMode::Lifo)
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(wait))
        .create_timeout(Some(Duration::from_millis(settings.connect_timeout_ms)))
        .recycle_timeout(Some(wait));
    let hook = Hook::async_fn(move |client: &mut ClientWrapper, _| {
        let start = start.clone();
        Box::pin(async move {
            client
                .batch_execute(&start)
                .await
                .map_err(HookError::Backend)
        })
    });
    Ok(builder.post_create(hook).build()?)
}

/// Every failure to get a connection is the database's absence to a client; the cause is for the
/// log, once in a while: all requests meet it.
pub(super) fn unavailable(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    if Absence::Away.is_time() {
        tracing::error!(error = %chain(&error), "no database connection");
    }
    Error::new(Code::Unavailable, "The database does not answer; try again").caused_by(error)
}

/// A connection was lost before the database said whether it committed.
pub(super) fn lost(error: StatementError) -> Error {
    if !is_ending() {
        tracing::error!(error = %chain(&error), "a connection was lost while something was written");
    }
    Error::new(
        Code::Unavailable,
        "The database went away: whether the change was made is not known; look before you try again",
    )
    .caused_by(error)
}
