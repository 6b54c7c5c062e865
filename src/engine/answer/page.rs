//! Connections: pages of rows, with their cursors and counts.

use super::rows::{AnswerResult, Group, ReadResult, RowWriter};
use crate::{
    db::Row,
    engine::{
        cursor::order_with,
        encode::{Fields, NULL, write_boolean, write_list},
        plan::{EdgeField, PageField, PageInfoField, PageShape},
        value::Param,
    },
};

/// A page while it is written.
struct Page<'p> {
    read: &'p ReadResult<'p>,
    level: usize,
    shape: &'p PageShape,
    /// The key of the row that the page belongs to.
    key: &'p [u8],
    /// The fingerprint of the order in this run.
    order: u64,
    group: &'p Group<'p>,
    shown: usize,
    more: bool,
}

impl<'p> Page<'p> {
    fn new(
        read: &'p ReadResult<'p>,
        level: usize,
        shape: &'p PageShape,
        group: &'p Group<'p>,
        key: &'p [u8],
    ) -> Self {
        // One row more than is shown was read, to see whether others follow.
        let read_most = match read.values.get(shape.limit) {
            Some(Param::Int(limit)) => usize::try_from(*limit).unwrap_or_default(),
            _ => usize::MAX,
        };
        let shown = group.len().min(read_most.saturating_sub(1));
        let order = match shape.cursor.as_slice() {
            [] => shape.order,
            _ => order_with(shape.order, &shape.given, read.values),
        };
        Page {
            read,
            level,
            shape,
            key,
            order,
            group,
            shown,
            more: group.len() > shown,
        }
    }

    /// The places in the level of what the client sees, in that order.
    fn places(&self) -> impl Iterator<Item = usize> {
        (0..self.shown).map(|index| self.place(index))
    }

    /// The place in the level of what the client sees at this place of the page.
    fn place(&self, index: usize) -> usize {
        self.group.get(if self.shape.backward {
            self.shown - 1 - index
        } else {
            index
        })
    }

    fn row(&self, place: usize) -> Row<'p> {
        self.read.rows[self.level].row(place)
    }
}

impl RowWriter<'_> {
    pub(super) fn page(
        &mut self,
        read: &ReadResult<'_>,
        level: usize,
        shape: &PageShape,
        group: &Group<'_>,
        key: &[u8],
        out: &mut Vec<u8>,
    ) -> AnswerResult {
        let page = Page::new(read, level, shape, group, key);
        shape.fields.write(out, |field, out| match field {
            PageField::Nodes(object) => write_list(page.places(), out, |place, out| {
                self.listed(read, level, object, place, out)
            }),
            PageField::Edges(fields) => write_list(page.places(), out, |place, out| {
                self.edge(&page, fields, place, out)
            }),
            PageField::PageInfo(fields) => self.page_info(&page, fields, out),
            PageField::TotalCount(level) => self.level(read, *level, key, out),
            PageField::Typename(name) => {
                out.extend_from_slice(name);
                Ok(())
            }
        })
    }

    fn edge(
        &mut self,
        page: &Page<'_>,
        fields: &Fields<EdgeField>,
        place: usize,
        out: &mut Vec<u8>,
    ) -> AnswerResult {
        fields.write(out, |field, out| match field {
            EdgeField::Cursor => self.cursor(page, page.row(place), out),
            EdgeField::Node(object) => self.listed(page.read, page.level, object, place, out),
            EdgeField::Typename(name) => {
                out.extend_from_slice(name);
                Ok(())
            }
        })
    }

    fn page_info(
        &mut self,
        page: &Page<'_>,
        fields: &Fields<PageInfoField>,
        out: &mut Vec<u8>,
    ) -> AnswerResult {
        fields.write(out, |field, out| {
            match field {
                PageInfoField::More => write_boolean(page.more, out),
                PageInfoField::Before(Some(level)) => {
                    self.level(page.read, *level, page.key, out)?
                }
                PageInfoField::Before(None) => write_boolean(false, out),
                PageInfoField::StartCursor if page.shown > 0 => {
                    self.cursor(page, page.row(page.place(0)), out)?;
                }
                PageInfoField::EndCursor if page.shown > 0 => {
                    self.cursor(page, page.row(page.place(page.shown - 1)), out)?;
                }
                PageInfoField::StartCursor | PageInfoField::EndCursor => {
                    out.extend_from_slice(NULL)
                }
                PageInfoField::Typename(name) => out.extend_from_slice(name),
            }
            Ok(())
        })
    }

    fn cursor(&mut self, page: &Page<'_>, row: Row<'_>, out: &mut Vec<u8>) -> AnswerResult {
        let mut values = Vec::with_capacity(page.shape.cursor.len());
        for column in &page.shape.cursor {
            values.push(row.get(*column)?);
        }
        self.cursors
            .write(page.order, values, &mut self.scratch, out);
        Ok(())
    }
}
