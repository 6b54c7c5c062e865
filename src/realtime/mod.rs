//! Realtime: what happens in the database reaches whoever subscribed to it and may see it.
//!
//! ```text
//! triggers → realtime.changes ─ reader ─→ subscriptions ┬→ feeds ──────────→ queues → subscribers
//!              ↑      ↑        (snapshots)             ├→ cohorts ─ judge ─→ feeds
//!   every statement   └ resuming subscribers read it   └→ live queries
//! ```
//!
//! - [`Hub::subscribe`]: the changes of a table that match a condition and that the caller may see.
//! - [`Hub::live`]: a query, answered anew when its data changed.
//! - [`Bell::ring`]: to be called after every commit of this server that wrote.
//!
//! # What is promised
//! A subscriber receives every committed change that it is entitled to, once per stream, per row in
//! the order of commits, and can go on after the last cursor it has. What cannot be kept is said:
//! RESYNC_REQUIRED where the log does not reach back, LIMIT_EXCEEDED where a client is too slow.
//!
//! # What may be seen
//! A change is judged when it is delivered, by the policies of that moment, about the row that the
//! change carries: the new row as it became, the old row as it was. Plain policies are judged in
//! memory (`policy`), all others by the database as the caller (`judge`). Only columns that the
//! caller's role may select are handed on. A deleted row is judged by the row as it was. A row
//! that an update took out of sight arrives as LEAVE, with the old row alone, and one that came into
//! sight as ENTER, with the new row alone.

mod bell;
mod change;
pub mod channels;
mod cohort;
mod columns;
mod condition;
mod feed;
mod figures;
mod hub;
mod index;
mod interest;
mod judge;
mod live_answers;
mod log;
mod logic;
mod policy;
mod policy_text;
mod position;
mod publication;
mod queue;
mod reader;
mod reading;
mod record;
mod registry;
mod row_test;
mod shared_query;
mod stats;
mod subscriber;
mod subscriptions;
mod upkeep;

use std::convert::Infallible;
use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio_util::sync::CancellationToken;

pub use bell::Bell;
pub use change::{Change, Event, Kind, Operation, Operations};
pub use columns::{Column, Columns};
pub use condition::{Condition, Operator, Parameter, SqlCondition, json_value};
pub use hub::Hub;
pub use interest::{Plain, Projection, Subscription};
pub use live_answers::{LiveAnswers, LiveQuery};
pub use logic::Logic;
pub use position::{Cursor, Page, Position, Snapshot};
pub(crate) use publication::Publication;
pub use publication::PublishedTable;
pub use queue::QueueLimits;
pub use record::Record;
pub use row_test::{Comparison, RowCondition, RowTest};
pub use shared_query::Run;
pub use stats::{LAG_BUCKETS_US, Stats};
pub use subscriber::Changes;

use crate::config::ChangeLogSettings;
use crate::db::Db;
use crate::metrics::Metrics;
use crate::tasks::{Every, Tasks};

/// How often feeds of gone or expired subscribers are looked for.
const SWEEP_EVERY: Duration = Duration::from_secs(10);

/// The change side of realtime in one process.
#[derive(Clone, Debug)]
pub struct Realtime {
    /// Where to subscribe.
    pub hub: Hub,
    /// Rung after commits.
    pub bell: Arc<Bell>,
    /// The jobs go on as long as this is held.
    tasks: Tasks,
    stop: CancellationToken,
}

impl Realtime {
    /// Starts the reader and the upkeep of the log.
    #[must_use]
    pub fn start(db: &Db, settings: &ChangeLogSettings, tasks: &Tasks) -> Self {
        let limits = QueueLimits {
            events: settings.subscriber_queue_events,
            size_bytes: settings.subscriber_queue_bytes,
        };
        let bell = Arc::new(Bell::default());
        let hub = Hub::new(db.clone(), Arc::clone(&bell), limits);
        let stop = CancellationToken::new();
        upkeep::start(tasks, db, upkeep::Limits::new(settings));
        let swept = Arc::clone(hub.subscriptions());
        tasks.every("sweep of feeds", Every::after(SWEEP_EVERY), move || {
            swept.sweep();
            ready(Ok::<_, Infallible>(()))
        });
        let (db, subscriptions, reading) = (
            db.clone(),
            Arc::clone(hub.subscriptions()),
            Arc::clone(hub.reading()),
        );
        let (rung, over) = (Arc::clone(&bell), stop.clone());
        tasks.keep("reader of the change log", move || {
            let (subscriptions, reading) = (Arc::clone(&subscriptions), Arc::clone(&reading));
            reader::run(
                db.clone(),
                subscriptions,
                reading,
                Arc::clone(&rung),
                over.clone(),
            )
            .map(Ok::<_, Infallible>)
        });
        Realtime {
            hub,
            bell,
            tasks: tasks.clone(),
            stop,
        }
    }

    /// Adds the figures of the change log to those of the server.
    ///
    /// # Errors
    /// When they were added before.
    pub fn register(&self, metrics: &Metrics, db: &Db) -> Result<(), prometheus::Error> {
        figures::register(metrics, self.hub.clone(), db, &self.tasks)
    }

    /// Ends every stream with an error that says to come back, then the reader.
    pub fn stop(&self) {
        self.hub.shut_down();
        self.stop.cancel();
    }
}
