//! Rows as they came, in one piece of memory.

use postgres_types::{FromSql, Type};

/// The rows of one statement: their values in PostgreSQL's binary form, one after the other.
#[derive(Debug, Default, Clone)]
pub struct Rows {
    width: usize,
    count: usize,
    bytes: Vec<u8>,
    /// Where each value begins and ends in `bytes`; [`NULL`] for none.
    cells: Vec<(u32, u32)>,
}

const NULL: (u32, u32) = (u32::MAX, u32::MAX);

/// Why a row cannot be kept or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RowError {
    /// A message that is no row, or not as wide as the rows before it.
    #[error("PostgreSQL sent a row that is none")]
    Malformed,
    /// The rows of one statement are larger than 4 GiB.
    #[error("the rows of a statement are larger than 4 GiB")]
    TooLarge,
    /// The rows of an operation are larger than it may read.
    #[error("the rows of an operation are larger than {0} bytes")]
    OverLimit(usize),
    /// A column that the rows do not have.
    #[error("the rows have no column {0}")]
    Column(usize),
}

impl Rows {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// How large their values are together, in bytes.
    pub fn size_bytes(&self) -> usize {
        self.bytes.len()
    }

    /// The row at a place.
    ///
    /// # Panics
    /// When there are fewer rows.
    pub fn row(&self, place: usize) -> Row<'_> {
        assert!(place < self.count, "row {place} of {}", self.count);
        let first = place * self.width;
        Row {
            bytes: &self.bytes,
            cells: &self.cells[first..first + self.width],
        }
    }

    /// All rows.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Row<'_>> {
        (0..self.count).map(|place| self.row(place))
    }

    /// Adds the rows of another statement, which are as wide.
    ///
    /// # Errors
    /// When they are not as wide, or too large together.
    pub fn append(&mut self, other: &Rows) -> Result<(), RowError> {
        for row in other.iter() {
            self.add(row.cells.len(), |column| Ok(row.get(column).ok().flatten()))?;
        }
        Ok(())
    }

    /// Adds a row from the body of a DataRow message.
    pub(super) fn push(&mut self, body: &[u8]) -> Result<(), RowError> {
        let mut rest = body;
        let mut take = |size: usize| -> Result<&[u8], RowError> {
            let (taken, left) = rest.split_at_checked(size).ok_or(RowError::Malformed)?;
            rest = left;
            Ok(taken)
        };
        let width = usize::from(u16::from_be_bytes(array(take(2)?)));
        self.add(width, |_| {
            let size = i32::from_be_bytes(array(take(4)?));
            match usize::try_from(size) {
                Ok(size) => take(size).map(Some),
                // -1, the only negative size, is NULL.
                Err(_) => Ok(None),
            }
        })
    }

    fn add<'v>(
        &mut self,
        width: usize,
        mut value: impl FnMut(usize) -> Result<Option<&'v [u8]>, RowError>,
    ) -> Result<(), RowError> {
        if self.count == 0 {
            self.width = width;
        } else if self.width != width {
            return Err(RowError::Malformed);
        }
        for column in 0..width {
            let cell = match value(column)? {
                Some(value) => {
                    let start = position(self.bytes.len())?;
                    self.bytes.extend_from_slice(value);
                    (start, position(self.bytes.len())?)
                }
                None => NULL,
            };
            self.cells.push(cell);
        }
        self.count += 1;
        Ok(())
    }
}

fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.try_into().unwrap_or([0; N])
}

fn position(at: usize) -> Result<u32, RowError> {
    u32::try_from(at)
        .ok()
        .filter(|at| *at < u32::MAX)
        .ok_or(RowError::TooLarge)
}

/// One row.
#[derive(Debug, Clone, Copy)]
pub struct Row<'r> {
    bytes: &'r [u8],
    cells: &'r [(u32, u32)],
}

impl<'r> Row<'r> {
    /// The bytes of a value, or nothing for NULL.
    ///
    /// # Errors
    /// When the row has no such column.
    pub fn get(self, column: usize) -> Result<Option<&'r [u8]>, RowError> {
        match self.cells.get(column) {
            None => Err(RowError::Column(column)),
            Some(&NULL) => Ok(None),
            Some(&(start, end)) => Ok(Some(&self.bytes[start as usize..end as usize])),
        }
    }
}

/// The rows that a statement returned through tokio-postgres.
impl TryFrom<Vec<tokio_postgres::Row>> for Rows {
    type Error = RowError;

    fn try_from(from: Vec<tokio_postgres::Row>) -> Result<Self, RowError> {
        let mut rows = Rows::default();
        for row in &from {
            rows.add(row.len(), |column| {
                let value = row.try_get::<_, Option<Bytes<'_>>>(column);
                Ok(value
                    .map_err(|_| RowError::Column(column))?
                    .map(|value| value.0))
            })?;
        }
        Ok(rows)
    }
}

/// A value's bytes, whatever its type is.
struct Bytes<'a>(&'a [u8]);

impl<'a> FromSql<'a> for Bytes<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Bytes(raw))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The body of a DataRow message.
    fn message(values: &[Option<&[u8]>]) -> Vec<u8> {
        let mut body = (values.len() as u16).to_be_bytes().to_vec();
        for value in values {
            match value {
                Some(value) => {
                    body.extend((value.len() as u32).to_be_bytes());
                    body.extend(*value);
                }
                None => body.extend((-1i32).to_be_bytes()),
            }
        }
        body
    }

    #[test]
    fn values_are_found_by_row_and_column() {
        let mut rows = Rows::default();
        rows.push(&message(&[Some(b"one"), None, Some(b"")]))
            .unwrap();
        rows.push(&message(&[None, Some(b"two"), None])).unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows.row(0).get(0), Ok(Some(&b"one"[..])));
        assert_eq!(rows.row(0).get(1), Ok(None));
        assert_eq!(rows.row(0).get(2), Ok(Some(&b""[..])));
        assert_eq!(rows.row(1).get(1), Ok(Some(&b"two"[..])));
        assert_eq!(rows.row(1).get(3), Err(RowError::Column(3)));
    }

    proptest::proptest! {
        /// Whatever PostgreSQL sends is a row or is not; what is one has the values that its lengths say.
        #[test]
        fn bytes_are_a_row_or_refused(
            width in 0..4u16,
            lengths in proptest::collection::vec(-2..6i32, 4),
            rest in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..30),
        ) {
            let mut body = width.to_be_bytes().to_vec();
            let mut rest = rest.into_iter();
            for length in lengths.iter().take(usize::from(width)) {
                body.extend(length.to_be_bytes());
                body.extend(rest.by_ref().take(usize::try_from(*length).unwrap_or(0)));
            }
            body.extend(rest);
            let mut rows = Rows::default();
            if rows.push(&body).is_ok() {
                for (column, length) in lengths.iter().take(usize::from(width)).enumerate() {
                    let value = rows.row(0).get(column).unwrap();
                    assert_eq!(value.map(<[u8]>::len), usize::try_from(*length).ok());
                }
            } else {
                assert!(rows.is_empty());
            }
        }
    }

    #[test]
    fn what_is_no_row_is_refused() {
        let whole = message(&[Some(b"one"), Some(b"two")]);
        for size in 0..whole.len() {
            assert_eq!(
                Rows::default().push(&whole[..size]),
                Err(RowError::Malformed),
                "the first {size} bytes"
            );
        }
        let mut rows = Rows::default();
        rows.push(&whole).unwrap();
        assert_eq!(rows.push(&message(&[None])), Err(RowError::Malformed));
    }
}
