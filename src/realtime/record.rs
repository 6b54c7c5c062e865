//! A row as the log has it: one JSON text, with the place of every column in it.

use std::fmt;
use std::ops::Range;

use bytes::Bytes;
use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::columns::{Column, Columns};

/// The row of a table at one moment. Cheap to clone; values are slices of its text.
#[derive(Clone)]
pub struct Record {
    text: Bytes,
    /// By [`super::columns::Column::index`]; an empty range where the log has no such column.
    places: Box<[Range<u32>]>,
}

impl Record {
    /// Reads the text that the log's triggers wrote.
    ///
    /// # Errors
    /// When it is not a JSON object.
    pub fn parse(columns: &Columns, text: String) -> Result<Self, serde_json::Error> {
        let mut places = vec![0..0; columns.width()].into_boxed_slice();
        let visitor = Places {
            columns,
            start: text.as_ptr() as usize,
            places: &mut places,
        };
        let mut reader = serde_json::Deserializer::from_str(&text);
        reader.deserialize_map(visitor)?;
        reader.end()?;
        Ok(Record {
            text: text.into(),
            places,
        })
    }

    /// The JSON text of a column's value (`null` for NULL), or nothing when the log leaves it out or
    /// it was added later.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&str> {
        let place = self.places.get(index)?;
        if place.is_empty() {
            return None;
        }
        std::str::from_utf8(self.text.get(place.start as usize..place.end as usize)?).ok()
    }

    /// As [`Record::get`], without NULLs.
    #[must_use]
    pub fn value(&self, index: usize) -> Option<&str> {
        self.get(index).filter(|value| *value != "null")
    }

    /// A text, UUID, enum or time, without its quotes where nothing in it is escaped.
    #[must_use]
    pub fn plain(&self, index: usize) -> Option<&str> {
        let inner = self.value(index)?.strip_prefix('"')?.strip_suffix('"')?;
        (!inner.contains('\\')).then_some(inner)
    }

    /// The whole object.
    #[must_use]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.text).unwrap_or("{}")
    }

    /// Writes some columns as a JSON object, in this order, without those that the log leaves out.
    pub fn write_columns<'a>(&self, columns: impl Iterator<Item = &'a Column>, out: &mut String) {
        let mut before = '{';
        for column in columns {
            let Some(value) = self.get(column.index) else {
                continue;
            };
            out.push(before);
            out.push_str(&serde_json::Value::from(&*column.name).to_string());
            out.push(':');
            out.push_str(value);
            before = ',';
        }
        out.push_str(if before == '{' { "{}" } else { "}" });
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

struct Places<'a> {
    columns: &'a Columns,
    /// The address of the text's first byte, to turn borrowed values into places.
    start: usize,
    places: &'a mut [Range<u32>],
}

impl<'de> Visitor<'de> for Places<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row as a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some((name, value)) =
            map.next_entry::<std::borrow::Cow<'de, str>, &'de RawValue>()?
        {
            let Some(column) = self.columns.named(&name) else {
                continue;
            };
            let start = value.get().as_ptr() as usize - self.start;
            let end = start + value.get().len();
            if let (Ok(start), Ok(end)) = (u32::try_from(start), u32::try_from(end))
                && let Some(place) = self.places.get_mut(column.index)
            {
                *place = start..end;
            }
        }
        Ok(())
    }
}
