//! The server's own connections, for what no role of the API may read: uploads on their way, and what files take. They
//! are few, and whoever sends many requests at once has no more than their part of them.

use std::{ops::Deref, sync::Arc, time::Duration};

use deadpool_postgres::Client;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Result, Storage, StorageError, per_share::PerShare};
use crate::auth::Share;

/// The connections that one caller uses at once.
const EACH_MAX: usize = 2;
/// When whoever waited too long may come back.
const RETRY_MS: u64 = 1_000;

/// Who may use one of the server's own connections for files.
pub(super) struct Turns {
    all: Arc<Semaphore>,
    wait: Duration,
    each: PerShare,
}

/// A connection of the server's own, in somebody's turn.
pub(super) struct OwnClient {
    client: Client,
    _turn: Turn,
}

/// Somebody's turn; the next one's begins when it is dropped.
pub(super) struct Turn {
    _all: OwnedSemaphorePermit,
    _own: OwnedSemaphorePermit,
}

impl Turns {
    /// Turns at a pool of so many connections, of which files never use more than half.
    pub(super) fn new(connections: usize, wait: Duration) -> Self {
        Turns {
            all: Arc::new(Semaphore::new((connections / 2).max(1))),
            wait,
            each: PerShare::new(EACH_MAX),
        }
    }

    /// Waits for the turn of `share`.
    pub(super) async fn take(&self, share: Share) -> Result<Turn> {
        let own = self.each.of(share);
        let turn = async {
            // First one's own: whoever has many requests waits behind them alone.
            let own = own.acquire_owned().await.ok()?;
            let all = Arc::clone(&self.all).acquire_owned().await.ok()?;
            Some(Turn {
                _all: all,
                _own: own,
            })
        };
        let taken = tokio::time::timeout(self.wait, turn).await;
        taken.ok().flatten().ok_or_else(|| {
            StorageError::busy(
                "More requests about files wait than can be answered in time: try again",
                RETRY_MS,
            )
        })
    }
}

impl Deref for OwnClient {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Storage {
    /// A connection of the server's own, once it is the turn of `share`.
    ///
    /// # Errors
    /// When it would take too long, or the database does not answer.
    pub(super) async fn own(&self, share: Share) -> Result<OwnClient> {
        let turn = self.turns().take(share).await?;
        let client = self.db().system().await?;
        Ok(OwnClient {
            client,
            _turn: turn,
        })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{super::per_share::SHARES_MIN, *};

    #[tokio::test]
    async fn one_caller_leaves_room_for_others() {
        let turns = Turns::new(8, Duration::from_millis(50));
        let (busy, other) = (Share::User(Uuid::now_v7()), Share::User(Uuid::now_v7()));
        let first = turns.take(busy).await.expect("a turn");
        let second = turns.take(busy).await.expect("another");
        let refused = turns.take(busy).await.err().expect("no third");
        assert_eq!(refused.status, 503);
        let theirs = turns.take(other).await.expect("others have theirs");
        drop(first);
        let third = turns.take(busy).await.expect("the next");
        drop((second, third, theirs));
        for _ in 0..1_000 {
            drop(turns.take(Share::User(Uuid::now_v7())).await);
        }
        assert!(turns.each.known() <= SHARES_MIN);
    }

    #[tokio::test]
    async fn files_use_half_of_the_connections() {
        let turns = Turns::new(4, Duration::from_millis(50));
        let mut taken = Vec::new();
        for _ in 0..2 {
            taken.push(turns.take(Share::User(Uuid::now_v7())).await.expect("one"));
        }
        assert!(turns.take(Share::Service).await.is_err());
        taken.pop();
        assert!(turns.take(Share::Service).await.is_ok());
    }
}
