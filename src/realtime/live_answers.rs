//! Live queries: any query as a subscription, answered anew when its data changed.
//!
//! A query names the tables that it reads. A change of one of them runs it again if the change can
//! concern it: where the table's policy is known, only changes of rows that the caller may see. So does
//! any change of a table that the policies of those tables read, since it can show or hide rows. Equal
//! queries of equal callers are one. Changes that come while it runs, or shortly after, make one run
//! together, and an answer equal to the last is not sent.

use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use tokio_stream::wrappers::WatchStream;

use super::publication::Publication;
use super::row_test::RowCondition;
use super::shared_query::{Run, SharedQuery};
use super::stats::Stats;
use super::subscriptions::Subscriptions;
use crate::auth::Caller;
use crate::error::{Code, Error};

/// The least time between two runs of one query, and how much longer than a run the pause is at least.
const PAUSE_MIN: Duration = Duration::from_millis(25);
const PAUSE_PER_RUN: u32 = 2;
const RETRY_MIN: Duration = Duration::from_millis(200);
const RETRY_MAX: Duration = Duration::from_secs(5);

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
    /// Tables of which any change may change the answer, whatever its caller sees of them: schema, table.
    pub follows: Vec<(&'static str, &'static str)>,
    /// How to run it.
    pub run: Run,
}

/// The answers of a live query: the first at once, then one when the data changed. Of answers that
/// come faster than they are read, the newest is kept. Ends after an error.
pub struct LiveAnswers {
    subscriptions: Arc<Subscriptions>,
    query: Arc<SharedQuery>,
    /// How this one would run it.
    run: Run,
    answers: WatchStream<Option<Result<Bytes, Error>>>,
    last: Option<Bytes>,
    ended: bool,
}

/// Keeps a query answered.
///
/// # Errors
/// NOT_FOUND when a table is not published. What the query itself answers, errors included, comes with the stream.
pub(super) fn answer(
    subscriptions: &Arc<Subscriptions>,
    asked: LiveQuery,
) -> Result<LiveAnswers, Error> {
    let publication = subscriptions.publication();
    let mut tables = Vec::with_capacity(asked.tables.len());
    for (schema, name, condition) in asked.tables {
        tables.push((published(&publication, &schema, &name)?, condition));
    }
    let followed = asked.follows.iter();
    let follows = followed
        .map(|(schema, name)| published(&publication, schema, name))
        .collect::<Result<Vec<i16>, Error>>()?;
    let (caller, run) = (asked.caller, asked.run);
    let (role, claims) = (caller.role.as_str(), &caller.claims_json);
    let key = format!("{role}|{claims}|{}", asked.key);
    let (query, is_new) = subscriptions.join_query(&key, || {
        SharedQuery::new(key.clone(), caller, (tables, follows), Arc::clone(&run))
    });
    let stats = subscriptions.stats();
    if is_new {
        let weak = Arc::downgrade(&query);
        tokio::spawn(keep_answering(weak, Arc::clone(stats)));
    }
    query.watched_by(&run);
    stats.live_queries.fetch_add(1, Ordering::Relaxed);
    let answers = WatchStream::new(query.answer.subscribe());
    Ok(LiveAnswers {
        subscriptions: Arc::clone(subscriptions),
        query,
        run,
        answers,
        last: None,
        ended: false,
    })
}

fn published(publication: &Publication, schema: &str, name: &str) -> Result<i16, Error> {
    let table = publication.find_any(schema, name).ok_or_else(|| {
        let message = format!("Changes of {schema}.{name} are not published");
        Error::new(Code::NotFound, message)
    })?;
    Ok(table.id)
}

async fn keep_answering(query: Weak<SharedQuery>, stats: Arc<Stats>) {
    let mut last: Option<Bytes> = None;
    let mut retry = RETRY_MIN;
    loop {
        let Some(query) = query.upgrade().filter(|query| !query.is_over()) else {
            return;
        };
        let begun = Instant::now();
        stats.live_runs.fetch_add(1, Ordering::Relaxed);
        match query.run()().await {
            Ok(answer) => {
                retry = RETRY_MIN;
                if last.as_ref() != Some(&answer) {
                    last = Some(answer.clone());
                    query.answer.send_replace(Some(Ok(answer)));
                }
            }
            Err(error) if error.code() == Code::Unavailable => {
                tokio::time::sleep(retry).await;
                retry = (retry * 2).min(RETRY_MAX);
                continue;
            }
            Err(error) => {
                query.answer.send_replace(Some(Err(error)));
                return;
            }
        }
        tokio::time::sleep(PAUSE_MIN.max(begun.elapsed() * PAUSE_PER_RUN)).await;
        query.woken().await;
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
        let stats = self.subscriptions.stats();
        stats.live_queries.fetch_sub(1, Ordering::Relaxed);
        self.query.left_by(&self.run);
        self.subscriptions.leave_query(&self.query);
    }
}
