//! Stores what all writers of this process write, in one statement after another.

use std::{convert::Infallible, sync::Arc, time::Duration};

use tokio::{
    sync::{Mutex, mpsc, oneshot},
    time::Instant,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{event::Chunk, feeds::Feeds};
use crate::{db::Db, error::Error, tasks::Tasks};

/// From one statement to the next, for each chunk of the last one: where many write, what comes meanwhile goes together;
/// where few do, nobody waits.
const PACE_PER_CHUNK: Duration = Duration::from_millis(1);
const PACE_MAX: Duration = Duration::from_millis(10);
/// Chunks of one statement.
const BATCH_MAX: usize = 2_000;
/// How often a database that is away is asked again, before writers are told.
const ATTEMPTS_MAX: u32 = 3;
const PAUSE: Duration = Duration::from_millis(100);

/// Tells which chunks were stored: of a stream that goes on, and where nobody has written already.
const STORE: &str = "
    with stored as (
      insert into mindloom.stream_chunks (stream_id, first_offset, last_offset, events)
      select c.* from unnest($1::uuid[], $2::integer[], $3::integer[], $4::json[]) c (stream, first, last, events)
      where exists (select from public.streams s where s.id = c.stream and s.ended_at is null)
      on conflict do nothing
      returning stream_id
    )
    select s.stream_id, pg_notify('mindloom_streams', $5) from stored s";

/// Why events were not stored.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Refused {
    /// Another writes the stream by now, or it has ended, or is gone.
    #[error("the stream is no longer this writer's")]
    Lost,
    /// The database did not answer, or did not take it. Nobody knows whether it is stored.
    #[error(transparent)]
    Failed(Error),
}

type Answer = oneshot::Sender<Result<(), Refused>>;

/// Where writers bring their chunks. Cheap to clone.
#[derive(Clone)]
pub(super) struct Journal(mpsc::UnboundedSender<(Arc<Chunk>, Answer)>);

impl Journal {
    /// Starts storing.
    pub fn start(db: &Db, process: Uuid, feeds: &Arc<Feeds>, tasks: &Tasks) -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        let far = Arc::new(Mutex::new(Far {
            db: db.clone(),
            process: process.to_string(),
            feeds: Arc::clone(feeds),
            receiver,
        }));
        tasks.keep_until("journal of streams", move |stop| {
            let far = Arc::clone(&far);
            async move {
                far.lock().await.work(&stop).await;
                Ok::<_, Infallible>(())
            }
        });
        Journal(sender)
    }

    /// Has a chunk stored. The answer comes when it is.
    pub fn store(&self, chunk: Chunk) -> oneshot::Receiver<Result<(), Refused>> {
        let (sender, receiver) = oneshot::channel();
        // A journal that has ended drops the sender, which the receiver sees.
        let _ = self.0.send((Arc::new(chunk), sender));
        receiver
    }
}

struct Far {
    db: Db,
    process: String,
    feeds: Arc<Feeds>,
    receiver: mpsc::UnboundedReceiver<(Arc<Chunk>, Answer)>,
}

impl Far {
    /// Stores until the server stops, then what waits.
    async fn work(&mut self, stop: &CancellationToken) {
        let mut batch = Vec::new();
        loop {
            let is_over = stop.is_cancelled();
            tokio::select! {
                biased;
                count = self.receiver.recv_many(&mut batch, BATCH_MAX) => if count == 0 { return },
                () = stop.cancelled(), if !is_over => continue,
                () = std::future::ready(()), if is_over => return,
            }
            let next = Instant::now() + pace(batch.len());
            self.store(std::mem::take(&mut batch)).await;
            if !stop.is_cancelled() && Instant::now() < next {
                tokio::time::sleep_until(next).await;
            }
        }
    }

    async fn store(&self, batch: Vec<(Arc<Chunk>, Answer)>) {
        let mut attempt = 1;
        let stored = loop {
            match self.insert(&batch).await {
                Ok(stored) => break stored,
                Err(error) if attempt < ATTEMPTS_MAX && crate::db::is_passing(&error) => {
                    attempt += 1;
                    tokio::time::sleep(PAUSE).await;
                }
                Err(error) => {
                    for (_, answer) in batch {
                        let _ = answer.send(Err(Refused::Failed(error.clone())));
                    }
                    return;
                }
            }
        };
        for (chunk, answer) in batch {
            let told = match stored.contains(&chunk.stream) {
                true => {
                    self.feeds.publish(&chunk);
                    Ok(())
                }
                false => Err(Refused::Lost),
            };
            // A writer that was dropped does not wait for it.
            let _ = answer.send(told);
        }
    }

    /// The streams of what was stored. A writer has one chunk under way at a time.
    async fn insert(&self, batch: &[(Arc<Chunk>, Answer)]) -> Result<Vec<Uuid>, Error> {
        let chunks = || batch.iter().map(|(chunk, _)| chunk);
        let streams: Vec<Uuid> = chunks().map(|chunk| chunk.stream).collect();
        let firsts: Vec<i32> = chunks().map(|chunk| chunk.first).collect();
        let lasts: Vec<i32> = chunks().map(|chunk| chunk.last()).collect();
        let events: Vec<Json> = chunks().map(|chunk| Json(chunk.to_json())).collect();
        let client = self.db.system().await?;
        let statement = client.prepare_cached(STORE).await?;
        let rows = client
            .query(
                &statement,
                &[&streams, &firsts, &lasts, &events, &self.process],
            )
            .await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }
}

/// How long after a statement with so many chunks the next one begins, at the earliest.
fn pace(chunks: usize) -> Duration {
    u32::try_from(chunks).map_or(PACE_MAX, |chunks| {
        PACE_PER_CHUNK.saturating_mul(chunks).min(PACE_MAX)
    })
}

/// JSON that is text already.
#[derive(Debug)]
struct Json(String);

impl postgres_types::ToSql for Json {
    fn to_sql(
        &self,
        _: &postgres_types::Type,
        out: &mut bytes::BytesMut,
    ) -> Result<postgres_types::IsNull, Box<dyn std::error::Error + Sync + Send>> {
        out.extend_from_slice(self.0.as_bytes());
        Ok(postgres_types::IsNull::No)
    }

    fn accepts(ty: &postgres_types::Type) -> bool {
        *ty == postgres_types::Type::JSON
    }

    postgres_types::to_sql_checked!();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_writer_that_is_alone_does_not_wait_and_many_go_together() {
        assert_eq!(pace(1), Duration::from_millis(1));
        assert_eq!(pace(200), PACE_MAX);
        assert_eq!(pace(usize::MAX), PACE_MAX);
    }
}
