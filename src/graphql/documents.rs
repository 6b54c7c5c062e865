//! The documents that were seen before, within a bound of memory.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use moka::sync::Cache;

use super::Request;
use crate::{auth::Caller, rates::is_stranger};

/// What the cache itself needs for an entry: its nodes, its place in the queues.
const ENTRY_BYTES: u32 = 512;

/// A quarter of the memory is for strangers' documents.
const STRANGERS_PART: u64 = 4;

type Key = (Arc<str>, Option<String>);

/// What is kept of documents, by their text and the operation that was asked for.
///
/// Strangers, who are callers without an account of their own, have a part for themselves: whatever they send, it
/// pushes out no document of those who have signed in. What both send is kept once.
pub(super) struct Documents<D: Send + Sync + 'static> {
    known: Cache<Key, Arc<CachedDocument<D>>>,
    strangers: Cache<Key, Arc<CachedDocument<D>>>,
}

/// A document and what it weighs.
pub(super) struct CachedDocument<D> {
    document: D,
    bytes: AtomicU32,
}

impl<D> std::ops::Deref for CachedDocument<D> {
    type Target = D;

    fn deref(&self) -> &D {
        &self.document
    }
}

impl<D: Send + Sync + 'static> Documents<D> {
    /// Room for so many bytes of documents and what was compiled of them.
    pub(super) fn new(max_bytes: u64) -> Self {
        let cache = |max_bytes| {
            Cache::builder()
                .max_capacity(max_bytes)
                .weigher(|key: &Key, kept: &Arc<CachedDocument<D>>| weight(key, kept))
                .build()
        };
        let strangers = max_bytes / STRANGERS_PART;
        Documents {
            known: cache(max_bytes - strangers),
            strangers: cache(strangers),
        }
    }

    /// A document that was seen before. One that only strangers sent so far is now also the caller's.
    pub(super) fn get(&self, key: &Key, caller: &Caller) -> Option<Arc<CachedDocument<D>>> {
        if let Some(kept) = self.known.get(key) {
            return Some(kept);
        }
        let kept = self.strangers.get(key)?;
        if !is_stranger(caller) {
            self.strangers.invalidate(key);
            self.known.insert(key.clone(), Arc::clone(&kept));
        }
        Some(kept)
    }

    /// Keeps a document that weighs so much.
    pub(super) fn insert(
        &self,
        key: Key,
        document: D,
        bytes: usize,
        caller: &Caller,
    ) -> Arc<CachedDocument<D>> {
        let kept = Arc::new(CachedDocument {
            document,
            bytes: AtomicU32::new(u32::try_from(bytes).unwrap_or(u32::MAX)),
        });
        let cache = match is_stranger(caller) {
            true => &self.strangers,
            false => &self.known,
        };
        cache.insert(key, Arc::clone(&kept));
        kept
    }

    /// Takes into account that a document weighs so much more, or less, than before.
    pub(super) fn update_weight(
        &self,
        key: Key,
        kept: &Arc<CachedDocument<D>>,
        before: usize,
        now: usize,
    ) {
        let changed = |bytes: u32| {
            let bytes = (bytes as usize).saturating_sub(before).saturating_add(now);
            Some(u32::try_from(bytes).unwrap_or(u32::MAX))
        };
        let _ = kept
            .bytes
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, changed);
        for cache in [&self.known, &self.strangers] {
            // One that was pushed out meanwhile stays out.
            if cache.contains_key(&key) {
                cache.insert(key, Arc::clone(kept));
                return;
            }
        }
    }
}

/// The key of a request's document.
pub(super) fn key_of(request: &Request) -> Key {
    (request.query.clone(), request.operation_name.clone())
}

fn weight<D>(key: &Key, kept: &CachedDocument<D>) -> u32 {
    let text = key.0.len() + key.1.as_deref().map_or(0, str::len);
    kept.bytes
        .load(Ordering::Relaxed)
        .saturating_add(u32::try_from(text).unwrap_or(u32::MAX))
        .saturating_add(ENTRY_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::Role;

    fn user() -> Caller {
        Caller::from_claims(Role::Authenticated, serde_json::Map::new())
    }

    fn key(n: usize) -> Key {
        (format!("{{ document{n} }}").into(), None)
    }

    #[test]
    fn what_is_kept_stays_within_its_bytes() {
        let documents = Documents::new(1 << 20);
        for n in 0..1_000 {
            documents.insert(key(n), n, 10_000, &user());
        }
        documents.known.run_pending_tasks();
        let kept = documents.known.weighted_size();
        assert!((600_000..=786_432).contains(&kept), "{kept}");
        assert_eq!(documents.strangers.entry_count(), 0);
    }

    #[test]
    fn plans_weigh_too() {
        let documents = Documents::new(1 << 20);
        let mut all = Vec::new();
        for n in 0..50 {
            all.push(documents.insert(key(n), n, 1_000, &user()));
        }
        for (n, kept) in all.iter().enumerate() {
            documents.update_weight(key(n), kept, 0, 100_000);
        }
        documents.known.run_pending_tasks();
        assert!(documents.known.weighted_size() <= 786_432);
        assert!(documents.known.entry_count() < 8);
        documents.update_weight(key(99), &all[0], 0, 10);
        assert!(!documents.known.contains_key(&key(99)), "it had gone");
    }

    #[test]
    fn strangers_push_out_nothing_of_those_who_have_signed_in() {
        let documents = Documents::new(1 << 20);
        let known = documents.insert(key(0), 0, 1_000, &user());
        for n in 1..2_000 {
            documents.insert(key(n), n, 10_000, &Caller::anonymous());
        }
        documents.strangers.run_pending_tasks();
        assert!(documents.strangers.weighted_size() <= 262_144);
        let found = documents.get(&key(0), &Caller::anonymous());
        assert!(found.is_some_and(|found| Arc::ptr_eq(&found, &known)));
        let shared = documents.insert(key(5_000), 7, 100, &Caller::anonymous());
        let found = documents.get(&key(5_000), &user());
        assert!(found.is_some_and(|found| Arc::ptr_eq(&found, &shared)));
        assert!(documents.known.contains_key(&key(5_000)), "it moved");
    }
}
