//! Streams: what is written piece by piece, such as answers in chats, and who follows it.
//!
//! ```text
//! writer → journal → mindloom.stream_chunks → feeds → followers, on this server
//!                            └ NOTIFY → reader → feeds → followers, on the others
//! ```
//!
//! - A stream's events are numbered from 1 and stored before anybody gets them. So whatever a follower has is there for
//!   all others, and after a server was killed.
//! - Two writers of one stream cannot both go on: a chunk begins where the last one ended, and there is one of each
//!   beginning. The later one learns that it is not the writer any more ([`Refused`]).
//! - What many writers write at once goes to the database together.
//! - A follower reads what there is from the table, then gets what comes; whatever it missed on the way it reads again.

mod event;
mod feeds;
mod follower;
mod journal;
mod reader;
mod writer;

use std::sync::Arc;

use uuid::Uuid;

pub use event::Chunk;
pub use follower::{Followed, Follower};
pub use journal::Refused;
pub use writer::Writer;

use crate::{db::Db, error::Result, tasks::Tasks};
use feeds::Feeds;
use journal::Journal;

/// The channel on which servers wake each other.
const BELL: &str = "mindloom_streams";

/// The streams of one process. Cheap to clone.
#[derive(Clone)]
pub struct Streams {
    db: Db,
    /// This process, among those on the database.
    process: Uuid,
    journal: Journal,
    feeds: Arc<Feeds>,
}

impl Streams {
    /// Starts what stores events, under `tasks`, and what hears of those that others store, under `following`.
    #[must_use]
    pub fn start(db: &Db, tasks: &Tasks, following: &Tasks) -> Self {
        let process = Uuid::new_v4();
        let feeds = Arc::new(Feeds::default());
        let journal = Journal::start(db, process, &feeds, tasks);
        reader::start(db, process, &feeds, following);
        Streams {
            db: db.clone(),
            process,
            journal,
            feeds,
        }
    }

    /// Writes a stream on, from this offset.
    #[must_use]
    pub fn write(&self, stream: Uuid, next_offset: i32) -> Writer {
        Writer::new(self.journal.clone(), stream, next_offset)
    }

    /// Follows a stream after the event of this offset; 0 is from the beginning. Whether the caller may is for whoever
    /// asks to say.
    ///
    /// # Errors
    /// UNAVAILABLE when the database does not answer.
    pub async fn follow(&self, stream: Uuid, after: i32) -> Result<Follower> {
        Follower::begin(self.db.clone(), Arc::clone(&self.feeds), stream, after).await
    }

    /// Hands on what a transaction stored, once it is committed. It rings for other servers itself
    /// (`private.end_stream`).
    pub fn stored(&self, chunk: Chunk) {
        self.feeds.publish(&Arc::new(chunk));
    }

    /// The name of this process, by which it knows its own bells.
    #[must_use]
    pub fn process(&self) -> Uuid {
        self.process
    }
}
