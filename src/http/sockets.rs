//! The open sockets and event streams of every protocol: how many may be open, and how they end together.

use std::{
    convert::Infallible,
    fmt::Debug,
    future::ready,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use dashmap::DashMap;
use tokio::time::{Instant, sleep_until};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    config::{ChannelSettings, TransportSettings},
    tasks::{Every, Tasks},
};

/// What the registry needs to reach an open socket.
pub trait OpenSocket: Debug + Send + Sync {
    /// The server stops: sends the client away, which comes back later.
    fn leave(&self);

    /// Looks whether something is due. Called about once a second.
    fn look(&self) {}
}

/// A socket or stream that keeps its own times is told by its token alone.
impl OpenSocket for CancellationToken {
    fn leave(&self) {
        self.cancel();
    }
}

/// Which limit a socket counts against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// GraphQL, over WebSockets and event streams.
    Graphql,
    /// Supabase's channels.
    Supabase,
}

/// Why a socket is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoPlace {
    /// As many are open as may be.
    Full,
    /// The server stops.
    Leaving,
}

/// The open sockets of a server.
#[derive(Debug)]
pub struct Sockets {
    graphql: Room,
    supabase: Room,
    open: DashMap<u64, Arc<dyn OpenSocket>>,
    next: AtomicU64,
    cut: AtomicUsize,
    leaving: CancellationToken,
    tasks: TaskTracker,
    spread: Duration,
}

#[derive(Debug)]
struct Room {
    max: usize,
    open: AtomicUsize,
}

/// A socket's place, which is free again when this is dropped.
#[derive(Debug)]
pub struct Place {
    sockets: Arc<Sockets>,
    protocol: Protocol,
    number: u64,
}

impl Sockets {
    /// Nobody is there yet.
    pub fn new(transports: &TransportSettings, channels: &ChannelSettings) -> Arc<Self> {
        let room = |max| Room {
            max,
            open: AtomicUsize::new(0),
        };
        Arc::new(Sockets {
            graphql: room(transports.max_sockets),
            supabase: room(channels.realtime_max_connections),
            open: DashMap::new(),
            next: AtomicU64::new(0),
            cut: AtomicUsize::new(0),
            leaving: CancellationToken::new(),
            tasks: TaskTracker::new(),
            spread: Duration::from_millis(transports.drain_spread_ms),
        })
    }

    /// Lets a socket in.
    ///
    /// # Errors
    /// When there is no room, or the server stops.
    pub fn enter(
        self: &Arc<Self>,
        protocol: Protocol,
        socket: Arc<dyn OpenSocket>,
    ) -> Result<Place, NoPlace> {
        if self.leaving.is_cancelled() {
            return Err(NoPlace::Leaving);
        }
        let room = self.room(protocol);
        let free = |open| (open < room.max).then_some(open + 1);
        room.open
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, free)
            .map_err(|_| NoPlace::Full)?;
        let place = Place {
            sockets: Arc::clone(self),
            protocol,
            number: self.next.fetch_add(1, Ordering::Relaxed),
        };
        self.open.insert(place.number, socket);
        // Asked again: whoever came before the end began is told of it, whoever did not is not let in.
        if self.leaving.is_cancelled() {
            return Err(NoPlace::Leaving);
        }
        Ok(place)
    }

    /// How many sockets of a protocol are open, event streams among them.
    pub fn open(&self, protocol: Protocol) -> usize {
        self.room(protocol).open.load(Ordering::Relaxed)
    }

    /// How many of GraphQL were cut off since the start because they did not read.
    pub fn cut(&self) -> usize {
        self.cut.load(Ordering::Relaxed)
    }

    pub(super) fn count_cut(&self) {
        self.cut.fetch_add(1, Ordering::Relaxed);
    }

    /// The tasks of connections, for which the end of the server waits.
    pub fn tasks(&self) -> &TaskTracker {
        &self.tasks
    }

    /// Cancelled when the end begins.
    pub fn leaving(&self) -> &CancellationToken {
        &self.leaving
    }

    /// Has every socket look whether something is due, again and again.
    pub fn watch(self: &Arc<Self>, tasks: &Tasks, every: Every) {
        let sockets = Arc::clone(self);
        tasks.every("look at open sockets", every, move || {
            for socket in sockets.all() {
                socket.look();
            }
            ready(Ok::<_, Infallible>(()))
        });
    }

    /// Begins the end: nobody is let in any more, and every socket is told to leave, each at a moment of its own within
    /// the spread, so that clients do not all come back at once.
    pub fn drain(self: &Arc<Self>) {
        if self.leaving.is_cancelled() {
            return;
        }
        self.leaving.cancel();
        let moment = || self.spread.mul_f64(rand::random::<f64>());
        let sockets = self.all().into_iter();
        let mut told: Vec<_> = sockets.map(|socket| (moment(), socket)).collect();
        told.sort_unstable_by_key(|(moment, _)| *moment);
        let began = Instant::now();
        self.tasks.spawn(async move {
            for (moment, socket) in told {
                sleep_until(began + moment).await;
                socket.leave();
            }
        });
    }

    /// Waits until all sockets are closed. Call it after [`Sockets::drain`], with a limit of time.
    pub async fn finished(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// The sockets at this moment, in a list of their own: one that is told something may leave.
    fn all(&self) -> Vec<Arc<dyn OpenSocket>> {
        self.open.iter().map(|socket| Arc::clone(&socket)).collect()
    }

    fn room(&self, protocol: Protocol) -> &Room {
        match protocol {
            Protocol::Graphql => &self.graphql,
            Protocol::Supabase => &self.supabase,
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.sockets.open.remove(&self.number);
        let room = self.sockets.room(self.protocol);
        room.open.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use clap::{Args, Command};

    use super::*;

    fn settings<S: Args>(flags: &[&str]) -> S {
        let command = S::augment_args(Command::new("test"));
        let flags = std::iter::once("test").chain(flags.iter().copied());
        let matches = command.try_get_matches_from(flags).unwrap();
        S::from_arg_matches(&matches).unwrap()
    }

    fn sockets() -> Arc<Sockets> {
        Sockets::new(
            &settings(&["--max-sockets", "2", "--drain-spread-ms", "20"]),
            &settings(&["--realtime-max-connections", "1"]),
        )
    }

    fn enter(
        sockets: &Arc<Sockets>,
        protocol: Protocol,
    ) -> (CancellationToken, Result<Place, NoPlace>) {
        let told = CancellationToken::new();
        let place = sockets.enter(protocol, Arc::new(told.clone()));
        (told, place)
    }

    #[test]
    fn each_protocol_has_room_of_its_own() {
        let sockets = sockets();
        let (_, supabase) = enter(&sockets, Protocol::Supabase);
        let full = enter(&sockets, Protocol::Supabase).1;
        assert_eq!(full.unwrap_err(), NoPlace::Full);
        let places = [Protocol::Graphql; 2].map(|protocol| enter(&sockets, protocol).1.unwrap());
        assert_eq!(
            enter(&sockets, Protocol::Graphql).1.unwrap_err(),
            NoPlace::Full
        );
        assert_eq!(
            (
                sockets.open(Protocol::Graphql),
                sockets.open(Protocol::Supabase)
            ),
            (2, 1)
        );
        drop((supabase, places));
        assert_eq!(
            (
                sockets.open(Protocol::Graphql),
                sockets.open(Protocol::Supabase)
            ),
            (0, 0)
        );
        assert!(
            enter(&sockets, Protocol::Graphql).1.is_ok(),
            "there is room again"
        );
        assert!(sockets.all().is_empty());
    }

    #[tokio::test]
    async fn one_drain_tells_sockets_of_every_protocol_and_waits_for_their_tasks() {
        let sockets = sockets();
        for protocol in [Protocol::Graphql, Protocol::Supabase] {
            let (told, place) = enter(&sockets, protocol);
            let place = place.unwrap();
            sockets.tasks().spawn(async move {
                told.cancelled().await;
                drop(place);
            });
        }
        sockets.drain();
        for protocol in [Protocol::Graphql, Protocol::Supabase] {
            assert_eq!(enter(&sockets, protocol).1.unwrap_err(), NoPlace::Leaving);
        }
        let finished = tokio::time::timeout(Duration::from_secs(10), sockets.finished());
        finished.await.unwrap();
        assert!(sockets.all().is_empty());
    }
}
