//! Rows become the bytes of an answer.

mod early;

use std::collections::HashMap;

use super::{
    cursor::{Cursors, NodeId, order_with},
    encode::{EncodeError, Encoder},
    plan::{
        EdgeField, FieldShape, Level, LevelShape, ObjectShape, PageField, PageInfoField, PageShape,
        ReadPlan,
    },
    sql::Form,
    value::Param,
};
use crate::db::{Row, RowError, Rows};

pub use early::Early;

/// Why rows cannot be written: a fault of the server.
#[derive(Debug, thiserror::Error)]
pub enum RespondError {
    /// A value does not have its type's form.
    #[error("a value cannot be encoded")]
    Encode(#[from] EncodeError),
    /// A row does not have a column that the plan reads.
    #[error("a row does not fit its plan")]
    Row(#[from] RowError),
    /// A column has a type that the API does not know.
    #[error("column {0} of a statement has a type without an encoding")]
    Type(usize),
}

type Outcome<T = ()> = Result<T, RespondError>;

/// The rows of a read, level by level.
pub struct Fetched<'a> {
    plan: &'a ReadPlan,
    rows: &'a [Rows],
    groups: Vec<HashMap<Vec<u8>, Vec<u32>>>,
    values: &'a [Param],
    early: &'a [Option<Early<'a>>],
}

/// The rows of one parent, by their places.
enum Group<'g> {
    All(usize),
    Some(&'g [u32]),
}

impl Group<'_> {
    fn len(&self) -> usize {
        match self {
            Group::All(count) => *count,
            Group::Some(places) => places.len(),
        }
    }

    fn get(&self, index: usize) -> usize {
        match self {
            Group::All(_) => index,
            Group::Some(places) => places[index] as usize,
        }
    }
}

impl<'a> Fetched<'a> {
    /// The rows of each level of a plan, read with these parameters.
    ///
    /// # Errors
    /// When a row lacks the key of its parent.
    pub fn new(plan: &'a ReadPlan, rows: &'a [Rows], values: &'a [Param]) -> Outcome<Self> {
        let groups = plan
            .levels
            .iter()
            .zip(rows)
            .map(|(level, rows)| group(level, rows));
        Ok(Fetched {
            groups: groups.collect::<Outcome<_>>()?,
            plan,
            rows,
            values,
            early: &[],
        })
    }

    /// The same with objects that are written already, by level.
    pub fn with(self, early: &'a [Option<Early<'a>>]) -> Self {
        Fetched { early, ..self }
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

fn group(level: &Level, rows: &Rows) -> Outcome<HashMap<Vec<u8>, Vec<u32>>> {
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
pub fn loaded_key(number: i64) -> Vec<u8> {
    let mut key = Vec::with_capacity(12);
    append_key(Some(&number.to_be_bytes()), &mut key);
    key
}

/// Writes answers.
pub struct Responder<'a> {
    /// What cursors are signed with.
    pub cursors: &'a Cursors,
    scratch: Vec<u8>,
}

impl<'a> Responder<'a> {
    /// A responder with working space of its own.
    pub fn new(cursors: &'a Cursors) -> Self {
        Responder {
            cursors,
            scratch: Vec::new(),
        }
    }

    /// Writes the value of a root field.
    pub fn root(&mut self, fetched: &Fetched<'_>, out: &mut Vec<u8>) -> Outcome {
        self.level(fetched, 0, &[], out)
    }

    /// Writes the row of a loader with this number, or null.
    pub fn loaded(&mut self, fetched: &Fetched<'_>, number: i64, out: &mut Vec<u8>) -> Outcome {
        self.level(fetched, 0, &loaded_key(number), out)
    }

    fn level(
        &mut self,
        fetched: &Fetched<'_>,
        level: usize,
        key: &[u8],
        out: &mut Vec<u8>,
    ) -> Outcome {
        let group = fetched.group(level, key);
        let rows = &fetched.rows[level];
        match &fetched.plan.levels[level].shape {
            LevelShape::Page(shape) => self.page(fetched, level, shape, &group, key, out),
            LevelShape::Row(_) if group.len() == 0 => {
                out.extend_from_slice(b"null");
                Ok(())
            }
            LevelShape::Row(shape) => {
                self.object(Some(fetched), level, shape, rows.row(group.get(0)), out)
            }
            LevelShape::List(shape) => {
                out.push(b'[');
                for index in 0..group.len() {
                    comma(index, out);
                    self.listed(fetched, level, shape, group.get(index), out)?;
                }
                out.push(b']');
                Ok(())
            }
            LevelShape::Value(absent) if group.len() == 0 => {
                out.extend_from_slice(absent.as_bytes());
                Ok(())
            }
            LevelShape::Value(_) => {
                let column = fetched.plan.levels[level].parent_width;
                value(
                    fetched.plan.levels[level].statement.form(),
                    rows.row(group.get(0)),
                    column,
                    out,
                )
            }
        }
    }

    fn page(
        &mut self,
        fetched: &Fetched<'_>,
        level: usize,
        shape: &PageShape,
        group: &Group<'_>,
        key: &[u8],
        out: &mut Vec<u8>,
    ) -> Outcome {
        // One row more than is shown was read, to see whether others follow.
        let read_most = match fetched.values.get(shape.limit) {
            Some(Param::Int(limit)) => usize::try_from(*limit).unwrap_or_default(),
            _ => usize::MAX,
        };
        let shown = group.len().min(read_most.saturating_sub(1));
        let order = match shape.cursor.as_slice() {
            [] => shape.order,
            _ => order_with(shape.order, &shape.given, fetched.values),
        };
        let page = Page {
            level,
            shape,
            order,
            group,
            shown,
            more: group.len() > shown,
        };
        out.push(b'{');
        for (prefix, field) in &shape.fields {
            out.extend_from_slice(prefix);
            match field {
                PageField::Nodes(object) => self.list(&page, out, |this, place, out| {
                    this.listed(fetched, level, object, place, out)
                })?,
                PageField::Edges(fields) => self.list(&page, out, |this, place, out| {
                    this.edge(fetched, &page, fields, place, out)
                })?,
                PageField::PageInfo(fields) => self.page_info(fetched, &page, fields, key, out)?,
                PageField::TotalCount(level) => self.level(fetched, *level, key, out)?,
                PageField::Typename(shape) => constant(shape, out),
            }
        }
        out.push(b'}');
        Ok(())
    }

    fn list(
        &mut self,
        page: &Page<'_>,
        out: &mut Vec<u8>,
        mut write: impl FnMut(&mut Self, usize, &mut Vec<u8>) -> Outcome,
    ) -> Outcome {
        out.push(b'[');
        for index in 0..page.shown {
            comma(index, out);
            write(self, page.place(index), out)?;
        }
        out.push(b']');
        Ok(())
    }

    /// Writes the object of the row at a place of its level, unless it was written before.
    fn listed(
        &mut self,
        fetched: &Fetched<'_>,
        level: usize,
        shape: &ObjectShape,
        place: usize,
        out: &mut Vec<u8>,
    ) -> Outcome {
        let early = fetched.early.get(level).and_then(Option::as_ref);
        match early.and_then(|early| early.object(shape, place)) {
            Some(object) => {
                out.extend_from_slice(object);
                Ok(())
            }
            None => {
                let row = fetched.rows[level].row(place);
                self.object(Some(fetched), level, shape, row, out)
            }
        }
    }

    fn edge(
        &mut self,
        fetched: &Fetched<'_>,
        page: &Page<'_>,
        fields: &[(Box<[u8]>, EdgeField)],
        place: usize,
        out: &mut Vec<u8>,
    ) -> Outcome {
        out.push(b'{');
        for (prefix, field) in fields {
            out.extend_from_slice(prefix);
            match field {
                EdgeField::Cursor => self.cursor(page, fetched.rows[page.level].row(place), out)?,
                EdgeField::Node(object) => self.listed(fetched, page.level, object, place, out)?,
                EdgeField::Typename(shape) => constant(shape, out),
            }
        }
        out.push(b'}');
        Ok(())
    }

    fn page_info(
        &mut self,
        fetched: &Fetched<'_>,
        page: &Page<'_>,
        fields: &[(Box<[u8]>, PageInfoField)],
        key: &[u8],
        out: &mut Vec<u8>,
    ) -> Outcome {
        out.push(b'{');
        for (prefix, field) in fields {
            out.extend_from_slice(prefix);
            match field {
                PageInfoField::More => boolean(page.more, out),
                PageInfoField::Before(Some(level)) => self.level(fetched, *level, key, out)?,
                PageInfoField::Before(None) => boolean(false, out),
                PageInfoField::StartCursor if page.shown > 0 => {
                    self.cursor(page, page.row(fetched, 0), out)?;
                }
                PageInfoField::EndCursor if page.shown > 0 => {
                    self.cursor(page, page.row(fetched, page.shown - 1), out)?;
                }
                PageInfoField::StartCursor | PageInfoField::EndCursor => {
                    out.extend_from_slice(b"null");
                }
                PageInfoField::Typename(shape) => constant(shape, out),
            }
        }
        out.push(b'}');
        Ok(())
    }

    fn cursor(&mut self, page: &Page<'_>, row: Row<'_>, out: &mut Vec<u8>) -> Outcome {
        let mut values = Vec::with_capacity(page.shape.cursor.len());
        for column in &page.shape.cursor {
            values.push(row.get(*column)?);
        }
        self.cursors
            .write(page.order, values, &mut self.scratch, out);
        Ok(())
    }

    /// Writes an object from a row. `fetched` is nothing for rows that a write returned: their
    /// objects have no levels below; the statement's form is passed by [`Self::returned`].
    fn object(
        &mut self,
        fetched: Option<&Fetched<'_>>,
        level: usize,
        shape: &ObjectShape,
        row: Row<'_>,
        out: &mut Vec<u8>,
    ) -> Outcome {
        let form = fetched.and_then(|f| f.plan.levels[level].statement.form());
        self.object_with(form, fetched, shape, row, out)
    }

    /// Writes an object from a row that a write returned.
    pub fn returned(
        &mut self,
        form: Option<&Form>,
        shape: &ObjectShape,
        row: Row<'_>,
        out: &mut Vec<u8>,
    ) -> Outcome {
        self.object_with(form, None, shape, row, out)
    }

    fn object_with(
        &mut self,
        form: Option<&Form>,
        fetched: Option<&Fetched<'_>>,
        shape: &ObjectShape,
        row: Row<'_>,
        out: &mut Vec<u8>,
    ) -> Outcome {
        out.push(b'{');
        for field in &shape.fields {
            out.extend_from_slice(&field.prefix);
            match &field.shape {
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
                FieldShape::Joined { present, object } => match present {
                    Some(column) if row.get(*column)?.is_none() => out.extend_from_slice(b"null"),
                    _ => self.object_with(form, fetched, object, row, out)?,
                },
                FieldShape::Level { level, key } => {
                    let mut parent = Vec::with_capacity(key.len() * 20);
                    for column in key {
                        append_key(row.get(*column)?, &mut parent);
                    }
                    if let Some(fetched) = fetched {
                        self.level(fetched, *level, &parent, out)?;
                    }
                }
            }
        }
        out.push(b'}');
        Ok(())
    }
}

/// A page while it is written.
struct Page<'p> {
    level: usize,
    shape: &'p PageShape,
    /// The fingerprint of the order in this run.
    order: u64,
    group: &'p Group<'p>,
    shown: usize,
    more: bool,
}

impl Page<'_> {
    /// The place in the level of what the client sees at this place of the page.
    fn place(&self, index: usize) -> usize {
        self.group.get(if self.shape.backward {
            self.shown - 1 - index
        } else {
            index
        })
    }

    /// The row of what the client sees at this place of the page.
    fn row<'f>(&self, fetched: &'f Fetched<'_>, index: usize) -> Row<'f> {
        fetched.rows[self.level].row(self.place(index))
    }
}

fn encoder(form: Option<&Form>, column: usize) -> Outcome<Encoder> {
    form.and_then(|form| *form.encoders.get(column)?)
        .ok_or(RespondError::Type(column))
}

fn value(form: Option<&Form>, row: Row<'_>, column: usize, out: &mut Vec<u8>) -> Outcome {
    match row.get(column)? {
        Some(raw) => encoder(form, column)?.write(raw, out)?,
        None => out.extend_from_slice(b"null"),
    }
    Ok(())
}

fn constant(shape: &FieldShape, out: &mut Vec<u8>) {
    if let FieldShape::Constant(bytes) = shape {
        out.extend_from_slice(bytes);
    }
}

fn boolean(value: bool, out: &mut Vec<u8>) {
    out.extend_from_slice(if value { b"true" } else { b"false" });
}

fn comma(index: usize, out: &mut Vec<u8>) {
    if index > 0 {
        out.push(b',');
    }
}

/// Writes a number.
pub fn number(value: usize, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}
