//! Channels across servers on one database, and messages from SQL.
//!
//! Everything passes through one table, `realtime.relay`, which every server reads by snapshot: a row is read
//! when it first becomes visible, whatever its number and however long its transaction was open, so none is
//! missed and none read twice. NOTIFY wakes the readers and carries nothing. Rows stay for [`RETENTION`]; a
//! server that could not read for longer says so in its log and in `dropped_total{reason="relay_gap"}`.
//!
//! A server writes its own broadcasts and presences there only while others are alive. It does so without
//! waiting for the disk (`synchronous_commit = off`): when PostgreSQL crashes, the broadcasts of its last
//! moments may not reach the other servers. Messages sent from SQL are as durable as their transaction.

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::{StreamExt, stream};
use tokio::{
    sync::{Mutex, mpsc},
    time::MissedTickBehavior,
};
use tokio_postgres::{AsyncMessage, Row};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    Figures, Shared, Topic, TopicKey,
    relay::{RelayMessage, message, told_entry},
};
use crate::{
    db::{Absence, Db},
    tasks::Tasks,
};

/// The channel of NOTIFY.
const BELL: &str = "mindloom_channels";
/// What a server that appears or goes rings with.
const HELLO: &str = "hello";
/// How long rows stay.
const RETENTION: Duration = Duration::from_secs(60);
/// How often a server says that it lives. One that dies is gone for the others within two beats and
/// [`SILENCE_MAX`].
const HEARTBEAT: Duration = Duration::from_secs(1);
/// The longest time between two looks at the table, bell or no bell.
const POLL: Duration = Duration::from_secs(1);
const BATCH_MAX: usize = 512;
const QUEUE_MAX: usize = 16_384;
const QUEUE_MAX_BYTES: usize = 33_554_432;

const READ: &str = include_str!("bridge_read.sql");
const WRITE: &str = "with written as (
  insert into realtime.relay (origin, kind, private, channel, event, payload)
  select $1, * from unnest($2::text[], $3::boolean[], $4::text[], $5::text[], $6::bytea[])
) select pg_notify('mindloom_channels', '')";
/// Says that a server lives, and asks for those that were not silent for too long when it did so last: a database
/// that stands still for a while makes everybody silent, and nobody dead.
const BEAT: &str = "with last as (
  select seen_at from realtime.servers where id = $1
), beat as (
  insert into realtime.servers (id) values ($1) on conflict (id) do update set seen_at = clock_timestamp()
) select id from realtime.servers
where id <> $1
  and seen_at > coalesce((select seen_at from last), clock_timestamp()) - make_interval(secs => $2)";
/// The silence after which a server counts as dead.
const SILENCE_MAX: Duration = Duration::from_secs(2);
const CLEAN: &str = "with old_rows as (
  delete from realtime.relay where sent_at < clock_timestamp() - make_interval(secs => $1)
), old_servers as (
  delete from realtime.servers where seen_at < clock_timestamp() - interval '1 minute'
), old_messages as (
  delete from realtime.messages where id in (
    select id from realtime.messages where inserted_at < now() - interval '72 hours' limit 10000
  )
) select 1";

/// The near end of the bridge.
#[derive(Debug)]
pub(super) struct Bridge {
    figures: Arc<Figures>,
    outgoing: mpsc::Sender<RelayMessage>,
    waiting_bytes: Arc<AtomicUsize>,
    /// How many other servers are alive.
    others: AtomicUsize,
    /// A coming or going could not be queued: everything about presence has to be told again.
    reset_due: AtomicBool,
}

/// The far end: what waits to be written.
pub(super) struct Outgoing {
    queue: mpsc::Receiver<RelayMessage>,
    waiting_bytes: Arc<AtomicUsize>,
    server: Uuid,
    /// What was taken from the queue and is not written for certain.
    batch: Vec<RelayMessage>,
}

impl Bridge {
    pub(super) fn new(server: Uuid, figures: Arc<Figures>) -> (Self, Outgoing) {
        let (sender, queue) = mpsc::channel(QUEUE_MAX);
        let waiting_bytes = Arc::new(AtomicUsize::new(0));
        let outgoing = Outgoing {
            queue,
            waiting_bytes: Arc::clone(&waiting_bytes),
            server,
            batch: Vec::new(),
        };
        let bridge = Bridge {
            figures,
            outgoing: sender,
            waiting_bytes,
            others: AtomicUsize::new(0),
            reset_due: AtomicBool::new(false),
        };
        (bridge, outgoing)
    }

    /// Tells the other servers, if there are any.
    pub(super) fn relay(&self, relayed: RelayMessage) {
        if self.others.load(Ordering::Relaxed) == 0 {
            return;
        }
        let size = relayed.size_bytes();
        let fits = self.waiting_bytes.load(Ordering::Relaxed) + size <= QUEUE_MAX_BYTES;
        let is_broadcast = matches!(relayed, RelayMessage::Broadcast(_));
        if fits && self.outgoing.try_send(relayed).is_ok() {
            self.waiting_bytes.fetch_add(size, Ordering::Relaxed);
        } else if is_broadcast {
            self.figures
                .dropped
                .with_label_values(&["relay_overflow"])
                .inc();
            tracing::warn!(
                "a broadcast did not reach the other servers: too many wait for the database"
            );
        } else {
            self.reset_due.store(true, Ordering::Relaxed);
        }
    }
}

/// Starts the work of the bridge.
pub(super) fn start(tasks: &Tasks, db: Db, shared: &Arc<Shared>, outgoing: Outgoing) {
    let session = Session {
        log: None,
        snapshot: None,
        read_at: Instant::now(),
        alive: HashSet::new(),
    };
    let shared = Arc::clone(shared);
    let far = Arc::new(Mutex::new((session, outgoing)));
    tasks.keep_until("bridge between servers", move |stop| {
        work(db.clone(), Arc::clone(&shared), Arc::clone(&far), stop)
    });
}

/// Works over one connection after another as long as none fails.
async fn work(
    db: Db,
    shared: Arc<Shared>,
    far: Arc<Mutex<(Session, Outgoing)>>,
    stop: CancellationToken,
) -> Result<(), tokio_postgres::Error> {
    let (session, outgoing) = &mut *far.lock().await;
    while let Err(error) = session.run(&db, &shared, outgoing, &stop).await {
        let state = error.code().map(|state| state.code());
        if state.and_then(Absence::of_state) != Some(Absence::ReadOnly) {
            // Its owner has done with it, and so have the channels.
            return if db.is_closed() { Ok(()) } else { Err(error) };
        }
        // Said in the log when the server started. It may be a standby that takes over one day.
        shared.reading.ends(Some(Absence::ReadOnly));
        let waited = stop.run_until_cancelled(tokio::time::sleep(POLL)).await;
        if waited.is_none() {
            break;
        }
    }
    Ok(())
}

/// What outlives a lost connection.
struct Session {
    /// The change log's id, which changes when transaction ids mean something else than before.
    log: Option<Uuid>,
    /// What had been visible at the last read.
    snapshot: Option<String>,
    read_at: Instant,
    /// The other servers.
    alive: HashSet<Uuid>,
}

impl Session {
    /// Works over one connection until the server stops, which it tells the others.
    async fn run(
        &mut self,
        db: &Db,
        shared: &Arc<Shared>,
        outgoing: &mut Outgoing,
        stop: &CancellationToken,
    ) -> Result<(), tokio_postgres::Error> {
        let connected = stop.run_until_cancelled(db.connect_owner()).await;
        let Some((client, mut connection)) = connected.transpose()? else {
            return Ok(());
        };
        let (bell, mut bells) = mpsc::channel::<bool>(16);
        let driver = tokio::spawn(async move {
            let mut messages = stream::poll_fn(move |context| connection.poll_message(context));
            while let Some(Ok(message)) = messages.next().await {
                if let AsyncMessage::Notification(notification) = message {
                    // A full queue is a bell already.
                    let _ = bell.try_send(notification.payload() == HELLO);
                }
            }
        });
        let _driver = StopOnDrop(driver);
        client
            .batch_execute(&format!("set synchronous_commit = off; listen {BELL}"))
            .await?;
        self.catch_up(&client, shared).await?;
        let mut beats = tokio::time::interval(HEARTBEAT);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut cleaned: Option<Instant> = None;
        loop {
            let due = tokio::select! {
                _ = beats.tick() => Due::Beat,
                hello = bells.recv() => match hello {
                    Some(true) => Due::Beat,
                    Some(false) => Due::Read,
                    // The connection is gone; the next statement says why.
                    None => Due::Beat,
                },
                () = outgoing.fill() => Due::Write,
                () = tokio::time::sleep(POLL) => Due::Read,
                () = stop.cancelled() => return outgoing.leave(&client).await,
            };
            while bells.try_recv().is_ok_and(|hello| !hello) {}
            match due {
                Due::Beat => {
                    self.beat(&client, shared).await?;
                    if cleaned.is_none_or(|at| at.elapsed() > RETENTION / 2) {
                        client.execute(CLEAN, &[&RETENTION.as_secs_f64()]).await?;
                        cleaned = Some(Instant::now());
                    }
                    self.read(&client, shared).await?;
                }
                Due::Read => self.read(&client, shared).await?,
                Due::Write => outgoing.write(&client).await?,
            }
            if shared.bridge.reset_due.swap(false, Ordering::Relaxed) {
                shared.announce(true);
            }
        }
    }

    /// The first read of a connection: from now on, or from where the last connection was.
    async fn catch_up(
        &mut self,
        client: &tokio_postgres::Client,
        shared: &Arc<Shared>,
    ) -> Result<(), tokio_postgres::Error> {
        let log = client
            .query_one("select realtime.open_log()", &[])
            .await?
            .get(0);
        if self.log.replace(log) != Some(log) {
            self.snapshot = None;
        }
        if self.snapshot.is_some() && self.read_at.elapsed() > RETENTION {
            shared
                .figures
                .dropped
                .with_label_values(&["relay_gap"])
                .inc();
            tracing::error!(
                seconds = self.read_at.elapsed().as_secs(),
                "the database was away too long: what other servers and SQL sent meanwhile is lost to this server's clients"
            );
            self.snapshot = None;
        }
        if self.snapshot.is_none() {
            let row = client
                .query_one("select pg_current_snapshot()::text", &[])
                .await?;
            self.snapshot = Some(row.get(0));
        }
        shared.reading.begins();
        let hello = format!("select pg_notify('{BELL}', '{HELLO}')");
        self.beat(client, shared).await?;
        client.execute(&hello, &[]).await?;
        self.read(client, shared).await
    }

    /// Says that this server lives, and learns which others do.
    async fn beat(
        &mut self,
        client: &tokio_postgres::Client,
        shared: &Arc<Shared>,
    ) -> Result<(), tokio_postgres::Error> {
        let silence = SILENCE_MAX.as_secs_f64();
        let rows = client.query(BEAT, &[&shared.server, &silence]).await?;
        let alive: HashSet<Uuid> = rows.iter().map(|row| row.get(0)).collect();
        shared.bridge.others.store(alive.len(), Ordering::Relaxed);
        for gone in self.alive.difference(&alive) {
            shared.forget_server(*gone);
        }
        if alive.difference(&self.alive).next().is_some() {
            shared.announce(false);
        }
        self.alive = alive;
        Ok(())
    }

    /// Reads what became visible since the last time, and delivers it.
    async fn read(
        &mut self,
        client: &tokio_postgres::Client,
        shared: &Arc<Shared>,
    ) -> Result<(), tokio_postgres::Error> {
        let Some(snapshot) = &self.snapshot else {
            return Ok(());
        };
        let rows = client.query(READ, &[snapshot, &shared.server]).await?;
        if let Some(first) = rows.first() {
            self.snapshot = Some(first.get("snapshot"));
            self.read_at = Instant::now();
        }
        for row in rows
            .iter()
            .filter(|row| row.get::<_, Option<i64>>("seq").is_some())
        {
            shared.receive(row);
        }
        Ok(())
    }
}

enum Due {
    Beat,
    Read,
    Write,
}

struct StopOnDrop(tokio::task::JoinHandle<()>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A batch by columns: kind, private, channel, event, payload.
type Columns<'a> = (
    Vec<&'a str>,
    Vec<bool>,
    Vec<&'a str>,
    Vec<&'a str>,
    Vec<Vec<u8>>,
);

impl Outgoing {
    /// Tells the other servers what waits for them, and that this one goes.
    async fn leave(
        &mut self,
        client: &tokio_postgres::Client,
    ) -> Result<(), tokio_postgres::Error> {
        while let Ok(relayed) = self.queue.try_recv() {
            self.batch.push(relayed);
        }
        if !self.batch.is_empty() {
            self.write(client).await?;
        }
        let gone = format!(
            "delete from realtime.servers where id = '{}'; notify {BELL}, '{HELLO}'",
            self.server
        );
        client.batch_execute(&gone).await
    }

    /// Returns once there is something to write. What a failed write left comes first.
    async fn fill(&mut self) {
        if self.batch.is_empty() && self.queue.recv_many(&mut self.batch, BATCH_MAX).await == 0 {
            // The channels are gone; the loop notices at its next poll.
            std::future::pending::<()>().await;
        }
    }

    async fn write(
        &mut self,
        client: &tokio_postgres::Client,
    ) -> Result<(), tokio_postgres::Error> {
        let mut columns = Columns::default();
        for (kind, private, channel, event, payload) in self.batch.iter().map(RelayMessage::row) {
            columns.0.push(kind);
            columns.1.push(private);
            columns.2.push(channel);
            columns.3.push(event);
            columns.4.push(payload);
        }
        client
            .execute(
                WRITE,
                &[
                    &self.server,
                    &columns.0,
                    &columns.1,
                    &columns.2,
                    &columns.3,
                    &columns.4,
                ],
            )
            .await?;
        let written: usize = self.batch.iter().map(RelayMessage::size_bytes).sum();
        self.waiting_bytes.fetch_sub(written, Ordering::Relaxed);
        self.batch.clear();
        Ok(())
    }
}

impl Shared {
    /// Tells the other servers who is present here; `anew` when they have to forget what they know first.
    fn announce(&self, anew: bool) {
        if anew {
            self.bridge.relay(RelayMessage::Reset);
        }
        for topic in &self.topics {
            topic.for_each_entry_of(self.server, |key, entry| {
                self.bridge.relay(RelayMessage::Join {
                    private: topic.key.private,
                    channel: Arc::clone(&topic.key.name),
                    key: Arc::clone(key),
                    entry: entry.clone(),
                });
            });
        }
    }

    /// A server is gone, and with it all who were present there.
    fn forget_server(self: &Arc<Self>, server: Uuid) {
        let topics: Vec<Arc<Topic>> = self.topics.iter().map(|topic| Arc::clone(&topic)).collect();
        for topic in &topics {
            self.change_presence(topic, |topic| topic.absent_origin(server));
        }
    }

    /// Delivers one row.
    fn receive(self: &Arc<Self>, row: &Row) {
        let kind: &str = row.get("kind");
        let label = if kind == "message" {
            "database_message"
        } else {
            "relay"
        };
        self.figures.events_in.with_label_values(&[label]).inc();
        match kind {
            "json" | "whole" | "binary" | "message" => {
                if let Some(message) = message(kind, row) {
                    self.deliver(&Arc::new(message));
                }
            }
            "join" | "leave" => self.receive_presence(kind, row),
            "reset" => {
                if let Some(origin) = row.get::<_, Option<Uuid>>("origin") {
                    self.forget_server(origin);
                }
            }
            other => tracing::warn!(
                kind = other,
                "a newer server relays what this one does not know"
            ),
        }
    }

    fn receive_presence(self: &Arc<Self>, kind: &str, row: &Row) {
        let (Some(origin), Some(payload)) = (
            row.get::<_, Option<Uuid>>("origin"),
            row.get::<_, Option<&[u8]>>("payload"),
        ) else {
            return;
        };
        let key: Arc<str> = row.get::<_, String>("event").into();
        let topic_key = TopicKey {
            private: row.get("private"),
            name: row.get::<_, String>("channel").into(),
        };
        if kind == "join" {
            let Some(entry) = told_entry(payload, origin) else {
                return;
            };
            let topic = self
                .topics
                .entry(topic_key.clone())
                .or_insert_with(|| Arc::new(Topic::new(topic_key)));
            self.change_presence(&topic, |topic| topic.present(&key, entry));
        } else if let (Some(topic), Ok(reference)) = (
            self.topics.get(&topic_key).map(|topic| Arc::clone(&topic)),
            std::str::from_utf8(payload),
        ) {
            self.change_presence(&topic, |topic| topic.absent(&key, reference));
        }
    }
}
