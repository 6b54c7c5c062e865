//! Hears of what other processes store, while somebody here follows a stream.

use std::{collections::HashSet, sync::Arc, time::Duration};

use futures_util::{StreamExt as _, stream};
use tokio::{sync::mpsc, time::timeout};
use tokio_postgres::AsyncMessage;
use uuid::Uuid;

use super::{BELL, event::Chunk, feeds::Feeds};
use crate::{
    db::{Absence, Db},
    error::{Error, Result},
    tasks::Tasks,
};

/// From one read to the next at least, however often it rings.
const PACE: Duration = Duration::from_millis(5);
/// How often it is read though nobody rang.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// The same where nobody may listen.
const POLL_EVERY: Duration = Duration::from_millis(100);
/// How long the connection is kept after the last follower left.
const LINGER: Duration = Duration::from_secs(30);

/// What there is of the streams that are followed, after what is known of them. One that is gone has a row without a
/// chunk that says so.
const READ: &str = "
    select f.stream, s.id is null, c.first_offset, c.events::text
    from unnest($1::uuid[], $2::integer[]) f (stream, after)
    left join public.streams s on s.id = f.stream
    left join lateral (
      select c.first_offset, c.events from mindloom.stream_chunks c
      where c.stream_id = f.stream and c.first_offset > f.after
    ) c on true
    where s.id is null or c.first_offset is not null
    order by f.stream, c.first_offset";

/// Starts hearing.
pub(super) fn start(db: &Db, process: Uuid, feeds: &Arc<Feeds>, tasks: &Tasks) {
    let (db, feeds) = (db.clone(), Arc::clone(feeds));
    tasks.keep("reader of streams", move || {
        let (db, feeds) = (db.clone(), Arc::clone(&feeds));
        async move {
            loop {
                while feeds.is_empty() {
                    feeds.wanted().await;
                }
                match listen(&db, process, &feeds).await {
                    // A standby lets nobody listen.
                    Err(error) if Absence::behind(&error) == Some(Absence::ReadOnly) => {
                        read(&db, &feeds).await?;
                        tokio::time::sleep(POLL_EVERY).await;
                    }
                    ended => ended?,
                }
            }
            #[expect(unreachable_code, reason = "it says which errors there are")]
            Ok::<_, Error>(())
        }
    });
}

/// Listens until nobody has followed anything for a while.
async fn listen(db: &Db, process: Uuid, feeds: &Feeds) -> Result<()> {
    let (client, mut connection) = db.connect_owner().await?;
    let own = process.to_string();
    let (bell, mut bells) = mpsc::channel::<()>(1);
    let driver = tokio::spawn(async move {
        let mut messages = stream::poll_fn(move |context| connection.poll_message(context));
        while let Some(Ok(message)) = messages.next().await {
            if let AsyncMessage::Notification(notification) = message
                && notification.payload() != own
            {
                // A full queue is a bell already.
                let _ = bell.try_send(());
            }
        }
    });
    let _driver = StopOnDrop(driver);
    client.batch_execute(&format!("listen {BELL}")).await?;
    let mut idle_since = None;
    loop {
        read(db, feeds).await?;
        tokio::time::sleep(PACE).await;
        if let Ok(None) = timeout(LOOK_EVERY, bells.recv()).await {
            // The connection is gone. What was missed is read over the next one.
            return Ok(());
        }
        match feeds.is_empty() {
            false => idle_since = None,
            true => {
                let since = *idle_since.get_or_insert_with(tokio::time::Instant::now);
                if since.elapsed() > LINGER {
                    return Ok(());
                }
            }
        }
    }
}

/// Hands on what is new.
async fn read(db: &Db, feeds: &Feeds) -> Result<()> {
    let (streams, known) = feeds.followed();
    if streams.is_empty() {
        return Ok(());
    }
    let client = db.system().await?;
    let statement = client.prepare_cached(READ).await?;
    let mut gone = HashSet::new();
    for row in client.query(&statement, &[&streams, &known]).await? {
        let stream: Uuid = row.get(0);
        if row.get(1) {
            gone.insert(stream);
            continue;
        }
        let chunk = Chunk::of_json(stream, row.get(2), row.get(3));
        feeds.publish(&Arc::new(chunk.map_err(Error::internal)?));
    }
    gone.into_iter().for_each(|stream| feeds.gone(stream));
    Ok(())
}

struct StopOnDrop(tokio::task::JoinHandle<()>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
