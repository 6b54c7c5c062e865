//! Where a reader of the change log stands, and how clients keep it as a cursor.
//!
//! A sequence number cannot say it: numbers are given when a statement runs and become visible when
//! its transaction commits, so a larger number can appear before a smaller one. A snapshot can: a
//! transaction is new exactly when an earlier snapshot did not see it.

use std::fmt::{self, Display, Write as _};
use std::sync::Arc;
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::{Code, Error};

/// Longer cursors are refused unread; a snapshot with ten thousand open transactions fits.
const CURSOR_MAX_BYTES: usize = 64 * 1024;
const CURSOR_VERSION: u8 = 1;

/// Microseconds since the epoch.
pub(super) fn micros(at: SystemTime) -> i64 {
    at.duration_since(SystemTime::UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_micros()).ok())
        .unwrap_or(0)
}

/// Which transactions had ended at one moment, as `pg_snapshot` says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Every transaction below it had ended.
    xmin: u64,
    /// No transaction from here on had ended. Some may have begun, and written.
    xmax: u64,
    /// Those between the two that had not ended, ascending.
    running: Box<[u64]>,
}

impl Snapshot {
    /// Reads PostgreSQL's text form, `xmin:xmax:running,…`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(':');
        let xmin = parts.next()?.parse().ok()?;
        let xmax = parts.next()?.parse().ok()?;
        let running = parts.next()?;
        let running: Result<Box<[u64]>, _> = running
            .split(',')
            .filter(|xid| !xid.is_empty())
            .map(str::parse)
            .collect();
        Self::checked(xmin, xmax, running.ok()?)
    }

    fn checked(xmin: u64, xmax: u64, running: Box<[u64]>) -> Option<Self> {
        let ascending = running.windows(2).all(|pair| pair[0] < pair[1]);
        let within = running.first().is_none_or(|xid| *xid >= xmin)
            && running.last().is_none_or(|xid| *xid < xmax);
        (xmin <= xmax && ascending && within).then_some(Snapshot {
            xmin,
            xmax,
            running,
        })
    }

    /// Whether a transaction had ended (or is older than the snapshot can tell).
    #[must_use]
    pub fn sees(&self, xid: u64) -> bool {
        xid < self.xmin || (xid < self.xmax && self.running.binary_search(&xid).is_err())
    }

    /// Whether it sees everything that an earlier snapshot sees.
    #[must_use]
    pub fn includes(&self, earlier: &Snapshot) -> bool {
        self.xmax >= earlier.xmax && !self.running.iter().any(|xid| earlier.sees(*xid))
    }

    /// The first transaction id that may not have ended.
    #[must_use]
    pub fn xmin(&self) -> u64 {
        self.xmin
    }

    /// The first transaction id that had not been given out.
    #[must_use]
    pub fn xmax(&self) -> u64 {
        self.xmax
    }

    /// The transactions that were running, as text for a query's `xid8[]`.
    #[must_use]
    pub fn running(&self) -> Vec<String> {
        self.running.iter().map(u64::to_string).collect()
    }

    /// Whether some transaction was open that had written.
    #[must_use]
    pub fn has_running(&self) -> bool {
        !self.running.is_empty()
    }
}

impl Display for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:", self.xmin, self.xmax)?;
        for (index, xid) in self.running.iter().enumerate() {
            if index > 0 {
                f.write_char(',')?;
            }
            write!(f, "{xid}")?;
        }
        Ok(())
    }
}

/// A set of changes: everything that `base` sees, and of what `page` sees, what was numbered up to
/// `page.seq`. Reading goes by pages of one snapshot in order of number, so it always has this form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// What it sees is delivered.
    pub base: Arc<Snapshot>,
    /// How far a later snapshot was delivered, while its changes are on their way.
    pub page: Option<Page>,
    /// Microseconds since the epoch by the database's clock: no change outside this set was written
    /// before. Keeps reading away from old partitions.
    pub since_us: i64,
    /// Microseconds since the epoch by the database's clock: what `base` sees was written before.
    /// Tells transaction ids that a crashed server gave out again.
    pub as_of_us: i64,
}

/// A partly delivered snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Of which a part is delivered.
    pub snapshot: Arc<Snapshot>,
    /// What it sees and is numbered up to here is delivered.
    pub seq: i64,
    /// What it sees was written before, as in [`Position::as_of_us`].
    pub as_of_us: i64,
}

impl Position {
    /// Whether a change is in the set, by its transaction, number, and when it was written.
    #[must_use]
    pub fn has(&self, xid: u64, seq: i64, at_us: i64) -> bool {
        (at_us <= self.as_of_us && self.base.sees(xid))
            || self.page.as_ref().is_some_and(|page| {
                seq <= page.seq && at_us <= page.as_of_us && page.snapshot.sees(xid)
            })
    }

    /// The newest snapshot in it.
    #[must_use]
    pub fn newest(&self) -> &Arc<Snapshot> {
        self.page.as_ref().map_or(&self.base, |page| &page.snapshot)
    }
}

/// A position in one database's log, as clients keep it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Which log it belongs to.
    pub log: u32,
    /// What was received up to then.
    pub position: Position,
}

impl Cursor {
    /// The text that clients send back as `after`. Opaque to them.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut out = Vec::with_capacity(48);
        out.push(CURSOR_VERSION);
        out.extend_from_slice(&self.log.to_be_bytes());
        let position = &self.position;
        put(&mut out, position.since_us.unsigned_abs());
        put(
            &mut out,
            position
                .as_of_us
                .saturating_sub(position.since_us)
                .unsigned_abs(),
        );
        put_snapshot(&mut out, &position.base);
        if let Some(page) = &position.page {
            put_snapshot(&mut out, &page.snapshot);
            put(&mut out, page.seq.unsigned_abs());
            put(
                &mut out,
                page.as_of_us
                    .saturating_sub(position.since_us)
                    .unsigned_abs(),
            );
        }
        URL_SAFE_NO_PAD.encode(out)
    }

    /// Reads what [`Cursor::encode`] wrote.
    ///
    /// # Errors
    /// BAD_USER_INPUT for anything else.
    pub fn decode(text: &str) -> Result<Self, Error> {
        let refused = || Error::bad_input("`after` is not a cursor of a change");
        if text.len() > CURSOR_MAX_BYTES {
            return Err(refused());
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| refused())?;
        Self::read(&bytes).ok_or_else(refused)
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (&version, rest) = bytes.split_first()?;
        let (log, mut rest) = rest.split_first_chunk::<4>()?;
        if version != CURSOR_VERSION {
            return None;
        }
        let since_us = i64::try_from(take(&mut rest)?).ok()?;
        let as_of_us = since_us.checked_add(i64::try_from(take(&mut rest)?).ok()?)?;
        let base = Arc::new(take_snapshot(&mut rest)?);
        let page = if rest.is_empty() {
            None
        } else {
            let snapshot = Arc::new(take_snapshot(&mut rest)?);
            let seq = i64::try_from(take(&mut rest)?).ok()?;
            let as_of_us = since_us.checked_add(i64::try_from(take(&mut rest)?).ok()?)?;
            Some(Page {
                snapshot,
                seq,
                as_of_us,
            })
        };
        let position = Position {
            base,
            page,
            since_us,
            as_of_us,
        };
        rest.is_empty().then_some(Cursor {
            log: u32::from_be_bytes(*log),
            position,
        })
    }
}

/// What a client gets whose cursor the log can no longer answer.
#[must_use]
pub fn resync_required(why: &'static str) -> Error {
    Error::new(Code::ResyncRequired, why)
}

/// Seven bits to a byte, the lowest first.
fn put(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the low seven bits are meant"
        )]
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    #[expect(clippy::cast_possible_truncation, reason = "below 128")]
    out.push(value as u8);
}

fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        let bits = u64::from(byte & 0x7f);
        if shift == 63 && bits > 1 {
            return None;
        }
        value |= bits << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn put_snapshot(out: &mut Vec<u8>, snapshot: &Snapshot) {
    put(out, snapshot.xmin);
    put(out, snapshot.xmax - snapshot.xmin);
    put(out, snapshot.running.len() as u64);
    let mut last = snapshot.xmin;
    for &xid in &snapshot.running {
        put(out, xid - last);
        last = xid;
    }
}

fn take_snapshot(bytes: &mut &[u8]) -> Option<Snapshot> {
    let xmin = take(bytes)?;
    let xmax = xmin.checked_add(take(bytes)?)?;
    let count = usize::try_from(take(bytes)?).ok()?;
    // Each takes at least a byte, so this bounds what is allocated below.
    if count > bytes.len() {
        return None;
    }
    let mut running = Vec::with_capacity(count);
    let mut last = xmin;
    for _ in 0..count {
        last = last.checked_add(take(bytes)?)?;
        running.push(last);
    }
    Snapshot::checked(xmin, xmax, running.into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_snapshot_reads_what_postgresql_writes() {
        let snapshot = Snapshot::parse("10:20:10,14,15").expect("a snapshot");
        let seen: Vec<u64> = (8..22).filter(|xid| snapshot.sees(*xid)).collect();
        assert_eq!(seen, [8, 9, 11, 12, 13, 16, 17, 18, 19]);
        assert_eq!(snapshot.to_string(), "10:20:10,14,15");
        for wrong in [
            "",
            "10:20",
            "20:10:",
            "10:20:14,14",
            "10:20:9",
            "10:20:20",
            "a:b:c",
        ] {
            assert_eq!(Snapshot::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_page_adds_its_first_numbers_only() {
        let snapshot = |text| Arc::new(Snapshot::parse(text).expect("a snapshot"));
        let page = Some(Page {
            snapshot: snapshot("20:20:"),
            seq: 7,
            as_of_us: 200,
        });
        let position = Position {
            base: snapshot("10:10:"),
            page,
            since_us: 0,
            as_of_us: 100,
        };
        assert!(
            position.has(9, 100, 50),
            "seen by the base, whatever its number"
        );
        assert!(position.has(15, 7, 150) && !position.has(15, 8, 150));
        assert!(
            !position.has(20, 1, 150),
            "a transaction that neither snapshot sees"
        );
        assert!(!position.has(9, 100, 150), "an id that was given out again");
        assert!(!position.has(15, 7, 250), "the same within the page");
    }

    #[test]
    fn a_later_snapshot_includes_an_earlier_one() {
        let snapshot = |text| Snapshot::parse(text).expect("a snapshot");
        let earlier = snapshot("10:20:10,15");
        for (later, includes) in [
            ("10:20:10,15", true),
            ("20:20:", true),
            ("10:25:10,22", true),
            ("15:19:15", false),
            ("12:20:12", false),
        ] {
            assert_eq!(snapshot(later).includes(&earlier), includes, "{later}");
        }
    }

    fn snapshots() -> impl Strategy<Value = Snapshot> {
        (
            0u64..1 << 40,
            prop::collection::btree_set(0u64..10_000, 0..20),
        )
            .prop_map(|(xmin, running)| {
                let running: Box<[u64]> = running.into_iter().map(|xid| xmin + xid).collect();
                Snapshot {
                    xmin,
                    xmax: xmin + 10_000,
                    running,
                }
            })
    }

    proptest! {
        #[test]
        fn cursors_survive_the_way_to_the_client_and_back(
            log: u32, base in snapshots(), page in prop::option::of((snapshots(), 0i64..i64::MAX)),
            since_us in 0i64..1 << 60, age_us in 0i64..1 << 50,
        ) {
            let page = page.map(|(snapshot, seq)| Page {
                snapshot: Arc::new(snapshot),
                seq,
                as_of_us: since_us + age_us + 5,
            });
            let position = Position { base: Arc::new(base), page, since_us, as_of_us: since_us + age_us };
            let cursor = Cursor { log, position };
            prop_assert_eq!(Cursor::decode(&cursor.encode()).ok(), Some(cursor));
        }

        #[test]
        fn other_text_is_refused_and_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Cursor::decode(&URL_SAFE_NO_PAD.encode([&[CURSOR_VERSION][..], &bytes].concat()));
            let _ = Cursor::decode(&String::from_utf8_lossy(&bytes));
        }
    }
}
