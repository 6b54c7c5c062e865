//! Live queries: any query as a subscription, answered anew when its data changed.
//!
//! A query names the tables that it reads. A change of one of them runs it again if the change can
//! concern it: where the table's policy is known, only changes of rows that the caller may see. So does
//! any change of a table that the policies of those tables read, since it can show or hide rows. Equal
//! queries of equal callers are one. Changes that come while it runs, or shortly after, make one run
//! together, and an answer equal to the last is not sent.

use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::{Stream, StreamExt as _};
use tokio::sync::{Notify, watch};
use tokio_stream::wrappers::WatchStream;

use super::catalog::Catalog;
use super::change::Change;
use super::condition::RowCondition;
use super::hub::Hub;
use super::policy::{Identity, Policy};
use super::record::Record;
use crate::auth::Caller;
use crate::error::{Code, Error};

/// The least time between two runs of one query, and how much longer than a run the pause is at least.
const PAUSE_MIN: Duration = Duration::from_millis(25);
const PAUSE_PER_RUN: u32 = 2;
const RETRY_MIN: Duration = Duration::from_millis(200);
const RETRY_MAX: Duration = Duration::from_secs(5);

/// Runs a query as its caller and returns the answer's bytes.
pub type Run = Arc<dyn Fn() -> BoxFuture<'static, Result<Bytes, Error>> + Send + Sync>;

/// A query to keep answering.
#[derive(Clone)]
pub struct LiveQuery {
    /// Queries with equal keys have equal answers for equal callers: document, operation, variables.
    pub key: String,
    /// On whose behalf.
    pub caller: Arc<Caller>,
    /// What it reads: schema, table, and a condition that every row it uses of that table meets
    /// (`RowCondition::default()` for none).
    pub tables: Vec<(String, String, RowCondition)>,
    /// How to run it.
    pub run: Run,
}

/// A query that is being kept answered.
pub(super) struct Live {
    key: String,
    caller: Arc<Caller>,
    identity: Identity,
    tables: Vec<(i16, RowCondition)>,
    /// How those who watch it would run it, the longest there first; and how whoever asked for it first would.
    runs: Mutex<Vec<Run>>,
    first: Run,
    /// Subscribers; at 0 it is over and takes no more.
    watchers: AtomicUsize,
    dirty: Notify,
    answer: watch::Sender<Option<Result<Bytes, Error>>>,
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

/// The answers of a live query: the first at once, then one when the data changed. Of answers that
/// come faster than they are read, the newest is kept. Ends after an error.
pub struct LiveAnswers {
    hub: Hub,
    live: Arc<Live>,
    /// How this one would run it.
    run: Run,
    answers: WatchStream<Option<Result<Bytes, Error>>>,
    last: Option<Bytes>,
    ended: bool,
}

impl Hub {
    /// Keeps a query answered.
    ///
    /// # Errors
    /// NOT_FOUND when a table is not published, UNAVAILABLE while the database is away. What the
    /// query itself answers, errors included, comes with the stream.
    pub async fn live(&self, query: LiveQuery) -> Result<LiveAnswers, Error> {
        self.ready().await?;
        let catalog = self.catalog();
        let mut tables = Vec::with_capacity(query.tables.len());
        for (schema, name, condition) in &query.tables {
            let table = catalog.find(schema, name).ok_or_else(|| {
                Error::new(
                    Code::NotFound,
                    format!("Changes of {schema}.{name} are not published"),
                )
            })?;
            tables.push((table.id, condition.clone()));
        }
        let caller = &query.caller;
        let key = format!(
            "{}|{}|{}",
            caller.role.as_str(),
            caller.claims_json,
            query.key
        );
        let (live, is_new) = self.join_live(&key, || Live {
            key: key.clone(),
            caller: Arc::clone(caller),
            identity: Identity::of(caller),
            tables,
            runs: Mutex::default(),
            first: Arc::clone(&query.run),
            watchers: AtomicUsize::new(1),
            dirty: Notify::new(),
            answer: watch::Sender::new(None),
        });
        if is_new {
            tokio::spawn(keep_answering(Arc::downgrade(&live), self.clone()));
        }
        live.watched_by(&query.run);
        self.stats().live_queries.fetch_add(1, Ordering::Relaxed);
        let answers = WatchStream::new(live.answer.subscribe());
        Ok(LiveAnswers {
            hub: self.clone(),
            live,
            run: query.run,
            answers,
            last: None,
            ended: false,
        })
    }
}

impl Live {
    pub fn key(&self) -> &str {
        &self.key
    }

    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    pub fn tables(&self) -> &[(i16, RowCondition)] {
        &self.tables
    }

    /// Counts a subscriber in, unless the last one has left.
    pub fn enter(&self) -> bool {
        let enter = |watchers: usize| (watchers > 0).then_some(watchers + 1);
        self.watchers
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, enter)
            .is_ok()
    }

    /// Counts a subscriber out; true when it was the last.
    pub fn exit(&self) -> bool {
        let last = self.watchers.fetch_sub(1, Ordering::AcqRel) == 1;
        if last {
            self.dirty.notify_one();
        }
        last
    }

    fn watched_by(&self, run: &Run) {
        self.runs().push(Arc::clone(run));
    }

    fn left_by(&self, run: &Run) {
        self.runs().retain(|other| !Arc::ptr_eq(other, run));
    }

    /// How it is run now: as whoever has watched it the longest would. One run answers all, and counts against the
    /// share of that one, who would run it as often alone; who has left pays for nobody.
    fn run(&self) -> Run {
        Arc::clone(self.runs().first().unwrap_or(&self.first))
    }

    fn runs(&self) -> MutexGuard<'_, Vec<Run>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs the query again.
    pub fn wake(&self) {
        self.dirty.notify_one();
    }

    /// Runs the query again if a change of one of its tables concerns it.
    pub fn note(&self, catalog: &Catalog, change: &Change) {
        let access = catalog
            .table(change.table.id)
            .and_then(|table| table.access(self.caller.role));
        let concerns = |record: &Option<Record>| {
            record.as_ref().is_some_and(|record| {
                let visible = match access.map(|access| &access.policy) {
                    Some(Policy::Known(policy)) => policy.holds(record, &self.identity),
                    Some(Policy::Asked) => true,
                    None => false,
                };
                let read = |(table, condition): &(i16, RowCondition)| {
                    *table == change.table.id && condition.holds(record)
                };
                visible && self.tables.iter().any(read)
            })
        };
        if concerns(&change.record) || concerns(&change.old_record) {
            self.wake();
        }
    }
}

async fn keep_answering(live: Weak<Live>, hub: Hub) {
    let mut last: Option<Bytes> = None;
    let mut retry = RETRY_MIN;
    loop {
        let Some(live) = live.upgrade() else { return };
        if live.watchers.load(Ordering::Acquire) == 0 {
            return;
        }
        let begun = Instant::now();
        hub.stats().live_runs.fetch_add(1, Ordering::Relaxed);
        match live.run()().await {
            Ok(answer) => {
                retry = RETRY_MIN;
                if last.as_ref() != Some(&answer) {
                    last = Some(answer.clone());
                    live.answer.send_replace(Some(Ok(answer)));
                }
            }
            Err(error) if error.code() == Code::Unavailable => {
                tokio::time::sleep(retry).await;
                retry = (retry * 2).min(RETRY_MAX);
                continue;
            }
            Err(error) => {
                live.answer.send_replace(Some(Err(error)));
                return;
            }
        }
        tokio::time::sleep(PAUSE_MIN.max(begun.elapsed() * PAUSE_PER_RUN)).await;
        live.dirty.notified().await;
    }
}

impl Stream for LiveAnswers {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if self.ended {
                return Poll::Ready(None);
            }
            match self.answers.poll_next_unpin(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Ready(Some(None)) => {}
                Poll::Ready(Some(Some(Err(error)))) => {
                    self.ended = true;
                    return Poll::Ready(Some(Err(error)));
                }
                Poll::Ready(Some(Some(Ok(answer)))) => {
                    // A slow reader may see two states apart between which the answer came back.
                    if self.last.as_ref() != Some(&answer) {
                        self.last = Some(answer.clone());
                        return Poll::Ready(Some(Ok(answer)));
                    }
                }
            }
        }
    }
}

impl Drop for LiveAnswers {
    fn drop(&mut self) {
        self.hub
            .stats()
            .live_queries
            .fetch_sub(1, Ordering::Relaxed);
        self.live.left_by(&self.run);
        self.hub.leave_live(&self.live);
    }
}
