//! How the server fares from moment to moment, for those who watch: one task reads the figures, however many watch, and
//! none does while nobody watches.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use parking_lot::Mutex;
use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval},
};
use tokio_util::task::AbortOnDropHandle;

use super::{
    Metrics,
    reading::{Measured, Reading},
};

/// From one reading to the next.
const PERIOD: Duration = Duration::from_secs(1);

/// Reads the figures while somebody watches.
#[derive(Debug)]
pub struct Sampler {
    /// The figures are of parts that may hold this one: they end with the server, not with each other.
    metrics: Weak<Metrics>,
    sampling: Mutex<Weak<Sampling>>,
}

/// A task that reads until nobody holds this.
#[derive(Debug)]
struct Sampling {
    readings: watch::Receiver<Arc<Numbered>>,
    _task: AbortOnDropHandle<()>,
}

#[derive(Debug)]
struct Numbered {
    number: u64,
    reading: Reading,
}

/// Somebody who watches.
#[derive(Debug)]
pub struct Watcher {
    readings: watch::Receiver<Arc<Numbered>>,
    last: Arc<Numbered>,
    every: u64,
    _sampling: Arc<Sampling>,
}

impl Sampler {
    /// Reads these figures.
    pub fn new(metrics: &Arc<Metrics>) -> Self {
        Sampler {
            metrics: Arc::downgrade(metrics),
            sampling: Mutex::default(),
        }
    }

    /// Watches from now on, with an event every so many seconds, at least one. Nothing where the server ends.
    pub fn watch(&self, every_seconds: u32) -> Option<Watcher> {
        let mut current = self.sampling.lock();
        let sampling = match current.upgrade() {
            Some(running) => running,
            None => {
                let started = Arc::new(Sampling::start(self.metrics.clone())?);
                *current = Arc::downgrade(&started);
                started
            }
        };
        drop(current);
        let mut readings = sampling.readings.clone();
        let last = Arc::clone(&readings.borrow_and_update());
        Some(Watcher {
            readings,
            last,
            every: u64::from(every_seconds.max(1)),
            _sampling: sampling,
        })
    }
}

impl Sampling {
    fn start(metrics: Weak<Metrics>) -> Option<Self> {
        let reading = Reading::of(&metrics.upgrade()?.gather());
        let (sender, readings) = watch::channel(Arc::new(Numbered { number: 0, reading }));
        let task = tokio::spawn(async move {
            let mut ticks = interval(PERIOD);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            // The first is at once, and was read just now.
            ticks.tick().await;
            let mut number = 0;
            loop {
                ticks.tick().await;
                let Some(metrics) = metrics.upgrade() else {
                    return;
                };
                let reading = Reading::of(&metrics.gather());
                number += 1;
                sender.send_replace(Arc::new(Numbered { number, reading }));
            }
        });
        Some(Sampling {
            readings,
            _task: AbortOnDropHandle::new(task),
        })
    }
}

impl Watcher {
    /// How the server fared since the last call, or since the beginning, when it is time to tell; nothing when the
    /// server ends. Whoever asks late gets one event about all of the time.
    pub async fn next(&mut self) -> Option<Measured> {
        loop {
            self.readings.changed().await.ok()?;
            let now = Arc::clone(&self.readings.borrow_and_update());
            if now.number >= self.last.number + self.every {
                let measured = now.reading.since(&self.last.reading);
                self.last = now;
                return Some(measured);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use prometheus::IntCounter;

    use super::*;

    #[tokio::test]
    async fn one_task_reads_while_somebody_watches() {
        let metrics = Arc::new(Metrics::default());
        let sampler = Sampler::new(&metrics);
        let changes = IntCounter::new("mindloom_realtime_changes_in_total", "Changes").unwrap();
        let changes = metrics.add(changes).unwrap();
        let (mut often, mut seldom) = (sampler.watch(1).unwrap(), sampler.watch(2).unwrap());
        assert!(Arc::ptr_eq(&often._sampling, &seldom._sampling));
        changes.inc_by(1_000);
        assert!(often.next().await.unwrap().changes > 0.0);
        let second = often.next().await.unwrap();
        assert!(second.changes.abs() < f64::EPSILON, "{second:?}");
        let both = seldom.next().await.unwrap();
        assert!(both.changes > 0.0, "of both seconds: {both:?}");
        drop((often, seldom));
        assert!(
            sampler.sampling.lock().upgrade().is_none(),
            "nobody watches"
        );
        let mut again = sampler.watch(1).unwrap();
        assert!(again.next().await.is_some());
        drop(metrics);
        assert_eq!(again.next().await, None, "the server ended");
    }
}
