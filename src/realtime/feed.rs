//! Subscribers that see the same.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::SystemTime;

use parking_lot::{Mutex, MutexGuard};

use super::change::Event;
use super::interest::Interest;
use super::queue::{PushOutcome, Sender};
use super::stats::Stats;
use crate::error::{Code, Error};

/// Equal subscriptions of equal callers.
#[derive(Debug)]
pub(super) struct Feed {
    pub interest: Arc<Interest>,
    members: Mutex<Vec<Member>>,
}

#[derive(Debug)]
pub(super) struct Member {
    pub id: u64,
    /// The dispatch at which it joined; what was dispatched up to then is not for it.
    pub joined: u64,
    pub sender: Sender,
}

impl Feed {
    pub fn new(interest: Arc<Interest>) -> Self {
        Feed {
            interest,
            members: Mutex::default(),
        }
    }

    fn members(&self) -> MutexGuard<'_, Vec<Member>> {
        self.members.lock()
    }

    pub fn add(&self, member: Member) {
        self.members().push(member);
    }

    /// Takes a member out; true when it was the last.
    pub fn remove(&self, id: u64) -> bool {
        let mut members = self.members();
        members.retain(|member| member.id != id);
        members.is_empty()
    }

    /// Hands events to the members that joined before the dispatch.
    pub fn deliver(&self, stats: &Stats, dispatch: u64, events: Vec<Event>) {
        if events.is_empty() {
            return;
        }
        let expired = self
            .interest
            .caller
            .expires_at
            .is_some_and(|at| at <= SystemTime::now());
        if expired {
            self.end(Some(&Error::new(
                Code::Unauthenticated,
                "The token of this stream has expired",
            )));
            return;
        }
        let mut delivered = 0;
        let mut members = self.members();
        for event in events {
            let event = Arc::new(event);
            members.retain(|member| {
                if member.joined >= dispatch {
                    return true;
                }
                match member.sender.push(&event) {
                    PushOutcome::Queued => {
                        delivered += 1;
                        true
                    }
                    PushOutcome::Gone => false,
                    PushOutcome::Overflowed => {
                        stats.slow_clients.fetch_add(1, Ordering::Relaxed);
                        false
                    }
                }
            });
            stats.observe_lag(&event.change);
        }
        drop(members);
        stats.events_out.fetch_add(delivered, Ordering::Relaxed);
    }

    /// Ends all members' streams.
    pub fn end(&self, error: Option<&Error>) {
        for member in self.members().drain(..) {
            member.sender.end(error.cloned());
        }
    }

    /// Drops members whose stream nobody reads any more; true when none is left.
    pub fn sweep(&self) -> bool {
        let mut members = self.members();
        members.retain(|member| !member.sender.is_gone());
        members.is_empty()
    }
}
