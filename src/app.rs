//! The composition of a server: every part put together once, for `serve`, tests and benchmarks alike.

use std::{io, string::FromUtf8Error, sync::Arc, time::Duration};

use axum::Router;
use tokio::net::TcpListener;

use crate::{
    accounts::Accounts,
    app_state::AppState,
    auth,
    config::Settings,
    db::{Db, unless_read_only},
    embeddings::Embeddings,
    error::Error,
    graphql::{self, Graphql},
    http::{self, Http, Leaving, Sockets},
    jobs::{self, Workers, WorkersError},
    mcp, memory,
    metrics::{Metrics, Sampler},
    models::chat::ChatClient,
    rates::{Rates, UnreadBytes},
    realtime::{
        Realtime,
        channels::{Channels, Figures},
    },
    records::Records,
    storage::{Storage, StorageOpenError},
    streams::Streams,
    supabase::{self, Supabase},
    tasks::{Every, Tasks},
    upkeep,
};

/// How often open sockets are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// A server that is put together, and answers wherever [`App::serve`] is told to.
pub struct App {
    /// What handlers of requests work with.
    pub state: Arc<AppState>,
    /// Answers GraphQL.
    pub graphql: Arc<Graphql>,
    /// The transports.
    pub http: Arc<Http>,
    /// When the server ends.
    pub leaving: Leaving,
    /// What works on jobs here.
    pub workers: Workers,
    /// Whoever watches the figures sees them for as long as this is here.
    _metrics: Arc<Metrics>,
    routes: Router,
    tasks: Tasks,
}

/// A process that works on jobs and answers nobody.
pub struct JobWorker {
    /// What jobs work with.
    pub state: Arc<AppState>,
    /// What works on jobs here.
    pub workers: Workers,
    tasks: Tasks,
}

impl JobWorker {
    /// Starts to work on the jobs of a database that is up to date.
    ///
    /// # Errors
    /// As [`App::start`].
    pub async fn start(settings: &Settings, db: Db) -> Result<Self, StartError> {
        let (tasks, metrics) = (Tasks::default(), Arc::new(Metrics::default()));
        // Changes, channels and sessions are for servers to follow.
        let following = Tasks::none();
        let state = start_parts(settings, db, &tasks, &following, &metrics).await?;
        let workers = Workers::start(&state, jobs::registry(), &tasks, &metrics).await?;
        // There are no other routes beside which they could be served.
        let _ = http::metrics::serve(&settings.metrics, metrics, &tasks).await?;
        Ok(JobWorker {
            state,
            workers,
            tasks,
        })
    }

    /// Hands back the jobs that still run, for which it waits `within` a time: only then may the database be closed.
    pub async fn stop(&self, within: Duration) {
        stop(&self.tasks, within).await;
    }
}

/// Why a server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The secret of tokens cannot be had.
    #[error(transparent)]
    Secret(#[from] auth::SecretError),
    /// It is none that could be written down.
    #[error("the secret of tokens is no text")]
    SecretText(#[from] FromUtf8Error),
    /// The accounts do not open, or the database does not answer.
    #[error(transparent)]
    Accounts(#[from] Error),
    /// Two figures have one name.
    #[error(transparent)]
    Figures(#[from] prometheus::Error),
    /// The schema cannot be built.
    #[error(transparent)]
    Graphql(#[from] graphql::StartError),
    /// The place of files cannot be had.
    #[error(transparent)]
    Files(#[from] StorageOpenError),
    /// The keys of tokens or the registered documents cannot be had.
    #[error(transparent)]
    Http(#[from] http::StartError),
    /// The workers on jobs cannot start.
    #[error(transparent)]
    Workers(#[from] WorkersError),
    /// There is no TLS to ask providers of models with.
    #[error("providers of models cannot be asked")]
    Models(#[from] reqwest::Error),
    /// Nothing can listen where the figures are to be served.
    #[error(transparent)]
    Listen(#[from] io::Error),
}

impl App {
    /// Puts a server together over a database that is up to date, and starts its work in the background.
    ///
    /// # Errors
    /// When something that the settings name cannot be had, or the database does not answer.
    pub async fn start(settings: &Settings, db: Db) -> Result<Self, StartError> {
        let (tasks, metrics) = (Tasks::default(), Arc::new(Metrics::default()));
        let state = start_parts(settings, db, &tasks, &tasks, &metrics).await?;
        let graphql = Graphql::start(Arc::clone(&state)).await?;
        let sockets = Sockets::new(&settings.transports, &settings.channels);
        let http = Http::start(&state, graphql.clone(), &sockets, &tasks).await?;
        http.register(&metrics)?;
        state.accounts.start_tasks(&tasks, http.verifier());
        let hub = &state.realtime.hub;
        upkeep::start(&tasks, &state.db, hub, &state.records, settings);
        let workers = Workers::start(&state, jobs::registry(), &tasks, &metrics).await?;
        state.embeddings.watch(&tasks);
        tasks.keep("memory", memory::keep_giving_back);
        let leaving = Leaving::default();
        let served = Arc::clone(&metrics);
        let figures = http::metrics::serve(&settings.metrics, served, &tasks).await?;
        let others = http::health(state.db.clone(), leaving.clone())
            .merge(http::accounts::router(
                state.accounts.clone(),
                Arc::clone(&http),
            ))
            .merge(realtime_protocol(&state, &http).routes())
            .merge(supabase::tables::router())
            .merge(supabase::functions::router(
                Arc::clone(&http),
                &settings.functions,
            )?)
            .merge(supabase::auth::router(
                state.accounts.clone(),
                Arc::clone(&http),
                &settings.callers.jwt_audience,
            ))
            .merge(mcp::router(&state, &http))
            .merge(supabase::storage::routes(&state, &http))
            .merge(figures);
        sockets.watch(&tasks, Every::after(LOOK_EVERY));
        Ok(App {
            routes: http::routes(&http, others),
            state,
            graphql,
            http,
            leaving,
            workers,
            _metrics: metrics,
            tasks,
        })
    }

    /// Answers at an address until [`App::leave`], then until the last connection, socket and stream is closed and the
    /// last job has ended.
    pub async fn serve(&self, listener: TcpListener) {
        let (routes, leaving) = (self.routes.clone(), self.leaving.clone());
        http::serve(listener, routes, &self.state.settings, leaving).await;
        self.http.sockets().finished().await;
        self.workers.finished().await;
    }

    /// Takes no more connections and no more jobs, lets requests and jobs finish, and sends sockets and streams away.
    pub fn leave(&self) {
        self.workers.leave();
        self.leaving.now.cancel();
        self.http.sockets().drain();
    }

    /// Ends the work in the background, for which it waits `within` a time: only then may the database be closed.
    pub async fn stop(&self, within: Duration) {
        self.state.realtime.stop();
        stop(&self.tasks, within).await;
    }
}

async fn stop(tasks: &Tasks, within: Duration) {
    for job in tasks.stop(within).await {
        tracing::warn!(job, "a background job did not end in time and was dropped");
    }
}

/// The parts below the transports. What follows changes, channels and the like runs under `following`.
async fn start_parts(
    settings: &Settings,
    db: Db,
    tasks: &Tasks,
    following: &Tasks,
    metrics: &Arc<Metrics>,
) -> Result<Arc<AppState>, StartError> {
    let secret = auth::jwt_secret(settings)?;
    let data_dir = settings.data.data_dir();
    let audience = &settings.callers.jwt_audience;
    let accounts =
        Accounts::open(db.clone(), &settings.accounts, audience, &secret, &data_dir).await?;
    let realtime = Realtime::start(&db, &settings.change_log, following);
    realtime.register(metrics, &db)?;
    metrics.watch_lanes(db.clone())?;
    let figures = Figures::register(metrics)?;
    let records = Arc::new(Records::default());
    records.start(&db, data_dir, tasks);
    watch_faults(metrics, &records)?;
    metrics.watch_operations(Arc::clone(&records))?;
    metrics.watch_memory()?;
    let embeddings = Embeddings::new(db.clone(), &settings.models, settings.data.cache_dir());
    unless_read_only(embeddings.start().await)?;
    let (files, data) = (&settings.files, &settings.data);
    let storage = Storage::open(db.clone(), files, data, &secret, &realtime.bell).await?;
    Ok(Arc::new(AppState {
        channels: Channels::start(db.clone(), settings.channels.clone(), figures, following),
        realtime,
        accounts,
        embeddings,
        chat_models: ChatClient::new()?,
        streams: Streams::start(&db, tasks, following),
        storage,
        rates: Arc::new(Rates::new(&settings.rates)),
        unread: UnreadBytes::new(
            settings.rates.max_unread_bytes,
            settings.database.max_answer_bytes(),
        ),
        records,
        sampler: Sampler::new(metrics),
        settings: settings.clone(),
        db,
        secret: String::from_utf8(secret)?,
    }))
}

fn watch_faults(metrics: &Metrics, records: &Arc<Records>) -> Result<(), prometheus::Error> {
    let poll = |name, help, read: fn((u64, u64)) -> u64| {
        let records = Arc::clone(records);
        let count = move || usize::try_from(read(records.faults.totals())).unwrap_or(usize::MAX);
        metrics.poll(name, help, None, count)
    };
    poll(
        "mindloom_faults",
        "Faults of the server since its start",
        |(noted, _)| noted,
    )?;
    poll(
        "mindloom_faults_dropped",
        "Those of them that are not on record, for too many came at once",
        |(_, dropped)| dropped,
    )
}

fn realtime_protocol(state: &AppState, http: &Http) -> Supabase {
    Supabase::new(
        state.channels.clone(),
        state.realtime.hub.clone(),
        Arc::clone(http.verifier()),
        Arc::clone(http.sockets()),
    )
    .behind(state.settings.transports.proxies)
}
