//! Where to subscribe.

use std::fmt;
use std::sync::Arc;

use super::bell::Bell;
use super::interest::{Interest, Subscription};
use super::judge::{self, Judge};
use super::live_answers::{self, LiveAnswers, LiveQuery};
use super::log::begun_anew;
use super::position::Cursor;
use super::publication::{CurrentPublication, Publication, PublishedTable};
use super::queue::QueueLimits;
use super::reading::Reading;
use super::stats::Stats;
use super::subscriber::{Changes, Parts};
use super::subscriptions::Subscriptions;
use crate::db::Db;
use crate::error::{Code, Error};

/// The hub of a process. Cheap to clone.
#[derive(Clone)]
pub struct Hub {
    parts: Parts,
    reading: Arc<Reading>,
}

impl fmt::Debug for Hub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hub")
    }
}

impl Hub {
    /// A hub without subscribers; [`super::Realtime::start`] gives it a reader.
    pub(super) fn new(db: Db, bell: Arc<Bell>, limits: QueueLimits) -> Self {
        let publication = Arc::new(CurrentPublication::empty());
        let judge = Arc::new(Judge::new(db.clone(), Arc::clone(&publication)));
        let subscriptions = Subscriptions::new(Arc::clone(&judge), publication, limits);
        Hub {
            parts: Parts {
                db,
                judge,
                subscriptions: Arc::new(subscriptions),
                bell,
            },
            reading: Arc::new(Reading::new()),
        }
    }

    /// Subscribes to the changes of a table. When this returns, nothing committed from now on can be
    /// missed; with `after`, neither can anything since that cursor.
    ///
    /// # Errors
    /// NOT_FOUND for a table that is not published, FORBIDDEN when the caller may not read it,
    /// BAD_USER_INPUT for a condition or cursor that means nothing, RESYNC_REQUIRED for a cursor that
    /// is too old, UNAVAILABLE while the database is away.
    pub async fn subscribe(&self, subscription: Subscription) -> Result<Changes, Error> {
        self.ready().await?;
        let publication = self.publication();
        let table = publication
            .find(&subscription.schema, &subscription.table)
            .ok_or_else(|| {
                Error::new(
                    Code::NotFound,
                    format!(
                        "There is no table {}.{} to subscribe to",
                        subscription.schema, subscription.table
                    ),
                )
            })?;
        let interest = Arc::new(Interest::new(table.id, &subscription));
        judge::access(&publication, &interest)?;
        if let Some(condition) = &interest.condition.sql {
            let judge = &self.parts.judge;
            judge.check(table, condition, &interest.caller).await?;
        }
        match &subscription.after {
            None => Ok(Changes::live(self.parts.subscriptions.join(&interest)?)),
            Some(after) => {
                let cursor = Cursor::decode(after)?;
                if cursor.log != publication.log {
                    return Err(begun_anew());
                }
                Changes::resume(self.parts.clone(), interest, cursor.position).await
            }
        }
    }

    /// Keeps a query answered.
    ///
    /// # Errors
    /// NOT_FOUND when a table is not published, UNAVAILABLE while the database is away. What the
    /// query itself answers, errors included, comes with the stream.
    pub async fn live(&self, query: LiveQuery) -> Result<LiveAnswers, Error> {
        self.ready().await?;
        live_answers::answer(&self.parts.subscriptions, query)
    }

    /// The published table of a name.
    #[must_use]
    pub fn table(&self, schema: &str, name: &str) -> Option<Arc<PublishedTable>> {
        self.publication().find(schema, name).cloned()
    }

    /// What the hub counts.
    #[must_use]
    pub fn stats(&self) -> &Stats {
        self.parts.subscriptions.stats()
    }

    /// The cursor of everything that was dispatched up to now.
    #[must_use]
    pub fn cursor(&self) -> Option<String> {
        let position = self.parts.subscriptions.position()?;
        let log = self.publication().log;
        Some(Cursor { log, position }.encode())
    }

    /// Waits until the reader stands somewhere.
    ///
    /// # Errors
    /// UNAVAILABLE when it does not within seconds, or at once when the database lets nobody follow its changes.
    pub async fn ready(&self) -> Result<(), Error> {
        self.reading.ready().await
    }

    /// What the hub knows of the published tables.
    pub(crate) fn publication(&self) -> Arc<Publication> {
        self.parts.subscriptions.publication()
    }

    /// Tells every subscriber that the server stops; they resume elsewhere or later.
    pub fn shut_down(&self) {
        self.parts.subscriptions.end(&Error::new(
            Code::Unavailable,
            "The server is stopping; subscribe again after the last cursor",
        ));
    }

    pub(super) fn subscriptions(&self) -> &Arc<Subscriptions> {
        &self.parts.subscriptions
    }

    pub(super) fn reading(&self) -> &Arc<Reading> {
        &self.reading
    }
}
