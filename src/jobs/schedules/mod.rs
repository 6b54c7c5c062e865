//! Schedules: what runs without being asked.
//!
//! The registry says when at first (`JobType::schedule`), administrators what differs; both stand in `job_schedules`.
//! Whichever server sees that a schedule's time has come moves it on and enqueues its job, in one transaction: one tick
//! is one job. Ticks that nobody was there for are one job together.

mod cron;
mod tick;

pub use cron::{next_run, plain as plain_cron};
pub(super) use tick::{register, tick};
