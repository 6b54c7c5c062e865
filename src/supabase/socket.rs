//! What the rest of the server knows of a socket: its outbox, how long it is silent, on whose behalf it is open.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use parking_lot::Mutex;

use crate::{
    auth::{Caller, Sessions},
    http::OpenSocket,
    realtime::channels::{Ending, Outbox},
};

/// How long a client may take to answer a close frame.
const CLOSING_MAX_S: u64 = 5;
const NEVER: u64 = u64::MAX;

/// What all sockets are judged by.
#[derive(Debug)]
pub(super) struct Watch {
    began: Instant,
    idle_s: u64,
    sessions: Arc<Sessions>,
}

/// One socket.
#[derive(Debug)]
pub(super) struct Socket {
    pub(super) outbox: Arc<Outbox>,
    watch: Arc<Watch>,
    /// When the client was last heard, in seconds since the watch began.
    heard_s: AtomicU64,
    /// When the socket's task has to look at its deadlines, on the same clock.
    deadline_s: AtomicU64,
    /// When the socket began to close, on the same clock.
    closing_s: AtomicU64,
    /// On whose behalf it has joined channels.
    callers: Mutex<Vec<Arc<Caller>>>,
}

impl Watch {
    /// Sockets are closed when they are silent for `idle`, and asked to look when a session of theirs is over.
    pub(super) fn new(idle: Duration, sessions: Arc<Sessions>) -> Arc<Self> {
        Arc::new(Watch {
            began: Instant::now(),
            idle_s: idle.as_secs().max(1),
            sessions,
        })
    }

    fn now_s(&self) -> u64 {
        self.began.elapsed().as_secs()
    }
}

impl Socket {
    /// A socket for which so many bytes may wait.
    pub(super) fn new(watch: &Arc<Watch>, waiting_bytes: u32) -> Arc<Self> {
        Arc::new(Socket {
            outbox: Arc::new(Outbox::new(waiting_bytes)),
            heard_s: AtomicU64::new(watch.now_s()),
            deadline_s: AtomicU64::new(NEVER),
            closing_s: AtomicU64::new(NEVER),
            callers: Mutex::default(),
            watch: Arc::clone(watch),
        })
    }

    /// Notes that the client said something.
    pub(super) fn heard(&self) {
        self.heard_s.store(self.watch.now_s(), Ordering::Relaxed);
    }

    /// Notes on whose behalf the socket has joined channels, and when it has to look at its deadlines.
    pub(super) fn note(&self, callers: Vec<Arc<Caller>>, deadline: Option<SystemTime>) {
        let left = deadline.map(|at| at.duration_since(SystemTime::now()).unwrap_or_default());
        let deadline_s = left.map_or(NEVER, |left| self.watch.now_s() + left.as_secs());
        self.deadline_s.store(deadline_s, Ordering::Relaxed);
        *self.callers.lock() = callers;
    }

    fn is_silent(&self, now_s: u64) -> bool {
        now_s.saturating_sub(self.heard_s.load(Ordering::Relaxed)) > self.watch.idle_s
    }

    fn is_due(&self, now_s: u64) -> bool {
        let callers = || self.callers.lock();
        self.deadline_s.load(Ordering::Relaxed) <= now_s
            || callers()
                .iter()
                .any(|caller| self.watch.sessions.is_over(caller))
    }
}

impl OpenSocket for Socket {
    fn leave(&self) {
        self.outbox
            .end(Ending::Close(1012, "the server restarts; reconnect"));
    }

    fn look(&self) {
        let now_s = self.watch.now_s();
        match self.outbox.ending() {
            Some(Ending::Cut) => {}
            Some(Ending::Close(..)) => {
                let since = self.closing_s.fetch_min(now_s, Ordering::Relaxed);
                if now_s - since.min(now_s) >= CLOSING_MAX_S {
                    self.outbox.end(Ending::Cut);
                }
            }
            None if self.is_silent(now_s) => {
                self.outbox
                    .end(Ending::Close(1001, "nothing was heard from the client"));
            }
            None if self.is_due(now_s) => {
                self.deadline_s.store(NEVER, Ordering::Relaxed);
                self.outbox.ask();
            }
            None => {}
        }
    }
}

/// Seconds since 1970, for messages that name them.
pub(super) fn unix_seconds(at: SystemTime) -> u64 {
    at.duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}
