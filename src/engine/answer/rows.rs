//! Rows become the bytes of an answer.

use std::{borrow::Cow, collections::HashMap};

use super::encoded::EncodedRows;
use crate::{
    auth::Caller,
    db::{Row, RowError, Rows},
    engine::{
        cursor::{Cursors, NodeId},
        encode::{EncodeError, Encoder, NULL, write_json_string, write_list},
        plan::{BucketPlace, FieldShape, FileUrls, Level, LevelShape, ObjectShape, ReadPlan},
        sql::Form,
        value::Param,
    },
};

/// Why rows cannot be written: a fault of the server, unless there are too many.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// A value does not have its type's form.
    #[error("a value cannot be encoded")]
    Encode(#[from] EncodeError),
    /// A row does not have a column that the plan reads.
    #[error("a row does not fit its plan")]
    Row(#[from] RowError),
    /// A column has a type that the API does not know.
    #[error("column {0} of a statement has a type without an encoding")]
    Type(usize),
    /// A row that a write returned is to be answered with rows that belong to it.
    #[error("a row that was returned has no level {0} below it")]
    Level(usize),
    /// The answer has more bytes than it may have.
    #[error("the answer has more than {0} bytes")]
    OverLimit(usize),
    /// Rows are to be answered that were not read.
    #[error("the rows of a loader were not read")]
    Unread,
}

pub(super) type AnswerResult<T = ()> = Result<T, AnswerError>;

/// The rows of a read, level by level.
pub struct ReadResult<'a> {
    pub(super) plan: &'a ReadPlan,
    pub(super) rows: &'a [Rows],
    groups: Vec<HashMap<Vec<u8>, Vec<u32>>>,
    pub(super) values: &'a [Param],
    encoded: &'a [Option<EncodedRows<'a>>],
}

/// The rows of one parent, by their places.
pub(super) enum Group<'g> {
    All(usize),
    Some(&'g [u32]),
}

impl Group<'_> {
    pub(super) fn len(&self) -> usize {
        match self {
            Group::All(count) => *count,
            Group::Some(places) => places.len(),
        }
    }

    pub(super) fn get(&self, index: usize) -> usize {
        match self {
            Group::All(_) => index,
            Group::Some(places) => places[index] as usize,
        }
    }
}

impl<'a> ReadResult<'a> {
    /// The rows of each level of a plan, read with these parameters.
    ///
    /// # Errors
    /// When a row lacks the key of its parent.
    pub fn new(plan: &'a ReadPlan, rows: &'a [Rows], values: &'a [Param]) -> AnswerResult<Self> {
        let groups = plan
            .levels
            .iter()
            .zip(rows)
            .map(|(level, rows)| group(level, rows));
        Ok(ReadResult {
            groups: groups.collect::<AnswerResult<_>>()?,
            plan,
            rows,
            values,
            encoded: &[],
        })
    }

    /// The same with objects that are written already, by level.
    pub fn with(self, encoded: &'a [Option<EncodedRows<'a>>]) -> Self {
        ReadResult { encoded, ..self }
    }

    fn group(&self, level: usize, key: &[u8]) -> Group<'_> {
        if self.plan.levels[level].parent_width == 0 {
            return Group::All(self.rows[level].len());
        }
        Group::Some(
            self.groups[level]
                .get(key)
                .map(Vec::as_slice)
                .unwrap_or_default(),
        )
    }
}

fn group(level: &Level, rows: &Rows) -> AnswerResult<HashMap<Vec<u8>, Vec<u32>>> {
    let mut groups: HashMap<Vec<u8>, Vec<u32>> = HashMap::new();
    if level.parent_width == 0 {
        return Ok(groups);
    }
    let mut key = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        key.clear();
        for column in 0..level.parent_width {
            append_key(row.get(column)?, &mut key);
        }
        // Rows of one parent mostly follow each other; a look-up with a borrowed key costs no copy.
        match groups.get_mut(&key) {
            Some(places) => places.push(place as u32),
            None => drop(groups.insert(key.clone(), vec![place as u32])),
        }
    }
    Ok(groups)
}

/// Appends one column of a key so that no two keys look alike.
fn append_key(value: Option<&[u8]>, key: &mut Vec<u8>) {
    let value = value.unwrap_or_default();
    key.extend_from_slice(&(value.len() as u32).to_be_bytes());
    key.extend_from_slice(value);
}

/// The key under which a loader's row with this number is found.
fn loaded_key(number: i64) -> Vec<u8> {
    let mut key = Vec::with_capacity(12);
    append_key(Some(&number.to_be_bytes()), &mut key);
    key
}

/// Writes rows.
pub struct RowWriter<'a> {
    /// What cursors are signed with.
    pub(super) cursors: &'a Cursors,
    pub(super) scratch: Vec<u8>,
    /// How many bytes the answer may have.
    max_bytes: usize,
    /// How many have been written beside it, to be put into it later.
    beside: usize,
    /// For how many seconds addresses of files may be good.
    address_seconds_max: u64,
}

impl<'a> RowWriter<'a> {
    /// A writer of an answer to this caller with at most so many bytes.
    pub fn new(cursors: &'a Cursors, max_bytes: usize, caller: &Caller) -> Self {
        RowWriter {
            cursors,
            scratch: Vec::new(),
            max_bytes,
            beside: 0,
            address_seconds_max: caller.handed_seconds_max(),
        }
    }

    /// Counts bytes that were written beside the answer; whether it still may have them.
    pub(super) fn count_beside(&mut self, bytes: usize) -> bool {
        self.beside += bytes;
        self.beside <= self.max_bytes
    }

    /// Writes the value of a root field.
    pub fn root(&mut self, read: &ReadResult<'_>, out: &mut Vec<u8>) -> AnswerResult {
        self.level(read, 0, &[], out)
    }

    /// Writes the row of a loader with this number, or null.
    pub fn loaded(
        &mut self,
        read: &ReadResult<'_>,
        number: i64,
        out: &mut Vec<u8>,
    ) -> AnswerResult {
        self.level(read, 0, &loaded_key(number), out)
    }

    pub(super) fn level(
        &mut self,
        read: &ReadResult<'_>,
        level: usize,
        key: &[u8],
        out: &mut Vec<u8>,
    ) -> AnswerResult {
        let group = read.group(level, key);
        let rows = &read.rows[level];
        let of = &read.plan.levels[level];
        match &of.shape {
            LevelShape::Page(shape) => self.page(read, level, shape, &group, key, out),
            LevelShape::Row(_) if group.len() == 0 => {
                out.extend_from_slice(NULL);
                Ok(())
            }
            LevelShape::Row(shape) => self.object(
                of.statement.form(),
                Some(read),
                shape,
                rows.row(group.get(0)),
                out,
            ),
            LevelShape::List(shape) => write_list(0..group.len(), out, |index, out| {
                self.listed(read, level, shape, group.get(index), out)
            }),
            LevelShape::Value(absent) if group.len() == 0 => {
                out.extend_from_slice(absent.as_bytes());
                Ok(())
            }
            LevelShape::Value(_) => {
                let row = rows.row(group.get(0));
                value(of.statement.form(), row, of.parent_width, out)
            }
        }
    }

    /// Writes the object of the row at a place of its level, unless it was written before.
    pub(super) fn listed(
        &mut self,
        read: &ReadResult<'_>,
        level: usize,
        shape: &ObjectShape,
        place: usize,
        out: &mut Vec<u8>,
    ) -> AnswerResult {
        let encoded = read.encoded.get(level).and_then(Option::as_ref);
        match encoded.and_then(|encoded| encoded.object(shape, place)) {
            Some(object) => {
                out.extend_from_slice(object);
                match out.len() > self.max_bytes {
                    true => Err(AnswerError::OverLimit(self.max_bytes)),
                    false => Ok(()),
                }
            }
            None => {
                let form = read.plan.levels[level].statement.form();
                self.object(form, Some(read), shape, read.rows[level].row(place), out)
            }
        }
    }

    /// Writes an object from a row that a write returned.
    pub fn returned(
        &mut self,
        form: Option<&Form>,
        shape: &ObjectShape,
        row: Row<'_>,
        out: &mut Vec<u8>,
    ) -> AnswerResult {
        self.object(form, None, shape, row, out)
    }

    /// Writes an object from a row. `read` is nothing for rows that a write returned: their objects have no levels
    /// below.
    fn object(
        &mut self,
        form: Option<&Form>,
        read: Option<&ReadResult<'_>>,
        shape: &ObjectShape,
        row: Row<'_>,
        out: &mut Vec<u8>,
    ) -> AnswerResult {
        if out.len() > self.max_bytes {
            return Err(AnswerError::OverLimit(self.max_bytes));
        }
        shape.write(out, |field, out| {
            match field {
                FieldShape::Column(column) => value(form, row, *column, out)?,
                FieldShape::Constant(bytes) => out.extend_from_slice(bytes),
                FieldShape::NodeId { table, key } => {
                    let mut values = Vec::with_capacity(key.len());
                    for column in key {
                        let raw = row.get(*column)?.unwrap_or_default();
                        values.push((encoder(form, *column)?, raw));
                    }
                    NodeId::write(table, values, &mut self.scratch, out)?;
                }
                FieldShape::FileUrl {
                    bucket,
                    name,
                    seconds,
                    urls,
                } => self.url(urls, row, bucket, (*name, *seconds), out)?,
                FieldShape::FileUrls {
                    files,
                    seconds,
                    urls,
                } => self.urls(urls, row, (*files, *seconds), out)?,
                FieldShape::ToOne { present, object } => match present {
                    Some(column) if row.get(*column)?.is_none() => out.extend_from_slice(NULL),
                    _ => self.object(form, read, object, row, out)?,
                },
                FieldShape::Level { level, key } => {
                    let mut parent = Vec::with_capacity(key.len() * 20);
                    for column in key {
                        append_key(row.get(*column)?, &mut parent);
                    }
                    let read = read.ok_or(AnswerError::Level(*level))?;
                    self.level(read, *level, &parent, out)?;
                }
            }
            Ok(())
        })
    }

    /// Writes the address of a file, or null.
    fn url(
        &self,
        urls: &FileUrls,
        row: Row<'_>,
        bucket: &BucketPlace,
        (name, seconds): (usize, usize),
        out: &mut Vec<u8>,
    ) -> AnswerResult {
        let text = |column: usize| -> AnswerResult<Option<Cow<'_, str>>> {
            Ok(row.get(column)?.map(String::from_utf8_lossy))
        };
        let bucket = match bucket {
            BucketPlace::Column(column) => text(*column)?,
            BucketPlace::Known(bucket) => Some(Cow::Borrowed(*bucket)),
        };
        let url = match (bucket, text(name)?, self.good_for(row, seconds)?) {
            (Some(bucket), Some(name), Some(seconds)) => urls.sign(&bucket, &name, seconds),
            _ => None,
        };
        write_url(url.as_deref(), out);
        Ok(())
    }

    /// Writes the addresses of the files that a row lists.
    fn urls(
        &self,
        urls: &FileUrls,
        row: Row<'_>,
        (column, seconds): (usize, usize),
        out: &mut Vec<u8>,
    ) -> AnswerResult {
        let files: Vec<Option<(String, String)>> = match row.get(column)? {
            Some(files) => serde_json::from_slice(files).map_err(|_| AnswerError::Type(column))?,
            None => Vec::new(),
        };
        let seconds = self.good_for(row, seconds)?;
        out.push(b'[');
        for (place, file) in files.iter().enumerate() {
            if place > 0 {
                out.push(b',');
            }
            let url = match (file, seconds) {
                (Some((bucket, name)), Some(seconds)) => urls.sign(bucket, name, seconds),
                _ => None,
            };
            write_url(url.as_deref(), out);
        }
        out.push(b']');
        Ok(())
    }

    /// For how many seconds an address is to be good; nothing where the caller may be handed none.
    fn good_for(&self, row: Row<'_>, seconds: usize) -> AnswerResult<Option<u64>> {
        let asked = row.get(seconds)?.map(String::from_utf8_lossy);
        let asked = asked.and_then(|seconds| seconds.parse::<u64>().ok());
        let seconds = asked.map(|seconds| seconds.min(self.address_seconds_max));
        Ok(seconds.filter(|seconds| *seconds > 0))
    }
}

fn write_url(url: Option<&str>, out: &mut Vec<u8>) {
    match url {
        Some(url) => write_json_string(url, out),
        None => out.extend_from_slice(NULL),
    }
}

fn encoder(form: Option<&Form>, column: usize) -> AnswerResult<Encoder> {
    form.and_then(|form| *form.encoders.get(column)?)
        .ok_or(AnswerError::Type(column))
}

fn value(form: Option<&Form>, row: Row<'_>, column: usize, out: &mut Vec<u8>) -> AnswerResult {
    match row.get(column)? {
        Some(raw) => encoder(form, column)?.write(raw, out)?,
        None => out.extend_from_slice(NULL),
    }
    Ok(())
}
