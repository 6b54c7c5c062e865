//! Who follows which stream on this server.

use std::sync::{
    Arc,
    atomic::{AtomicI32, Ordering},
};

use dashmap::DashMap;
use tokio::sync::{Notify, broadcast};
use uuid::Uuid;

use super::event::Chunk;

/// Chunks that a follower may be behind before it has to read them from the table.
const WAITING_MAX: usize = 128;

/// What a follower hears.
#[derive(Debug, Clone)]
pub(super) enum News {
    /// Something was stored.
    Chunk(Arc<Chunk>),
    /// The stream is gone.
    Gone,
}

/// See the module.
#[derive(Default)]
pub(super) struct Feeds {
    feeds: DashMap<Uuid, Feed>,
    /// Told when the first follower comes.
    wanted: Notify,
}

struct Feed {
    sender: broadcast::Sender<News>,
    /// The last offset that its followers were told of.
    told: AtomicI32,
}

impl Feeds {
    /// Follows a stream, of which everything up to `from` is known.
    pub fn follow(&self, stream: Uuid, from: i32) -> broadcast::Receiver<News> {
        let receiver = {
            let feed = self.feeds.entry(stream).or_insert_with(|| Feed {
                sender: broadcast::Sender::new(WAITING_MAX),
                told: AtomicI32::new(from),
            });
            // Whoever knows less hears less from now on, and reads what is between.
            feed.told.fetch_min(from, Ordering::Relaxed);
            feed.sender.subscribe()
        };
        self.wanted.notify_one();
        receiver
    }

    /// Forgets a stream that nobody follows.
    pub fn leave(&self, stream: Uuid) {
        self.feeds
            .remove_if(&stream, |_, feed| feed.sender.receiver_count() == 0);
    }

    /// Hands on what was stored.
    pub fn publish(&self, chunk: &Arc<Chunk>) {
        if let Some(feed) = self.feeds.get(&chunk.stream) {
            feed.told.fetch_max(chunk.last(), Ordering::Relaxed);
            // Nobody may be listening any more.
            let _ = feed.sender.send(News::Chunk(Arc::clone(chunk)));
        }
    }

    /// Says that a stream is gone.
    pub fn gone(&self, stream: Uuid) {
        if let Some(feed) = self.feeds.get(&stream) {
            let _ = feed.sender.send(News::Gone);
        }
    }

    /// The streams that somebody follows, and up to where each is known.
    pub fn followed(&self) -> (Vec<Uuid>, Vec<i32>) {
        self.feeds
            .iter()
            .map(|feed| (*feed.key(), feed.told.load(Ordering::Relaxed)))
            .unzip()
    }

    /// Whether nobody follows anything.
    pub fn is_empty(&self) -> bool {
        self.feeds.is_empty()
    }

    /// Waits until somebody comes to follow something.
    pub async fn wanted(&self) {
        self.wanted.notified().await;
    }
}
