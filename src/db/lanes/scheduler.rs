//! Who runs and who waits, decided without waiting for anything.

use slab::Slab;

use super::{
    Lane, Limits,
    climb::Climb,
    cost::{Costs, Work},
    fair::Fair,
    others::Others,
};
use crate::auth::Share;

/// What a request of the operator's programs counts in turns: a quarter of another's.
const SERVICE_WEIGHT: u64 = 4;
/// What work is taken to cost that nobody has run yet, in microseconds.
const UNKNOWN_COST: u64 = 1_000;
/// How many times the threshold one caller's slow run makes the work cost for others.
const OTHERS_TIMES: u64 = 4;

/// How a waiter is told that it runs: with the number of its run. False when it is gone.
pub(super) trait Waiter {
    fn tell(self, run: usize) -> bool;
}

/// All lanes of one pool. Times are in microseconds since some moment.
#[derive(Debug)]
pub(super) struct Scheduler<W> {
    limits: Limits,
    quick: Track<W>,
    slow: Track<W>,
    runs: Slab<Run>,
    others: Others,
    /// Finds how many places the quick lane has best; nothing where the number is fixed.
    climb: Option<Climb>,
}

#[derive(Debug)]
struct Track<W> {
    queue: Fair<Waiting<W>>,
    running: usize,
    /// What a run takes here.
    average: u64,
}

#[derive(Debug)]
struct Waiting<W> {
    id: u64,
    work: Work,
    waiter: W,
}

/// Somebody who runs.
#[derive(Debug)]
struct Run {
    lane: Lane,
    share: Share,
    work: Work,
    is_new: bool,
    /// On a connection that was opened for it, which says nothing of what it costs.
    is_cold: bool,
    began: u64,
    /// When it came into its lane.
    entered: u64,
    /// What its lane counts it for.
    expected: u64,
}

/// What becomes of somebody who arrives.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    /// The run of this number begins.
    Runs(usize),
    /// It waits in a lane.
    Waits(Lane),
    /// It would wait too long.
    Refused(Refusal),
}

/// Why somebody is refused, and after how many microseconds there may be room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) lane: Lane,
    /// Its own requests are too many; else everybody's together.
    pub(super) by_own: bool,
    pub(super) after: u64,
}

impl<W: Waiter> Scheduler<W> {
    pub(super) fn new(limits: Limits, climb: Option<Climb>) -> Self {
        let track = |average| Track {
            queue: Fair::new(),
            running: 0,
            average,
        };
        Scheduler {
            quick: track(UNKNOWN_COST),
            slow: track(limits.slow_from * 2),
            runs: Slab::with_capacity(limits.total()),
            others: Others::new(UNKNOWN_COST),
            limits,
            climb,
        }
    }

    /// Somebody arrives with work. `waiter` makes what is told when it has to wait.
    pub(super) fn arrive(
        &mut self,
        (share, work, id): (Share, Work, u64),
        costs: &Costs,
        now: u64,
        waiter: impl FnOnce() -> W,
    ) -> Arrival {
        let known = costs.expected(work, share);
        let (lane, expected) = self.lane_of(share, known);
        let (waiting, running, _) = self.track(lane).queue.of(share);
        let room = match lane {
            Lane::Quick => self.quick.running < self.limits.quick,
            Lane::Slow => self.slow.running < self.limits.slow + self.limits.lent,
        };
        let may = match lane {
            Lane::Quick => match known {
                Some(cost) => self
                    .others
                    .leave_room(share, cost, running, &self.limits, now),
                None => may_try(&self.limits, &self.runs, self.slow.running, share),
            },
            Lane::Slow => may_be_slow(&self.limits, self.has_slow_place(), share, running),
        };
        // Whoever waits although there is room may not run for reasons of its own.
        if room && may && waiting == 0 {
            let is_new = known.is_none();
            return Arrival::Runs(self.begin(lane, (share, work, is_new), expected, now));
        }
        if let Some(refusal) = self.refusal(lane, share, now) {
            return Arrival::Refused(refusal);
        }
        let waiting = Waiting {
            id,
            work,
            waiter: waiter(),
        };
        self.track_mut(lane).queue.push(share, waiting, expected);
        Arrival::Waits(lane)
    }

    /// Whether somebody would be refused whatever it brings.
    pub(super) fn refuses(&self, share: Share, now: u64) -> Option<Refusal> {
        self.refusal(Lane::Quick, share, now)
    }

    /// A run has ended.
    pub(super) fn leave(&mut self, number: usize, costs: &Costs, now: u64) {
        let Some(run) = self.runs.try_remove(number) else {
            return;
        };
        if !run.is_cold {
            let took = now.saturating_sub(run.began);
            let others_max = self.limits.slow_from * OTHERS_TIMES;
            costs.record(run.work, run.share, took, others_max);
        }
        let used = now.saturating_sub(run.entered);
        self.adapt(&run, used, now);
        let weight = weight(run.share);
        let track = self.track_mut(run.lane);
        track.running -= 1;
        track.average = (track.average * 15 + used) / 16;
        track.queue.finish(run.share, run.expected, used, weight);
        let (waiting, running, _) = track.queue.of(run.share);
        if run.lane == Lane::Quick && !run.is_cold && waiting + running == 0 {
            self.others.ran(used);
        }
        self.dispatch(costs, now);
    }

    /// Lets the quick lane have as many places as are best by what is measured.
    fn adapt(&mut self, run: &Run, used: u64, now: u64) {
        let Some(climb) = &mut self.climb else {
            return;
        };
        if run.lane == Lane::Quick && !run.is_cold {
            // Whoever waits beside free places waits for reasons of its own.
            let is_full = self.quick.running >= self.limits.quick;
            let waiting = is_full && self.quick.queue.waiting() > 0;
            climb.ran(used, run.expected, waiting, now);
            self.limits.quick = climb.places();
        }
    }

    /// A run has its connection only now, because it had to be opened. That takes long, and so does the first statement
    /// on it: neither is what the work costs.
    pub(super) fn opened(&mut self, number: usize, now: u64) {
        if let Some(run) = self.runs.get_mut(number) {
            (run.began, run.entered, run.is_cold) = (now, now, true);
        }
    }

    /// Somebody does not wait any more.
    pub(super) fn forget(&mut self, share: Share, id: u64) {
        for track in [&mut self.quick, &mut self.slow] {
            if track
                .queue
                .remove(share, |waiting| waiting.id == id)
                .is_some()
            {
                return;
            }
        }
    }

    /// Moves runs that take long into the slow lane, so that others get their places in the quick one. True while
    /// somebody waits for such a place.
    pub(super) fn sweep(&mut self, costs: &Costs, now: u64) -> bool {
        let overdue: Vec<usize> = self
            .runs
            .iter()
            .filter(|(_, run)| {
                run.lane == Lane::Quick && now.saturating_sub(run.entered) >= self.limits.slow_from
            })
            .map(|(number, _)| number)
            .collect();
        for number in overdue {
            if self.slow.running < self.limits.slow + self.limits.lent {
                self.make_slow(number, costs, now);
            }
        }
        self.dispatch(costs, now);
        self.quick.queue.waiting() > 0
    }

    fn make_slow(&mut self, number: usize, costs: &Costs, now: u64) {
        let Some(run) = self.runs.get_mut(number) else {
            return;
        };
        let used = now.saturating_sub(run.entered);
        let (share, expected, weight) = (run.share, run.expected, weight(run.share));
        // Else one caller's would take all that is lent.
        if self.slow.queue.of(share).1 >= self.limits.lent.max(1) {
            return;
        }
        costs.raise(run.work, share, used);
        (run.lane, run.entered, run.expected) = (Lane::Slow, now, used);
        self.quick.running -= 1;
        self.quick.queue.finish(share, expected, used, weight);
        self.slow.running += 1;
        self.slow.queue.start(share, used, weight);
    }

    /// Lets run who may.
    fn dispatch(&mut self, costs: &Costs, now: u64) {
        while self.quick.running < self.limits.quick {
            let (limits, runs, slow) = (&self.limits, &self.runs, self.slow.running);
            let others = &self.others;
            let may_try =
                |share, running, waiting: &Waiting<W>| match costs.expected(waiting.work, share) {
                    Some(cost) => others.leave_room(share, cost, running, limits, now),
                    None => may_try(limits, runs, slow, share),
                };
            // A caller takes more than its part only where nobody else wants it.
            let queue = &mut self.quick.queue;
            let next = queue
                .pop(|share, running, waiting| {
                    running < limits.cap(Lane::Quick, share) && may_try(share, running, waiting)
                })
                .or_else(|| queue.pop(may_try));
            let Some((share, waiting)) = next else {
                break;
            };
            // It may have turned out to be slow while it waited.
            let known = costs.expected(waiting.work, share);
            let (lane, expected) = self.lane_of(share, known);
            match lane {
                Lane::Quick => self.admit(lane, (share, known.is_none()), expected, waiting, now),
                Lane::Slow => self.slow.queue.push(share, waiting, expected),
            }
        }
        while self.slow.running < self.limits.slow + self.limits.lent {
            let has_place = self.has_slow_place();
            let limits = &self.limits;
            let next = self
                .slow
                .queue
                .pop(|share, running, _| may_be_slow(limits, has_place, share, running));
            let Some((share, waiting)) = next else {
                break;
            };
            let known = costs.expected(waiting.work, share);
            let expected = known.unwrap_or(self.slow.average);
            self.admit(Lane::Slow, (share, known.is_none()), expected, waiting, now);
        }
    }

    /// Whether there is a place for slow work. What a caller has more of than its part came from the quick lane and has
    /// taken nobody's place.
    fn has_slow_place(&self) -> bool {
        let slow = || self.runs.iter().filter(|(_, run)| run.lane == Lane::Slow);
        let taken = slow().filter(|(number, run)| {
            let before = slow().filter(|(other, one)| other < number && one.share == run.share);
            before.count() < self.limits.cap(Lane::Slow, run.share)
        });
        taken.count() < self.limits.slow
    }

    fn admit(
        &mut self,
        lane: Lane,
        (share, is_new): (Share, bool),
        expected: u64,
        waiting: Waiting<W>,
        now: u64,
    ) {
        let number = self.begin(lane, (share, waiting.work, is_new), expected, now);
        if !waiting.waiter.tell(number) && self.runs.try_remove(number).is_some() {
            let track = self.track_mut(lane);
            track.running -= 1;
            track.queue.finish(share, expected, 0, weight(share));
        }
    }

    fn begin(
        &mut self,
        lane: Lane,
        (share, work, is_new): (Share, Work, bool),
        expected: u64,
        now: u64,
    ) -> usize {
        if lane == Lane::Quick {
            self.others.begins(share, now);
        }
        let track = self.track_mut(lane);
        track.running += 1;
        track.queue.start(share, expected, weight(share));
        self.runs.insert(Run {
            lane,
            share,
            work,
            is_new,
            is_cold: false,
            began: now,
            entered: now,
            expected,
        })
    }

    /// The lane for work that is known to cost something or new, and what it is expected to cost there.
    fn lane_of(&self, share: Share, known: Option<u64>) -> (Lane, u64) {
        let lane = match known {
            _ if self.limits.slow == 0 => Lane::Quick,
            Some(cost) if cost >= self.limits.slow_from => Lane::Slow,
            Some(_) => Lane::Quick,
            // New work is tried, unless its caller has slow work running already.
            None if self.slow.queue.of(share).1 < self.limits.cap(Lane::Slow, share) => Lane::Quick,
            None => Lane::Slow,
        };
        let unknown = match lane {
            Lane::Quick => UNKNOWN_COST,
            Lane::Slow => self.slow.average,
        };
        (lane, known.unwrap_or(unknown))
    }

    /// Whether one more would wait for longer than anybody is to wait.
    fn refusal(&self, lane: Lane, share: Share, now: u64) -> Option<Refusal> {
        let track = self.track(lane);
        let (waiting, _, backlog) = track.queue.of(share);
        let (slots, cap) = (self.limits.slots(lane), self.part(lane, share, now));
        let callers = track.queue.callers_waiting() as u64 + u64::from(waiting == 0);
        // A caller gets its part of the lane, or as many places as there are callers for each.
        let (slots, cap) = (slots.max(1) as u64, cap.max(1) as u64);
        let own = backlog * (slots.max(callers * cap)) / (cap * slots);
        let turn = callers.saturating_sub(slots) * track.average / slots;
        let by_own = waiting >= self.limits.queue_of(share);
        let by_all = track.queue.waiting() >= self.limits.queue;
        if !by_own && !by_all && own.max(turn) <= self.limits.wait {
            return None;
        }
        Some(Refusal {
            lane,
            by_own: by_own || (!by_all && own > turn),
            after: own.max(turn),
        })
    }

    /// How many of a caller's may run in a lane, given what it has waiting first.
    fn part(&self, lane: Lane, share: Share, now: u64) -> usize {
        let cap = self.limits.cap(lane, share);
        match (lane, self.track(lane).queue.front_cost(share)) {
            (Lane::Quick, Some(cost)) => {
                cap.min(self.others.places(share, cost, &self.limits, now))
            }
            _ => cap,
        }
    }

    fn track(&self, lane: Lane) -> &Track<W> {
        match lane {
            Lane::Quick => &self.quick,
            Lane::Slow => &self.slow,
        }
    }

    fn track_mut(&mut self, lane: Lane) -> &mut Track<W> {
        match lane {
            Lane::Quick => &mut self.quick,
            Lane::Slow => &mut self.slow,
        }
    }

    /// What somebody is told who has waited as long as anybody is to wait.
    pub(super) fn overdue(&self, lane: Lane, share: Share) -> Refusal {
        let (waiting, running, _) = self.track(lane).queue.of(share);
        Refusal {
            lane,
            by_own: waiting + running > 1,
            after: self.limits.wait / 2,
        }
    }

    /// How many wait and how many run in a lane, and how many may run.
    pub(super) fn figures(&self, lane: Lane) -> (usize, usize, usize) {
        let track = self.track(lane);
        (
            track.queue.waiting(),
            track.running,
            self.limits.slots(lane),
        )
    }
}

/// Whether new work may begin in the quick lane where there is room. It leaves it again once it turns out to be slow,
/// for which there must be room; and no caller fills the lane with it.
fn may_try(limits: &Limits, runs: &Slab<Run>, slow: usize, share: Share) -> bool {
    if limits.slow == 0 {
        return true;
    }
    let (mut all, mut own) = (0, 0);
    for (_, run) in runs {
        if run.lane == Lane::Quick && run.is_new {
            all += 1;
            own += usize::from(run.share == share);
        }
    }
    let room = (limits.slow + limits.lent).saturating_sub(slow);
    own < limits.cap(Lane::Quick, share) && all < room.max(limits.quick / 2).max(1)
}

/// Whether a caller of whom so many run in the slow lane may have one more there. Where the lane is so small that one
/// caller's part is all of it, another gets a place that is lent.
fn may_be_slow(limits: &Limits, has_place: bool, share: Share, running: usize) -> bool {
    let cap = limits.cap(Lane::Slow, share);
    running < cap && (has_place || (running == 0 && cap >= limits.slow))
}

fn weight(share: Share) -> u64 {
    match share {
        Share::Service => SERVICE_WEIGHT,
        _ => 1,
    }
}
