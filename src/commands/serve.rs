use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinHandle;

use super::{Failure, address, announce::announce, start_checks};
use crate::accounts::Accounts;
use crate::app::App;
use crate::auth::{self, Verifier};
use crate::config::{JwksLocation, Settings, url_of};
use crate::db::Db;
use crate::graphql::{Graphql, PersistedDocuments};
use crate::http::{self, Drain, Http, Leaving};
use crate::memory;
use crate::metrics::{self, Metrics};
use crate::postgres;
use crate::rates::Rates;
use crate::realtime::{Realtime, channels::Channels};
use crate::supabase::Supabase;
use crate::upkeep;

/// The status of a process that a signal ended, as shells report SIGINT.
const INTERRUPTED: u8 = 130;

pub(super) async fn run(settings: &Settings) -> Result<ExitCode, Failure> {
    let mut stop = Stop::listen()?;
    http::raise_descriptors();
    // First, because a port in use is the commonest mistake and the cheapest to find.
    let bind = settings.http.bind;
    let listener = TcpListener::bind(bind)
        .await
        .map_err(|error| cannot_listen(bind, &error))?;
    let mut settings = settings.clone();
    if settings.accounts.public_url.is_none() {
        settings.accounts.public_url = Some(url_of(listener.local_addr()?)?);
    }
    let settings = &settings;
    check_files(settings).await?;
    let (database, db) = tokio::select! {
        opened = open(settings) => opened?,
        _ = stop.asked() => return Ok(ExitCode::from(INTERRUPTED)),
    };
    let outcome = serve(settings, listener, db.clone(), &mut stop).await;
    db.close();
    database.stop().await;
    tracing::info!("stopped");
    outcome
}

fn cannot_listen(bind: SocketAddr, error: &io::Error) -> String {
    let reason = match error.kind() {
        io::ErrorKind::AddrInUse => "another program does; --bind chooses another port",
        io::ErrorKind::AddrNotAvailable => "this machine has no such address",
        io::ErrorKind::PermissionDenied if bind.port() < 1024 => {
            "ports below 1024 need a privilege; --bind chooses another"
        }
        _ => return format!("cannot listen on {bind}: {error}"),
    };
    format!("cannot listen on {bind}: {reason}")
}

/// Reads what the settings name, and throws it away: a wrong name is told before anything is started.
async fn check_files(settings: &Settings) -> Result<(), Failure> {
    PersistedDocuments::load(&settings.documents)?;
    let verifier = Verifier::new(Vec::new(), &settings.callers)?;
    // Keys on a web server may be late; those in a file are there or not.
    if let Some(JwksLocation::File(_)) = settings.callers.jwks {
        verifier.refresh().await?;
    }
    Ok(())
}

/// Opens the database and brings its schema up to date.
async fn open(settings: &Settings) -> Result<(postgres::Database, Db), Failure> {
    let database = postgres::serve(settings).await?;
    // First, because it says at once which server does not answer, and why.
    let db = Db::connect(database.settings()).await?;
    if db.is_read_only().await? {
        start_checks::read_only(&db).await?;
        return Ok((database, db));
    }
    let wait = Duration::from_millis(settings.database.migration_wait_ms);
    let applied = migration::up_within(database.url(), None, wait).await?;
    if !applied.is_empty() {
        tracing::info!(count = applied.len(), "migrations applied");
    }
    Ok((database, db))
}

/// Answers until asked to stop, then lets running requests finish within the grace period.
async fn serve(
    settings: &Settings,
    listener: TcpListener,
    db: Db,
    stop: &mut Stop,
) -> Result<ExitCode, Failure> {
    let address = listener.local_addr()?;
    let leaving = Leaving::default();
    let spread = Duration::from_millis(settings.transports.drain_spread_ms);
    let drain = Drain::new(leaving.now.clone(), spread);
    let secret = auth::jwt_secret(settings)?;
    let data_dir = settings.data.data_dir();
    start_checks::secrets(&db, settings, &secret).await?;
    let accounts = Accounts::open(db.clone(), &settings.accounts, &secret, &data_dir).await?;
    // Beside the schema's building, which takes longer.
    let is_allowed = settings.database.allow_schema_differences;
    let access = tokio::spawn(start_checks::access(db.clone(), is_allowed));
    let metrics = Arc::new(Metrics::new()?);
    let realtime = Realtime::start(&db, &settings.change_log);
    metrics.watch_changes(realtime.hub.clone(), db.clone())?;
    metrics.watch_lanes(db.clone())?;
    let app = Arc::new(App {
        settings: settings.clone(),
        channels: Channels::start(db.clone(), settings.channels.clone(), Arc::clone(&metrics)),
        metrics: Arc::clone(&metrics),
        realtime,
        db: db.clone(),
        accounts: accounts.clone(),
        rates: Arc::new(Rates::new(&settings.rates)),
        secret: String::from_utf8(secret)?,
    });
    tokio::spawn(memory::keep_giving_back());
    let graphql = Graphql::start(app.clone()).await?;
    let http = Http::start(&app, graphql, drain.clone()).await?;
    metrics.watch_graphql(&http)?;
    access.await??;
    let supabase = Supabase::new(
        app.channels.clone(),
        app.realtime.hub.clone(),
        Arc::clone(http.verifier()),
    )
    .behind(settings.transports.proxies);
    let mut account_tasks = accounts.spawn_tasks(http.verifier().clone());
    tokio::spawn(upkeep::run(db.clone(), leaving.now.clone()));
    let figures = metrics::start(&settings.metrics, metrics).await?;
    tokio::spawn(upkeep::daily::run(db.clone(), leaving.now.clone()));
    let others = http::router(db.clone(), leaving.clone())
        .merge(http::accounts::router(accounts, http.clone()))
        .merge(supabase.routes())
        .merge(figures);
    let routes = http::app(&http, others);
    let (leave, told) = (leaving.clone(), supabase.clone());
    let serving = settings.clone();
    // Sockets are none of the connections any more: they are waited for by themselves.
    let server = tokio::spawn(async move {
        http::serve(listener, routes, &serving, leave).await;
        drain.finished().await;
        supabase.finished().await;
    });
    if let Some(url) = &settings.accounts.public_url {
        address::remember(settings, url);
        announce(settings, &db, address, url).await;
    }
    let is_hurried = stop.leave(settings, &leaving).await;
    tokio::spawn(async move { told.drain(spread).await });
    finish(server, settings, stop, is_hurried).await?;
    app.realtime.stop();
    // Before the database is closed: what was asking it would take that for a fault.
    account_tasks.shutdown().await;
    Ok(ExitCode::SUCCESS)
}

/// Waits for what still runs, within the grace period and until asked again.
async fn finish(
    server: JoinHandle<()>,
    settings: &Settings,
    stop: &mut Stop,
    is_hurried: bool,
) -> Result<(), Failure> {
    let grace = Duration::from_millis(settings.http.shutdown_grace_ms);
    tokio::select! {
        finished = tokio::time::timeout(grace, server) => match finished {
            Ok(finished) => finished?,
            Err(_) => tracing::warn!("requests that still ran were ended"),
        },
        () = stop.hurried(is_hurried) => tracing::warn!("asked again; requests that still ran were ended"),
    }
    Ok(())
}

/// The signals that end the server.
struct Stop {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
}

impl Stop {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    /// Waits for the next of them; whether it is SIGTERM, by which services are told to end.
    async fn asked(&mut self) -> bool {
        tokio::select! {
            _ = self.interrupt.recv() => false,
            _ = self.terminate.recv() => true,
            _ = self.hang_up.recv() => false,
        }
    }

    /// Waits to be asked, says so, and after SIGTERM goes on for the time that load balancers need; whether it was asked
    /// again meanwhile.
    async fn leave(&mut self, settings: &Settings, leaving: &Leaving) -> bool {
        let is_service = self.asked().await;
        leaving.soon.cancel();
        let delay_ms = settings.connections.shutdown_delay_ms;
        let mut is_hurried = false;
        if is_service && delay_ms > 0 {
            tracing::info!(delay_ms, "stopping soon: /readyz says so");
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(delay_ms)) => {}
                _ = self.asked() => is_hurried = true,
            }
        }
        tracing::info!("stopping");
        leaving.now.cancel();
        is_hurried
    }

    /// Waits to be asked again, unless that was so already.
    async fn hurried(&mut self, already: bool) {
        if !already {
            self.asked().await;
        }
    }
}
