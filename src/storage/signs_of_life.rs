//! When a server says again that bytes of an upload still come. One that cannot be said is said soon after: an upload ends
//! of it only when nothing was heard of it for nearly as long as it is kept.

use std::time::{Duration, Instant};

/// How often it is said.
const EVERY: Duration = Duration::from_secs(60);
/// How soon again after it could not be.
const AGAIN: Duration = Duration::from_secs(5);
/// How long an upload goes on of which none could be said: an upload is kept for ten minutes.
const SILENT_MAX: Duration = Duration::from_secs(8 * 60);

/// The signs of life of one upload.
pub(super) struct SignsOfLife {
    heard: Instant,
    due: Instant,
}

impl SignsOfLife {
    /// The first was said `now`, by writing the upload down.
    pub(super) fn new(now: Instant) -> Self {
        SignsOfLife {
            heard: now,
            due: now + EVERY,
        }
    }

    /// Whether it is time for one.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        now > self.due
    }

    /// One was said.
    pub(super) fn said(&mut self, now: Instant) {
        *self = Self::new(now);
    }

    /// One could not be said. Gives whether the upload goes on all the same.
    pub(super) fn missed(&mut self, now: Instant) -> bool {
        self.due = now + AGAIN;
        now.duration_since(self.heard) < SILENT_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_upload_outlives_signs_that_could_not_be_said() {
        let begun = Instant::now();
        let at = |seconds| begun + Duration::from_secs(seconds);
        let mut signs = SignsOfLife::new(begun);
        assert!(!signs.is_due(at(59)));
        assert!(signs.is_due(at(61)));
        assert!(signs.missed(at(61)), "one missed ends nothing");
        assert!(!signs.is_due(at(62)), "not with each write");
        assert!(signs.is_due(at(67)), "but soon");
        assert!(signs.missed(at(479)));
        assert!(!signs.missed(at(480)), "nobody heard of it for 8 minutes");
        signs.said(at(100));
        assert!(!signs.is_due(at(159)));
        assert!(signs.missed(at(579)), "what was said counts");
        assert!(!signs.missed(at(580)));
    }
}
