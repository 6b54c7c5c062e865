//! The jobs that a process works on.

use std::collections::HashMap;

use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::jobs::JobType;

/// Why an attempt was interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// Somebody wished so.
    Cancelled,
    /// The job is another's, or gone.
    Lost,
    /// The process stops.
    Stopping,
}

/// An attempt that runs, or whose end is not written yet.
#[derive(Debug)]
struct Attempt {
    fence: i64,
    job_type: &'static str,
    waits: bool,
    cancel: CancellationToken,
    reason: Option<Reason>,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Running(HashMap<Uuid, Attempt>);

impl Running {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// How many of them wait for others nearly all the time.
    pub fn waiting(&self) -> usize {
        self.0.values().filter(|attempt| attempt.waits).count()
    }

    /// Adds an attempt, and gives the token by which it is interrupted.
    pub fn begin(&mut self, id: Uuid, fence: i64, job_type: &JobType) -> CancellationToken {
        let cancel = CancellationToken::new();
        let attempt = Attempt {
            fence,
            job_type: job_type.name,
            waits: job_type.waits,
            cancel: cancel.clone(),
            reason: None,
        };
        self.0.insert(id, attempt);
        cancel
    }

    /// Interrupts an attempt. The first reason stays, but what is lost is lost.
    pub fn interrupt(&mut self, id: Uuid, reason: Reason) {
        if let Some(attempt) = self.0.get_mut(&id) {
            if attempt.reason.is_none() || reason == Reason::Lost {
                attempt.reason = Some(reason);
            }
            attempt.cancel.cancel();
        }
    }

    /// Interrupts all.
    pub fn interrupt_all(&mut self, reason: Reason) {
        let ids: Vec<Uuid> = self.0.keys().copied().collect();
        for id in ids {
            self.interrupt(id, reason);
        }
    }

    /// The fence of an attempt, and why it was interrupted.
    pub fn get(&self, id: Uuid) -> Option<(i64, Option<Reason>)> {
        let attempt = self.0.get(&id)?;
        Some((attempt.fence, attempt.reason))
    }

    /// What an attempt does.
    pub fn job_type(&self, id: Uuid) -> Option<&'static str> {
        Some(self.0.get(&id)?.job_type)
    }

    /// The jobs and the fences of all.
    pub fn held(&self) -> (Vec<Uuid>, Vec<i64>) {
        self.0
            .iter()
            .map(|(id, attempt)| (*id, attempt.fence))
            .unzip()
    }

    /// Forgets an attempt that is over. Whether it was work, and not waiting for others.
    pub fn end(&mut self, id: Uuid) -> bool {
        self.0.remove(&id).is_some_and(|attempt| !attempt.waits)
    }
}
