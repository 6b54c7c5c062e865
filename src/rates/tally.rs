use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use dashmap::{DashMap, Entry};

use super::Subject;

/// Seats that are taken, in all and by each subject.
#[derive(Debug)]
pub struct Tally {
    max_all: usize,
    max_each: usize,
    all: AtomicUsize,
    each: DashMap<Subject, usize>,
}

/// Why there is no seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full {
    /// All are taken.
    All,
    /// The subject has as many as it may have.
    Each,
}

/// A seat that is taken until it is dropped.
#[derive(Debug)]
pub struct Seat {
    tally: Arc<Tally>,
    subject: Subject,
}

impl Tally {
    /// So many seats in all, so many for each subject.
    pub fn new(max_all: usize, max_each: usize) -> Arc<Self> {
        Arc::new(Tally {
            max_all,
            max_each,
            all: AtomicUsize::new(0),
            each: DashMap::new(),
        })
    }

    /// Takes a seat.
    ///
    /// # Errors
    /// When there is none.
    pub fn enter(self: &Arc<Self>, subject: Subject) -> Result<Seat, Full> {
        let free = |taken: usize| (taken < self.max_all).then_some(taken + 1);
        self.all
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, free)
            .map_err(|_| Full::All)?;
        let mut taken = self.each.entry(subject).or_insert(0);
        if *taken >= self.max_each {
            let is_new = *taken == 0;
            drop(taken);
            if is_new {
                self.each.remove_if(&subject, |_, taken| *taken == 0);
            }
            self.all.fetch_sub(1, Ordering::Relaxed);
            return Err(Full::Each);
        }
        *taken += 1;
        drop(taken);
        Ok(Seat {
            tally: Arc::clone(self),
            subject,
        })
    }

    /// How many seats are taken.
    pub fn taken(&self) -> usize {
        self.all.load(Ordering::Relaxed)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.tally.all.fetch_sub(1, Ordering::Relaxed);
        if let Entry::Occupied(mut taken) = self.tally.each.entry(self.subject) {
            *taken.get_mut() -= 1;
            if *taken.get() == 0 {
                taken.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_are_bounded_in_all_and_for_each() {
        let tally = Tally::new(3, 2);
        let subject = |n: u8| Subject::network([192, 0, 2, n].into());
        let first = tally.enter(subject(1)).unwrap();
        let second = tally.enter(subject(1)).unwrap();
        assert_eq!(tally.enter(subject(1)).unwrap_err(), Full::Each);
        let third = tally.enter(subject(2)).unwrap();
        assert_eq!(tally.enter(subject(2)).unwrap_err(), Full::All);
        drop(first);
        let fourth = tally.enter(subject(2)).unwrap();
        drop((second, third, fourth));
        assert_eq!(
            (tally.taken(), tally.each.len()),
            (0, 0),
            "nobody is remembered"
        );
    }
}
