//! Reading the change log from a position.

use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures_util::StreamExt as _;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Row, RowStream, Statement};
use uuid::Uuid;

use super::change::{Batch, Change, Operation};
use super::position::{Page, Position, Snapshot, micros, resync_required};
use super::publication::Publication;
use super::record::Record;
use crate::error::Error;

/// The statement; prepare it once per connection.
pub(super) const READ: &str = include_str!("log_read.sql");

/// How far below a snapshot's end a crashed server may begin to give out ids again. Ids leave a
/// trace on disk within three `wal_writer_delay` (0.6 s by default).
const REUSED_IDS_MAX: u64 = 50_000;

/// Makes sure that the log is of this database and server, so that positions in it mean something; where it was
/// written elsewhere it begins anew. Returns its id, which cursors carry a part of.
///
/// # Errors
/// UNAVAILABLE when the database does not answer or takes no writes.
pub(super) async fn open(client: &Client) -> Result<Uuid, Error> {
    let row = client.query_one("select realtime.open_log()", &[]).await?;
    get(&row, 0)
}

/// What to read.
#[derive(Clone, Debug)]
pub(super) struct Request<'a> {
    /// Everything outside it.
    pub from: &'a Position,
    /// Of one table.
    pub table: Option<i16>,
    /// At most so many.
    pub limit: Option<i64>,
    /// The server may have crashed since the position was taken.
    pub after_crash: bool,
}

/// An answer of the log, entry by entry.
pub(super) struct Entries {
    rows: Pin<Box<RowStream>>,
    first: Option<Row>,
    /// What the position will be when all is taken.
    pub batch: Arc<Batch>,
}

impl Entries {
    /// Asks the log.
    ///
    /// # Errors
    /// RESYNC_REQUIRED when the log no longer has all that the position lacks, UNAVAILABLE when the
    /// database does not answer.
    pub async fn read(
        client: &Client,
        statement: &Statement,
        log: u32,
        request: Request<'_>,
    ) -> Result<Self, Error> {
        let from = request.from;
        let base = from.base.to_string();
        let running = from.base.running();
        let since = time(from.since_us);
        let page = from.page.as_ref().map(|page| page.snapshot.to_string());
        let page_seq = from.page.as_ref().map_or(0, |page| page.seq);
        let page_as_of = from.page.as_ref().map(|page| time(page.as_of_us));
        let as_of = request.after_crash.then(|| time(from.as_of_us));
        let reused = request.after_crash.then(|| {
            from.base
                .xmax()
                .saturating_sub(REUSED_IDS_MAX)
                .max(3)
                .to_string()
        });
        let parameters: [&(dyn ToSql + Sync); 10] = [
            &base,
            &running,
            &since,
            &page,
            &page_seq,
            &request.table,
            &request.limit,
            &as_of,
            &reused,
            &page_as_of,
        ];
        let rows = client.query_raw(statement, parameters).await?;
        let mut rows = Box::pin(rows);
        let first = rows.next().await.transpose()?;
        let first = first.ok_or_else(|| Error::internal("the log answered without a snapshot"))?;
        let snapshot = read_snapshot(&first)?;
        let taken_us = micros(get(&first, 1)?);
        check_log(log, get(&first, 11)?)?;
        check_age(from, &snapshot, &get::<String>(&first, 2)?)?;
        // The rest of a page belongs to the page's snapshot, whatever this read could see.
        let (base, as_of_us) = match &from.page {
            Some(page) => (Arc::clone(&page.snapshot), page.as_of_us),
            None => (Arc::new(snapshot), taken_us),
        };
        let after = Position {
            base,
            page: None,
            since_us: from.since_us,
            as_of_us,
        };
        let batch = Arc::new(Batch {
            log,
            before: from.clone(),
            after,
        });
        Ok(Entries {
            rows,
            first: Some(first),
            batch,
        })
    }

    /// The next entry as it came, or nothing at the end.
    ///
    /// # Errors
    /// UNAVAILABLE when the connection is lost; what was read before counts.
    pub async fn next(&mut self) -> Result<Option<Row>, Error> {
        let row = match self.first.take() {
            Some(row) => row,
            None => match self.rows.next().await.transpose()? {
                Some(row) => row,
                None => return Ok(None),
            },
        };
        // Where nothing is new, one row without an entry carries the snapshot.
        Ok(get::<Option<i64>>(&row, 3)?.is_some().then_some(row))
    }

    /// Whether an entry says that policies, grants or columns changed.
    pub fn is_schema_change(row: &Row) -> Result<bool, Error> {
        Ok(get::<&str>(row, 6)? == "S")
    }

    /// Reads an entry; nothing when its table is not known.
    ///
    /// # Errors
    /// INTERNAL when it does not have the form that the triggers write.
    pub fn change(
        &self,
        publication: &Publication,
        row: &Row,
    ) -> Result<Option<Arc<Change>>, Error> {
        let operation = match get::<&str>(row, 6)? {
            "I" => Operation::Insert,
            "U" => Operation::Update,
            "D" => Operation::Delete,
            _ => Operation::Truncate,
        };
        let Some(table) = publication.table(get(row, 5)?) else {
            return Ok(None);
        };
        let record = |index| -> Result<Option<Record>, Error> {
            let text: Option<String> = get(row, index)?;
            text.map(|text| Record::parse(&table.columns, text))
                .transpose()
                .map_err(Error::internal)
        };
        let xid: &str = get(row, 4)?;
        let xid = xid
            .parse()
            .map_err(|error: std::num::ParseIntError| Error::internal(error))?;
        Ok(Some(Arc::new(Change::new(
            get(row, 3)?,
            xid,
            Arc::clone(table),
            operation,
            record(8)?,
            record(9)?,
            get(row, 7)?,
            get(row, 10)?,
            Arc::clone(&self.batch),
        ))))
    }

    /// The position after an entry with this number, while more of the answer is to come.
    pub fn position_at(&self, seq: i64) -> Position {
        let batch = &self.batch;
        let page = Some(Page {
            snapshot: Arc::clone(&batch.after.base),
            seq,
            as_of_us: batch.after.as_of_us,
        });
        Position {
            page,
            ..batch.before.clone()
        }
    }

    /// From here on lets the changes say, in their cursors, that they belong to an earlier snapshot
    /// than the one that this read has: whoever takes of the answer only what that one sees must not
    /// claim more.
    pub fn claim_only(&mut self, position: &Position) {
        let Batch { log, before, .. } = &*self.batch;
        self.batch = Arc::new(Batch {
            log: *log,
            before: before.clone(),
            after: position.clone(),
        });
    }
}

/// Refuses positions in a log that has begun anew. `found` is the end of its id.
fn check_log(log: u32, found: &str) -> Result<(), Error> {
    if u32::from_str_radix(found, 16) == Ok(log) {
        return Ok(());
    }
    Err(begun_anew())
}

/// What is said of positions in another log than the present one.
pub(super) fn begun_anew() -> Error {
    resync_required("The cursor belongs to another database; read anew and subscribe")
}

/// Refuses positions that the log cannot complete.
fn check_age(from: &Position, now: &Snapshot, dropped_through: &str) -> Result<(), Error> {
    let dropped_through: u64 = dropped_through.parse().unwrap_or(u64::MAX);
    if from.base.xmin() <= dropped_through {
        return Err(resync_required(
            "The cursor is older than what the server keeps; read the present state and subscribe anew",
        ));
    }
    if from.newest().xmax() > now.xmax().saturating_add(REUSED_IDS_MAX) {
        return Err(resync_required(
            "The cursor is from a later state of the database than the present one; read anew",
        ));
    }
    Ok(())
}

fn read_snapshot(row: &Row) -> Result<Snapshot, Error> {
    let text: &str = get(row, 0)?;
    Snapshot::parse(text).ok_or_else(|| Error::internal(format!("not a snapshot: {text}")))
}

fn get<'a, T: tokio_postgres::types::FromSql<'a>>(row: &'a Row, index: usize) -> Result<T, Error> {
    Ok(row.try_get(index)?)
}

fn time(micros: i64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_micros(micros.unsigned_abs())
}
