//! What is waited for on one connection.

use std::{
    sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed},
    time::{Duration, Instant},
};

use tokio::sync::Notify;

use super::Times;

/// Milliseconds since the server began, from one on: nought is "never".
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock(Instant);

impl Clock {
    pub(super) fn start() -> Self {
        Clock(Instant::now())
    }

    pub(super) fn now_ms(self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX) + 1
    }

    /// The moment of a time.
    pub(super) fn at(self, ms: u64) -> tokio::time::Instant {
        (self.0 + Duration::from_millis(ms.saturating_sub(1))).into()
    }
}

/// The state of one connection, as the times need it. Written by its stream and its requests, read by its driver.
#[derive(Debug)]
pub(super) struct Watch {
    clock: Clock,
    /// Requests whose answers are not written yet.
    active: AtomicU32,
    /// Whether there was a request.
    served: AtomicBool,
    /// Whether it is HTTP/2, which sends frames between requests.
    multiplexed: AtomicBool,
    /// Since when there is no request.
    idle_since_ms: AtomicU64,
    /// When the first byte of the next head came.
    head_since_ms: AtomicU64,
    /// Since when the client does not read.
    stalled_since_ms: AtomicU64,
    /// Tells the driver to close the connection if it is idle.
    pub(super) evicted: Notify,
    /// Whether the upgraded connection is a socket's now.
    upgraded: AtomicBool,
}

/// When a connection has kept the server waiting too long, and for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    /// Nothing is waited for: to be looked at again at that time.
    Look(u64),
    /// A head, or the reading of an answer: the connection is cut off.
    Cut(u64),
    /// The next request: the connection is closed in order.
    Idle(u64),
}

impl Due {
    pub(super) fn at_ms(self) -> u64 {
        match self {
            Due::Look(at) | Due::Cut(at) | Due::Idle(at) => at,
        }
    }
}

impl Watch {
    pub(super) fn new(clock: Clock) -> Self {
        Watch {
            clock,
            active: AtomicU32::new(0),
            served: AtomicBool::new(false),
            multiplexed: AtomicBool::new(false),
            idle_since_ms: AtomicU64::new(clock.now_ms()),
            head_since_ms: AtomicU64::new(0),
            stalled_since_ms: AtomicU64::new(0),
            evicted: Notify::new(),
            upgraded: AtomicBool::new(false),
        }
    }

    /// Bytes came.
    pub(super) fn on_read(&self) {
        if self.active.load(Relaxed) == 0 && self.head_since_ms.load(Relaxed) == 0 {
            self.head_since_ms.store(self.clock.now_ms(), Relaxed);
        }
    }

    /// Bytes were written, or could not be.
    pub(super) fn on_write(&self, stalled: bool) {
        let since = self.stalled_since_ms.load(Relaxed);
        if stalled && since == 0 {
            self.stalled_since_ms.store(self.clock.now_ms(), Relaxed);
        } else if !stalled && since != 0 {
            self.stalled_since_ms.store(0, Relaxed);
        }
    }

    /// A request's head is there.
    pub(super) fn on_request(&self, multiplexed: bool) {
        self.active.fetch_add(1, Relaxed);
        self.served.store(true, Relaxed);
        if multiplexed {
            self.multiplexed.store(true, Relaxed);
        }
    }

    /// A request is done with.
    pub(super) fn on_answered(&self) {
        if self.active.load(Relaxed) == 1 {
            self.idle_since_ms.store(self.clock.now_ms(), Relaxed);
            self.head_since_ms.store(0, Relaxed);
        }
        self.active.fetch_sub(1, Relaxed);
    }

    /// The connection belongs to a socket from now on, which has times of its own.
    pub(super) fn on_upgraded(&self) {
        self.upgraded.store(true, Relaxed);
    }

    /// Since when nothing happens on the connection, if nothing does.
    pub(super) fn idle_since_ms(&self) -> Option<u64> {
        let idle = self.active.load(Relaxed) == 0 && !self.upgraded.load(Relaxed);
        idle.then(|| self.idle_since_ms.load(Relaxed))
    }

    /// When the connection has kept the server waiting too long, as it stands.
    pub(super) fn due(&self, times: Times) -> Due {
        let stalled = self.stalled_since_ms.load(Relaxed);
        if stalled != 0 {
            return Due::Cut(stalled + times.stall_ms);
        }
        if self.active.load(Relaxed) != 0 {
            return Due::Look(self.clock.now_ms() + times.header_ms.min(times.idle_ms));
        }
        let idle_since = self.idle_since_ms.load(Relaxed);
        if !self.served.load(Relaxed) {
            return Due::Cut(idle_since + times.header_ms);
        }
        let head_since = self.head_since_ms.load(Relaxed);
        if head_since != 0 && !self.multiplexed.load(Relaxed) {
            return Due::Cut(head_since + times.header_ms);
        }
        Due::Idle(idle_since + times.idle_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMES: Times = Times {
        header_ms: 10,
        idle_ms: 100,
        stall_ms: 1_000,
        body: Duration::ZERO,
        upload_min_bytes_per_s: 1,
    };

    #[test]
    fn each_wait_has_its_time() {
        let watch = Watch::new(Clock::start());
        assert!(
            matches!(watch.due(TIMES), Due::Cut(at) if at < 20),
            "the first head"
        );
        watch.on_read();
        watch.on_request(false);
        assert!(matches!(watch.due(TIMES), Due::Look(_)), "a request runs");
        assert_eq!(watch.idle_since_ms(), None);
        watch.on_write(true);
        assert!(
            matches!(watch.due(TIMES), Due::Cut(at) if at > 1_000),
            "nobody reads"
        );
        watch.on_write(false);
        watch.on_answered();
        assert!(
            matches!(watch.due(TIMES), Due::Idle(at) if at > 100),
            "the next request"
        );
        watch.on_read();
        assert!(
            matches!(watch.due(TIMES), Due::Cut(at) if at < 100),
            "its head"
        );
        watch.on_request(true);
        watch.on_answered();
        watch.on_read();
        assert!(
            matches!(watch.due(TIMES), Due::Idle(_)),
            "a ping is no head"
        );
        watch.on_upgraded();
        assert_eq!(
            watch.idle_since_ms(),
            None,
            "a socket is not HTTP's to close"
        );
    }
}
