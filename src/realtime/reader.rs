//! The one reader of a process: takes changes out of the log and hands them to the subscriptions.
//!
//! It listens first and reads afterwards, so a bell between the two is not lost, and it holds no
//! transaction while it waits. Bells only shorten the wait: after a bell or a change it looks again
//! every few milliseconds for a while, then more and more rarely, at least twice a second.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio_postgres::{AsyncMessage, Client, Statement};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::bell::Bell;
use super::change::Change;
use super::log::{self, Entries, READ, Request};
use super::position::{Position, Snapshot, micros};
use super::publication::Publication;
use super::reading::Reading;
use super::subscriptions::Subscriptions;
use crate::db::{Absence, Db};
use crate::error::{Code, Error};

/// The notification channel; its payload is empty.
const CHANNEL: &str = "mindloom_changes";
/// What connections of the server call themselves, by which servers find each other.
const APPLICATION: &str = "mindloom change reader";
/// Changes handed on together at most.
const CHUNK_MAX: usize = 512;
/// While things happen: how soon to look again, and for how long after the last change or bell.
const BUSY_PAUSE: Duration = Duration::from_millis(2);
const BUSY_FOR: Duration = Duration::from_millis(250);
/// While a transaction is open that has written, and in the seconds after something happened.
const ALERT_PAUSE: Duration = Duration::from_millis(15);
const ALERT_FOR: Duration = Duration::from_secs(10);
const IDLE_PAUSE: Duration = Duration::from_millis(500);
const RECONNECT_MIN: Duration = Duration::from_millis(50);
const RECONNECT_MAX: Duration = Duration::from_secs(5);
/// How often to look for schema changes where the log does not tell.
const CATALOG_EVERY: Duration = Duration::from_secs(5);
/// How often to look for other servers on the database, and how rarely to wake them at most.
const OTHERS_EVERY: Duration = Duration::from_secs(5);
const BELL_EVERY: Duration = Duration::from_millis(10);
/// How often to note the time, by which reading is kept away from old partitions.
const NOTE_EVERY: Duration = Duration::from_secs(10);

/// Reads until the token is cancelled, through every loss of the connection.
pub(super) async fn run(
    db: Db,
    subscriptions: Arc<Subscriptions>,
    reading: Arc<Reading>,
    bell: Arc<Bell>,
    stop: CancellationToken,
) {
    let mut reader = Reader {
        db,
        subscriptions,
        reading,
        bell,
        log: None,
        position: None,
        clock: VecDeque::new(),
        noted: None,
    };
    let mut pause = RECONNECT_MIN;
    loop {
        let connected = Instant::now();
        let ended = tokio::select! {
            () = stop.cancelled() => return,
            ended = reader.session() => ended,
        };
        let absence = ended.as_ref().err().and_then(Absence::behind);
        // Subscribers stay: it goes on where it stood.
        reader.reading.ends(absence);
        match ended {
            // Said when the server started. It may be a standby that takes over one day.
            Err(_) if absence == Some(Absence::ReadOnly) => pause = RECONNECT_MAX,
            Err(error) if error.code() == Code::ResyncRequired => {
                // The log was replaced under us: nobody's position means anything any more.
                tracing::warn!(%error, "the change log cannot be continued; every subscriber starts anew");
                reader.position = None;
                reader.clock.clear();
                reader.noted = None;
                reader.subscriptions.start_anew(&error);
            }
            Err(error) => {
                tracing::warn!(%error, "the reader of the change log lost its connection")
            }
            Ok(()) => {}
        }
        if connected.elapsed() > RECONNECT_MAX {
            pause = RECONNECT_MIN;
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause.mul_f64(0.5 + rand::random::<f64>())) => {}
        }
        pause = (pause * 2).min(RECONNECT_MAX);
    }
}

struct Reader {
    db: Db,
    subscriptions: Arc<Subscriptions>,
    reading: Arc<Reading>,
    bell: Arc<Bell>,
    /// The log that the position is in.
    log: Option<Uuid>,
    /// Kept over connections; nothing before the first.
    position: Option<Position>,
    /// Transaction ids of its own and moments before they were given out, oldest first.
    clock: VecDeque<(u64, i64)>,
    /// When the newest of them was.
    noted: Option<Instant>,
}

struct LogConnection {
    client: Client,
    statement: Statement,
    notified: Arc<Notify>,
    lost: CancellationToken,
}

impl Reader {
    /// From connecting until the connection is lost.
    async fn session(&mut self) -> Result<(), Error> {
        let connected = self.connect().await?;
        let log = log::open(&connected.client).await?;
        if self.log.replace(log).is_some_and(|before| before != log) && self.position.is_some() {
            // The database that answers is another one, or set back.
            return Err(log::begun_anew());
        }
        let mut after_crash = self.position.is_some();
        if self.position.is_none() {
            self.position = Some(start(&connected.client).await?);
        }
        // After the position: a schema change that this does not see is one that the log will tell.
        self.subscriptions
            .set_publication(Publication::load(&self.db).await?);
        let mut last_event = Instant::now();
        let mut next_catalog = Instant::now() + CATALOG_EVERY;
        let mut others = Others::default();
        loop {
            let was_on_page = self
                .position
                .as_ref()
                .is_some_and(|position| position.page.is_some());
            let read = self.read(&connected, after_crash).await?;
            if was_on_page {
                // That finished what an earlier connection had begun.
                continue;
            }
            if !self.reading.is_on() {
                if let Some(position) = &self.position {
                    self.subscriptions.connected(position.as_of_us);
                }
                self.reading.begins();
                after_crash = false;
            }
            if read.changes {
                last_event = Instant::now();
            }
            if Instant::now() >= next_catalog {
                next_catalog = Instant::now() + CATALOG_EVERY;
                if !self.subscriptions.publication().watches_schema {
                    self.subscriptions
                        .set_publication(Publication::load(&self.db).await?);
                }
            }
            if self
                .wait(
                    &connected,
                    &mut others,
                    last_event.elapsed(),
                    read.open_transactions,
                )
                .await?
            {
                last_event = Instant::now();
            }
        }
    }

    /// Waits until it is time to look again; true when somebody rang.
    async fn wait(
        &self,
        connected: &LogConnection,
        others: &mut Others,
        quiet: Duration,
        open_transactions: bool,
    ) -> Result<bool, Error> {
        let pause = if quiet < BUSY_FOR {
            BUSY_PAUSE
        } else if quiet < ALERT_FOR && open_transactions {
            ALERT_PAUSE
        } else if quiet < ALERT_FOR {
            ALERT_PAUSE * 2
        } else if open_transactions {
            ALERT_PAUSE * 8
        } else {
            IDLE_PAUSE
        };
        // Under load bells ring all the time; a short rest lets changes come together.
        let rest = if quiet < BUSY_PAUSE {
            BUSY_PAUSE / 2
        } else {
            Duration::ZERO
        };
        tokio::time::sleep(rest).await;
        tokio::select! {
            biased;
            () = connected.lost.cancelled() => Err(unavailable()),
            () = connected.notified.notified() => Ok(true),
            () = self.bell.rung() => {
                others.wake(&connected.client).await?;
                Ok(true)
            }
            () = tokio::time::sleep(pause) => Ok(false),
        }
    }

    async fn connect(&self) -> Result<LogConnection, Error> {
        let (client, mut connection) = self.db.connect_owner().await?;
        let (notified, lost) = (Arc::new(Notify::new()), CancellationToken::new());
        let (bell, over) = (Arc::clone(&notified), lost.clone().drop_guard());
        let own_pid = Arc::new(std::sync::atomic::AtomicI32::new(0));
        let own = Arc::clone(&own_pid);
        tokio::spawn(async move {
            let _over = over;
            loop {
                match poll_fn(|context| connection.poll_message(context)).await {
                    Some(Ok(AsyncMessage::Notification(note))) => {
                        // Our own bells for other servers come back.
                        if note.process_id() != own.load(std::sync::atomic::Ordering::Relaxed) {
                            bell.notify_one();
                        }
                    }
                    Some(Ok(_)) => {}
                    Some(Err(error)) => {
                        tracing::debug!(%error, "the connection of the change reader failed");
                        return;
                    }
                    None => return,
                }
            }
        });
        let settings = format!(
            "set search_path = ''; set application_name = '{APPLICATION}'; \
             set enable_seqscan = off; set plan_cache_mode = force_generic_plan; set jit = off; \
             set statement_timeout = '60s'; set idle_in_transaction_session_timeout = '60s'; \
             set synchronous_commit = off; set mindloom.doorbell = 'off'; listen {CHANNEL}"
        );
        client.batch_execute(&settings).await?;
        let row = client.query_one("select pg_backend_pid()", &[]).await?;
        let pid: i32 = row.try_get(0)?;
        own_pid.store(pid, std::sync::atomic::Ordering::Relaxed);
        let statement = client.prepare(READ).await?;
        Ok(LogConnection {
            client,
            statement,
            notified,
            lost,
        })
    }

    /// Reads once and hands on what is new.
    async fn read(&mut self, connected: &LogConnection, after_crash: bool) -> Result<Read, Error> {
        let Some(position) = self.position.clone() else {
            return Err(unavailable());
        };
        let mut publication = self.subscriptions.publication();
        let request = Request {
            from: &position,
            table: None,
            limit: None,
            after_crash,
        };
        let mut entries = Entries::read(
            &connected.client,
            &connected.statement,
            publication.log,
            request,
        )
        .await?;
        let mut chunk: Vec<Arc<Change>> = Vec::new();
        let (mut changes, mut schema_changed, mut reloaded) = (false, false, false);
        while let Some(row) = entries.next().await? {
            changes = true;
            if Entries::is_schema_change(&row)? {
                schema_changed = true;
                continue;
            }
            if schema_changed {
                publication = self.reload().await?;
                (schema_changed, reloaded) = (false, true);
            }
            let mut change = entries.change(&publication, &row)?;
            if change.is_none() && !reloaded {
                // Published a moment ago, or else dropped since, and then nobody is subscribed to it.
                publication = self.reload().await?;
                reloaded = true;
                change = entries.change(&publication, &row)?;
            }
            let Some(change) = change else { continue };
            let seq = change.seq;
            chunk.push(change);
            if chunk.len() >= CHUNK_MAX {
                let position = entries.position_at(seq);
                self.subscriptions
                    .dispatch(std::mem::take(&mut chunk), &position);
                self.position = Some(position);
                // A hundred thousand changes in one transaction must not keep others from running.
                tokio::task::yield_now().await;
            }
        }
        if schema_changed {
            self.reload().await?;
        }
        let mut after = entries.batch.after.clone();
        // The rest of a page has its page's snapshot, whose moment is not this read's.
        if position.page.is_none() {
            after.since_us = self.since(&after.base, position.since_us);
        }
        self.subscriptions.dispatch(chunk, &after);
        let open_transactions = after.base.has_running();
        let newest = after.base.xmax();
        self.position = Some(after);
        self.note_time(&connected.client, newest).await?;
        Ok(Read {
            changes,
            open_transactions,
        })
    }

    async fn reload(&self) -> Result<Arc<Publication>, Error> {
        self.subscriptions
            .set_publication(Publication::load(&self.db).await?);
        // Even where it is as before: what was changed and changed back may have been answered in between.
        self.subscriptions.wake_queries();
        Ok(self.subscriptions.publication())
    }

    /// Now and then takes a transaction id: whoever gets a later one writes after this moment. The end of
    /// a snapshot would not do for that, since transactions beyond it may be open and have written.
    async fn note_time(&mut self, client: &Client, newest: u64) -> Result<(), Error> {
        // While nothing but this is committed, there is nothing to be kept away from.
        let is_idle = self.clock.back().is_some_and(|(id, _)| newest <= id + 1);
        if is_idle || self.noted.is_some_and(|at| at.elapsed() < NOTE_EVERY) {
            return Ok(());
        }
        self.noted = Some(Instant::now());
        let row = client
            .query_one(
                "select transaction_timestamp(), pg_current_xact_id()::text",
                &[],
            )
            .await?;
        let id: &str = row.try_get(1)?;
        let at = micros(row.try_get(0)?);
        self.clock
            .push_back((id.parse().map_err(Error::internal)?, at));
        Ok(())
    }

    /// The moment before which nothing was written that the snapshot does not see.
    fn since(&mut self, snapshot: &Snapshot, before: i64) -> i64 {
        while self
            .clock
            .get(1)
            .is_some_and(|(id, _)| *id <= snapshot.xmin())
        {
            self.clock.pop_front();
        }
        match self.clock.front() {
            Some((id, at)) if *id <= snapshot.xmin() => *at,
            _ => before,
        }
    }
}

/// What a read found.
struct Read {
    changes: bool,
    open_transactions: bool,
}

/// The other servers on this database, which are woken after a commit here.
#[derive(Default)]
struct Others {
    known: Option<(Instant, bool)>,
    rung: Option<Instant>,
}

impl Others {
    async fn wake(&mut self, client: &Client) -> Result<(), Error> {
        if self.known.is_none_or(|(at, _)| at.elapsed() > OTHERS_EVERY) {
            let row = client
                .query_one(
                    "select exists (select from pg_stat_activity where application_name = $1 \
                     and datname = current_database() and pid <> pg_backend_pid())",
                    &[&APPLICATION],
                )
                .await?;
            self.known = Some((Instant::now(), row.try_get(0)?));
        }
        let exist = self.known.is_some_and(|(_, exist)| exist);
        if exist && self.rung.is_none_or(|at| at.elapsed() > BELL_EVERY) {
            // This connection commits without waiting for the disk, so the lock that makes commits
            // with notifications queue is held for microseconds.
            client.batch_execute("notify mindloom_changes").await?;
            self.rung = Some(Instant::now());
        }
        Ok(())
    }
}

/// The position of who has seen everything that is committed now.
async fn start(client: &Client) -> Result<Position, Error> {
    let row = client
        .query_one("select pg_current_snapshot()::text, clock_timestamp()", &[])
        .await?;
    let text: &str = row.try_get(0)?;
    let base = Snapshot::parse(text).ok_or_else(|| Error::internal("not a snapshot"))?;
    Ok(Position {
        base: Arc::new(base),
        page: None,
        // A transaction that is open now may have written long ago, be it in the snapshot or beyond its end.
        since_us: 0,
        as_of_us: micros(row.try_get(1)?),
    })
}

fn unavailable() -> Error {
    Error::new(Code::Unavailable, "The database does not answer; try again")
}
