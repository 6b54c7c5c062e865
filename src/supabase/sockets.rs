//! The open sockets: how many, how long silent, and how they end together.

use std::{
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use dashmap::DashMap;
use rand::Rng;

use crate::{
    auth::{Caller, Sessions},
    realtime::channels::{Ending, Outbox},
};

/// How often all sockets are looked at.
const LOOK: Duration = Duration::from_secs(1);
/// How long a client may take to answer a close frame.
const CLOSING_MAX_S: u64 = 5;
const NEVER: u64 = u64::MAX;

/// What the rest of the server knows of a socket.
#[derive(Debug)]
pub(super) struct Socket {
    pub(super) outbox: Arc<Outbox>,
    /// When the client was last heard, in seconds since the registry began.
    heard_s: AtomicU64,
    /// When the socket's task has to look at its deadlines, on the same clock.
    deadline_s: AtomicU64,
    /// When the socket began to close, on the same clock.
    closing_s: AtomicU64,
    /// On whose behalf it has joined channels.
    callers: Mutex<Vec<Arc<Caller>>>,
}

/// All sockets of this protocol.
#[derive(Debug)]
pub(super) struct Sockets {
    began: Instant,
    open: DashMap<u64, Arc<Socket>>,
    count: AtomicUsize,
    next: AtomicU64,
    idle_s: u64,
}

/// A socket's place in the registry, which it leaves when this is dropped.
#[derive(Debug)]
pub(super) struct Registered {
    sockets: Arc<Sockets>,
    number: u64,
    pub(super) socket: Arc<Socket>,
}

impl Socket {
    fn new(waiting_bytes: u32, now_s: u64) -> Self {
        Socket {
            outbox: Arc::new(Outbox::new(waiting_bytes)),
            heard_s: AtomicU64::new(now_s),
            deadline_s: AtomicU64::new(NEVER),
            closing_s: AtomicU64::new(NEVER),
            callers: Mutex::default(),
        }
    }

    /// Notes on whose behalf the socket has joined channels, and when it has to look at its deadlines.
    pub(super) fn note(
        &self,
        callers: Vec<Arc<Caller>>,
        sockets: &Sockets,
        deadline: Option<SystemTime>,
    ) {
        let left = deadline.map(|at| {
            at.duration_since(SystemTime::now())
                .unwrap_or_default()
                .as_secs()
        });
        self.deadline_s.store(
            left.map_or(NEVER, |left| sockets.now_s() + left),
            Ordering::Relaxed,
        );
        *self.callers.lock().unwrap_or_else(PoisonError::into_inner) = callers;
    }

    fn is_over(&self, sessions: &Sessions) -> bool {
        self.callers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .any(|caller| sessions.is_over(caller))
    }
}

impl Sockets {
    /// An empty registry, whose sockets are closed when they are silent for `idle`.
    pub(super) fn new(idle: Duration) -> Self {
        Sockets {
            began: Instant::now(),
            open: DashMap::new(),
            count: AtomicUsize::new(0),
            next: AtomicU64::new(0),
            idle_s: idle.as_secs().max(1),
        }
    }

    /// Registers a socket, unless `limit` are open.
    pub(super) fn register(
        self: &Arc<Self>,
        limit: usize,
        waiting_bytes: u32,
    ) -> Option<Registered> {
        if self.count.fetch_add(1, Ordering::Relaxed) >= limit {
            self.count.fetch_sub(1, Ordering::Relaxed);
            return None;
        }
        let socket = Arc::new(Socket::new(waiting_bytes, self.now_s()));
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.open.insert(number, Arc::clone(&socket));
        Some(Registered {
            sockets: Arc::clone(self),
            number,
            socket,
        })
    }

    /// How many are open.
    pub(super) fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// Notes that the client said something.
    pub(super) fn heard(&self, socket: &Socket) {
        socket.heard_s.store(self.now_s(), Ordering::Relaxed);
    }

    /// Tells every client to reconnect, each at a moment of its own within `spread`.
    pub(super) async fn drain(self: &Arc<Self>, spread: Duration) {
        let moment = || spread.mul_f64(rand::rng().random::<f64>());
        let mut waiting: Vec<(Duration, Arc<Socket>)> = self
            .open
            .iter()
            .map(|socket| (moment(), Arc::clone(&socket)))
            .collect();
        waiting.sort_by_key(|(moment, _)| *moment);
        let began = tokio::time::Instant::now();
        for (moment, socket) in waiting {
            tokio::time::sleep_until(began + moment).await;
            socket
                .outbox
                .end(Ending::Close(1012, "the server restarts; reconnect"));
        }
    }

    fn now_s(&self) -> u64 {
        self.began.elapsed().as_secs()
    }

    /// Looks at every socket once.
    fn look(&self, sessions: &Sessions) {
        let now = self.now_s();
        for socket in &self.open {
            match socket.outbox.ending() {
                Some(Ending::Cut) => {}
                Some(Ending::Close(..)) => {
                    let since = socket.closing_s.fetch_min(now, Ordering::Relaxed).min(now);
                    if now - since >= CLOSING_MAX_S {
                        socket.outbox.end(Ending::Cut);
                    }
                }
                None if now.saturating_sub(socket.heard_s.load(Ordering::Relaxed))
                    > self.idle_s =>
                {
                    socket
                        .outbox
                        .end(Ending::Close(1001, "nothing was heard from the client"));
                }
                None => {
                    if socket.deadline_s.load(Ordering::Relaxed) <= now || socket.is_over(sessions)
                    {
                        socket.deadline_s.store(NEVER, Ordering::Relaxed);
                        socket.outbox.ask();
                    }
                }
            }
        }
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        self.sockets.open.remove(&self.number);
        self.sockets.count.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Looks at the sockets until the registry is gone.
pub(super) async fn watch(sockets: Weak<Sockets>, sessions: Arc<Sessions>) {
    let mut ticks = tokio::time::interval(LOOK);
    loop {
        ticks.tick().await;
        let Some(sockets) = sockets.upgrade() else {
            return;
        };
        sockets.look(&sessions);
    }
}

/// Seconds since 1970, for messages that name them.
pub(super) fn unix_seconds(at: SystemTime) -> u64 {
    at.duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}
