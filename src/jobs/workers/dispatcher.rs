//! The dispatcher of a process: takes jobs, starts attempts, writes how they ended.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{Semaphore, mpsc},
    task::JoinHandle,
    time::{Instant, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    LEASE,
    attempt::{self, Ended},
    ending,
    running::{Reason, Running},
    session::{Demand, Doze, Session, Taken, Wake, lost},
};
use crate::{
    app_state::AppState,
    error::Result,
    jobs::{JobContext, JobType, figures::Figures, schedules},
};

/// How often a worker says that it lives, while it has jobs.
const BEAT_EVERY: Duration = Duration::from_secs(4);
/// How often a sleeper looks for what nobody rang for.
const LOOK_EVERY: Duration = Duration::from_secs(15);
/// How often it looks while something waits that may not run yet.
const BLOCKED_EVERY: Duration = Duration::from_millis(500);
/// While attempts are shorter than this, several times as many jobs are taken as there are places: asking for jobs would
/// take longer than doing them.
const SHORT: Duration = Duration::from_millis(5);
const AHEAD: usize = 32;
/// What a new process believes of attempts.
const USUAL: Duration = Duration::from_millis(50);
/// After a job, others often follow: so long nobody need ring.
const REST: Duration = Duration::from_millis(5);
const REST_MAX: Duration = Duration::from_millis(250);

/// Jobs that are taken by name, one after the other.
const NAMED_MAX: usize = 4;

/// How often it looks at most for what takes no place, while all places for work are taken.
const FULL_EVERY: Duration = Duration::from_millis(25);

/// What schedules have to finish when the process ends.
const TICK_WITHIN: Duration = Duration::from_secs(2);

/// See the module.
pub(super) struct Dispatcher {
    app: Arc<AppState>,
    types: Arc<Vec<Arc<JobType>>>,
    /// Who it is, in `lease_holder`.
    name: String,
    slots: usize,
    places: Arc<Semaphore>,
    /// How many jobs may run that wait for others nearly all the time.
    answers: usize,
    /// How long attempts took lately.
    pace: Duration,
    figures: Figures,
    running: Running,
    /// Ended, and not written yet.
    ended: Vec<Ended>,
    sender: mpsc::UnboundedSender<Ended>,
    receiver: mpsc::UnboundedReceiver<Ended>,
    /// Whose turn it was last.
    after: Uuid,
    beat_at: Instant,
    /// When the queue was last looked at.
    looked_at: Instant,
    /// When the database was last told that it lives.
    told_at: Instant,
    /// What enqueues the jobs of schedules.
    ticking: Option<JoinHandle<()>>,
}

/// Places that are free.
struct Free {
    work: usize,
    answers: usize,
}

/// What woke the worker.
#[derive(Default)]
struct Heard {
    is_rung: bool,
    /// Jobs that are to run at once.
    jobs: Vec<Uuid>,
    cancelled: Vec<Uuid>,
}

impl Heard {
    fn add(&mut self, wake: Wake) {
        match wake {
            Wake::Bell => self.is_rung = true,
            Wake::Job(id) => self.jobs.push(id),
            Wake::Cancel(id) => self.cancelled.push(id),
        }
    }
}

/// When the queue is looked at next, and how the worker waits for that.
struct Next {
    at: Instant,
    /// Whether it holds the sleepers' lock.
    holds: bool,
    /// Whether it looked since it may sleep.
    is_sure: bool,
    rest: Duration,
}

impl Dispatcher {
    pub fn new(
        app: &Arc<AppState>,
        types: Arc<Vec<Arc<JobType>>>,
        slots: usize,
        figures: Figures,
    ) -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        let has_waiting = types.iter().any(|known| known.waits);
        Dispatcher {
            app: Arc::clone(app),
            types,
            name: format!("{}-{}", std::process::id(), Uuid::new_v4()),
            slots,
            places: Arc::new(Semaphore::new(slots)),
            answers: match has_waiting {
                true => usize::from(app.settings.jobs.answers),
                false => 0,
            },
            pace: USUAL,
            figures,
            running: Running::default(),
            ended: Vec::new(),
            sender,
            receiver,
            after: Uuid::nil(),
            beat_at: Instant::now(),
            looked_at: Instant::now(),
            told_at: Instant::now(),
            ticking: None,
        }
    }

    pub fn app(&self) -> &AppState {
        &self.app
    }

    /// Works over one connection, until everything is over.
    ///
    /// # Errors
    /// When the connection is lost, or refused.
    pub async fn work(
        &mut self,
        mut session: Session,
        leaving: &CancellationToken,
        stop: &CancellationToken,
    ) -> Result<()> {
        self.beat(&session).await?;
        let mut next = Next::now();
        loop {
            self.write_ends(&session).await?;
            if self.running.len() > 0 && Instant::now() >= self.beat_at {
                self.beat(&session).await?;
            }
            if stop.is_cancelled() {
                self.running.interrupt_all(Reason::Stopping);
            }
            let is_leaving = leaving.is_cancelled() || stop.is_cancelled();
            if is_leaving && self.running.len() == 0 {
                self.stop_ticking().await;
                return session.leave(&self.name).await;
            }
            let free = self.free();
            let look_at = match free.work {
                0 => next.at.max(self.looked_at + FULL_EVERY),
                _ => next.at,
            };
            if free.any() && !is_leaving && Instant::now() >= look_at {
                self.look(&session, &free, &mut next).await?;
                continue;
            }
            if next.holds && (free.work == 0 || is_leaving) {
                session.wake_up(true).await?;
                next.holds = false;
            }
            let mut heard = Heard::default();
            tokio::select! {
                biased;
                wake = session.wakes.recv() => heard.add(wake.ok_or_else(lost)?),
                ended = self.receiver.recv() => self.ended.extend(ended),
                () = sleep_until(self.beat_at), if self.running.len() > 0 => {}
                () = sleep_until(look_at), if free.any() && !is_leaving => {}
                () = leaving.cancelled(), if !is_leaving => {}
                () = stop.cancelled(), if !stop.is_cancelled() => {}
            }
            // Many may have rung at once: one look answers them all.
            while let Ok(wake) = session.wakes.try_recv() {
                heard.add(wake);
            }
            let is_leaving = leaving.is_cancelled() || stop.is_cancelled();
            self.heed(&session, heard, is_leaving, &mut next).await?;
            while let Ok(ended) = self.receiver.try_recv() {
                self.ended.push(ended);
            }
            if !self.ended.is_empty() {
                // What waited for one of them may run now.
                next.at = next.at.min(Instant::now());
            }
        }
    }

    /// Waits until the database is asked again. Attempts go on, until the lease is over. Whether everything is.
    pub async fn rest(
        &mut self,
        pause: Duration,
        leaving: &CancellationToken,
        stop: &CancellationToken,
    ) -> bool {
        let is_idle = self.running.len() == 0;
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => {
                self.running.interrupt_all(Reason::Stopping);
                return true;
            }
            () = leaving.cancelled(), if is_idle => return true,
        }
        if self.told_at.elapsed() > LEASE {
            self.running.interrupt_all(Reason::Lost);
        }
        false
    }

    /// How many jobs it may have.
    fn capacity(&self) -> usize {
        let ahead = if self.pace < SHORT { AHEAD } else { 1 };
        self.slots * ahead
    }

    /// How many jobs of each kind it may take.
    fn free(&self) -> Free {
        let waiting = self.running.waiting();
        Free {
            work: self.capacity().saturating_sub(self.running.len() - waiting),
            answers: self.answers.saturating_sub(waiting),
        }
    }

    /// Does what it was woken for: takes the jobs that were named, or looks for those that were not.
    async fn heed(
        &mut self,
        session: &Session,
        heard: Heard,
        is_leaving: bool,
        next: &mut Next,
    ) -> Result<()> {
        for id in heard.cancelled {
            self.running.interrupt(id, Reason::Cancelled);
        }
        let mut is_rung = heard.is_rung;
        // Of many at once a look takes more with one statement.
        let is_few = heard.jobs.len() <= NAMED_MAX && !is_leaving;
        let mut taken = 0;
        for id in &heard.jobs {
            if !is_few || !self.take(session, *id).await? {
                is_rung = true;
                break;
            }
            taken += 1;
        }
        if is_rung {
            next.ring(session).await?;
            if taken > 0 && taken == heard.jobs.len() {
                // What rang was these jobs, most likely.
                next.at = Instant::now() + REST;
            }
        }
        Ok(())
    }

    /// Takes a job that was named; whether it was there to be taken.
    async fn take(&mut self, session: &Session, id: Uuid) -> Result<bool> {
        let free = self.free();
        let (types, limits) = self.types_within(&free);
        let demand = self.demand(&free, &types, &limits);
        let taken = session.take_job(&self.name, id, &demand).await?;
        let is_taken = taken.is_some();
        if let Some(job) = taken {
            self.begin(job);
        }
        Ok(is_taken)
    }

    /// The types, and how many of each may run on all workers together.
    fn types_within(&self, free: &Free) -> (Vec<&'static str>, Vec<i32>) {
        let known = self.types.iter();
        known.map(|known| (known.name, free.limit(known))).unzip()
    }

    fn demand<'a>(&self, free: &Free, types: &'a [&'static str], limits: &'a [i32]) -> Demand<'a> {
        Demand {
            count: free.at_once(),
            types,
            limits,
            per_person: i32::try_from(self.capacity().div_ceil(4) * 3).unwrap_or(i32::MAX),
            per_provider: i32::from(self.app.settings.jobs.jobs_per_provider),
            after: self.after,
        }
    }

    async fn look(&mut self, session: &Session, free: &Free, next: &mut Next) -> Result<()> {
        let (types, limits) = self.types_within(free);
        let demand = self.demand(free, &types, &limits);
        let count = demand.count;
        self.looked_at = Instant::now();
        let look = session.take(&self.name, &demand).await?;
        if look.is_tick {
            self.tick(&types);
        }
        // Whose turn it is next: people further on, and from the beginning when there are none.
        let last = look.taken.iter().filter_map(|taken| taken.owner).max();
        self.after = last.filter(|last| *last > self.after).unwrap_or_default();
        let taken = look.taken.len();
        for job in look.taken {
            self.begin(job);
        }
        if free.work == 0 && taken == 0 {
            // Whoever asks for an answer rings (`private.open_answer`): there is nothing to sleep for.
            next.at = Instant::now() + BLOCKED_EVERY;
            return Ok(());
        }
        next.looked(session, taken, taken == count, look.wait).await
    }

    fn begin(&mut self, taken: Taken) {
        let Some(job_type) = self.types.iter().find(|known| known.name == taken.job_type) else {
            return;
        };
        if self.running.len() == 0 {
            // The job's own lease lasts until then.
            self.told_at = Instant::now();
            self.beat_at = self.told_at + BEAT_EVERY;
        }
        self.figures.taken(job_type.name);
        let cancelled = self.running.begin(taken.id, taken.fence, job_type);
        let of = (taken.id, taken.fence);
        let app = Arc::clone(&self.app);
        let context = JobContext::new(app, of, taken.owner, taken.attempt, cancelled);
        let (job_type, sender, id) = (Arc::clone(job_type), self.sender.clone(), taken.id);
        let places = Arc::clone(&self.places);
        tokio::spawn(async move {
            // What waits for others takes no place from what works.
            let places = (!job_type.waits).then_some(&*places);
            let (end, took) = attempt::make(places, &job_type, context, taken.payload).await;
            // Nobody listens any more when the process ends.
            let _ = sender.send(Ended { id, end, took });
        });
    }

    /// Lets schedules enqueue what is due, beside the dispatcher; one at a time.
    fn tick(&mut self, types: &[&'static str]) {
        if self
            .ticking
            .as_ref()
            .is_some_and(|task| !task.is_finished())
        {
            return;
        }
        let (db, types) = (self.app.db.clone(), types.to_vec());
        self.ticking = Some(tokio::spawn(async move {
            if let Err(error) = schedules::tick(&db, &types).await {
                tracing::warn!(%error, "schedules could not be looked at; they are again soon");
            }
        }));
    }

    /// The database may be closed soon: what is being enqueued ends before, and its connection goes back whole.
    async fn stop_ticking(&mut self) {
        if let Some(mut ticking) = self.ticking.take()
            && timeout(TICK_WITHIN, &mut ticking).await.is_err()
        {
            ticking.abort();
        }
    }

    async fn write_ends(&mut self, session: &Session) -> Result<()> {
        if self.ended.is_empty() {
            return Ok(());
        }
        for (id, status) in ending::write(session, &self.running, &self.ended).await? {
            if let Some(job_type) = self.running.job_type(id) {
                self.figures.ended(job_type, &status);
            }
        }
        for ended in self.ended.drain(..) {
            let was_work = self.running.end(ended.id);
            if !was_work {
                continue;
            }
            self.pace = self.pace.mul_f64(0.9) + ended.took.mul_f64(0.1);
        }
        Ok(())
    }

    async fn beat(&mut self, session: &Session) -> Result<()> {
        let (ids, fences) = self.running.held();
        for (id, is_lost) in session.keep(&self.name, &ids, &fences).await? {
            let reason = match is_lost {
                true => Reason::Lost,
                false => Reason::Cancelled,
            };
            self.running.interrupt(id, reason);
        }
        self.told_at = Instant::now();
        self.beat_at = self.told_at + BEAT_EVERY;
        Ok(())
    }
}

impl Free {
    fn any(&self) -> bool {
        self.work > 0 || self.answers > 0
    }

    /// How many are asked for at once: as many as there are places for, of whichever kind they turn out to be.
    fn at_once(&self) -> usize {
        match (self.work, self.answers) {
            (0, some) | (some, 0) => some,
            (work, answers) => work.min(answers),
        }
    }

    /// How many of a type may run on all workers together, where there is a place for one here.
    fn limit(&self, job_type: &JobType) -> i32 {
        let places = if job_type.waits {
            self.answers
        } else {
            self.work
        };
        if places > 0 { job_type.concurrency } else { 0 }
    }
}

impl Next {
    fn now() -> Self {
        Next {
            at: Instant::now(),
            holds: false,
            is_sure: false,
            rest: REST,
        }
    }

    /// Somebody rang: others may have been woken as well, to look for the lock anew.
    async fn ring(&mut self, session: &Session) -> Result<()> {
        if self.holds {
            session.wake_up(false).await?;
        }
        *self = Next::now();
        Ok(())
    }

    /// After a look that brought so many jobs.
    async fn looked(
        &mut self,
        session: &Session,
        count: usize,
        is_full: bool,
        wait: Option<Duration>,
    ) -> Result<()> {
        let now = Instant::now();
        if count > 0 {
            self.is_sure = self.holds;
            self.rest = REST;
            self.at = if is_full { now } else { now + REST };
            return Ok(());
        }
        if wait == Some(Duration::ZERO) {
            self.at = now + BLOCKED_EVERY;
            return Ok(());
        }
        let until = now + wait.unwrap_or(LOOK_EVERY).min(LOOK_EVERY);
        if self.is_sure {
            self.at = until;
            return Ok(());
        }
        match session.doze_off().await? {
            Doze::Busy => {
                self.at = until.min(now + self.rest);
                self.rest = (self.rest * 2).min(REST_MAX);
            }
            dozes => {
                self.holds = dozes == Doze::Held;
                self.is_sure = true;
                // Once more, for what came before.
                self.at = now;
            }
        }
        Ok(())
    }
}
