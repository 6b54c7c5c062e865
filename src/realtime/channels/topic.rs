//! One channel on this server: its members and who is present.

use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};
use slab::Slab;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::{
    BroadcastMessage, Codec, Entry, Figures, Outbox, PresenceDiff, PresenceEvent, PresenceState,
    codec::Frames, outbox::PushOutcome,
};

/// A channel is its name and whether it is private: the public channel of a name and the private one are
/// strangers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct TopicKey {
    pub(super) private: bool,
    pub(super) name: Arc<str>,
}

/// Who gets what is said on a channel.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) sink: Sink,
    /// Gets broadcasts.
    pub(crate) broadcast: bool,
    /// Gets presence diffs.
    pub(crate) presence: bool,
}

/// How a member is reached.
#[derive(Debug)]
pub(crate) enum Sink {
    /// A socket, which gets the frames of its codec.
    Socket {
        outbox: Arc<Outbox>,
        codec: &'static Codec,
    },
    /// A GraphQL subscription to broadcasts.
    Broadcasts(mpsc::Sender<Arc<BroadcastMessage>>),
    /// A GraphQL subscription to presence.
    Presences(mpsc::Sender<PresenceEvent>),
    /// A GraphQL subscription that did not keep up: its stream ends with an error.
    Cut,
}

/// What became of a message, counted over members.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Delivery {
    pub(super) delivered: u64,
    pub(super) dropped: u64,
}

#[derive(Debug)]
pub(super) struct Topic {
    pub(super) key: TopicKey,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    members: Slab<Member>,
    presence: PresenceState,
    pending: PresenceDiff,
    /// Whether somebody will call [`Topic::flush_presence`] soon.
    flush_due: bool,
}

impl Topic {
    pub(super) fn new(key: TopicKey) -> Self {
        Topic {
            key,
            state: Mutex::default(),
        }
    }

    /// Adds a member and returns its number. `greet` is called first, with who is present: what it sends
    /// comes before everything that is said on the channel, and nothing is said in between.
    pub(super) fn enter(&self, member: Member, greet: impl FnOnce(&PresenceState)) -> usize {
        let mut state = self.lock();
        greet(&state.presence);
        state.members.insert(member)
    }

    pub(super) fn leave(&self, member: usize) {
        self.lock().members.try_remove(member);
    }

    /// Changes what a member gets.
    pub(super) fn permit(&self, member: usize, broadcast: bool, presence: bool) {
        if let Some(member) = self.lock().members.get_mut(member) {
            member.broadcast = broadcast;
            member.presence = presence;
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        let state = self.lock();
        state.members.is_empty() && state.presence.is_empty() && !state.flush_due
    }

    pub(super) fn presence(&self) -> PresenceState {
        self.lock().presence.clone()
    }

    pub(super) fn presences(&self) -> usize {
        self.lock().presence.len()
    }

    /// Hands a message to every member except `sender`. Each form of it is encoded once.
    pub(super) fn broadcast(
        &self,
        message: &Arc<BroadcastMessage>,
        sender: Option<usize>,
    ) -> Delivery {
        let mut frames = Frames::default();
        let mut delivery = Delivery::default();
        let mut state = self.lock();
        for (number, member) in &mut state.members {
            if Some(number) == sender || !member.broadcast {
                continue;
            }
            match &member.sink {
                Sink::Socket { outbox, codec } => {
                    if let Some(frame) = frames.get(codec, |codec| (codec.broadcast)(message)) {
                        delivery.count(outbox.push(frame));
                    }
                }
                Sink::Broadcasts(stream) => {
                    if !delivery.count_sent(stream.try_send(Arc::clone(message)).is_ok()) {
                        member.sink = Sink::Cut;
                    }
                }
                Sink::Presences(_) | Sink::Cut => {}
            }
        }
        delivery
    }

    /// Adds an entry; true when the caller has to see to a flush of the diff.
    pub(super) fn present(&self, key: &Arc<str>, entry: Entry) -> bool {
        let mut state = self.lock();
        if !state.presence.join(key, entry.clone()) {
            return false;
        }
        state.pending.joins.join(key, entry);
        state.schedule()
    }

    /// Removes an entry; true when the caller has to see to a flush of the diff.
    pub(super) fn absent(&self, key: &Arc<str>, reference: &str) -> bool {
        let mut state = self.lock();
        let Some(entry) = state.presence.leave(key, reference) else {
            return false;
        };
        state.pending.leaves.join(key, entry);
        state.schedule()
    }

    /// Removes all entries of a server; true when the caller has to see to a flush of the diff.
    pub(super) fn absent_origin(&self, origin: Uuid) -> bool {
        let mut state = self.lock();
        let left = state.presence.leave_origin(origin);
        if left.is_empty() {
            return false;
        }
        for (key, entry) in left {
            state.pending.leaves.join(&key, entry);
        }
        state.schedule()
    }

    /// Calls `tell` for every entry of a server, in one step: nobody comes or goes meanwhile.
    pub(super) fn for_each_entry_of(&self, origin: Uuid, mut tell: impl FnMut(&Arc<str>, &Entry)) {
        for (key, entries) in self.lock().presence.iter() {
            entries
                .iter()
                .filter(|entry| entry.origin == origin)
                .for_each(|entry| tell(key, entry));
        }
    }

    /// Tells the members who came and went since the last time.
    pub(super) fn flush_presence(&self) -> Delivery {
        let mut state = self.lock();
        state.flush_due = false;
        let diff = Arc::new(std::mem::take(&mut state.pending));
        let mut frames = Frames::default();
        let mut delivery = Delivery::default();
        for (_, member) in state
            .members
            .iter_mut()
            .filter(|(_, member)| member.presence)
        {
            match &member.sink {
                Sink::Socket { outbox, codec } => {
                    let name = &*self.key.name;
                    let frame = frames.get(codec, |codec| (codec.presence_diff)(name, &diff));
                    if let Some(frame) = frame {
                        delivery.count(outbox.push(frame));
                    }
                }
                Sink::Presences(stream) => {
                    if !delivery.count_sent(
                        stream
                            .try_send(PresenceEvent::Diff(Arc::clone(&diff)))
                            .is_ok(),
                    ) {
                        member.sink = Sink::Cut;
                    }
                }
                Sink::Broadcasts(_) | Sink::Cut => {}
            }
        }
        delivery
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }
}

impl State {
    fn schedule(&mut self) -> bool {
        !std::mem::replace(&mut self.flush_due, true)
    }
}

impl Delivery {
    fn count(&mut self, pushed: PushOutcome) {
        match pushed {
            PushOutcome::Queued => self.delivered += 1,
            PushOutcome::Overflowed => self.dropped += 1,
            PushOutcome::Ended => {}
        }
    }

    fn count_sent(&mut self, sent: bool) -> bool {
        if sent {
            self.delivered += 1;
        } else {
            self.dropped += 1;
        }
        sent
    }

    /// Adds the counts to the figures of that kind.
    pub(super) fn record(self, figures: &Figures, kind: &str) {
        figures
            .events_out
            .with_label_values(&[kind])
            .inc_by(self.delivered);
        if self.dropped > 0 {
            figures
                .dropped
                .with_label_values(&["slow_client"])
                .inc_by(self.dropped);
        }
    }
}
