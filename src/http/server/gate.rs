//! Who may connect, and who goes when room gets scarce.

use std::{net::IpAddr, sync::Arc};

use parking_lot::Mutex;
use slab::Slab;

use super::watch::Watch;
use crate::rates::{Full, Seat, Subject, Tally};

/// Seats that are kept for those who ask how the server is.
pub(super) const KEPT_SEATS: usize = 16;
/// A sixteenth of the seats is kept free by closing idle connections.
const FREE_PART: usize = 16;

/// The open connections.
#[derive(Debug)]
pub(super) struct Gate {
    max: usize,
    seats: Arc<Tally>,
    open: Mutex<Slab<Arc<Watch>>>,
}

/// An open connection, until it is dropped.
#[derive(Debug)]
pub(super) struct ConnectionPermit {
    gate: Arc<Gate>,
    key: usize,
    _seat: Seat,
}

impl Gate {
    pub(super) fn new(max: usize, per_address: usize) -> Arc<Self> {
        Arc::new(Gate {
            max,
            seats: Tally::new(max + KEPT_SEATS, per_address),
            open: Mutex::default(),
        })
    }

    /// Lets a connection in, if its address has not as many as it may and there is a seat.
    pub(super) fn enter(
        self: &Arc<Self>,
        address: IpAddr,
        watch: &Arc<Watch>,
    ) -> Result<ConnectionPermit, Full> {
        let seat = self.seats.enter(Subject::network(address));
        if !matches!(seat, Err(Full::Each)) && self.seats.taken() > self.max - self.max / FREE_PART
        {
            self.close_idle();
        }
        Ok(ConnectionPermit {
            _seat: seat?,
            key: self.open().insert(Arc::clone(watch)),
            gate: Arc::clone(self),
        })
    }

    /// Whether only the seats are left that are kept.
    pub(super) fn is_full(&self) -> bool {
        self.seats.taken() > self.max
    }

    /// Closes the connections that have been idle the longest: as many as make room, and one at least.
    pub(super) fn close_idle(&self) {
        let open = self.open();
        let mut idle: Vec<(u64, &Arc<Watch>)> = open
            .iter()
            .filter_map(|(_, watch)| Some((watch.idle_since_ms()?, watch)))
            .collect();
        let wanted = (self.max / FREE_PART / 2).clamp(1, idle.len().max(1));
        if wanted < idle.len() {
            idle.select_nth_unstable_by_key(wanted, |(since, _)| *since);
        }
        for (_, watch) in idle.iter().take(wanted) {
            watch.evicted.notify_one();
        }
    }

    fn open(&self) -> parking_lot::MutexGuard<'_, Slab<Arc<Watch>>> {
        self.open.lock()
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        self.gate.open().try_remove(self.key);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::http::server::watch::Clock;

    #[test]
    fn the_longest_idle_go_first_and_some_seats_are_kept() {
        let gate = Gate::new(32, usize::MAX);
        let clock = Clock::start();
        let address = IpAddr::from([192, 0, 2, 1]);
        let enter = || {
            let watch = Arc::new(Watch::new(clock));
            let admitted = gate.enter(address, &watch);
            (watch, admitted)
        };
        let busy = enter();
        busy.0.on_request(false);
        std::thread::sleep(Duration::from_millis(3));
        let oldest = enter();
        std::thread::sleep(Duration::from_millis(3));
        let rest: Vec<_> = (2..32 + KEPT_SEATS).map(|_| enter()).collect();
        assert!(gate.is_full());
        assert!(rest.iter().all(|(_, admitted)| admitted.is_ok()));
        assert_eq!(enter().1.unwrap_err(), Full::All);
        let told = |watch: &Watch| {
            use futures_util::FutureExt as _;
            watch.evicted.notified().now_or_never().is_some()
        };
        assert!(told(&oldest.0));
        assert!(!told(&busy.0));
        drop((oldest, rest));
        assert!(!gate.is_full());
    }

    #[test]
    fn one_address_does_not_take_all() {
        let gate = Gate::new(32, 2);
        let clock = Clock::start();
        let enter = |last: u8| gate.enter([192, 0, 2, last].into(), &Arc::new(Watch::new(clock)));
        let (_one, _two) = (enter(1).unwrap(), enter(1).unwrap());
        assert_eq!(enter(1).unwrap_err(), Full::Each);
        assert!(enter(2).is_ok());
    }
}
