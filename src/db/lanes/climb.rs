//! How many places the quick lane has, found by trying.
//!
//! How many connections are best depends on what the database waits for: one that computes is fastest with few, one
//! that waits for disks or a network with many. So the lane tries. While somebody waits for a place all the time, short
//! windows with the number that was best so far and with another one alternate, and what got done in them is compared.
//! Whatever else changes meanwhile falls on both. The other number is taken when it did more in most pairs of windows;
//! when neither more nor fewer are better, the next trial comes later and later.
//!
//! Where nobody waits the number does not matter; it goes back to where it began. Times are in microseconds.

use super::Limits;
use crate::config::PoolRange;

/// How long a window is, at least.
const WINDOW: u64 = 50_000;
/// A window in which so little ended for so long says nothing.
const WINDOW_MAX: u64 = 1_000_000;
/// So many runs end in a window, at least.
const RUNS_MIN: u32 = 50;
/// Pairs of windows that are compared.
const PAIRS: usize = 8;
/// In so many of them the other number must have done more.
const WINS_MIN: usize = 6;
/// Windows with the other number before any counts: connections are opened and statements prepared.
const WARM_UP: usize = 2;
/// More connections take memory and wait for each other, so they must bring this much; fewer, less.
const GAIN_OF_MORE: f64 = 1.03;
const GAIN_OF_FEWER: f64 = 1.01;
/// The pause after a trial of both directions that brought nothing, the first time and at last.
const PAUSE_MIN: u64 = 2_000_000;
const PAUSE_MAX: u64 = 60_000_000;
/// When runs take so many times as long as before, or as short, the load is another one.
const CHANGED_TIMES: u64 = 2;
/// How long nobody waits before the number takes a step back to where it began.
const SLACK: u64 = 1_000_000;

/// The number of places, and what is tried.
#[derive(Debug)]
pub(super) struct Climb {
    bounds: Bounds,
    /// The best number so far.
    settled: usize,
    tries_more: bool,
    /// Whether the other direction was tried last and brought nothing.
    failed_once: bool,
    pause: u64,
    phase: Phase,
    window: Window,
    slack: u64,
}

/// The numbers that there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) start: usize,
    pub(super) min: usize,
    pub(super) max: usize,
}

impl Bounds {
    /// Of a pool's connections: what slow work has is not tried with.
    pub(super) fn new(connections: PoolRange, limits: &Limits) -> Self {
        let count = |connections: u32| usize::try_from(connections).unwrap_or(usize::MAX);
        let fewer = count(connections.start - connections.min);
        Bounds {
            start: limits.quick,
            min: limits.quick.saturating_sub(fewer).max(1),
            max: limits.quick + count(connections.max - connections.start),
        }
    }
}

#[derive(Debug)]
enum Phase {
    Rests(Rest),
    Tries(Trial),
}

#[derive(Debug, Default)]
struct Rest {
    until: u64,
    /// What a run took when it began, and lately.
    usual: Option<u64>,
    lately: u64,
}

#[derive(Debug)]
struct Trial {
    other: usize,
    /// How many windows have ended, those of the warm-up included.
    windows: usize,
    /// The window before this one, of the same pair.
    first: f64,
    wins: usize,
    /// What was done in a microsecond with the settled number and with the other, summed over the windows.
    done: [f64; 2],
}

#[derive(Debug, Default)]
struct Window {
    from: u64,
    done: u64,
    took: u64,
    runs: u32,
    /// Runs after which nobody waited.
    alone: u32,
}

impl Rest {
    /// Whether runs take much longer, or much less, than when it began.
    fn is_of_another_load(&mut self, took: u64) -> bool {
        let Some(usual) = self.usual else {
            (self.usual, self.lately) = (Some(took), took);
            return false;
        };
        self.lately = (self.lately * 7 + took) / 8;
        self.lately > usual * CHANGED_TIMES || self.lately * CHANGED_TIMES < usual
    }
}

impl Trial {
    /// Whether the running window has the other number: first the warm-up, then A B B A, so that what grows or falls
    /// all the time favours neither.
    fn is_other(&self) -> bool {
        match self.windows.checked_sub(WARM_UP) {
            None => true,
            Some(window) => matches!(window % 4, 1 | 2),
        }
    }

    /// Counts a window; true after the last.
    fn count(&mut self, rate: f64) -> bool {
        let other = self.is_other();
        if let Some(window) = self.windows.checked_sub(WARM_UP) {
            self.done[usize::from(other)] += rate;
            if window % 2 == 0 {
                self.first = rate;
            } else {
                let (with, without) = if other {
                    (rate, self.first)
                } else {
                    (self.first, rate)
                };
                self.wins += usize::from(with > without);
            }
        }
        self.windows += 1;
        self.windows == WARM_UP + PAIRS * 2
    }
}

impl Climb {
    /// Nothing where there is nothing to try.
    pub(super) fn new(bounds: Bounds) -> Option<Self> {
        (bounds.min < bounds.max).then(|| Climb {
            settled: bounds.start,
            bounds,
            tries_more: true,
            failed_once: false,
            pause: PAUSE_MIN,
            phase: Phase::Rests(Rest::default()),
            window: Window::default(),
            slack: 0,
        })
    }

    /// How many places there are now.
    pub(super) fn places(&self) -> usize {
        match &self.phase {
            Phase::Tries(trial) if trial.is_other() => trial.other,
            _ => self.settled,
        }
    }

    /// A run has ended that took so long and was expected to; `waiting` says whether somebody waited meanwhile.
    /// Expected time is what counts as done, so that windows with other statements can be compared.
    pub(super) fn ran(&mut self, took: u64, expected: u64, waiting: bool, now: u64) {
        let window = &mut self.window;
        window.done += expected;
        window.took += took;
        window.runs += 1;
        window.alone += u32::from(!waiting);
        let length = now.saturating_sub(window.from);
        if length >= WINDOW && (window.runs >= RUNS_MIN || length >= WINDOW_MAX) {
            let window = std::mem::take(window);
            self.window.from = now;
            self.end(&window, length, now);
        }
    }

    fn end(&mut self, window: &Window, length: u64, now: u64) {
        let is_slack = window.alone * 10 > window.runs;
        if is_slack || window.runs < RUNS_MIN {
            // It says nothing about numbers of places.
            if matches!(self.phase, Phase::Tries(_)) {
                self.rest(now + PAUSE_MIN);
            }
            self.fall_back(if is_slack { length } else { 0 });
            return;
        }
        self.slack = 0;
        let each = window.took / u64::from(window.runs);
        #[expect(clippy::cast_precision_loss, reason = "a rate needs no more digits")]
        let rate = window.done as f64 / length as f64;
        match &mut self.phase {
            Phase::Rests(rest) => {
                let changed = rest.is_of_another_load(each);
                if changed {
                    self.pause = PAUSE_MIN;
                }
                if changed || now >= rest.until {
                    self.try_another(now);
                }
            }
            Phase::Tries(trial) => {
                if trial.count(rate) {
                    self.judge(now);
                }
            }
        }
    }

    /// Begins to try more places or fewer.
    fn try_another(&mut self, now: u64) {
        let step = (self.settled / 4).max(1);
        let more = (self.settled + step).min(self.bounds.max);
        let fewer = self.settled.saturating_sub(step).max(self.bounds.min);
        let wanted = if self.tries_more { more } else { fewer };
        let other = if wanted == self.settled {
            self.tries_more = !self.tries_more;
            self.failed_once = true;
            if self.tries_more { more } else { fewer }
        } else {
            wanted
        };
        self.phase = Phase::Tries(Trial {
            other,
            windows: 0,
            first: 0.0,
            wins: 0,
            done: [0.0; 2],
        });
        self.window.from = now;
    }

    fn judge(&mut self, now: u64) {
        let Phase::Tries(trial) = &self.phase else {
            return;
        };
        let least = if trial.other > self.settled {
            GAIN_OF_MORE
        } else {
            GAIN_OF_FEWER
        };
        let [settled, other] = trial.done;
        if other >= settled * least && trial.wins >= WINS_MIN {
            self.settled = trial.other;
            self.pause = PAUSE_MIN;
            self.failed_once = false;
            self.try_another(now);
            return;
        }
        self.tries_more = !self.tries_more;
        if !std::mem::replace(&mut self.failed_once, true) {
            self.try_another(now);
            return;
        }
        self.failed_once = false;
        self.rest(now + self.pause);
        self.pause = (self.pause * 2).min(PAUSE_MAX);
    }

    fn rest(&mut self, until: u64) {
        self.phase = Phase::Rests(Rest {
            until,
            ..Rest::default()
        });
    }

    /// Nobody waited for so long: takes a step back to where it began.
    fn fall_back(&mut self, length: u64) {
        self.slack += length.min(WINDOW_MAX);
        if self.slack < SLACK {
            return;
        }
        self.slack = 0;
        let start = self.bounds.start;
        match self.settled.cmp(&start) {
            std::cmp::Ordering::Less => self.settled += 1,
            std::cmp::Ordering::Greater => self.settled -= 1,
            std::cmp::Ordering::Equal => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds {
        start: 4,
        min: 2,
        max: 16,
    };
    const SECOND: u64 = 1_000_000;

    /// A database that is asked all the time, by so many callers that somebody always waits.
    struct World {
        climb: Climb,
        now: u64,
        noise: u64,
        /// How often the number was another one than before.
        changes: usize,
    }

    /// What a run takes while so many run.
    type Database = fn(usize) -> u64;

    /// Every run waits for a disk for two milliseconds, which serves twelve at once.
    fn of_disks(places: usize) -> u64 {
        2_000 * (places.max(12) as u64) / 12
    }

    /// Two processors; each place more costs a fiftieth of what they do.
    fn of_processors(places: usize) -> u64 {
        let places = places as u64;
        places.max(2) * 150 * (50 + places.saturating_sub(2)) / 50
    }

    /// As many as there are do the same together.
    fn of_nothing(places: usize) -> u64 {
        places as u64 * 200
    }

    impl World {
        fn new() -> Self {
            World {
                climb: Climb::new(BOUNDS).unwrap(),
                now: 0,
                noise: 1,
                changes: 0,
            }
        }

        /// Between nine and eleven tenths of a time.
        fn noisy(&mut self, time: u64) -> u64 {
            self.noise = self
                .noise
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            time * (900 + (self.noise >> 33) % 201) / 1_000
        }

        fn run(&mut self, database: Database, seconds: u64, waiting: bool) {
            let end = self.now + seconds * SECOND;
            while self.now < end {
                let places = self.climb.places();
                let took = self.noisy(database(places));
                self.now += (took / places as u64).max(1);
                self.climb.ran(took, 1_000, waiting, self.now);
                self.changes += usize::from(self.climb.places() != places);
            }
        }
    }

    #[test]
    fn a_database_that_waits_for_disks_gets_more_places() {
        let mut world = World::new();
        world.run(of_disks, 20, true);
        let settled = world.climb.settled;
        assert!((11..=16).contains(&settled), "{settled}");
    }

    #[test]
    fn a_database_that_computes_gets_fewer() {
        let mut world = World::new();
        world.run(of_processors, 30, true);
        assert_eq!(world.climb.settled, 2);
    }

    #[test]
    fn where_no_number_is_better_it_stays_and_tries_seldom() {
        let mut world = World::new();
        world.run(of_nothing, 300, true);
        let before = (world.climb.settled, world.changes);
        world.run(of_nothing, 300, true);
        assert_eq!(world.climb.settled, before.0);
        assert!((3..=5).contains(&before.0), "{}", before.0);
        // A trial is some nine windows of another number for each direction.
        let tried = world.changes - before.1;
        assert!(tried < 300, "{tried} changes in five minutes");
        assert!(tried > 0, "it goes on trying");
    }

    #[test]
    fn another_load_is_noticed_at_once() {
        let mut world = World::new();
        world.run(of_disks, 300, true);
        assert!(world.climb.settled >= 11);
        world.run(of_processors, 30, true);
        assert!(world.climb.settled <= 4, "{}", world.climb.settled);
        world.run(of_disks, 30, true);
        assert!(world.climb.settled >= 11, "{}", world.climb.settled);
    }

    #[test]
    fn while_nobody_waits_nothing_is_tried_and_it_goes_back() {
        let mut world = World::new();
        world.run(of_nothing, 10, false);
        assert_eq!((world.climb.places(), world.changes), (4, 0));
        world.run(of_disks, 20, true);
        assert!(world.climb.settled >= 11);
        world.run(of_nothing, 20, false);
        assert_eq!(world.climb.places(), 4);
    }

    #[test]
    fn only_quick_work_gets_other_numbers() {
        let settings = crate::config::Settings::from_flags(Vec::<String>::new()).unwrap();
        let limits = Limits::new(8, &settings.database);
        let connections = PoolRange {
            start: 8,
            min: 6,
            max: 16,
        };
        let bounds = Bounds::new(connections, &limits);
        assert_eq!((bounds.start, bounds.min, bounds.max), (4, 2, 12));
        let one = Limits::new(1, &settings.database);
        assert!(Climb::new(Bounds::new(PoolRange::fixed(1), &one)).is_none());
    }

    #[test]
    fn the_bounds_hold() {
        let narrow = Bounds {
            start: 4,
            min: 4,
            max: 5,
        };
        let mut world = World::new();
        world.climb = Climb::new(narrow).unwrap();
        for database in [of_disks as Database, of_processors] {
            world.run(database, 20, true);
            assert!((4..=5).contains(&world.climb.places()));
        }
        let fixed = Bounds {
            start: 4,
            min: 4,
            max: 4,
        };
        assert!(Climb::new(fixed).is_none());
    }
}
