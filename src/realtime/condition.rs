//! Which rows a subscription is about.
//!
//! What `row_test` can decide is decided from the row; the rest is SQL over the change's record, because only
//! PostgreSQL knows its collations, numbers and patterns.

use std::fmt;
use std::sync::Arc;

use tokio_postgres::types::ToSql;

use super::columns::Column;
use super::logic::Logic;
use super::publication::{PublishedTable, quote_name};
use super::row_test::{Comparison, RowCondition, RowTest, json_text};
use crate::db::pattern::{check_like, check_regex};
use crate::error::Error;
use crate::error::suggestion::alternatives;

/// A parameter of a [`SqlCondition`].
pub type Parameter = Arc<dyn ToSql + Send + Sync>;

/// What must hold for a row: `local` and, where there is one, `sql`.
#[derive(Clone, Debug, Default)]
pub struct Condition {
    /// Decided in memory.
    pub local: RowCondition,
    /// Decided by the database.
    pub sql: Option<SqlCondition>,
}

/// A condition in SQL. The row goes by its table's name; `$1` is taken, so parameters begin at `$2`.
#[derive(Clone)]
pub struct SqlCondition {
    /// A boolean expression.
    pub text: String,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// Two conditions with the same key are the same, parameters included.
    pub key: String,
}

/// Tests as clients of Supabase's protocol name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "they are the operators of their names")]
pub enum Operator {
    Eq,
    Neq,
    Lt,
    Lte,
    Gt,
    Gte,
    In,
    Like,
    Ilike,
    Match,
    Imatch,
    IsNull,
    IsTrue,
    IsFalse,
    IsUnknown,
    IsDistinct,
}

impl fmt::Debug for SqlCondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Condition {
    /// No condition: every row.
    #[must_use]
    pub fn always() -> Self {
        Condition::default()
    }

    /// One test of a column against values as text (one, or for `In` several).
    ///
    /// # Errors
    /// BAD_USER_INPUT when the column does not exist, is not in the log, or a value is not of its type.
    /// What only the database can tell about a value is found when the subscription is made.
    pub fn test(
        table: &PublishedTable,
        column: &str,
        operator: Operator,
        values: &[String],
        negated: bool,
    ) -> Result<Self, Error> {
        let found = table
            .columns
            .named(column)
            .filter(|column| !column.left_out)
            .ok_or_else(|| {
                let known = table.columns.iter().filter(|known| !known.left_out);
                let meant = alternatives(column, known.map(|known| &*known.name));
                Error::bad_input(format!(
                    "{}.{} has no column {column} to filter by{meant}",
                    table.schema, table.name
                ))
            })?;
        if let Some(local) = local_test(found, operator, values)? {
            let local = if negated {
                Logic::Not(local.into())
            } else {
                local
            };
            return Ok(Condition { local, sql: None });
        }
        let text = sql_test(found, operator, values)?;
        let text = if negated {
            format!("not ({text})")
        } else {
            text
        };
        Ok(Condition {
            local: RowCondition::default(),
            sql: Some(SqlCondition {
                key: text.clone(),
                text,
                parameters: Vec::new(),
            }),
        })
    }

    /// Both.
    ///
    /// # Panics
    /// Never: of two SQL conditions at most one may have parameters, which is what [`Condition::test`] makes.
    #[must_use]
    pub fn and(self, other: Condition) -> Self {
        let local = match (self.local, other.local) {
            (Logic::And(mut all), Logic::And(more)) => {
                all.extend(more);
                Logic::And(all)
            }
            (Logic::And(mut all), one) | (one, Logic::And(mut all)) => {
                all.push(one);
                Logic::And(all)
            }
            (one, another) => Logic::And(vec![one, another]),
        };
        let sql = match (self.sql, other.sql) {
            (Some(mut left), Some(right)) => {
                left.text = format!("({}) and ({})", left.text, right.text);
                left.key = format!("({}) and ({})", left.key, right.key);
                left.parameters.extend(right.parameters);
                Some(left)
            }
            (left, right) => left.or(right),
        };
        Condition { local, sql }
    }

    /// The columns that the local part looks at. The SQL part was checked by whoever wrote it.
    #[must_use]
    pub fn columns(&self) -> Vec<usize> {
        let mut columns = Vec::new();
        self.local.visit(&mut |test| columns.push(test.column()));
        columns
    }

    /// Text that is equal for equal conditions.
    #[must_use]
    pub fn key(&self) -> String {
        let sql = self.sql.as_ref().map_or("", |sql| &sql.key);
        format!("{:?}|{sql}", self.local)
    }

    /// A column that has one certain value in every row that matches, and that value's JSON text.
    #[must_use]
    pub fn equality(&self) -> Option<(usize, &str)> {
        self.local.equality()
    }
}

/// The JSON text that the log has for a value of a column, if equal values always have equal texts.
///
/// # Errors
/// BAD_USER_INPUT when the text is no value of the column's type.
pub fn json_value(column: &Column, text: &str) -> Result<Option<Box<str>>, Error> {
    let wrong = || {
        Error::bad_input(format!(
            "{text:?} is not a value of {} ({})",
            column.name, column.sql_type
        ))
    };
    Ok(Some(match &*column.type_name {
        "uuid" => format!("\"{}\"", text.parse::<uuid::Uuid>().map_err(|_| wrong())?).into(),
        "int2" | "int4" | "int8" => text
            .trim()
            .parse::<i64>()
            .map_err(|_| wrong())?
            .to_string()
            .into(),
        "bool" => match text.to_ascii_lowercase().as_str() {
            "true" | "t" => "true".into(),
            "false" | "f" => "false".into(),
            _ => return Err(wrong()),
        },
        "text" | "varchar" => json_text(text),
        _ if column.is_enum => json_text(text),
        _ => return Ok(None),
    }))
}

fn local_test(
    column: &Column,
    operator: Operator,
    values: &[String],
) -> Result<Option<RowCondition>, Error> {
    let index = column.index;
    let comparison = match operator {
        Operator::IsNull => return Ok(Some(Logic::Test(RowTest::IsNull(index)))),
        Operator::IsTrue | Operator::IsFalse if &*column.type_name == "bool" => {
            let wanted = if operator == Operator::IsTrue {
                "true"
            } else {
                "false"
            };
            // `is true` is never unknown.
            return Ok(Some(Logic::And(vec![
                Logic::Not(Logic::Test(RowTest::IsNull(index)).into()),
                Logic::Test(RowTest::In(index, [wanted.into()].into())),
            ])));
        }
        Operator::Eq | Operator::Neq | Operator::In => {
            if operator != Operator::In && values.len() != 1 {
                return Err(Error::bad_input(format!(
                    "the filter on {} needs one value",
                    column.name
                )));
            }
            let mut texts = Vec::with_capacity(values.len());
            for value in values {
                let Some(text) = json_value(column, value)? else {
                    return Ok(None);
                };
                texts.push(text);
            }
            let equal = Logic::Test(RowTest::In(index, texts.into()));
            let not = operator == Operator::Neq;
            return Ok(Some(if not { Logic::Not(equal.into()) } else { equal }));
        }
        Operator::Lt => Comparison::Less,
        Operator::Lte => Comparison::LessOrEqual,
        Operator::Gt => Comparison::Greater,
        Operator::Gte => Comparison::GreaterOrEqual,
        _ => return Ok(None),
    };
    let ("int2" | "int4" | "int8", [value]) = (&*column.type_name, values) else {
        return Ok(None);
    };
    // A number beyond 64 bits compares in SQL.
    Ok(value
        .trim()
        .parse()
        .ok()
        .map(|number| Logic::Test(RowTest::Integer(index, comparison, number))))
}

fn sql_test(column: &Column, operator: Operator, values: &[String]) -> Result<String, Error> {
    let name = quote_name(&column.name);
    let sql_type = &column.sql_type;
    let value = || {
        values
            .first()
            .map(|value| quote_literal(value))
            .ok_or_else(|| Error::bad_input(format!("the filter on {} has no value", column.name)))
    };
    let judged = |judge: fn(&str) -> Result<(), Error>| {
        values.iter().try_for_each(|value| judge(value))?;
        value()
    };
    Ok(match operator {
        Operator::In => {
            let list: Vec<String> = values
                .iter()
                .map(|value| format!("{}::{sql_type}", quote_literal(value)))
                .collect();
            if list.is_empty() {
                "false".to_owned()
            } else {
                format!("{name} in ({})", list.join(", "))
            }
        }
        Operator::Like => format!("{name}::text like {}", judged(check_like)?),
        Operator::Ilike => format!("{name}::text ilike {}", judged(check_like)?),
        Operator::Match => format!("{name}::text ~ {}", judged(check_regex)?),
        Operator::Imatch => format!("{name}::text ~* {}", judged(check_regex)?),
        Operator::IsNull => format!("{name} is null"),
        Operator::IsTrue => format!("{name}::text::boolean is true"),
        Operator::IsFalse => format!("{name}::text::boolean is false"),
        Operator::IsUnknown => format!("{name} is null"),
        Operator::IsDistinct => format!("{name} is distinct from {}::{sql_type}", value()?),
        Operator::Eq => format!("{name} = {}::{sql_type}", value()?),
        Operator::Neq => format!("{name} <> {}::{sql_type}", value()?),
        Operator::Lt => format!("{name} < {}::{sql_type}", value()?),
        Operator::Lte => format!("{name} <= {}::{sql_type}", value()?),
        Operator::Gt => format!("{name} > {}::{sql_type}", value()?),
        Operator::Gte => format!("{name} >= {}::{sql_type}", value()?),
    })
}

/// A text literal for SQL. `standard_conforming_strings` is on, so only the quote is special.
fn quote_literal(text: &str) -> String {
    format!("'{}'", text.replace('\0', "").replace('\'', "''"))
}
