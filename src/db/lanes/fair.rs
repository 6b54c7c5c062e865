//! Turns between callers: who has used little comes before who has used much.
//!
//! Start-time fair queueing (Goyal, Vin, Cheng 1996). Each caller has a finish time on a clock that counts time used
//! rather than time passed. A caller's next start is its finish time, or now on that clock if that is later, so that
//! nobody saves up turns by being away; the earliest start goes first. Callers of equal cost take turns; one caller's
//! own requests keep their order.

use std::collections::{BTreeSet, HashMap, VecDeque};

use crate::auth::Share;

/// Callers that have nothing here are forgotten when there are this many more than at the last look.
const FORGET_EVERY: usize = 256;
/// So many may be remembered only for what they have used.
const DEBTORS_MAX: usize = 2_048;

/// Those who wait and those who run in one lane. Costs are in microseconds.
#[derive(Debug)]
pub(super) struct Fair<W> {
    callers: HashMap<Share, Turn<W>>,
    /// Who waits, in the order of their turns.
    order: BTreeSet<(u64, u64, Share)>,
    /// The start of whoever started last.
    clock: u64,
    /// The latest finish time of all.
    latest: u64,
    arrivals: u64,
    waiting: usize,
    running: usize,
    forget_at: usize,
}

#[derive(Debug)]
struct Turn<W> {
    finish: u64,
    /// Its place in the order, while something waits.
    place: Option<(u64, u64)>,
    waiting: VecDeque<Waiting<W>>,
    running: usize,
    /// What the waiting and running ones are expected to cost.
    backlog: u64,
}

#[derive(Debug)]
struct Waiting<W> {
    waiter: W,
    cost: u64,
}

impl<W> Default for Turn<W> {
    fn default() -> Self {
        Turn {
            finish: 0,
            place: None,
            waiting: VecDeque::new(),
            running: 0,
            backlog: 0,
        }
    }
}

impl<W> Fair<W> {
    pub(super) fn new() -> Self {
        Fair {
            callers: HashMap::new(),
            order: BTreeSet::new(),
            clock: 0,
            latest: 0,
            arrivals: 0,
            waiting: 0,
            running: 0,
            forget_at: FORGET_EVERY,
        }
    }

    /// How many wait.
    pub(super) fn waiting(&self) -> usize {
        self.waiting
    }

    /// How many callers wait.
    pub(super) fn callers_waiting(&self) -> usize {
        self.order.len()
    }

    /// How many of a caller's wait, how many run, and what all of them are expected to cost.
    pub(super) fn of(&self, share: Share) -> (usize, usize, u64) {
        self.callers.get(&share).map_or((0, 0, 0), |turn| {
            (turn.waiting.len(), turn.running, turn.backlog)
        })
    }

    /// What the first of a caller's that waits is expected to cost.
    pub(super) fn front_cost(&self, share: Share) -> Option<u64> {
        let first = self.callers.get(&share)?.waiting.front()?;
        Some(first.cost)
    }

    /// Lets somebody wait.
    pub(super) fn push(&mut self, share: Share, waiter: W, cost: u64) {
        self.arrivals += 1;
        let turn = self.callers.entry(share).or_default();
        turn.waiting.push_back(Waiting { waiter, cost });
        turn.backlog += cost;
        self.waiting += 1;
        if turn.place.is_none() {
            let place = (turn.finish.max(self.clock), self.arrivals);
            turn.place = Some(place);
            self.order.insert((place.0, place.1, share));
        }
    }

    /// Takes the next who may go: the first in order whom `may` allows, which is told how many of its caller run.
    pub(super) fn pop(&mut self, may: impl Fn(Share, usize, &W) -> bool) -> Option<(Share, W)> {
        let next = self.order.iter().find(|(_, _, share)| {
            let turn = self.callers.get(share);
            let first = turn.and_then(|turn| Some((turn.running, turn.waiting.front()?)));
            first.is_some_and(|(running, first)| may(*share, running, &first.waiter))
        });
        let (_, _, share) = *next?;
        let turn = self.callers.get_mut(&share)?;
        let first = turn.waiting.pop_front()?;
        turn.backlog = turn.backlog.saturating_sub(first.cost);
        self.waiting -= 1;
        if turn.waiting.is_empty() {
            self.leave_order(share);
        }
        Some((share, first.waiter))
    }

    /// Takes somebody out who does not wait any more.
    pub(super) fn remove(&mut self, share: Share, is: impl Fn(&W) -> bool) -> Option<W> {
        let turn = self.callers.get_mut(&share)?;
        let place = turn.waiting.iter().position(|one| is(&one.waiter))?;
        let gone = turn.waiting.remove(place)?;
        turn.backlog = turn.backlog.saturating_sub(gone.cost);
        self.waiting -= 1;
        if turn.waiting.is_empty() {
            self.leave_order(share);
        }
        Some(gone.waiter)
    }

    /// Somebody starts who is expected to use this much; of heavier callers the clock sees less.
    pub(super) fn start(&mut self, share: Share, cost: u64, weight: u64) {
        if self.callers.len() >= self.forget_at {
            self.forget();
        }
        let turn = self.callers.entry(share).or_default();
        turn.running += 1;
        turn.backlog += cost;
        let start = turn.finish.max(self.clock);
        self.clock = start;
        turn.finish = start + cost / weight;
        self.latest = self.latest.max(turn.finish);
        self.running += 1;
        self.put_in_order(share);
    }

    /// Somebody of whom `expected` was said has ended, or goes elsewhere, after using `used`.
    pub(super) fn finish(&mut self, share: Share, expected: u64, used: u64, weight: u64) {
        let Some(turn) = self.callers.get_mut(&share) else {
            return;
        };
        turn.running = turn.running.saturating_sub(1);
        turn.backlog = turn.backlog.saturating_sub(expected);
        turn.finish = (turn.finish + used / weight).saturating_sub(expected / weight);
        self.latest = self.latest.max(turn.finish);
        self.running = self.running.saturating_sub(1);
        if self.running == 0 && self.waiting == 0 {
            // Nobody waited for what was used.
            self.clock = self.latest;
        }
        self.put_in_order(share);
    }

    /// Puts a caller who waits where its finish time belongs now.
    fn put_in_order(&mut self, share: Share) {
        let Some(turn) = self.callers.get_mut(&share) else {
            return;
        };
        if let Some((start, arrival)) = turn.place {
            let moved = turn.finish.max(self.clock);
            if moved != start {
                // Behind those of the same start who wait already.
                self.arrivals += 1;
                turn.place = Some((moved, self.arrivals));
                self.order.remove(&(start, arrival, share));
                self.order.insert((moved, self.arrivals, share));
            }
        }
    }

    fn leave_order(&mut self, share: Share) {
        if let Some(turn) = self.callers.get_mut(&share)
            && let Some((start, arrival)) = turn.place.take()
        {
            self.order.remove(&(start, arrival, share));
        }
    }

    /// Forgets callers who have nothing here and have used no more than others.
    fn forget(&mut self) {
        let clock = self.clock;
        let is_here = |turn: &Turn<W>| turn.place.is_some() || turn.running > 0;
        self.callers
            .retain(|_, turn| is_here(turn) || turn.finish > clock);
        if self.callers.len() > DEBTORS_MAX {
            self.callers.retain(|_, turn| is_here(turn));
        }
        self.forget_at = self.callers.len() + FORGET_EVERY;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn user(number: u128) -> Share {
        Share::User(Uuid::from_u128(number))
    }

    /// Runs what waits, one at a time, and gives the order.
    fn drain(fair: &mut Fair<u32>, cost: impl Fn(Share) -> u64) -> Vec<u32> {
        let mut order = Vec::new();
        while let Some((share, waiter)) = fair.pop(|_, _, _| true) {
            fair.start(share, cost(share), 1);
            fair.finish(share, cost(share), cost(share), 1);
            order.push(waiter);
        }
        order
    }

    #[test]
    fn callers_take_turns_and_keep_their_own_order() {
        let mut fair = Fair::new();
        for waiter in 0..4 {
            fair.push(user(1), waiter, 10);
        }
        fair.push(user(2), 20, 10);
        fair.push(user(2), 21, 10);
        fair.push(user(3), 30, 10);
        assert_eq!(fair.waiting(), 7);
        let order = drain(&mut fair, |_| 10);
        assert_eq!(order, [0, 20, 30, 1, 21, 2, 3]);
        assert_eq!(fair.waiting(), 0);
    }

    #[test]
    fn who_uses_much_comes_less_often() {
        let mut fair = Fair::new();
        for waiter in 0..10 {
            fair.push(user(1), waiter, 40);
            fair.push(user(2), 100 + waiter, 10);
        }
        let order = drain(&mut fair, |share| if share == user(1) { 40 } else { 10 });
        let heavy = order
            .iter()
            .take(10)
            .filter(|waiter| **waiter < 100)
            .count();
        assert_eq!(heavy, 2, "{order:?}");
    }

    #[test]
    fn what_was_used_counts_and_not_what_was_expected() {
        let mut fair = Fair::new();
        fair.start(user(1), 1, 1);
        fair.push(user(1), 1, 1);
        fair.push(user(2), 2, 1);
        // It took a thousand times what was thought, so the other goes first.
        fair.finish(user(1), 1, 1_000, 1);
        assert_eq!(drain(&mut fair, |_| 1), [2, 1]);
    }

    #[test]
    fn nobody_saves_up_turns_and_what_nobody_waited_for_is_no_debt() {
        let mut fair = Fair::new();
        for _ in 0..1_000 {
            fair.start(user(1), 10, 1);
            fair.finish(user(1), 10, 10, 1);
        }
        for waiter in 0..3 {
            fair.push(user(1), waiter, 10);
            fair.push(user(2), 20 + waiter, 10);
        }
        assert_eq!(drain(&mut fair, |_| 10), [0, 20, 1, 21, 2, 22]);
        // Who was away while others took turns is owed none of them.
        fair.start(user(9), 1, 1);
        for waiter in 0..100 {
            fair.push(user(1), waiter, 10);
        }
        for _ in 0..50 {
            fair.pop(|_, _, _| true).expect("one that waits");
            fair.start(user(1), 10, 1);
            fair.finish(user(1), 10, 10, 1);
        }
        for waiter in 0..3 {
            fair.push(user(2), 200 + waiter, 10);
        }
        let order = drain(&mut fair, |_| 10);
        assert_eq!(order[..5], [200, 50, 201, 51, 202]);
    }

    #[test]
    fn a_weight_makes_turns_more_frequent() {
        let mut fair = Fair::new();
        for waiter in 0..8 {
            fair.push(Share::Service, waiter, 40);
            fair.push(user(2), 100 + waiter, 40);
        }
        let mut order = Vec::new();
        while let Some((share, waiter)) = fair.pop(|_, _, _| true) {
            let weight = if share == Share::Service { 4 } else { 1 };
            fair.start(share, 40, weight);
            fair.finish(share, 40, 40, weight);
            order.push(waiter);
        }
        let service = order
            .iter()
            .take(10)
            .filter(|waiter| **waiter < 100)
            .count();
        assert_eq!(service, 8, "{order:?}");
    }

    #[test]
    fn who_may_not_go_is_passed_over_and_who_left_is_gone() {
        let mut fair = Fair::new();
        fair.start(user(1), 10, 1);
        fair.push(user(1), 1, 10);
        fair.push(user(2), 2, 10);
        fair.push(user(2), 3, 10);
        assert_eq!(fair.of(user(1)), (1, 1, 20));
        assert_eq!(fair.remove(user(2), |waiter| *waiter == 2), Some(2));
        assert_eq!(fair.remove(user(2), |waiter| *waiter == 2), None);
        assert_eq!(fair.pop(|_, running, _| running < 1), Some((user(2), 3)));
        assert_eq!(fair.pop(|_, running, _| running < 1), None);
        assert_eq!(fair.callers_waiting(), 1);
        assert_eq!(fair.pop(|_, _, _| true), Some((user(1), 1)));
        assert_eq!(fair.callers_waiting(), 0);
    }

    #[test]
    fn callers_who_left_are_forgotten() {
        let mut fair: Fair<u32> = Fair::new();
        // Somebody stays all the time, so that the lane is never empty.
        fair.start(user(0), 1, 1);
        for number in 1..10_000 {
            fair.start(user(number), 1, 1);
            fair.finish(user(number), 1, 1, 1);
        }
        let kept = fair.callers.len();
        assert!(kept <= DEBTORS_MAX + 2 * FORGET_EVERY, "{kept}");
        assert_eq!(fair.of(user(0)).1, 1);
    }
}
