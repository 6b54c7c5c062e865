//! Objects of the answer are written while further rows arrive, so that a long list is finished soon after its last row.

use super::RowWriter;
use crate::{
    db::Rows,
    engine::plan::{EdgeField, FieldShape, Level, LevelShape, ObjectShape, PageField},
};

/// The objects of a level's first rows.
pub struct EncodedRows<'p> {
    level: &'p Level,
    shape: &'p ObjectShape,
    bytes: Vec<u8>,
    /// Where each object ends in `bytes`.
    ends: Vec<usize>,
    failed: bool,
}

impl<'p> EncodedRows<'p> {
    /// For a level whose rows become a list of objects that need nothing but their row.
    pub fn of(level: &'p Level) -> Option<Self> {
        let shape = match &level.shape {
            LevelShape::List(shape) => shape,
            LevelShape::Page(page) => page.fields.iter().find_map(|field| match field {
                PageField::Nodes(shape) => Some(shape),
                PageField::Edges(fields) => fields.iter().find_map(|field| match field {
                    EdgeField::Node(shape) => Some(shape),
                    _ => None,
                }),
                _ => None,
            })?,
            LevelShape::Row(_) | LevelShape::Value(_) => return None,
        };
        needs_only_its_row(shape).then_some(EncodedRows {
            level,
            shape,
            bytes: Vec::new(),
            ends: Vec::new(),
            failed: false,
        })
    }

    /// Writes the objects of the rows that have come since. What cannot be written is left to be found again, and
    /// reported, when the answer is written.
    pub fn write(&mut self, writer: &mut RowWriter<'_>, rows: &Rows) {
        if rows.len() < self.ends.len() {
            // The statement runs again.
            self.bytes.clear();
            self.ends.clear();
        }
        let form = self.level.statement.form();
        while !self.failed && self.ends.len() < rows.len() {
            let row = rows.row(self.ends.len());
            let before = self.bytes.len();
            let written = writer.returned(form, self.shape, row, &mut self.bytes);
            if written.is_ok() && writer.count_beside(self.bytes.len() - before) {
                self.ends.push(self.bytes.len());
            } else {
                (self.bytes, self.ends) = (Vec::new(), Vec::new());
                self.failed = true;
            }
        }
    }

    /// The object of the row at a place, if it was written in this shape.
    pub fn object(&self, shape: &ObjectShape, place: usize) -> Option<&[u8]> {
        let end = *self.ends.get(place)?;
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        std::ptr::eq(shape, self.shape).then(|| &self.bytes[start..end])
    }
}

fn needs_only_its_row(shape: &ObjectShape) -> bool {
    shape.iter().all(|field| match field {
        FieldShape::Level { .. } => false,
        FieldShape::ToOne { object, .. } => needs_only_its_row(object),
        FieldShape::Column(_)
        | FieldShape::Constant(_)
        | FieldShape::NodeId { .. }
        | FieldShape::FileUrl { .. }
        | FieldShape::FileUrls { .. } => true,
    })
}
