//! What is being made, and waits to be made: each image once, however many ask for it, and no more than can be made in
//! time.

use std::{collections::HashMap, future::Future, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared, WeakShared},
};
use parking_lot::Mutex;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout_at},
};

use super::cache::Key;
use crate::{
    auth::Share,
    storage::{Result, StorageError, per_share::PerShare},
};

/// How many are made at once: each has all of its pixels in memory.
const AT_ONCE_MAX: usize = 2;
/// How many are being made, or are next.
const PLACES_MAX: usize = 64;
/// And how many of one caller.
const CALLER_PLACES_MAX: usize = 16;
/// How many more of one caller wait for a place of theirs.
const CALLER_WAITING_MAX: usize = 128;
/// The longest that one waits for its turn.
const WAIT_MAX: Duration = Duration::from_secs(15);
/// When whoever was refused may come back.
const RETRY_MS: u64 = 2_000;
const BUSY: &str = "More images are asked for in other sizes than can be made in time: try again";

type Making = Shared<BoxFuture<'static, Result<Bytes>>>;

/// A picture that somebody waits for, to be shared by whoever asks for the same.
type Rendering = WeakShared<BoxFuture<'static, Result<Bytes>>>;

/// The images that are being made.
pub(super) struct Queue {
    at_once: Arc<Semaphore>,
    places: Arc<Semaphore>,
    own_places: PerShare,
    waiting: PerShare,
    wait: Duration,
    renderings: Arc<Mutex<Renderings>>,
}

#[derive(Default)]
struct Renderings {
    by_key: HashMap<Key, (u64, Rendering)>,
    next: u64,
}

/// The right to make an image; it is held until the image is made, even when nobody waits for it any more.
pub(super) type Turn = OwnedSemaphorePermit;

/// A place among those that are made or next, one of its caller's.
struct Place {
    _any: OwnedSemaphorePermit,
    _own: OwnedSemaphorePermit,
}

/// What is known under a key until this is dropped, and the place that it takes.
struct Known {
    renderings: Arc<Mutex<Renderings>>,
    key: Key,
    number: u64,
    _place: Place,
}

impl Queue {
    pub(super) fn new() -> Self {
        Self::with_wait(WAIT_MAX)
    }

    fn with_wait(wait: Duration) -> Self {
        Queue {
            at_once: Arc::new(Semaphore::new(AT_ONCE_MAX)),
            places: Arc::new(Semaphore::new(PLACES_MAX)),
            own_places: PerShare::new(CALLER_PLACES_MAX),
            waiting: PerShare::new(CALLER_WAITING_MAX),
            wait,
            renderings: Arc::default(),
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
        let known = self.renderings.lock().of(&key);
        if let Some(making) = known {
            return making.await;
        }
        let until = Instant::now() + self.wait;
        // What nobody makes yet is waited for by each alone: nobody waits in the line of another.
        let place = self.place(share, until).await?;
        let making = self.begin(key, place, until, make);
        making.await
    }

    /// Waits for a place of the caller's own.
    async fn place(&self, share: Share, until: Instant) -> Result<Place> {
        let line = self.waiting.of(share).try_acquire_owned();
        let line = line.map_err(|_| busy())?;
        let own = timeout_at(until, self.own_places.of(share).acquire_owned()).await;
        let own = own.map_err(|_| busy())?.map_err(|_| busy())?;
        drop(line);
        let any = Arc::clone(&self.places).try_acquire_owned();
        Ok(Place {
            _any: any.map_err(|_| busy())?,
            _own: own,
        })
    }

    /// Begins to make an image, unless that was begun while this caller waited for its place.
    fn begin<F>(
        &self,
        key: Key,
        place: Place,
        until: Instant,
        make: impl FnOnce(Turn) -> F + Send + 'static,
    ) -> Making
    where
        F: Future<Output = Result<Bytes>> + Send + 'static,
    {
        let mut renderings = self.renderings.lock();
        if let Some(making) = renderings.of(&key) {
            return making;
        }
        renderings.next += 1;
        let number = renderings.next;
        let known = Known {
            renderings: Arc::clone(&self.renderings),
            key: key.clone(),
            number,
            _place: place,
        };
        let at_once = Arc::clone(&self.at_once);
        let making = async move {
            let turn = timeout_at(until, at_once.acquire_owned()).await;
            let turn = turn.map_err(|_| busy())?.map_err(|_| busy())?;
            let made = make(turn).await;
            drop(known);
            made
        };
        let making = making.boxed().shared();
        let weak = making.downgrade();
        renderings
            .by_key
            .extend(weak.map(|weak| (key, (number, weak))));
        making
    }
}

fn busy() -> StorageError {
    StorageError::busy(BUSY, RETRY_MS)
}

impl Renderings {
    /// What is being made for somebody.
    fn of(&self, key: &Key) -> Option<Making> {
        let (_, rendering) = self.by_key.get(key)?;
        rendering.upgrade()
    }
}

impl Drop for Known {
    fn drop(&mut self) {
        let mut renderings = self.renderings.lock();
        // Another may have begun to make it since this one was given up.
        let known = renderings.by_key.get(&self.key);
        if known.is_some_and(|(number, _)| *number == self.number) {
            renderings.by_key.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::future::join_all;
    use tokio::{sync::Notify, task::JoinHandle};
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
        assert!(queue.renderings.lock().by_key.is_empty());
        assert_eq!(queue.places.available_permits(), PLACES_MAX);
    }

    /// Asks for an image that is made once `go` says so.
    fn ask(
        queue: &Arc<Queue>,
        go: &Arc<Notify>,
        share: Share,
        digest: &str,
    ) -> JoinHandle<Result<Bytes>> {
        let (queue, go, key) = (Arc::clone(queue), Arc::clone(go), key(digest));
        tokio::spawn(async move {
            let make = |_turn| async move {
                go.notified().await;
                Ok(Bytes::new())
            };
            queue.get(key, share, make).await
        })
    }

    async fn until(holds: impl Fn() -> bool) {
        while !holds() {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn one_caller_does_not_fill_the_queue_and_who_goes_gives_room() {
        let queue = Arc::new(Queue::with_wait(Duration::from_secs(1)));
        let go = Arc::new(Notify::new());
        let busy = Share::User(Uuid::from_u128(1));
        let own = queue.own_places.of(busy);
        let asked: Vec<_> = (0..CALLER_PLACES_MAX)
            .map(|number| ask(&queue, &go, busy, &number.to_string()))
            .collect();
        until(|| own.available_permits() == 0).await;
        // What is being made already costs nobody a place.
        let same = ask(&queue, &go, Share::User(Uuid::from_u128(2)), "0");
        let other = ask(&queue, &go, Share::Nobody, "other");
        until(|| queue.renderings.lock().by_key.contains_key(&key("other"))).await;
        assert_eq!(
            queue.places.available_permits(),
            PLACES_MAX - CALLER_PLACES_MAX - 1
        );
        let refused = ask(&queue, &go, busy, "one more").await.expect("no panic");
        assert_eq!(refused.expect_err("it waited too long").status, 503);
        for asked in asked.iter().chain([&same, &other]) {
            asked.abort();
        }
        until(|| queue.places.available_permits() == PLACES_MAX).await;
        assert!(queue.renderings.lock().by_key.is_empty());
        assert_eq!(queue.at_once.available_permits(), AT_ONCE_MAX);
    }

    #[tokio::test]
    async fn a_page_of_many_images_is_made_and_a_flood_is_refused() {
        let (queue, go) = (Arc::new(Queue::new()), Arc::new(Notify::new()));
        let busy = Share::User(Uuid::from_u128(1));
        let (own, line) = (queue.own_places.of(busy), queue.waiting.of(busy));
        let page: Vec<_> = (0..30)
            .map(|number| ask(&queue, &go, busy, &number.to_string()))
            .collect();
        let waiting = 30 - CALLER_PLACES_MAX;
        until(|| line.available_permits() == CALLER_WAITING_MAX - waiting).await;
        assert_eq!(own.available_permits(), 0);
        let flood: Vec<_> = (waiting..CALLER_WAITING_MAX)
            .map(|number| ask(&queue, &go, busy, &format!("flood {number}")))
            .collect();
        until(|| line.available_permits() == 0).await;
        let refused = ask(&queue, &go, busy, "one more").await.expect("no panic");
        assert_eq!(refused.expect_err("too many").status, 503);
        for asked in &flood {
            asked.abort();
        }
        until(|| line.available_permits() == CALLER_WAITING_MAX - waiting).await;
        let all_made = join_all(page);
        let made = async {
            until(|| {
                go.notify_waiters();
                own.available_permits() == CALLER_PLACES_MAX
            })
            .await;
        };
        let (all_made, ()) = tokio::join!(all_made, made);
        assert_eq!(all_made.len(), 30);
        for made in all_made {
            made.expect("no panic").expect("an image");
        }
    }
}
