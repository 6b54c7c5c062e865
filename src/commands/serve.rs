use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use super::{Failure, address, announce::announce, start_checks, stop::Stop};
use crate::app::App;
use crate::auth::{self, Verifier};
use crate::config::{JwksLocation, Settings, url_of};
use crate::db::{self, Db};
use crate::graphql::PersistedDocuments;
use crate::http;
use crate::postgres;

/// The status of a process that a signal ended, as shells report SIGINT.
const INTERRUPTED: u8 = 130;
/// What the work in the background has to end in, however long requests took.
const TASKS_WITHIN_MIN: Duration = Duration::from_secs(1);

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
    db::expect_absence();
    db.close();
    database.stop().await;
    tracing::info!("stopped");
    outcome.map(|()| ExitCode::SUCCESS)
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
    let applied = migration::up_within(db::owner(database.settings()).await?, None, wait).await?;
    if !applied.is_empty() {
        tracing::info!(count = applied.len(), "migrations applied");
    }
    start_checks::log_triggers(&db).await?;
    Ok((database, db))
}

/// Answers until asked to stop, then lets running requests finish within the grace period.
async fn serve(
    settings: &Settings,
    listener: TcpListener,
    db: Db,
    stop: &mut Stop,
) -> Result<(), Failure> {
    start_checks::secrets(&db, settings, &auth::jwt_secret(settings)?).await?;
    // Beside the schema's building, which takes longer.
    let is_allowed = settings.database.allow_schema_differences;
    let access = tokio::spawn(start_checks::access(db.clone(), is_allowed));
    let app = Arc::new(App::start(settings, db.clone()).await?);
    let served = match access.await? {
        Ok(()) => answer(settings, &app, listener, &db, stop).await,
        Err(refused) => Err(refused),
    };
    let until = *served.as_ref().unwrap_or(&Instant::now());
    let left = until.saturating_duration_since(Instant::now());
    app.stop(left.max(TASKS_WITHIN_MIN)).await;
    served.map(|_| ())
}

/// Answers until asked to stop, and until what runs is finished; when the grace period ends.
async fn answer(
    settings: &Settings,
    app: &Arc<App>,
    listener: TcpListener,
    db: &Db,
    stop: &mut Stop,
) -> Result<Instant, Failure> {
    let address = listener.local_addr()?;
    let serving = Arc::clone(app);
    let server = tokio::spawn(async move { serving.serve(listener).await });
    if let Some(url) = &settings.accounts.public_url {
        address::remember(settings, url);
        announce(settings, db, address, url).await;
    }
    let delay = Duration::from_millis(settings.connections.shutdown_delay_ms);
    let is_hurried = stop.leave(&app.leaving, delay).await;
    tracing::info!("stopping");
    app.leave();
    let until = Instant::now() + Duration::from_millis(settings.http.shutdown_grace_ms);
    finish(server, until, stop, is_hurried).await?;
    Ok(until)
}

/// Waits for what still runs, until the grace period ends or somebody asks again.
async fn finish(
    server: JoinHandle<()>,
    until: Instant,
    stop: &mut Stop,
    is_hurried: bool,
) -> Result<(), Failure> {
    tokio::select! {
        finished = timeout_at(until, server) => match finished {
            Ok(finished) => finished?,
            Err(_) => tracing::warn!("requests that still ran were ended"),
        },
        () = stop.hurried(is_hurried) => tracing::warn!("asked again; requests that still ran were ended"),
    }
    Ok(())
}
