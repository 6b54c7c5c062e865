//! What one caller's quick work leaves to others.
//!
//! A few statements of ten milliseconds on all processors hold up what takes one. Whoever has many of them takes all
//! quick places whenever nobody waits for the moment, and is in everybody's way until they end. So it has a part of the
//! places for what takes much longer than what others do, as long as others are there.

use super::Limits;
use crate::auth::Share;

/// Whoever has begun nothing for so long is not there, in microseconds.
const LATELY: u64 = 100_000;
/// Work is long that takes so many times as long as others'.
const LONG_TIMES: u64 = 4;
/// But not if it takes less than this part of what makes it slow.
const LONG_PART: u64 = 8;
/// This part of the quick places is for one caller's long work; one at least.
const PLACES_PART: usize = 4;

/// Who has begun quick work lately, and what it takes.
#[derive(Debug)]
pub(super) struct Others {
    /// The last two callers who began something, and when: enough to say whether somebody is there beside any one.
    last: Option<(Share, u64)>,
    other: Option<(Share, u64)>,
    /// What quick work takes of callers who have one piece at a time.
    usual: u64,
}

impl Others {
    /// Nobody yet, whose work is taken to cost this much.
    pub(super) fn new(cost: u64) -> Self {
        Others {
            last: None,
            other: None,
            usual: cost,
        }
    }

    /// A caller begins something.
    pub(super) fn begins(&mut self, share: Share, now: u64) {
        if self.last.is_some_and(|(last, _)| last != share) {
            self.other = self.last;
        }
        self.last = Some((share, now));
    }

    /// Something has ended that took this much, of a caller of whom nothing else waits or runs.
    pub(super) fn ran(&mut self, cost: u64) {
        self.usual = (self.usual * 15 + cost) / 16;
    }

    /// Whether a caller of whom so many run in the quick lane may have one more there that costs this much.
    pub(super) fn leave_room(
        &self,
        share: Share,
        cost: u64,
        running: usize,
        limits: &Limits,
        now: u64,
    ) -> bool {
        running < self.places(share, cost, limits, now)
    }

    /// How many quick places a caller may have for what costs this much. The operator's own programs answer many
    /// people, and are held back by their part alone.
    pub(super) fn places(&self, share: Share, cost: u64, limits: &Limits, now: u64) -> usize {
        let is_free =
            share == Share::Service || cost < self.long_from(limits) || !self.are_there(share, now);
        match is_free {
            true => limits.quick,
            false => (limits.quick / PLACES_PART).max(1),
        }
    }

    fn long_from(&self, limits: &Limits) -> u64 {
        let slow = limits.slow_from;
        (self.usual * LONG_TIMES).clamp(slow / LONG_PART, slow)
    }

    fn are_there(&self, share: Share, now: u64) -> bool {
        let is_there =
            |(other, at): (Share, u64)| other != share && now.saturating_sub(at) < LATELY;
        self.last.is_some_and(is_there) || self.other.is_some_and(is_there)
    }
}
