//! The lanes' rules, one moment at a time.

use std::{cell::RefCell, rc::Rc};

use uuid::Uuid;

use super::{
    Lane, Limits, Work,
    climb::{Bounds, Climb},
    cost::Costs,
    scheduler::{Arrival, Scheduler, Waiter},
};
use crate::{
    auth::Share,
    config::{DatabaseSettings, PoolRange, Settings},
};

const MS: u64 = 1_000;

fn user(number: u128) -> Share {
    Share::User(Uuid::from_u128(number))
}

fn settings() -> DatabaseSettings {
    let mut settings = Settings::from_flags(Vec::<String>::new())
        .expect("default settings")
        .database;
    settings.slow_statement_ms = 20;
    settings.pool_wait_ms = 5_000;
    settings.caller_share_percent = 50;
    settings
}

/// Who was told to run, in order: the name and the run's number.
type Told = Rc<RefCell<Vec<(&'static str, usize)>>>;

struct Named(&'static str, Told);

impl Waiter for Named {
    fn tell(self, run: usize) -> bool {
        self.1.borrow_mut().push((self.0, run));
        true
    }
}

struct World {
    scheduler: Scheduler<Named>,
    costs: Costs,
    told: Told,
    now: u64,
    id: u64,
}

impl World {
    /// Eight connections: four quick places, two slow ones, two lent.
    fn new() -> Self {
        World::of(8, &settings())
    }

    fn of(connections: u32, settings: &DatabaseSettings) -> Self {
        World {
            scheduler: Scheduler::new(Limits::new(connections, settings), None),
            costs: Costs::new(),
            told: Told::default(),
            now: 0,
            id: 0,
        }
    }

    fn arrive(&mut self, name: &'static str, share: Share, work: &str) -> Arrival {
        self.id += 1;
        let told = self.told.clone();
        let who = (share, Work::of(work), self.id);
        self.scheduler
            .arrive(who, &self.costs, self.now, || Named(name, told))
    }

    fn runs(&mut self, name: &'static str, share: Share, work: &str) -> usize {
        match self.arrive(name, share, work) {
            Arrival::Runs(run) => run,
            other => panic!("{name}: {other:?}"),
        }
    }

    fn waits(&mut self, name: &'static str, share: Share, work: &str) -> Lane {
        match self.arrive(name, share, work) {
            Arrival::Waits(lane) => lane,
            other => panic!("{name}: {other:?}"),
        }
    }

    fn leave(&mut self, run: usize) {
        self.scheduler.leave(run, &self.costs, self.now);
    }

    /// How many wait and how many run.
    fn figures(&self, lane: Lane) -> (usize, usize) {
        let (waiting, running, _) = self.scheduler.figures(lane);
        (waiting, running)
    }

    fn names(&self) -> Vec<&'static str> {
        self.told.borrow().iter().map(|(name, _)| *name).collect()
    }

    /// Makes work known to cost so much for everybody.
    fn known(&self, work: &str, cost: u64) {
        self.costs.record(Work::of(work), user(999), cost, u64::MAX);
    }
}

#[test]
fn a_quick_place_goes_to_each_caller_in_turn() {
    let mut world = World::new();
    world.known("list", MS);
    let first: Vec<usize> = (0..4).map(|_| world.runs("a", user(1), "list")).collect();
    for _ in 0..3 {
        assert_eq!(world.waits("a", user(1), "list"), Lane::Quick);
    }
    world.waits("b", user(2), "list");
    world.waits("c", user(3), "list");
    world.now += MS;
    for run in first {
        world.leave(run);
    }
    assert_eq!(world.names(), ["b", "c", "a", "a"]);
}

#[test]
fn slow_work_runs_in_its_own_lane_and_one_caller_gets_a_part_of_it() {
    let mut world = World::new();
    world.known("export", 900 * MS);
    world.known("list", MS);
    let export = world.runs("x", user(1), "export");
    for _ in 0..3 {
        assert_eq!(world.waits("x", user(1), "export"), Lane::Slow);
    }
    // There is a place left, and it is somebody else's.
    world.runs("y", user(2), "export");
    // However many wait there, the quick lane is free.
    for number in 10..14 {
        world.runs("quick", user(number), "list");
    }
    world.now += 900 * MS;
    world.leave(export);
    assert_eq!(world.names(), ["x"]);
    assert_eq!(world.figures(Lane::Slow), (2, 2));
}

#[test]
fn long_work_of_one_caller_leaves_quick_places_to_others() {
    let mut world = World::new();
    world.known("list", MS);
    world.known("sum", 10 * MS);
    // Alone its caller has all of them.
    let sums: Vec<usize> = (0..4).map(|_| world.runs("x", user(1), "sum")).collect();
    world.now += 10 * MS;
    for run in sums {
        world.leave(run);
    }
    // Lists come again and again, one at a time of each caller.
    for number in 0..60 {
        let run = world.runs("y", user(2 + number % 2), "list");
        world.now += MS;
        world.leave(run);
    }
    let sum = world.runs("x", user(1), "sum");
    assert_eq!(world.waits("x", user(1), "sum"), Lane::Quick);
    for number in 10..13 {
        world.runs("quick", user(number), "list");
    }
    // The next one takes the place of the first, and no other.
    world.now += 10 * MS;
    world.leave(sum);
    assert_eq!(world.names(), ["x"]);
    assert_eq!(world.waits("x", user(1), "sum"), Lane::Quick);
    assert_eq!(world.figures(Lane::Quick), (1, 4));
}

/// A world where lists come one at a time, sums take ten times as long, and nobody is to wait for longer than is said.
fn world_of_lists(wait_ms: u64) -> World {
    let mut settings = settings();
    settings.pool_wait_ms = wait_ms;
    let mut world = World::of(8, &settings);
    world.known("list", MS);
    world.known("sum", 10 * MS);
    for number in 0..60 {
        let run = world.runs("y", user(2 + number % 2), "list");
        world.now += MS;
        world.leave(run);
    }
    world
}

#[test]
fn long_work_of_the_operators_programs_has_their_part_of_the_quick_places() {
    let mut world = world_of_lists(5_000);
    for _ in 0..3 {
        world.runs("s", Share::Service, "sum");
    }
    assert_eq!(world.figures(Lane::Quick), (0, 3));
}

#[test]
fn who_is_held_back_is_told_so_before_it_waits_too_long() {
    let mut world = world_of_lists(1_000);
    world.runs("x", user(1), "sum");
    let mut waiting = 0;
    let refusal = loop {
        // Lists go on beside the sums.
        let run = world.runs("y", user(2), "list");
        world.leave(run);
        match world.arrive("x", user(1), "sum") {
            Arrival::Waits(_) => waiting += 1,
            Arrival::Refused(refusal) => break refusal,
            Arrival::Runs(_) => panic!("a second one runs beside the first"),
        }
        assert!(waiting < 1_000, "nobody is refused");
    };
    assert!(refusal.by_own);
    // One at a time and of 10 ms each, they fill the second that anybody is to wait.
    assert_eq!(waiting, 100);
}

#[test]
fn work_that_takes_as_long_as_others_has_all_quick_places() {
    let mut world = World::new();
    for work in ["list", "sum"] {
        world.known(work, 10 * MS);
    }
    for number in 0..60 {
        let run = world.runs("y", user(2 + number % 2), "list");
        world.now += 10 * MS;
        world.leave(run);
    }
    for _ in 0..4 {
        world.runs("x", user(1), "sum");
    }
    assert_eq!(world.figures(Lane::Quick), (0, 4));
}

#[test]
fn who_is_alone_again_has_all_quick_places() {
    let mut world = World::new();
    world.known("list", MS);
    world.known("sum", 10 * MS);
    let run = world.runs("y", user(2), "list");
    world.now += MS;
    world.leave(run);
    world.now += 94 * MS;
    let sum = world.runs("x", user(1), "sum");
    for _ in 0..6 {
        world.waits("x", user(1), "sum");
    }
    world.now += 10 * MS;
    world.leave(sum);
    assert_eq!(world.figures(Lane::Quick), (2, 4));
}

#[test]
fn new_work_that_takes_long_leaves_the_quick_lane_while_it_runs() {
    let mut world = World::new();
    world.known("list", MS);
    world.runs("x", user(1), "new 1");
    world.runs("x", user(1), "new 2");
    // No caller fills the lane with what nobody knows.
    assert_eq!(world.waits("x", user(1), "new 3"), Lane::Quick);
    world.runs("b", user(2), "list");
    world.runs("c", user(3), "list");
    world.waits("d", user(4), "list");
    world.now += 19 * MS;
    assert!(world.scheduler.sweep(&world.costs, world.now));
    assert_eq!(world.names(), [""; 0]);
    world.now += MS;
    world.scheduler.sweep(&world.costs, world.now);
    assert_eq!(world.names()[0], "d");
    assert_eq!(world.figures(Lane::Slow).1, 4);
    // Its new work goes to the slow lane now that it has slow work running, and is behind that.
    assert_eq!(world.figures(Lane::Slow).0, 1);
    assert_eq!(world.waits("x", user(1), "new 1"), Lane::Slow);
    // Another's still is tried.
    world.runs("e", user(5), "new 4");
}

#[test]
fn there_is_a_bound_to_what_is_lent() {
    let mut world = World::new();
    world.known("list", MS);
    let mut runs = Vec::new();
    for number in 0..4 {
        runs.push(world.runs("slow", user(number), "locked"));
    }
    world.known("locked", MS);
    world.waits("quick", user(10), "list");
    world.now += 25 * MS;
    world.scheduler.sweep(&world.costs, world.now);
    assert_eq!(world.figures(Lane::Slow).1, 4);
    for number in 20..23 {
        world.runs("more", user(number), "locked");
    }
    world.waits("waiting", user(30), "list");
    world.now += 25 * MS;
    world.scheduler.sweep(&world.costs, world.now);
    let (quick, slow) = (world.figures(Lane::Quick).1, world.figures(Lane::Slow).1);
    assert_eq!((quick, slow), (4, 4), "as many as there are connections");
    // As soon as one ends there is a place again.
    world.leave(runs[0]);
    world.scheduler.sweep(&world.costs, world.now);
    assert!(world.names().contains(&"waiting"));
}

#[test]
fn in_a_small_pool_another_caller_gets_a_slow_place_too() {
    let mut world = World::of(4, &settings());
    world.known("export", 900 * MS);
    world.runs("x", user(1), "export");
    assert_eq!(world.waits("x", user(1), "export"), Lane::Slow);
    let other = world.runs("y", user(2), "export");
    assert_eq!(world.waits("z", user(3), "export"), Lane::Slow);
    world.leave(other);
    assert_eq!(world.names(), ["z"]);
}

#[test]
fn what_was_moved_takes_no_other_callers_place_in_the_slow_lane() {
    let mut world = World::new();
    world.known("export", 900 * MS);
    world.runs("x", user(1), "new 1");
    world.runs("x", user(1), "new 2");
    world.now += 25 * MS;
    world.scheduler.sweep(&world.costs, world.now);
    assert_eq!(world.figures(Lane::Slow).1, 2, "more than its part");
    assert_eq!(world.waits("x", user(1), "export"), Lane::Slow);
    world.runs("y", user(2), "export");
    assert_eq!(world.waits("y", user(2), "export"), Lane::Slow);
    assert_eq!(world.waits("z", user(3), "export"), Lane::Slow);
}

#[test]
fn one_callers_work_takes_not_all_that_is_lent() {
    let mut world = World::new();
    world.known("update", MS);
    for _ in 0..4 {
        world.runs("x", user(1), "update");
    }
    assert_eq!(world.waits("y", user(2), "update"), Lane::Quick);
    world.now += 25 * MS;
    world.scheduler.sweep(&world.costs, world.now);
    assert_eq!(world.names(), ["y"]);
    assert_eq!(world.figures(Lane::Quick).1, 3);
    assert_eq!(world.figures(Lane::Slow).1, 2);
}

#[test]
fn a_connection_that_had_to_be_opened_makes_no_work_slow() {
    let mut world = World::new();
    let run = world.runs("x", user(1), "list");
    world.now += 200 * MS;
    world.scheduler.opened(run, world.now);
    world.now += 50 * MS;
    world.leave(run);
    assert_eq!(world.costs.expected(Work::of("list"), user(2)), None);
    let run = world.runs("x", user(1), "list");
    world.now += MS;
    world.leave(run);
    assert_eq!(world.costs.expected(Work::of("list"), user(2)), Some(MS));
}

#[test]
fn who_would_wait_too_long_is_refused_at_once() {
    let mut world = World::new();
    world.known("export", 2_000 * MS);
    world.runs("x", user(1), "export");
    world.waits("x", user(1), "export");
    world.waits("x", user(1), "export");
    match world.arrive("x", user(1), "export") {
        Arrival::Refused(refusal) => {
            assert!(refusal.by_own);
            assert_eq!(refusal.after, 6_000 * MS);
        }
        other => panic!("{other:?}"),
    }
    // That is nobody else's trouble.
    world.runs("y", user(2), "export");
    world.waits("z", user(3), "export");
    assert!(
        world.scheduler.refuses(user(1), world.now).is_none(),
        "quick work goes on"
    );
}

#[test]
fn queues_are_bounded_for_one_and_for_all() {
    let mut settings = settings();
    (settings.caller_queue_size, settings.queue_size) = (3, 5);
    let mut world = World::of(4, &settings);
    world.known("list", MS);
    for number in 0..2 {
        world.runs("r", user(number), "list");
    }
    for _ in 0..3 {
        world.waits("a", user(1), "list");
    }
    let refused = |arrival| match arrival {
        Arrival::Refused(refusal) => refusal.by_own,
        other => panic!("{other:?}"),
    };
    assert!(refused(world.arrive("a", user(1), "list")));
    assert!(
        world
            .scheduler
            .refuses(user(1), world.now)
            .is_some_and(|refusal| refusal.by_own)
    );
    world.waits("b", user(2), "list");
    world.waits("c", user(3), "list");
    assert!(!refused(world.arrive("d", user(4), "list")));
    // The operator's own programs may have more waiting, but not more than all.
    assert!(!refused(world.arrive("s", Share::Service, "list")));
}

#[test]
fn somebody_who_left_is_passed_over() {
    let mut world = World::new();
    world.known("list", MS);
    let runs: Vec<usize> = (0..4).map(|_| world.runs("a", user(1), "list")).collect();
    world.waits("b", user(2), "list");
    let gone = world.id;
    world.waits("c", user(3), "list");
    world.scheduler.forget(user(2), gone);
    world.leave(runs[0]);
    assert_eq!(world.names(), ["c"]);
    assert_eq!(world.figures(Lane::Quick), (0, 4));
}

#[test]
fn with_one_connection_there_are_no_lanes() {
    let mut world = World::of(1, &settings());
    world.known("export", 900 * MS);
    let run = world.runs("x", user(1), "export");
    assert_eq!(world.waits("y", user(2), "new"), Lane::Quick);
    world.now += 100 * MS;
    world.scheduler.sweep(&world.costs, world.now);
    assert_eq!(world.names(), [""; 0]);
    world.leave(run);
    assert_eq!(world.names(), ["y"]);
}

#[test]
fn connections_are_divided_without_rest() {
    for connections in 1..64 {
        let limits = Limits::new(connections, &settings());
        assert_eq!(limits.total(), connections as usize);
        assert!(limits.quick >= 1);
        assert_eq!(limits.slow == 0, connections == 1);
    }
}

#[test]
fn a_quick_lane_with_room_for_more_gets_it_when_that_is_faster() {
    let settings = settings();
    let limits = Limits::new(8, &settings);
    let connections = PoolRange {
        start: 8,
        min: 6,
        max: 16,
    };
    let climb = Climb::new(Bounds::new(connections, &limits));
    let mut world = World::new();
    world.scheduler = Scheduler::new(limits, climb);
    world.known("list", MS);
    assert_eq!(world.scheduler.figures(Lane::Quick).2, 4);
    // Each run waits for a millisecond, however many there are; the queue never ends.
    let mut running: Vec<usize> = (0..4).map(|n| world.runs("r", user(n), "list")).collect();
    for n in 0..40 {
        world.waits("w", user(n), "list");
    }
    for number in 0..20_000_u128 {
        world.now += MS;
        for run in std::mem::take(&mut running) {
            world.leave(run);
            world.waits("w", user(number % 40), "list");
        }
        running.extend(world.told.take().into_iter().map(|(_, run)| run));
    }
    let (waiting, running, places) = world.scheduler.figures(Lane::Quick);
    assert!(places >= 10, "{places}");
    assert!(running <= 12 && waiting >= 28, "{running} {waiting}");
    assert_eq!(
        world.scheduler.figures(Lane::Slow),
        (0, 0, 2),
        "that of slow work stays"
    );
}
