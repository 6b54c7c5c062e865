//! Turns that everybody has a few of, however many others have theirs.

use std::{
    collections::HashMap,
    sync::{Arc, Weak},
};

use parking_lot::Mutex;
use tokio::sync::Semaphore;

use crate::auth::Share;

/// Those who are kept in mind before a look for those who are gone.
pub(super) const SHARES_MIN: usize = 64;

/// A semaphore for each who asks, kept while somebody holds it or waits at it.
pub(super) struct PerShare {
    permits: usize,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    by_share: HashMap<Share, Weak<Semaphore>>,
    sweep_at: usize,
}

impl PerShare {
    /// So many permits for each.
    pub(super) fn new(permits: usize) -> Self {
        PerShare {
            permits,
            known: Mutex::default(),
        }
    }

    /// The semaphore of `share`.
    pub(super) fn of(&self, share: Share) -> Arc<Semaphore> {
        let mut known = self.known.lock();
        if known.by_share.len() >= known.sweep_at.max(SHARES_MIN) {
            known.by_share.retain(|_, own| own.strong_count() > 0);
            known.sweep_at = known.by_share.len() * 2;
        }
        let own = known.by_share.get(&share).and_then(Weak::upgrade);
        own.unwrap_or_else(|| {
            let own = Arc::new(Semaphore::new(self.permits));
            known.by_share.insert(share, Arc::downgrade(&own));
            own
        })
    }

    /// How many are kept in mind.
    #[cfg(test)]
    pub(super) fn known(&self) -> usize {
        self.known.lock().by_share.len()
    }
}
