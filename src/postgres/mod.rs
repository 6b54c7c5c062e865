//! The embedded PostgreSQL: finds or fetches the programs, makes a database cluster in the data directory, runs it
//! and ends it. Nothing outside this module knows that the database may be embedded: callers get a [`Database`],
//! which is addresses, and which keeps the server alive while it exists.
//!
//! Two locks make this safe. `mindloom.lock` in the data directory is held by whoever runs PostgreSQL; the system
//! releases it when that process dies, however it dies. `clients.lock` is held, shared, by commands that use a
//! PostgreSQL which another process runs; a command that started PostgreSQL for itself waits for them before it
//! stops it.

mod account;
mod binaries;
mod cluster;
mod conf;
mod directory;
mod error;
mod process;
mod stale;
mod wheel;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::config::{DatabaseSettings, DatabaseUrl, Settings};

use directory::{DataDirectory, Purpose, ServerLock};
use process::Postmaster;

pub use error::Error;

/// A database that can be reached while this value lives.
#[derive(Clone, Debug)]
pub struct Database {
    settings: DatabaseSettings,
    source: Arc<Source>,
}

#[derive(Debug)]
enum Source {
    /// `DATABASE_URL`; nothing was started.
    External,
    /// Another process runs the embedded server of this data directory.
    Joined { _clients: directory::SharedLock },
    /// This process runs it.
    Started(OwnServer),
}

#[derive(Debug)]
struct OwnServer {
    postmaster: Postmaster,
    directory: DataDirectory,
    bin_dir: PathBuf,
    /// Wait for commands that joined before stopping: true for commands, false for `serve`.
    wait_for_clients: bool,
    lock: Option<ServerLock>,
}

/// Opens the database to serve from it: the one that `DATABASE_URL` names, else an embedded one that ends with this
/// process.
///
/// # Errors
/// [`Error::InUse`] when another process runs a database in the same data directory, [`Error::NoBinaries`] when no
/// PostgreSQL can be had, and others that name the step that failed.
pub async fn serve(settings: &Settings) -> Result<Database, Error> {
    if settings.database.url.is_some() {
        return Ok(external(settings));
    }
    let directory = DataDirectory::prepare(&settings.data.data_dir())?;
    if let Some(lock) = directory.try_lock(Purpose::Server)? {
        return start(settings, directory, lock, false).await;
    }
    let holder = directory.lock_holder();
    Err(Error::InUse {
        pid: holder.map(|(pid, _)| pid),
        dir: directory.root().to_path_buf(),
        is_command: holder.is_some_and(|(_, purpose)| purpose == Purpose::Command),
    })
}

/// Opens the database for a command: the one that `DATABASE_URL` names, else the embedded one that a server on this
/// data directory runs, else that one started for as long as the result lives.
///
/// # Errors
/// As [`serve`], except that a running server is joined.
pub async fn open(settings: &Settings) -> Result<Database, Error> {
    if settings.database.url.is_some() {
        return Ok(external(settings));
    }
    let directory = DataDirectory::prepare(&settings.data.data_dir())?;
    if let Some(lock) = directory.try_lock(Purpose::Command)? {
        return start(settings, directory, lock, true).await;
    }
    let waiting = directory.clone();
    let clients = tokio::task::spawn_blocking(move || waiting.join_clients()).await??;
    // The process that held the lock may have been on its way out while this one waited.
    match directory.try_lock(Purpose::Command)? {
        Some(lock) => {
            drop(clients);
            start(settings, directory, lock, true).await
        }
        None => join(settings, &directory, clients).await,
    }
}

/// The address of the embedded database of this data directory when a server runs it, or `DATABASE_URL`.
///
/// # Errors
/// [`Error::NotRunning`] when there is nothing to join.
pub async fn running(settings: &Settings) -> Result<Database, Error> {
    if settings.database.url.is_some() {
        return Ok(external(settings));
    }
    let dir = settings.data.data_dir();
    let directory =
        DataDirectory::existing(&dir).ok_or_else(|| Error::NotRunning { dir: dir.clone() })?;
    if directory.try_lock(Purpose::Command)?.is_some() {
        return Err(Error::NotRunning { dir });
    }
    let clients = tokio::task::spawn_blocking({
        let directory = directory.clone();
        move || directory.join_clients()
    })
    .await??;
    join(settings, &directory, clients).await
}

fn external(settings: &Settings) -> Database {
    Database {
        settings: settings.database.clone(),
        source: Arc::new(Source::External),
    }
}

async fn start(
    settings: &Settings,
    directory: DataDirectory,
    lock: ServerLock,
    wait_for_clients: bool,
) -> Result<Database, Error> {
    let embedded = settings.embedded.clone();
    let cache_dir = settings.data.cache_dir();
    let running = tokio::task::spawn_blocking(move || -> Result<OwnServer, Error> {
        let binaries = binaries::find_or_fetch(&embedded, &cache_dir, directory.cluster_major())?;
        let account = account::unprivileged(&directory, binaries.bin_dir())?;
        stale::end_stale_postmaster(&directory)?;
        cluster::ensure(&directory, &binaries, account.as_ref(), embedded.disposable)?;
        let port = embedded.pg_port;
        conf::write(
            &directory,
            &binaries,
            port,
            embedded.disposable,
            account.as_ref(),
        )?;
        directory.record_port(port)?;
        let postmaster = Postmaster::start(&directory, &binaries, account)?;
        let bin_dir = binaries.bin_dir().to_path_buf();
        Ok(OwnServer {
            postmaster,
            directory,
            bin_dir,
            wait_for_clients,
            lock: Some(lock),
        })
    })
    .await??;
    let settings = with_addresses(&settings.database, &running.directory)?;
    cluster::bootstrap(&running.directory).await?;
    Ok(Database {
        settings,
        source: Arc::new(Source::Started(running)),
    })
}

async fn join(
    settings: &Settings,
    directory: &DataDirectory,
    clients: directory::SharedLock,
) -> Result<Database, Error> {
    /// A first start fetches PostgreSQL and makes the cluster; whoever joins meanwhile waits this long.
    const WAIT_MAX: Duration = Duration::from_secs(60);
    let started = std::time::Instant::now();
    while !process::is_ready(directory) || !directory.is_bootstrapped() {
        if started.elapsed() > WAIT_MAX {
            return Err(Error::NotReady {
                dir: directory.root().to_path_buf(),
            });
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let settings = with_addresses(&settings.database, directory)?;
    Ok(Database {
        settings,
        source: Arc::new(Source::Joined { _clients: clients }),
    })
}

fn with_addresses(
    settings: &DatabaseSettings,
    directory: &DataDirectory,
) -> Result<DatabaseSettings, Error> {
    let secrets = directory.passwords()?;
    let address = |user: &str, password: &str| {
        DatabaseUrl::composed(directory.url(user, password, cluster::DATABASE))
    };
    Ok(DatabaseSettings {
        url: Some(address(cluster::OWNER, &secrets.owner)),
        authenticator_url: Some(address(cluster::AUTHENTICATOR, &secrets.authenticator)),
        is_direct: true,
        ..settings.clone()
    })
}

impl Database {
    /// The settings with the address to connect to in `url`, and that for requests in `authenticator_url` when the
    /// two logins are known.
    #[must_use]
    pub fn settings(&self) -> &DatabaseSettings {
        &self.settings
    }

    /// The owner's address.
    #[must_use]
    pub fn url(&self) -> &str {
        self.settings.url.as_ref().map_or("", DatabaseUrl::as_str)
    }

    /// Where the programs of the embedded PostgreSQL lie (`pg_dump`, `psql`), when this process started it.
    #[must_use]
    pub fn bin_dir(&self) -> Option<&Path> {
        match &*self.source {
            Source::Started(running) => Some(&running.bin_dir),
            Source::External | Source::Joined { .. } => None,
        }
    }

    /// The process id of the embedded PostgreSQL when this process started it and it runs.
    #[must_use]
    pub fn postmaster_pid(&self) -> Option<u32> {
        match &*self.source {
            Source::Started(running) => running.postmaster.pid(),
            Source::External | Source::Joined { .. } => None,
        }
    }

    /// Ends the embedded server when this process started it, and returns when it has ended. Dropping the last
    /// clone does the same, but blocks the thread.
    pub async fn stop(self) {
        // Fails only when the runtime is shutting down, in which case drop has run already.
        let _ = tokio::task::spawn_blocking(move || drop(self)).await;
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        let clients = if self.wait_for_clients {
            self.directory.wait_for_clients()
        } else {
            None
        };
        self.postmaster.stop();
        // In this order, so that a command which waited for the clients' lock finds the server's lock free.
        drop(self.lock.take());
        drop(clients);
    }
}
