//! What is being made, and waits to be made: each image once, however many ask for it, and no more than can be made in
//! time.

use std::{collections::HashMap, future::Future, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared, WeakShared},
};
use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::cache::Key;
use crate::{
    auth::Share,
    storage::{Result, StorageError},
};

/// How many are made at once: each has all of its pixels in memory.
const AT_ONCE_MAX: usize = 2;
/// How many are being made, or wait for it.
const WAITING_MAX: usize = 64;
/// And how many of one caller.
const CALLER_WAITING_MAX: usize = 16;
/// The longest that one waits for its turn.
const WAIT_MAX: Duration = Duration::from_secs(15);
/// When whoever was refused may come back.
const RETRY_MS: u64 = 2_000;
const BUSY: &str = "More images are asked for in other sizes than can be made in time: try again";

type Making = Shared<BoxFuture<'static, Result<Bytes>>>;

/// The images that are being made.
pub(super) struct Queue {
    at_once: Arc<Semaphore>,
    waiting: Arc<Mutex<Waiting>>,
}

/// A picture that somebody waits for, to be shared by whoever asks for the same.
type Rendering = WeakShared<BoxFuture<'static, Result<Bytes>>>;

#[derive(Default)]
struct Waiting {
    by_key: HashMap<Key, (u64, Rendering)>,
    by_share: HashMap<Share, usize>,
    next: u64,
}

/// The right to make an image; it is held until the image is made, even when nobody waits for it any more.
pub(super) type Turn = OwnedSemaphorePermit;

/// A place among those that wait, given back when it is dropped.
struct Place {
    waiting: Arc<Mutex<Waiting>>,
    key: Key,
    number: u64,
    share: Share,
}

impl Queue {
    pub(super) fn new() -> Self {
        Queue {
            at_once: Arc::new(Semaphore::new(AT_ONCE_MAX)),
            waiting: Arc::default(),
        }
    }

    /// The image of a key: that which is being made for somebody else already, or what `make` makes. Given up when
    /// nobody waits for it any more.
    pub(super) async fn get<F>(
        &self,
        key: Key,
        share: Share,
        make: impl FnOnce(Turn) -> F + Send + 'static,
    ) -> Result<Bytes>
    where
        F: Future<Output = Result<Bytes>> + Send + 'static,
    {
        let making = {
            let mut waiting = self.waiting.lock();
            let known = waiting.by_key.get(&key);
            match known.and_then(|(_, making)| making.upgrade()) {
                Some(making) => making,
                None => {
                    waiting.check(share)?;
                    *waiting.by_share.entry(share).or_default() += 1;
                    waiting.next += 1;
                    let number = waiting.next;
                    let place = Place {
                        waiting: Arc::clone(&self.waiting),
                        key: key.clone(),
                        number,
                        share,
                    };
                    let making = self.begin(place, make);
                    let weak = making.downgrade();
                    waiting
                        .by_key
                        .extend(weak.map(|weak| (key, (number, weak))));
                    making
                }
            }
        };
        making.await
    }

    fn begin<F>(&self, place: Place, make: impl FnOnce(Turn) -> F + Send + 'static) -> Making
    where
        F: Future<Output = Result<Bytes>> + Send + 'static,
    {
        let at_once = Arc::clone(&self.at_once);
        let busy = || StorageError::busy(BUSY, RETRY_MS);
        let making = async move {
            let turn = tokio::time::timeout(WAIT_MAX, at_once.acquire_owned()).await;
            let turn = turn.map_err(|_| busy())?.map_err(|_| busy())?;
            let made = make(turn).await;
            drop(place);
            made
        };
        making.boxed().shared()
    }
}

impl Waiting {
    fn check(&self, share: Share) -> Result<()> {
        let own = self.by_share.get(&share).copied().unwrap_or_default();
        let all: usize = self.by_share.values().sum();
        if all >= WAITING_MAX || own >= CALLER_WAITING_MAX {
            return Err(StorageError::busy(BUSY, RETRY_MS));
        }
        Ok(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut waiting = self.waiting.lock();
        // Another may have begun to make it since this one was given up.
        let known = waiting.by_key.get(&self.key);
        if known.is_some_and(|(number, _)| *number == self.number) {
            waiting.by_key.remove(&self.key);
        }
        if let Some(count) = waiting.by_share.get_mut(&self.share) {
            *count -= 1;
            if *count == 0 {
                waiting.by_share.remove(&self.share);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::future::join_all;
    use tokio::sync::Notify;
    use uuid::Uuid;

    use super::*;

    fn key(digest: &str) -> Key {
        (Uuid::nil(), digest.to_owned())
    }

    #[tokio::test]
    async fn an_image_is_made_once_for_all_who_ask() {
        let (queue, made) = (Queue::new(), Arc::new(AtomicUsize::new(0)));
        let go = Arc::new(Notify::new());
        let ask = |number: u128| {
            let (made, go) = (Arc::clone(&made), Arc::clone(&go));
            queue.get(
                key("a"),
                Share::User(Uuid::from_u128(number)),
                move |_turn| async move {
                    made.fetch_add(1, Ordering::Relaxed);
                    go.notified().await;
                    Ok(Bytes::from_static(b"image"))
                },
            )
        };
        let once_all_have_asked = async {
            for _ in 0..1_000 {
                tokio::task::yield_now().await;
            }
            go.notify_one();
        };
        let (all, ()) = tokio::join!(join_all((0..100).map(ask)), once_all_have_asked);
        assert!(all.into_iter().all(|one| one.expect("an image") == "image"));
        assert_eq!(made.load(Ordering::Relaxed), 1);
        assert!(queue.waiting.lock().by_key.is_empty());
        assert!(queue.waiting.lock().by_share.is_empty());
    }

    #[tokio::test]
    async fn one_caller_does_not_fill_the_queue_and_who_goes_gives_room() {
        let (queue, go) = (Arc::new(Queue::new()), Arc::new(Notify::new()));
        let ask = |share: Share, digest: String| {
            let (queue, go) = (Arc::clone(&queue), Arc::clone(&go));
            tokio::spawn(async move {
                let make = |_turn| async move {
                    go.notified().await;
                    Ok(Bytes::new())
                };
                queue.get(key(&digest), share, make).await
            })
        };
        let busy = Share::User(Uuid::from_u128(1));
        let asked: Vec<_> = (0..CALLER_WAITING_MAX)
            .map(|number| ask(busy, number.to_string()))
            .collect();
        while queue.waiting.lock().by_share.get(&busy) != Some(&CALLER_WAITING_MAX) {
            tokio::task::yield_now().await;
        }
        let refused = ask(busy, "one more".into()).await.expect("no panic");
        assert_eq!(refused.expect_err("too many").status, 503);
        // What is being made already costs nobody a place.
        let same = ask(busy, "0".into());
        let other = ask(Share::Nobody, "other".into());
        while !queue.waiting.lock().by_key.contains_key(&key("other")) {
            tokio::task::yield_now().await;
        }
        for asked in asked.iter().chain([&same, &other]) {
            asked.abort();
        }
        while !queue.waiting.lock().by_share.is_empty() {
            tokio::task::yield_now().await;
        }
        assert!(queue.waiting.lock().by_key.is_empty());
        assert_eq!(queue.at_once.available_permits(), AT_ONCE_MAX);
    }
}
