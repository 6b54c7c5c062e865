//! Tests of a row that need no database: equality on plain types and order on integers. Like SQL, a test is true, false
//! or unknown, and only true matches.

use super::logic::Logic;
use super::record::Record;

/// A condition on a row that needs no database.
pub type RowCondition = Logic<RowTest>;

/// A test of one column.
#[derive(Clone, Debug, PartialEq)]
pub enum RowTest {
    /// The column is one of these values, each the JSON text that the log has for it.
    In(usize, Box<[Box<str>]>),
    /// An integer column against a number.
    Integer(usize, Comparison, i64),
    /// The column is NULL.
    IsNull(usize),
}

/// An order between a column and a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "they are the operators of their names")]
pub enum Comparison {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl RowCondition {
    /// Whether a row matches.
    #[must_use]
    pub fn holds(&self, record: &Record) -> bool {
        self.truth(&|test: &RowTest| test.truth(record)) == Some(true)
    }

    /// A column that has one certain value in every row that matches, and that value's JSON text.
    pub(super) fn equality(&self) -> Option<(usize, &str)> {
        match self {
            Logic::Test(RowTest::In(column, values)) => match &**values {
                // Escapes have several spellings, so a text with one cannot be looked up.
                [value] if !value.contains('\\') => Some((*column, value)),
                _ => None,
            },
            Logic::And(parts) => parts.iter().find_map(RowCondition::equality),
            _ => None,
        }
    }
}

impl RowTest {
    /// Whether a boolean column is true.
    pub(super) fn is_true(column: usize) -> Self {
        RowTest::In(column, ["true".into()].into())
    }

    /// Whether a column is this text.
    pub(super) fn is_text(column: usize, text: &str) -> Self {
        RowTest::In(column, [json_text(text)].into())
    }

    /// True, false or, of a NULL, unknown.
    pub(super) fn truth(&self, record: &Record) -> Option<bool> {
        match self {
            RowTest::In(column, values) => {
                let value = record.value(*column)?;
                Some(values.iter().any(|candidate| same_json(candidate, value)))
            }
            RowTest::Integer(column, comparison, number) => {
                let value: i64 = record.value(*column)?.parse().ok()?;
                Some(match comparison {
                    Comparison::Less => value < *number,
                    Comparison::LessOrEqual => value <= *number,
                    Comparison::Greater => value > *number,
                    Comparison::GreaterOrEqual => value >= *number,
                })
            }
            RowTest::IsNull(column) => Some(record.value(*column).is_none()),
        }
    }

    /// The column's index.
    pub(super) fn column(&self) -> usize {
        match self {
            RowTest::In(column, _) | RowTest::Integer(column, ..) | RowTest::IsNull(column) => {
                *column
            }
        }
    }
}

/// A text as JSON.
pub(super) fn json_text(text: &str) -> Box<str> {
    serde_json::Value::from(text).to_string().into()
}

/// Whether two JSON scalars are equal, whichever way their strings are escaped.
fn same_json(left: &str, right: &str) -> bool {
    left == right
        || ((left.contains('\\') || right.contains('\\'))
            && matches!(
                (serde_json::from_str::<String>(left), serde_json::from_str::<String>(right)),
                (Ok(left), Ok(right)) if left == right
            ))
}
