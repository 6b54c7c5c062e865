//! Follows one stream, from any of its events on.

use std::{collections::VecDeque, sync::Arc};

use serde_json::Value;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use uuid::Uuid;

use super::{
    event::{Chunk, is_end},
    feeds::{Feeds, News},
};
use crate::{
    db::Db,
    error::{Error, Result},
};

/// The chunks that hold what comes after an event.
const READ: &str = "
    select c.first_offset, c.events::text from mindloom.stream_chunks c
    where c.stream_id = $1 and c.last_offset > $2 order by c.first_offset";

/// What a follower gets.
#[derive(Debug)]
pub enum Followed {
    /// An event and its offset.
    Event(i32, Arc<Value>),
    /// The stream is gone: its chat was deleted.
    Gone,
}

/// A follower of a stream.
pub struct Follower {
    db: Db,
    feeds: Arc<Feeds>,
    stream: Uuid,
    /// The offset of the event that comes next.
    next: i32,
    ready: VecDeque<(i32, Arc<Value>)>,
    /// Taken only by `drop`, before the feed is left.
    news: Option<Receiver<News>>,
    is_over: bool,
}

impl Follower {
    pub(super) async fn begin(db: Db, feeds: Arc<Feeds>, stream: Uuid, after: i32) -> Result<Self> {
        // From here on nothing is missed.
        let news = feeds.follow(stream, after);
        let mut this = Follower {
            db,
            feeds,
            stream,
            next: after.saturating_add(1),
            ready: VecDeque::new(),
            news: Some(news),
            is_over: false,
        };
        this.read().await?;
        Ok(this)
    }

    /// Whether something was there already when it began.
    #[must_use]
    pub fn has_more(&self) -> bool {
        !self.ready.is_empty()
    }

    /// What comes next; nothing after the stream's end. May be dropped where it waits, except while it reads from the
    /// database, where nothing is lost by it either.
    ///
    /// # Errors
    /// UNAVAILABLE when the database does not answer.
    pub async fn next(&mut self) -> Result<Option<Followed>> {
        loop {
            if let Some((offset, event)) = self.ready.pop_front() {
                self.is_over = is_end(&event);
                return Ok(Some(Followed::Event(offset, event)));
            }
            if self.is_over {
                return Ok(None);
            }
            let Some(news) = &mut self.news else {
                return Ok(None);
            };
            match news.recv().await {
                Ok(News::Chunk(chunk)) if chunk.first <= self.next => self.take(&chunk),
                Ok(News::Chunk(_)) | Err(RecvError::Lagged(_)) => self.read().await?,
                Ok(News::Gone) => {
                    self.is_over = true;
                    return Ok(Some(Followed::Gone));
                }
                Err(RecvError::Closed) => return Ok(None),
            }
        }
    }

    /// What is new of a chunk.
    fn take(&mut self, chunk: &Chunk) {
        for (offset, event) in (chunk.first..).zip(&chunk.events) {
            if offset == self.next {
                self.ready.push_back((offset, Arc::clone(event)));
                self.next += 1;
            }
        }
    }

    async fn read(&mut self) -> Result<()> {
        let client = self.db.system().await?;
        let statement = client.prepare_cached(READ).await?;
        let after = self.next - 1;
        for row in client.query(&statement, &[&self.stream, &after]).await? {
            let chunk = Chunk::of_json(self.stream, row.get(0), row.get(1));
            self.take(&chunk.map_err(Error::internal)?);
        }
        Ok(())
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.news = None;
        self.feeds.leave(self.stream);
    }
}
