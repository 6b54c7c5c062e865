//! The bytes of answers that wait for their clients to read them: bounded over all, and shared between callers.
//!
//! A caller may have as much as it leaves free to others (dynamic thresholds, Choudhury and Hahne 1998: what switches
//! share their buffers by). One caller alone gets half of the budget, two get a third each, and whoever comes next finds
//! as much free as any of them has. So no caller's slow reading is why another is refused.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use parking_lot::Mutex;

use crate::{
    auth::Share,
    error::{Code, Error, Result},
};

/// Answers up to this size are not counted: what the buffers of a connection hold anyway. So nearly no request has to do
/// with the budget.
const SMALL_BYTES: usize = 64 << 10;
/// When a caller may try again: nobody knows when others read.
const RETRY_AFTER_MS: u64 = 1_000;

/// The budget.
#[derive(Debug)]
pub struct UnreadBytes {
    max: usize,
    held: Mutex<HeldBytes>,
    refused: AtomicU64,
}

#[derive(Debug, Default)]
struct HeldBytes {
    all: usize,
    each: HashMap<Share, usize>,
}

impl HeldBytes {
    fn of(&self, share: Share) -> usize {
        self.each.get(&share).copied().unwrap_or(0)
    }

    fn add(&mut self, share: Share, bytes: usize) {
        self.all += bytes;
        *self.each.entry(share).or_default() += bytes;
    }
}

impl UnreadBytes {
    /// A budget of so many bytes; of two answers of the largest size at least, so that one always has room.
    pub fn new(max_bytes: u64, largest_answer_bytes: usize) -> Arc<Self> {
        let max = usize::try_from(max_bytes).unwrap_or(usize::MAX);
        Arc::new(UnreadBytes {
            max: max.max(largest_answer_bytes.saturating_mul(2)),
            held: Mutex::default(),
            refused: AtomicU64::new(0),
        })
    }

    /// Counts an answer until what is given is dropped; nothing is given for a small one.
    ///
    /// # Errors
    /// UNAVAILABLE with `retryAfterMs` when the caller would have more than it leaves free.
    pub fn hold(self: &Arc<Self>, share: Share, bytes: usize) -> Result<Option<Unread>> {
        if bytes <= SMALL_BYTES {
            return Ok(None);
        }
        let mut state = self.held.lock();
        let (own, free) = (state.of(share), self.max.saturating_sub(state.all));
        if own.saturating_add(bytes.saturating_mul(2)) > free {
            drop(state);
            return Err(self.refuse(own > 0));
        }
        state.add(share, bytes);
        Ok(Some(self.unread(share, bytes)))
    }

    /// The same for an answer that must be given, because what it tells has been done; see [`Self::check`].
    pub fn hold_anyway(self: &Arc<Self>, share: Share, bytes: usize) -> Option<Unread> {
        (bytes > SMALL_BYTES).then(|| {
            self.held.lock().add(share, bytes);
            self.unread(share, bytes)
        })
    }

    /// Refuses a caller who has more than it leaves free already, before anything is done that has to be answered.
    ///
    /// # Errors
    /// As [`Self::hold`].
    pub fn check(&self, share: Share) -> Result<()> {
        let state = self.held.lock();
        let (own, free) = (state.of(share), self.max.saturating_sub(state.all));
        if own > 0 && own >= free {
            drop(state);
            return Err(self.refuse(true));
        }
        Ok(())
    }

    /// How many bytes are unread now.
    pub fn bytes(&self) -> usize {
        self.held.lock().all
    }

    /// How many answers and requests were refused.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    fn unread(self: &Arc<Self>, share: Share, bytes: usize) -> Unread {
        Unread(Arc::new(Permit {
            budget: Arc::clone(self),
            share,
            bytes,
        }))
    }

    fn refuse(&self, by_own: bool) -> Error {
        self.refused.fetch_add(1, Ordering::Relaxed);
        let message = if by_own {
            "Answers that you have not read yet take all of the memory that you may have of the server: read them \
             before you ask for more, or ask for less at once"
        } else {
            "Answers that others have not read yet take too much of the server's memory for one so large: try again \
             later, or ask for less at once"
        };
        let error = Error::new(Code::Unavailable, message).with("retryAfterMs", RETRY_AFTER_MS);
        if by_own { error.over_share() } else { error }
    }
}

/// An answer that is not read yet. It counts until the last clone is dropped.
#[derive(Debug, Clone)]
pub struct Unread(#[expect(dead_code, reason = "dropped, it gives the bytes back")] Arc<Permit>);

impl Unread {
    /// Bytes that count as unread until they are dropped.
    pub fn bytes(bytes: Bytes, unread: Vec<Unread>) -> Bytes {
        match unread.is_empty() {
            true => bytes,
            false => Bytes::from_owner(CountedBytes {
                bytes,
                _unread: unread,
            }),
        }
    }
}

#[derive(Debug)]
struct Permit {
    budget: Arc<UnreadBytes>,
    share: Share,
    bytes: usize,
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut state = self.budget.held.lock();
        state.all -= self.bytes;
        if let Some(own) = state.each.get_mut(&self.share) {
            *own -= self.bytes;
            if *own == 0 {
                state.each.remove(&self.share);
            }
        }
    }
}

struct CountedBytes {
    bytes: Bytes,
    _unread: Vec<Unread>,
}

impl AsRef<[u8]> for CountedBytes {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const MIB: usize = 1 << 20;

    fn user(number: u128) -> Share {
        Share::User(Uuid::from_u128(number))
    }

    /// Lets a caller hold answers until it is refused, and tells how many it got.
    fn fill(budget: &Arc<UnreadBytes>, share: Share, bytes: usize) -> Vec<Unread> {
        std::iter::from_fn(|| budget.hold(share, bytes).ok().flatten()).collect()
    }

    #[test]
    fn one_caller_gets_half_and_leaves_room_for_others() {
        let budget = UnreadBytes::new(64 << 20, MIB);
        let first = fill(&budget, user(1), MIB);
        assert_eq!(first.len(), 32);
        let refused = budget.hold(user(1), MIB).unwrap_err();
        assert_eq!(refused.code(), Code::Unavailable);
        assert_eq!(refused.retry_after_ms(), Some(RETRY_AFTER_MS));
        let second = fill(&budget, user(2), MIB);
        assert_eq!(second.len(), 16);
        assert!(budget.hold(user(3), MIB).is_ok_and(|held| held.is_some()));
        drop(first);
        assert_eq!(budget.bytes(), 16 * MIB);
        assert!(budget.hold(user(1), MIB).is_ok());
        drop(second);
        assert_eq!((budget.bytes(), budget.held.lock().each.len()), (0, 0));
    }

    #[test]
    fn the_budget_holds_whoever_comes_and_small_answers_always_have_room() {
        let budget = UnreadBytes::new(64 << 20, MIB);
        let all: Vec<_> = (0..100).flat_map(|n| fill(&budget, user(n), MIB)).collect();
        assert!(budget.bytes() <= 64 * MIB, "{}", budget.bytes());
        assert!(all.len() > 60, "{}", all.len());
        assert!(budget.hold(user(200), MIB).is_err());
        assert!(
            budget
                .hold(user(1), SMALL_BYTES)
                .is_ok_and(|held| held.is_none())
        );
    }

    #[test]
    fn what_is_done_is_answered_and_nothing_more_is_begun() {
        let budget = UnreadBytes::new(8 << 20, MIB);
        budget.check(user(1)).unwrap();
        let answers: Vec<_> = (0..20).map(|_| budget.hold_anyway(user(1), MIB)).collect();
        assert_eq!(budget.bytes(), 20 * MIB);
        assert!(budget.check(user(1)).is_err());
        budget.check(user(2)).unwrap();
        drop(answers);
        budget.check(user(1)).unwrap();
        assert_eq!(budget.refused(), 1);
    }

    #[test]
    fn the_largest_answer_has_room_in_any_budget() {
        let budget = UnreadBytes::new(1, 64 * MIB);
        let held = budget.hold(user(1), 64 * MIB).unwrap().unwrap();
        let bytes = Unread::bytes(Bytes::from(vec![1; 100]), vec![held]);
        let part = bytes.slice(10..20);
        drop(bytes);
        assert_eq!(
            budget.bytes(),
            64 * MIB,
            "a part of it is still to be written"
        );
        drop(part);
        assert_eq!(budget.bytes(), 0);
    }
}
