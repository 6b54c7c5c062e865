//! One entry of the change log, and what a subscriber sees of it.

use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use bytes::Bytes;
use serde_json::value::RawValue;

use super::position::{Cursor, Page, Position};
use super::publication::PublishedTable;
use super::record::Record;

/// What a statement did to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// It is new.
    Insert,
    /// It was changed.
    Update,
    /// It is gone.
    Delete,
    /// The table was emptied by a TRUNCATE of too many rows to list.
    Truncate,
}

/// What a change means to a subscriber.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A new row that matches.
    Insert,
    /// A row that matched and still does.
    Update,
    /// A row that matched is gone.
    Delete,
    /// An update made the row match, or visible.
    Enter,
    /// An update made the row stop matching, or took it out of sight.
    Leave,
}

impl Kind {
    /// The name that clients read.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Insert => "INSERT",
            Kind::Update => "UPDATE",
            Kind::Delete => "DELETE",
            Kind::Enter => "ENTER",
            Kind::Leave => "LEAVE",
        }
    }
}

/// Which operations a subscription wants. ENTER and LEAVE are kinds of UPDATE.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Operations {
    /// INSERT.
    pub insert: bool,
    /// UPDATE, ENTER, LEAVE.
    pub update: bool,
    /// DELETE.
    pub delete: bool,
}

impl Operations {
    /// All of them.
    pub const ALL: Operations = Operations {
        insert: true,
        update: true,
        delete: true,
    };

    /// Whether a kind is among them.
    #[must_use]
    pub const fn include(self, kind: Kind) -> bool {
        match kind {
            Kind::Insert => self.insert,
            Kind::Delete => self.delete,
            Kind::Update | Kind::Enter | Kind::Leave => self.update,
        }
    }
}

/// The snapshots between which a run of changes became visible.
#[derive(Debug)]
pub struct Batch {
    /// Which log they are of, as cursors tell it.
    pub log: u32,
    /// Where the reader stood before.
    pub before: Position,
    /// Where it stands once all of the batch is delivered.
    pub after: Position,
}

/// A change as the log has it.
#[derive(Debug)]
pub struct Change {
    /// Its number in the log. Per row, numbers ascend in the order of commits.
    pub seq: i64,
    /// The transaction that made it.
    pub xid: u64,
    /// Whose row was changed.
    pub table: Arc<PublishedTable>,
    /// What was done.
    pub operation: Operation,
    /// The row as it is now; not after a DELETE.
    pub record: Option<Record>,
    /// The row as it was; not before an INSERT.
    pub old_record: Option<Record>,
    /// When the statement ran, in microseconds since the epoch by the database's clock.
    pub written_at_us: i64,
    /// When the transaction committed, or where the database does not record that, when the
    /// statement ran.
    pub committed_at: SystemTime,
    /// The batch that it came with.
    pub batch: Arc<Batch>,
    cursor: OnceLock<Arc<str>>,
}

impl Change {
    /// A change out of the log.
    #[expect(clippy::too_many_arguments, reason = "the columns of the log")]
    pub(super) fn new(
        seq: i64,
        xid: u64,
        table: Arc<PublishedTable>,
        operation: Operation,
        record: Option<Record>,
        old_record: Option<Record>,
        written_at: SystemTime,
        committed_at: SystemTime,
        batch: Arc<Batch>,
    ) -> Self {
        Change {
            seq,
            xid,
            table,
            operation,
            record,
            old_record,
            written_at_us: super::position::micros(written_at),
            committed_at,
            batch,
            cursor: OnceLock::new(),
        }
    }

    /// The position once this change is delivered.
    #[must_use]
    pub fn position(&self) -> Position {
        let batch = &self.batch;
        Position {
            page: Some(Page {
                snapshot: Arc::clone(&batch.after.base),
                seq: self.seq,
                as_of_us: batch.after.as_of_us,
            }),
            ..batch.before.clone()
        }
    }

    /// The cursor after which this change is not sent again. Written once, however many get it.
    #[must_use]
    pub fn cursor(&self) -> &Arc<str> {
        self.cursor.get_or_init(|| {
            Cursor {
                log: self.batch.log,
                position: self.position(),
            }
            .encode()
            .into()
        })
    }

    /// The columns that an UPDATE changed, by index; of what the log holds.
    pub fn changed_columns(&self) -> impl Iterator<Item = usize> {
        let (old, new) = (self.old_record.as_ref(), self.record.as_ref());
        self.table
            .columns
            .iter()
            .map(|column| column.index)
            .filter(move |index| match (old, new) {
                (Some(old), Some(new)) => old.get(*index) != new.get(*index),
                _ => false,
            })
    }
}

/// A change as one subscriber sees it. Shared by all who see the same.
#[derive(Debug)]
pub struct Event {
    /// What it means to the subscriber.
    pub kind: Kind,
    /// The change.
    pub change: Arc<Change>,
    /// The columns that the subscriber's role may read, by index.
    pub columns: Arc<[bool]>,
    /// What the subscription's projection made of it.
    pub body: Bytes,
}

impl Event {
    /// The row as it is, where the subscriber may see it.
    #[must_use]
    pub fn record(&self) -> Option<&Record> {
        match self.kind {
            Kind::Insert | Kind::Update | Kind::Enter => self.change.record.as_ref(),
            Kind::Delete | Kind::Leave => None,
        }
    }

    /// The row as it was, where the subscriber might see it.
    #[must_use]
    pub fn old_record(&self) -> Option<&Record> {
        match self.kind {
            Kind::Update | Kind::Delete | Kind::Leave => self.change.old_record.as_ref(),
            Kind::Insert | Kind::Enter => None,
        }
    }

    /// The cursor of the change.
    #[must_use]
    pub fn cursor(&self) -> &Arc<str> {
        self.change.cursor()
    }

    /// A record as a JSON object of the columns that the subscriber may read.
    #[must_use]
    pub fn json(&self, record: &Record) -> Box<RawValue> {
        let may_read = |index: usize| self.columns.get(index).copied().unwrap_or(false);
        let columns = self.change.table.columns.iter();
        let readable = columns.filter(|column| may_read(column.index));
        let mut out = String::with_capacity(record.text().len());
        record.write_columns(readable, &mut out);
        RawValue::from_string(out).unwrap_or_else(|_| RawValue::NULL.to_owned())
    }
}
