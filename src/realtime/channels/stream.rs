//! Broadcasts and presence as streams, for GraphQL subscriptions.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use futures_util::Stream;
use tokio::sync::mpsc;

use super::{BroadcastMessage, Membership, PresenceEvent};
use crate::error::{Error, Result};

/// How many events may wait for one stream; it ends with an error when more do.
pub(super) const WAITING_MAX: usize = 256;

/// The broadcasts of a channel from the subscription on. It ends with LIMIT_EXCEEDED when its reader does not
/// keep up.
pub type BroadcastStream = Events<Arc<BroadcastMessage>>;

/// Who is on a channel, then who comes and goes. It ends as [`BroadcastStream`] does.
pub type PresenceStream = Events<PresenceEvent>;

/// A stream that leaves its channel when it is dropped.
#[derive(Debug)]
pub struct Events<E> {
    first: Option<E>,
    events: mpsc::Receiver<E>,
    ended: bool,
    _membership: Membership,
}

impl<E> Events<E> {
    pub(super) fn new(first: Option<E>, events: mpsc::Receiver<E>, membership: Membership) -> Self {
        Events {
            first,
            events,
            ended: false,
            _membership: membership,
        }
    }
}

impl<E: Unpin> Stream for Events<E> {
    type Item = Result<E>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(first)));
        }
        if self.ended {
            return Poll::Ready(None);
        }
        match self.events.poll_recv(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Some(event)) => Poll::Ready(Some(Ok(event))),
            // Only being cut off drops the sender while the stream lives.
            Poll::Ready(None) => {
                self.ended = true;
                Poll::Ready(Some(Err(Error::limit_exceeded(
                    "waitingEvents",
                    WAITING_MAX,
                    "More events waited than this subscription may keep; subscribe again",
                ))))
            }
        }
    }
}
