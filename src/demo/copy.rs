//! Rows on their way into a table, in the text format of COPY.

use std::fmt::Write as _;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::SinkExt;
use serde_json::Value;
use tokio_postgres::Transaction;
use uuid::Uuid;

/// A value of a row.
pub(super) enum Cell {
    Null,
    Text(String),
}

/// US dollars in millionths.
#[derive(Clone, Copy)]
pub(super) struct Dollars(pub(super) i64);

macro_rules! cells {
    ($($type:ty => $text:expr;)*) => {
        $(impl From<$type> for Cell {
            fn from(value: $type) -> Self {
                let text: fn($type) -> String = $text;
                Cell::Text(text(value))
            }
        })*
    };
}

cells! {
    &str => str::to_owned;
    String => |text| text;
    bool => |yes| if yes { "t".to_owned() } else { "f".to_owned() };
    i64 => |number| number.to_string();
    f64 => |number| number.to_string();
    Uuid => |id| id.to_string();
    DateTime<Utc> => |at| at.to_rfc3339();
    Value => |json| json.to_string();
    Dollars => |sum| format!("{}.{:06}", sum.0 / 1_000_000, sum.0 % 1_000_000);
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Cell::Null, Into::into)
    }
}

/// Rows of one table, kept until they are sent.
pub(super) struct Sheet {
    table: &'static str,
    columns: &'static str,
    text: String,
    rows: u64,
}

impl Sheet {
    pub(super) fn new(table: &'static str, columns: &'static str) -> Self {
        Self {
            table,
            columns,
            text: String::new(),
            rows: 0,
        }
    }

    /// Adds a row; its cells are in the order of the columns.
    pub(super) fn row<const N: usize>(&mut self, cells: [Cell; N]) {
        for (place, cell) in cells.into_iter().enumerate() {
            if place > 0 {
                self.text.push('\t');
            }
            match cell {
                Cell::Null => self.text.push_str("\\N"),
                Cell::Text(text) => escape(&text, &mut self.text),
            }
        }
        self.text.push('\n');
        self.rows += 1;
    }

    /// Sends all rows and returns how many there were.
    pub(super) async fn send(
        self,
        transaction: &Transaction<'_>,
    ) -> Result<u64, tokio_postgres::Error> {
        const CHUNK_BYTES: usize = 1 << 20;
        let mut statement = String::new();
        // Writing to a string cannot fail.
        let _ = write!(
            statement,
            "copy {} ({}) from stdin",
            self.table, self.columns
        );
        let sink = transaction.copy_in::<_, Bytes>(&statement).await?;
        let mut sink = std::pin::pin!(sink);
        let mut bytes = Bytes::from(self.text);
        while !bytes.is_empty() {
            let chunk = bytes.split_to(bytes.len().min(CHUNK_BYTES));
            sink.send(chunk).await?;
        }
        sink.finish().await?;
        Ok(self.rows)
    }
}

fn escape(text: &str, out: &mut String) {
    for letter in text.chars() {
        match letter {
            '\\' => out.push_str("\\\\"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            other => out.push(other),
        }
    }
}

/// A PostgreSQL array of texts that hold neither quotes nor backslashes.
pub(super) fn array(texts: &[&str]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| format!("\"{text}\"")).collect();
    format!("{{{}}}", quoted.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_cell_is_escaped() {
        let mut sheet = Sheet::new("t", "a, b, c");
        sheet.row(["a\tb\\\n".into(), Cell::Null, Dollars(1_500_000).into()]);
        assert_eq!(sheet.text, "a\\tb\\\\\\n\t\\N\t1.500000\n");
    }
}
