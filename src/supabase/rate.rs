//! How often one connection may do something.

use std::time::Instant;

/// A bucket that refills by `per_second` and holds as many.
#[derive(Debug)]
pub(super) struct Rate {
    left: f32,
    filled: Instant,
}

impl Rate {
    /// A full bucket.
    pub(super) fn new(per_second: u32, now: Instant) -> Self {
        Rate {
            left: per_second as f32,
            filled: now,
        }
    }

    /// Takes one, if there is one.
    pub(super) fn take(&mut self, per_second: u32, now: Instant) -> bool {
        let limit = per_second as f32;
        let refilled = now.saturating_duration_since(self.filled).as_secs_f32() * limit;
        self.left = (self.left + refilled).min(limit);
        self.filled = now;
        if self.left < 1.0 {
            return false;
        }
        self.left -= 1.0;
        true
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn allows_so_many_a_second_and_no_more() {
        let mut now = Instant::now();
        let mut rate = Rate::new(3, now);
        assert!((0..3).all(|_| rate.take(3, now)));
        assert!(!rate.take(3, now));
        now += Duration::from_millis(400);
        assert!(rate.take(3, now));
        assert!(!rate.take(3, now));
        now += Duration::from_secs(3600);
        assert!((0..3).all(|_| rate.take(3, now)));
        assert!(!rate.take(3, now), "an idle hour saves nothing up");
    }
}
