//! Bodies on their way in, which have a time, and out, which are counted.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::body::Body;
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep};

use super::watch::Watch;

/// A body that did not come in the time it had.
#[derive(Debug, thiserror::Error)]
#[error("the body did not arrive in time")]
pub(crate) struct TimedOut;

impl TimedOut {
    /// Whether this is why something failed.
    pub(crate) fn caused(error: &(dyn std::error::Error + 'static)) -> bool {
        let mut cause = Some(error);
        while let Some(error) = cause {
            // What unpacks bodies wraps errors so that `source` passes over the one that it wraps.
            let wrapped = error.downcast_ref::<std::io::Error>();
            let wrapped = wrapped.and_then(std::io::Error::get_ref);
            if error.is::<TimedOut>() || wrapped.is_some_and(|wrapped| wrapped.is::<TimedOut>()) {
                return true;
            }
            cause = error.source();
        }
        false
    }
}

/// How long a body may take: a time for it all, and what its bytes earn it beyond that.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    pub(super) within: Duration,
    /// How fast it has to come at least; without, no byte earns any time.
    pub(super) min_bytes_per_s: Option<u64>,
}

impl Pace {
    fn earned_by(self, received_bytes: u64) -> Duration {
        let earned_ms = self
            .min_bytes_per_s
            .map(|rate| received_bytes.saturating_mul(1_000) / rate.max(1));
        self.within + Duration::from_millis(earned_ms.unwrap_or(0))
    }
}

/// The body of a request. Its time begins when it is first waited for; a body that is there already needs no clock.
pub(super) struct TimeoutBody {
    body: Incoming,
    pace: Pace,
    received_bytes: u64,
    /// Since when it is waited for, and what rings when the time is over that it had then.
    over: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl TimeoutBody {
    pub(super) fn new(body: Incoming, pace: Pace) -> Self {
        TimeoutBody {
            body,
            pace,
            received_bytes: 0,
            over: None,
        }
    }
}

impl HttpBody for TimeoutBody {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::BoxError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            if let Some(Ok(frame)) = &frame {
                self.received_bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let allowed = self.pace.earned_by(self.received_bytes);
        let (since, over) = self.over.get_or_insert_with(|| {
            let now = Instant::now();
            (now, Box::pin(tokio::time::sleep_until(now + allowed)))
        });
        while over.as_mut().poll(context).is_ready() {
            let until = *since + allowed;
            if until <= Instant::now() {
                return Poll::Ready(Some(Err(TimedOut.into())));
            }
            over.as_mut().reset(until);
        }
        Poll::Pending
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A request that is being answered, until it is dropped.
pub(super) struct Active(Arc<Watch>);

impl Active {
    pub(super) fn new(watch: &Arc<Watch>, multiplexed: bool) -> Self {
        watch.on_request(multiplexed);
        Active(Arc::clone(watch))
    }

    /// The connection is a socket's from now on.
    pub(super) fn upgraded(&self) {
        self.0.on_upgraded();
    }
}

impl Drop for Active {
    fn drop(&mut self) {
        self.0.on_answered();
    }
}

/// The body of an answer: its request is active until it is written, or given up.
pub(super) struct ActiveBody {
    body: Body,
    _active: Active,
}

impl ActiveBody {
    pub(super) fn new(body: Body, active: Active) -> Self {
        ActiveBody {
            body,
            _active: active,
        }
    }
}

impl HttpBody for ActiveBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
