//! The figures of jobs: what this process does, and how the queue stands.

use std::{sync::Arc, time::Duration};

use prometheus::{IntCounterVec, IntGaugeVec, Opts};

use super::JobType;
use crate::{
    db::Db,
    error::Error,
    metrics::Metrics,
    tasks::{Every, Tasks},
};

/// How often the queue is measured, where somebody reads figures.
const MEASURE_EVERY: Duration = Duration::from_secs(15);
const MEASURE: &str =
    "select job_type, waiting, running, dead, oldest_s from private.job_figures()";
const TYPE: &str = "type";
/// Names that are in nobody's registry make no series.
const OTHER: &str = "other";

/// See the module. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Figures {
    names: Arc<[&'static str]>,
    taken: IntCounterVec,
    ended: IntCounterVec,
    waiting: IntGaugeVec,
    running: IntGaugeVec,
    dead: IntGaugeVec,
    oldest: IntGaugeVec,
}

impl Figures {
    /// Adds them to the server's.
    ///
    /// # Errors
    /// When they were added before.
    pub fn register(metrics: &Metrics, types: &[JobType]) -> Result<Self, prometheus::Error> {
        let counter = |name: &str, help: &str, labels: &[&str]| {
            let name = format!("mindloom_jobs_{name}");
            metrics.add(IntCounterVec::new(Opts::new(name, help), labels)?)
        };
        let gauge = |name: &str, help: &str| {
            let name = format!("mindloom_jobs_{name}");
            metrics.add(IntGaugeVec::new(Opts::new(name, help), &[TYPE])?)
        };
        Ok(Figures {
            names: types.iter().map(|known| known.name).collect(),
            taken: counter("taken_total", "Attempts that this process began", &[TYPE])?,
            ended: counter(
                "ended_total",
                "Attempts of this process that ended, by what became of their jobs: pending ones are tried again",
                &[TYPE, "status"],
            )?,
            waiting: gauge("waiting", "Jobs that are due and wait")?,
            running: gauge("running", "Jobs that run, on all workers")?,
            dead: gauge("dead", "Jobs that were given up")?,
            oldest: gauge(
                "oldest_seconds",
                "For how long the oldest job that waits has been due",
            )?,
        })
    }

    /// An attempt began.
    pub fn taken(&self, job_type: &str) {
        self.taken.with_label_values(&[self.known(job_type)]).inc();
    }

    /// An attempt ended.
    pub fn ended(&self, job_type: &str, status: &str) {
        let labels = [self.known(job_type), status];
        self.ended.with_label_values(&labels).inc();
    }

    /// Measures the queue from now on.
    pub fn measure(&self, tasks: &Tasks, db: &Db) {
        let (figures, db) = (self.clone(), db.clone());
        let every = Every::from_now(MEASURE_EVERY);
        tasks.every("figures of the queue", every, move || {
            let (figures, db) = (figures.clone(), db.clone());
            async move { figures.measure_once(&db).await }
        });
    }

    async fn measure_once(&self, db: &Db) -> Result<(), Error> {
        let client = db.system().await?;
        let rows = client.query(MEASURE, &[]).await?;
        for gauge in [&self.waiting, &self.running, &self.dead, &self.oldest] {
            self.names
                .iter()
                .for_each(|name| gauge.with_label_values(&[name]).set(0));
        }
        for row in rows {
            let label = [self.known(row.get(0))];
            self.waiting.with_label_values(&label).set(row.get(1));
            self.running.with_label_values(&label).set(row.get(2));
            self.dead.with_label_values(&label).set(row.get(3));
            self.oldest.with_label_values(&label).set(row.get(4));
        }
        Ok(())
    }

    fn known(&self, job_type: &str) -> &'static str {
        let known = self.names.iter().find(|name| **name == job_type);
        known.copied().unwrap_or(OTHER)
    }
}
