//! What a subscriber reads: from the log what it missed, then the live stream, without a gap or a
//! repetition between the two.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures_util::stream::{self, BoxStream};
use futures_util::{Stream, StreamExt as _};

use super::bell::Bell;
use super::change::{Change, Event, Operation};
use super::interest::Interest;
use super::judge::Judge;
use super::log::{Entries, READ, Request};
use super::position::{Position, Snapshot, resync_required};
use super::subscriptions::{Membership, Subscriptions, not_read};
use crate::db::{Db, is_passing};
use crate::error::Error;

/// Changes read from the log at a time.
const PAGE_ROWS: i64 = 4_000;
/// Whoever missed more of a table reads its present state faster.
const REPLAY_MAX: usize = 250_000;
const RETRY: Duration = Duration::from_millis(200);
const RETRIES: u32 = 50;
/// How long a resuming subscriber waits for the reader to come to where it is, and how often it looks.
const JOIN_PATIENCE: Duration = Duration::from_secs(30);
const JOIN_STEP: Duration = Duration::from_millis(3);

/// What subscribing takes.
#[derive(Clone)]
pub(super) struct Parts {
    pub db: Db,
    pub judge: Arc<Judge>,
    pub subscriptions: Arc<Subscriptions>,
    pub bell: Arc<Bell>,
}

/// The changes of a subscription, in order. Ends after an error, whose code says what to do:
/// LIMIT_EXCEEDED, UNAVAILABLE, CONFLICT and TIMEOUT, subscribe again after the last cursor; RESYNC_REQUIRED, read the
/// present state first; UNAUTHENTICATED, renew the token.
pub struct Changes {
    inner: Inner,
}

enum Inner {
    Live(Membership),
    Resuming(BoxStream<'static, Result<Arc<Event>, Error>>),
}

impl Changes {
    pub(super) fn live(membership: Membership) -> Self {
        Changes {
            inner: Inner::Live(membership),
        }
    }

    /// Reads the first page at once, so that a cursor that is too old is refused and not accepted
    /// and then ended.
    pub(super) async fn resume(
        parts: Parts,
        interest: Arc<Interest>,
        position: Position,
    ) -> Result<Self, Error> {
        let after_crash = parts
            .subscriptions
            .may_have_crashed_since(position.as_of_us);
        let mut resume = Resume {
            parts,
            interest,
            position,
            after_crash,
            waiting: VecDeque::new(),
            replayed: 0,
            membership: None,
            caught_up: false,
            ended: false,
        };
        resume.advance().await?;
        let stream = stream::unfold(resume, |mut resume| async move {
            let next = resume.next().await?;
            Some((next, resume))
        });
        Ok(Changes {
            inner: Inner::Resuming(stream.boxed()),
        })
    }
}

impl Stream for Changes {
    type Item = Result<Arc<Event>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match &mut self.inner {
            Inner::Live(membership) => membership.receiver.poll_next_unpin(context),
            Inner::Resuming(stream) => stream.poll_next_unpin(context),
        }
    }
}

struct Resume {
    parts: Parts,
    interest: Arc<Interest>,
    /// What was read from the log.
    position: Position,
    after_crash: bool,
    waiting: VecDeque<Event>,
    replayed: usize,
    /// The live stream, and what it had dispatched when it was joined.
    membership: Option<(Membership, Position)>,
    caught_up: bool,
    ended: bool,
}

impl Resume {
    async fn next(&mut self) -> Option<Result<Arc<Event>, Error>> {
        loop {
            if self.ended {
                return None;
            }
            if let Some(event) = self.waiting.pop_front() {
                return Some(Ok(Arc::new(event)));
            }
            if self.caught_up {
                let (membership, _) = self.membership.as_mut()?;
                return membership.receiver.next().await;
            }
            if let Err(error) = self.advance().await {
                self.ended = true;
                return Some(Err(error));
            }
        }
    }

    /// Reads the next page; at the end of the log joins the live stream, then reads what was left.
    async fn advance(&mut self) -> Result<(), Error> {
        let mut retries = 0;
        let was_on_page = self.position.page.is_some();
        let full = loop {
            match self.page().await {
                Ok(full) => break full,
                Err(error) if is_passing(&error) && retries < RETRIES => {
                    retries += 1;
                    tokio::time::sleep(RETRY).await;
                }
                Err(error) => return Err(error),
            }
        };
        if full || was_on_page {
            return Ok(());
        }
        if self.membership.is_some() {
            self.caught_up = true;
        } else {
            // Not before the live stream is where this one is, or it would bring again what was
            // replayed.
            let newest = Arc::clone(&self.position.base);
            self.membership = Some(self.join_behind(&newest).await?);
        }
        Ok(())
    }

    /// Joins the live stream where it has dispatched everything that a snapshot sees; before that, wakes the reader.
    ///
    /// # Errors
    /// UNAVAILABLE when that does not come about.
    async fn join_behind(&self, snapshot: &Snapshot) -> Result<(Membership, Position), Error> {
        let begun = Instant::now();
        let Parts {
            subscriptions,
            bell,
            ..
        } = &self.parts;
        while begun.elapsed() < JOIN_PATIENCE {
            if let Some(joined) = subscriptions.join_behind(&self.interest, snapshot) {
                return Ok(joined);
            }
            bell.ring();
            tokio::time::sleep(JOIN_STEP).await;
        }
        Err(not_read())
    }

    /// Reads a page; true when there may be more.
    async fn page(&mut self) -> Result<bool, Error> {
        let (changes, position, full) = self.read().await?;
        if changes
            .iter()
            .any(|change| change.operation == Operation::Truncate)
        {
            return Err(resync_required(
                "The table was emptied; read its present state and subscribe anew",
            ));
        }
        let judge = &self.parts.judge;
        let events = judge.replay(&self.interest, &changes).await?;
        self.replayed += changes.len();
        if self.replayed > REPLAY_MAX {
            return Err(resync_required(
                "Too much has changed since the cursor; read the present state and subscribe anew",
            ));
        }
        self.waiting.extend(events);
        self.after_crash &= self.position.page.is_some();
        self.position = position;
        Ok(full)
    }

    async fn read(&self) -> Result<(Vec<Arc<Change>>, Position, bool), Error> {
        let publication = self.parts.judge.publication();
        let client = self.parts.db.system().await?;
        let statement = client.prepare_cached(READ).await?;
        let request = Request {
            from: &self.position,
            table: Some(self.interest.table),
            limit: Some(PAGE_ROWS),
            after_crash: self.after_crash,
        };
        let mut entries = Entries::read(&client, &statement, publication.log, request).await?;
        let live_from = self.membership.as_ref().map(|(_, position)| position);
        if let Some(position) = live_from
            && self.position.page.is_none()
        {
            entries.claim_only(position);
        }
        let mut changes = Vec::new();
        let mut last = None;
        let mut count = 0;
        while let Some(row) = entries.next().await? {
            count += 1;
            let Some(change) = entries.change(&publication, &row)? else {
                continue;
            };
            last = Some(change.seq);
            // What the live stream had not dispatched yet comes with it.
            if live_from
                .is_none_or(|position| position.has(change.xid, change.seq, change.written_at_us))
            {
                changes.push(change);
            }
        }
        let full = count >= PAGE_ROWS;
        let position = match last {
            Some(seq) if full => entries.position_at(seq),
            _ => entries.batch.after.clone(),
        };
        Ok((changes, position, full))
    }
}
