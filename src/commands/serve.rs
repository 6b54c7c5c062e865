use std::future::IntoFuture;
use std::process::ExitCode;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use super::Failure;
use crate::config::Settings;
use crate::db::Db;
use crate::http;
use crate::postgres;

/// The status of a process that a signal ended, as shells report SIGINT.
const INTERRUPTED: u8 = 130;

pub(super) async fn run(settings: &Settings) -> Result<ExitCode, Failure> {
    let mut stop = Stop::listen()?;
    // First, because a port in use is the commonest mistake and the cheapest to find.
    let bind = settings.http.bind;
    let listener = TcpListener::bind(bind)
        .await
        .map_err(|error| format!("cannot listen on {bind}: {error}"))?;
    let (database, db) = tokio::select! {
        opened = open(settings) => opened?,
        () = stop.asked() => return Ok(ExitCode::from(INTERRUPTED)),
    };
    let outcome = serve(settings, listener, db.clone(), &mut stop).await;
    db.close();
    database.stop().await;
    tracing::info!("stopped");
    outcome
}

/// Opens the database and brings its schema up to date.
async fn open(settings: &Settings) -> Result<(postgres::Database, Db), Failure> {
    let database = postgres::serve(settings).await?;
    let applied = migration::up(database.url(), None).await?;
    if !applied.is_empty() {
        tracing::info!(count = applied.len(), "migrations applied");
    }
    let db = Db::connect(database.settings()).await?;
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
    let (stopping, mut stopped) = watch::channel(false);
    let server = axum::serve(listener, http::router(db)).with_graceful_shutdown(async move {
        // An error means that the sender is gone, which is the end as well.
        let _ = stopped.wait_for(|stopping| *stopping).await;
    });
    let server = tokio::spawn(server.into_future());
    tracing::info!(%address, "ready: GraphQL at http://{address}/graphql");
    stop.asked().await;
    tracing::info!("stopping");
    let _ = stopping.send(true);
    let grace = Duration::from_millis(settings.http.shutdown_grace_ms);
    tokio::select! {
        finished = tokio::time::timeout(grace, server) => match finished {
            Ok(finished) => finished??,
            Err(_) => tracing::warn!("requests that still ran were ended"),
        },
        () = stop.asked() => tracing::warn!("asked again; requests that still ran were ended"),
    }
    Ok(ExitCode::SUCCESS)
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

    /// Waits for the next of them.
    async fn asked(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hang_up.recv() => {}
        }
    }
}
