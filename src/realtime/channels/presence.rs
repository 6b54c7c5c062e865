//! Who is on a channel: keys, each with the entries of those who track themselves under it.
//!
//! The JSON is Phoenix's: a state is `{key: {metas: [{phx_ref, …}]}}`, a diff is `{joins, leaves}` of the same
//! form. References tell entries apart, so applying a join or leave twice changes nothing.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Map, Value};
use uuid::Uuid;

/// One entry under a key.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Names the entry; a new one at every change.
    pub reference: Arc<str>,
    /// The entry that this one replaces.
    pub previous: Option<Arc<str>>,
    /// What whoever tracks themselves says.
    pub meta: Arc<Map<String, Value>>,
    /// The server on which they are.
    pub origin: Uuid,
}

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("phx_ref", &self.reference)?;
        if let Some(previous) = &self.previous {
            map.serialize_entry("phx_ref_prev", previous)?;
        }
        for (name, value) in self
            .meta
            .iter()
            .filter(|(name, _)| !name.starts_with("phx_ref"))
        {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// Entries by key.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PresenceState(BTreeMap<Arc<str>, Vec<Entry>>);

impl Serialize for PresenceState {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Metas<'a> {
            metas: &'a [Entry],
        }
        serializer.collect_map(self.0.iter().map(|(key, metas)| (key, Metas { metas })))
    }
}

impl PresenceState {
    /// The keys with their entries, in the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &[Entry])> {
        self.0
            .iter()
            .map(|(key, entries)| (key, entries.as_slice()))
    }

    /// Whether nobody is there.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many entries there are, over all keys.
    pub fn len(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }

    /// Adds an entry; an entry with its reference is there at most once.
    pub(super) fn join(&mut self, key: &Arc<str>, entry: Entry) -> bool {
        let entries = self.0.entry(Arc::clone(key)).or_default();
        if entries
            .iter()
            .any(|other| other.reference == entry.reference)
        {
            return false;
        }
        entries.push(entry);
        true
    }

    /// Removes the entry of that reference and returns it.
    pub(super) fn leave(&mut self, key: &str, reference: &str) -> Option<Entry> {
        let entries = self.0.get_mut(key)?;
        let index = entries
            .iter()
            .position(|entry| &*entry.reference == reference)?;
        let entry = entries.remove(index);
        if entries.is_empty() {
            self.0.remove(key);
        }
        Some(entry)
    }

    /// Removes all entries of one server and returns them.
    pub(super) fn leave_origin(&mut self, origin: Uuid) -> Vec<(Arc<str>, Entry)> {
        let mut left = Vec::new();
        self.0.retain(|key, entries| {
            left.extend(
                entries
                    .extract_if(.., |entry| entry.origin == origin)
                    .map(|entry| (Arc::clone(key), entry)),
            );
            !entries.is_empty()
        });
        left
    }
}

/// Who came and who went since the last diff. An entry that did both is in both: whoever was told of it in
/// between must be told that it went.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct PresenceDiff {
    /// Entries that are there now.
    pub joins: PresenceState,
    /// Entries that are there no more.
    pub leaves: PresenceState,
}

/// What a subscriber of presence gets.
#[derive(Debug, Clone)]
pub enum PresenceEvent {
    /// Everybody who is there; the first event.
    State(PresenceState),
    /// Who came and went.
    Diff(Arc<PresenceDiff>),
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry(reference: &str, origin: Uuid) -> Entry {
        let meta = json!({"name": reference, "phx_ref": "forged"});
        let Value::Object(meta) = meta else {
            unreachable!("an object")
        };
        Entry {
            reference: reference.into(),
            previous: None,
            meta: Arc::new(meta),
            origin,
        }
    }

    #[test]
    fn has_the_form_of_phoenix_and_cannot_be_forged() {
        let mut state = PresenceState::default();
        let key: Arc<str> = "alice".into();
        assert!(state.join(&key, entry("1", Uuid::nil())));
        let mut second = entry("2", Uuid::nil());
        second.previous = Some("0".into());
        assert!(state.join(&key, second));
        assert_eq!(
            serde_json::to_value(&state).unwrap(),
            json!({"alice": {"metas": [
                {"phx_ref": "1", "name": "1"},
                {"phx_ref": "2", "phx_ref_prev": "0", "name": "2"}
            ]}})
        );
    }

    #[test]
    fn joins_and_leaves_may_arrive_twice() {
        let mut state = PresenceState::default();
        let key: Arc<str> = "alice".into();
        assert!(state.join(&key, entry("1", Uuid::nil())));
        assert!(!state.join(&key, entry("1", Uuid::nil())));
        assert_eq!(state.len(), 1);
        assert!(state.leave("alice", "1").is_some());
        assert!(state.leave("alice", "1").is_none());
        assert!(state.is_empty());
    }

    #[test]
    fn a_server_leaves_with_all_its_entries_and_no_others() {
        let mut state = PresenceState::default();
        let (gone, here) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let key: Arc<str> = "alice".into();
        state.join(&key, entry("1", gone));
        state.join(&key, entry("2", here));
        state.join(&"bob".into(), entry("3", gone));
        assert_eq!(state.leave_origin(gone).len(), 2);
        assert_eq!(
            serde_json::to_value(&state).unwrap(),
            json!({"alice": {"metas": [{"phx_ref": "2", "name": "2"}]}})
        );
    }
}
