//! What a subscriber reads: from the log what it missed, then the live stream, without a gap or a
//! repetition between the two.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::stream::{self, BoxStream};
use futures_util::{Stream, StreamExt as _};

use super::change::{Change, Event, Operation};
use super::hub::{Hub, Joined};
use super::interest::Interest;
use super::log::{Entries, READ, Request};
use super::position::{Position, resync_required};
use crate::db::is_passing;
use crate::error::Error;

/// Changes read from the log at a time.
const PAGE_ROWS: i64 = 4_000;
/// Whoever missed more of a table reads its present state faster.
const REPLAY_MAX: usize = 250_000;
const RETRY: Duration = Duration::from_millis(200);
const RETRIES: u32 = 50;

/// The changes of a subscription, in order. Ends after an error, whose code says what to do:
/// LIMIT_EXCEEDED, UNAVAILABLE, CONFLICT and TIMEOUT, subscribe again after the last cursor; RESYNC_REQUIRED, read the
/// present state first; UNAUTHENTICATED, renew the token.
pub struct Changes {
    inner: Inner,
}

enum Inner {
    Live(Joined),
    Resuming(BoxStream<'static, Result<Arc<Event>, Error>>),
}

impl Changes {
    pub(super) fn live(joined: Joined) -> Self {
        Changes {
            inner: Inner::Live(joined),
        }
    }

    /// Reads the first page at once, so that a cursor that is too old is refused and not accepted
    /// and then ended.
    pub(super) async fn resume(
        hub: Hub,
        interest: Arc<Interest>,
        position: Position,
    ) -> Result<Self, Error> {
        let after_crash = hub.may_have_crashed_since(position.as_of_us);
        let mut resume = Resume {
            hub,
            interest,
            position,
            after_crash,
            waiting: VecDeque::new(),
            replayed: 0,
            joined: None,
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
            Inner::Live(joined) => joined.receiver.poll_next_unpin(context),
            Inner::Resuming(stream) => stream.poll_next_unpin(context),
        }
    }
}

struct Resume {
    hub: Hub,
    interest: Arc<Interest>,
    /// What was read from the log.
    position: Position,
    after_crash: bool,
    waiting: VecDeque<Event>,
    replayed: usize,
    /// The live stream, and what the hub had dispatched when it was joined.
    joined: Option<(Joined, Position)>,
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
                let (joined, _) = self.joined.as_mut()?;
                return joined.receiver.next().await;
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
        if self.joined.is_some() {
            self.caught_up = true;
        } else {
            // Not before the live stream is where this one is, or it would bring again what was
            // replayed.
            let newest = Arc::clone(&self.position.base);
            self.joined = Some(self.hub.join_after(&self.interest, &newest).await?);
        }
        Ok(())
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
        let catalog = self.hub.catalog();
        let events = self
            .hub
            .judge()
            .replay(&catalog, &self.interest, &changes)
            .await?;
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
        let catalog = self.hub.catalog();
        let client = self.hub.db().system().await?;
        let statement = client.prepare_cached(READ).await?;
        let request = Request {
            from: &self.position,
            table: Some(self.interest.table),
            limit: Some(PAGE_ROWS),
            after_crash: self.after_crash,
        };
        let mut entries = Entries::read(&client, &statement, catalog.log, request).await?;
        let live_from = self.joined.as_ref().map(|(_, position)| position);
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
            let Some(change) = entries.change(&catalog, &row)? else {
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
