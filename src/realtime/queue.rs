//! What waits for one subscriber. Bounded: whoever reads too slowly is cut off, told so, and can
//! resume from the last cursor. An empty queue holds no memory beside itself.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use futures_util::Stream;
use parking_lot::{Mutex, MutexGuard};

use super::change::Event;
use crate::error::Error;

/// How much may wait for one subscriber.
#[derive(Clone, Copy, Debug)]
pub struct QueueLimits {
    /// How many events.
    pub events: usize,
    /// Bytes of encoded events; those are shared between subscribers, so this is an upper bound.
    pub size_bytes: usize,
}

impl Default for QueueLimits {
    fn default() -> Self {
        QueueLimits {
            events: 4_096,
            size_bytes: 16 << 20,
        }
    }
}

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<Arc<Event>>,
    size_bytes: usize,
    ended: Option<Option<Error>>,
    waker: Option<Waker>,
    receiver_gone: bool,
}

#[derive(Debug)]
struct Shared {
    limits: QueueLimits,
    state: Mutex<Queue>,
}

/// The hub's end.
#[derive(Debug)]
pub(super) struct Sender(Arc<Shared>);

/// The subscriber's end: the events, then perhaps an error, then nothing.
#[derive(Debug)]
pub struct Receiver(Arc<Shared>);

/// What became of an event that was to be queued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PushOutcome {
    /// It waits.
    Queued,
    /// The subscriber left, or the queue has ended.
    Gone,
    /// There was no room; the queue has ended.
    Overflowed,
}

/// A new queue.
pub(super) fn queue(limits: QueueLimits) -> (Sender, Receiver) {
    let shared = Arc::new(Shared {
        limits,
        state: Mutex::default(),
    });
    (Sender(Arc::clone(&shared)), Receiver(shared))
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, Queue> {
        // Nothing panics while it is held; if something did, the state is still whole.
        self.state.lock()
    }
}

impl Sender {
    pub(super) fn push(&self, event: &Arc<Event>) -> PushOutcome {
        let mut state = self.0.state();
        if state.receiver_gone || state.ended.is_some() {
            return PushOutcome::Gone;
        }
        let size_bytes = event_size(event);
        let limits = self.0.limits;
        let exceeded = if state.waiting.len() >= limits.events {
            Some(("waitingEvents", limits.events))
        } else if state.size_bytes + size_bytes > limits.size_bytes && !state.waiting.is_empty() {
            Some(("waitingBytes", limits.size_bytes))
        } else {
            None
        };
        let outcome = if let Some((limit, allowed)) = exceeded {
            state.ended = Some(Some(Error::limit_exceeded(
                limit,
                allowed,
                "This subscriber reads more slowly than changes happen; subscribe again after the last cursor",
            )));
            PushOutcome::Overflowed
        } else {
            state.size_bytes += size_bytes;
            state.waiting.push_back(Arc::clone(event));
            PushOutcome::Queued
        };
        let waker = state.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
        outcome
    }

    /// Ends the queue: what waits is still read, then the error, if there is one.
    pub(super) fn end(&self, error: Option<Error>) {
        let mut state = self.0.state();
        if state.ended.is_none() {
            state.ended = Some(error);
        }
        let waker = state.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    pub(super) fn is_gone(&self) -> bool {
        self.0.state().receiver_gone
    }
}

impl Stream for Receiver {
    type Item = Result<Arc<Event>, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut state = self.0.state();
        if let Some(event) = state.waiting.pop_front() {
            state.size_bytes -= event_size(&event);
            if state.waiting.is_empty() && state.waiting.capacity() > 64 {
                // A burst should not hold its memory while nothing happens.
                state.waiting = VecDeque::new();
            }
            return Poll::Ready(Some(Ok(event)));
        }
        match &mut state.ended {
            Some(error) => Poll::Ready(error.take().map(Err)),
            None => {
                state.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.receiver_gone = true;
        state.waiting = VecDeque::new();
        state.waker = None;
    }
}

fn event_size(event: &Event) -> usize {
    if event.body.is_empty() {
        let size =
            |record: Option<&super::record::Record>| record.map_or(0, |record| record.text().len());
        return size(event.record()) + size(event.old_record());
    }
    event.body.len()
}
