//! Statements with parameters that are read from a request's variables at each run.
//!
//! sea-query collects values while it writes SQL. Here every value that it is given is the number of
//! a [`Parameter`], so that what it collects says which parameter stands behind each placeholder.

use std::sync::{Arc, OnceLock};

use postgres_types::Type;
use sea_query::{
    Expr, ExprTrait, PostgresQueryBuilder, SelectStatement, Value as SeaValue, Values,
};
use serde_json::{Map, Value};

use super::{
    cursor::{Cursors, order_with},
    encode::Encoder,
    input::{Source, Variables},
    value::{Enumeration, Param, Scalar, whole},
};
use crate::{
    db::{
        Description, Work, no_such_time_zone,
        pattern::{check_like, check_regex},
    },
    error::{Code, Error, Result},
    model::{Enum, Kind},
};

/// A value that a statement needs, and how it is made of what the client sent.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Where the value stands.
    pub source: Source,
    /// What becomes of it.
    pub conversion: Conversion,
    /// The root field that needs it: a wrong value is this field's error.
    pub root: usize,
}

/// What becomes of a value on its way to a statement.
#[derive(Debug, Clone)]
pub enum Conversion {
    /// One value.
    One(Scalar),
    /// A list, as an array.
    Many(Scalar),
    /// How many rows: at most `max`, `extra` more than asked for, to see whether others follow.
    Limit {
        /// The largest allowed value.
        max: u32,
        /// Added to it.
        extra: u32,
    },
    /// How many rows to skip.
    Offset,
    /// The end of a time that is walked through step by step.
    Until {
        /// Its beginning, which must be earlier.
        from: Source,
        /// The least that a step takes.
        step_seconds: i64,
        /// How many steps there may be.
        steps_max: u32,
    },
    /// The value at a place of a cursor.
    Cursor {
        /// The order that it must be of.
        order: u64,
        /// Earlier parameters whose values are part of the order.
        given: Vec<usize>,
        /// Which of the order's terms, from 0.
        place: usize,
    },
    /// Text to be found with LIKE, its own wildcards escaped.
    Pattern {
        /// Anything may stand before.
        before: bool,
        /// Anything may follow.
        after: bool,
    },
    /// A pattern of LIKE, with wildcards of its own.
    Like,
    /// A regular expression.
    Regex,
    /// The name of a time zone.
    TimeZone,
    /// The values of one field of a list of objects, as an array.
    Records {
        /// The objects' field, as the GraphQL schema calls it.
        field: String,
        /// How a value is read.
        scalar: Scalar,
    },
    /// The same where the values are lists themselves: an array of JSON.
    RecordLists {
        /// The objects' field, as the GraphQL schema calls it.
        field: String,
        /// How an element is read.
        scalar: Scalar,
    },
    /// Which objects of a list name a field, as an array of booleans.
    Given(String),
    /// The values of the n-th column of a key, from a list of keys filled in at run time.
    Keys(usize),
}

/// The parameters of a plan.
#[derive(Debug, Default, Clone)]
pub struct Parameters {
    /// In the order in which the plan named them.
    pub list: Vec<Parameter>,
}

impl Parameters {
    /// Adds a parameter and gives the placeholder for it.
    pub fn add(&mut self, parameter: Parameter) -> Expr {
        Expr::value(SeaValue::BigUnsigned(Some(self.number(parameter))))
    }

    /// Adds a parameter and gives its number, for the places where sea-query takes numbers.
    pub fn number(&mut self, parameter: Parameter) -> u64 {
        self.list.push(parameter);
        self.list.len() as u64 - 1
    }
}

/// A statement, ready to be prepared.
#[derive(Debug)]
pub struct Statement {
    /// Its text, with a placeholder for each parameter.
    pub sql: String,
    /// Which parameter stands behind each placeholder.
    pub parameters: Vec<usize>,
    /// What its cost is remembered under.
    pub work: Work,
    /// Known once it was prepared for the first time.
    form: OnceLock<Form>,
}

/// How a statement's parameters are sent and its rows written.
#[derive(Debug)]
pub struct Form {
    /// PostgreSQL's type of each parameter, in the order of the placeholders.
    pub parameters: Vec<Type>,
    /// The encoder of each column; nothing for types that the API does not know.
    pub encoders: Vec<Option<Encoder>>,
}

impl Statement {
    /// The statement that sea-query wrote.
    pub fn new((sql, values): (String, Values)) -> Self {
        let parameters = values
            .iter()
            .map(|value| match value {
                SeaValue::BigUnsigned(Some(number)) => *number as usize,
                // Nothing in the engine gives sea-query another value than a parameter's number.
                _ => usize::MAX,
            })
            .collect();
        Statement {
            work: Work::of(&sql),
            sql,
            parameters,
            form: OnceLock::new(),
        }
    }

    /// Its form; nothing before it was prepared.
    pub fn form(&self) -> Option<&Form> {
        self.form.get()
    }

    /// Keeps what PostgreSQL says of it.
    pub fn described(&self, description: Description) -> &Form {
        let form = || Form {
            encoders: description.columns.iter().map(Encoder::for_type).collect(),
            parameters: description.parameters,
        };
        self.form.get_or_init(form)
    }

    /// The statement of a select.
    pub fn select(select: &SelectStatement) -> Self {
        Self::new(select.build(PostgresQueryBuilder))
    }
}

/// The scalar that reads values for a kind of column.
///
/// Enumerations are made once per enum type, in the engine.
pub fn scalar(kind: &Kind, enumerations: &[Arc<Enumeration>]) -> Scalar {
    match kind {
        Kind::Uuid => Scalar::Uuid,
        Kind::Text | Kind::TextSearch => Scalar::String,
        Kind::Int => Scalar::Int { bits: 32 },
        Kind::BigInt => Scalar::BigInt,
        Kind::Float => Scalar::Float,
        Kind::Decimal => Scalar::Decimal,
        Kind::Boolean => Scalar::Boolean,
        Kind::DateTime => Scalar::DateTime,
        Kind::Date => Scalar::Date,
        Kind::Json => Scalar::Json,
        Kind::Bytes => Scalar::Bytes,
        Kind::Inet => Scalar::Inet,
        Kind::Interval => Scalar::Interval,
        Kind::Vector(dimensions) => Scalar::Vector {
            dimensions: dimensions
                .and_then(|n| u16::try_from(n).ok())
                .unwrap_or_default(),
        },
        Kind::Enum(index) => Scalar::Enum(enumerations[*index].clone()),
        Kind::List(element) => scalar(element, enumerations),
    }
}

/// The enumerations of a model, for [`scalar`].
pub fn enumerations(enums: &[Enum]) -> Result<Vec<Arc<Enumeration>>, super::value::AmbiguousName> {
    let labels = |e: &Enum| {
        e.values
            .iter()
            .map(|(_, label, _)| label.clone())
            .collect::<Vec<_>>()
    };
    enums
        .iter()
        .map(|e| Enumeration::new(labels(e)).map(Arc::new))
        .collect()
}

/// The values of a plan's parameters in one run, or each root field's error.
pub struct BoundParameters {
    /// By parameter number.
    pub values: Vec<Param>,
    /// The first error of a root field, by the field's place.
    pub errors: Vec<(usize, Error)>,
}

/// Reads the parameters from a request's variables.
pub fn bind(parameters: &Parameters, variables: &Variables, cursors: &Cursors) -> BoundParameters {
    let mut bound = BoundParameters {
        values: Vec::with_capacity(parameters.list.len()),
        errors: Vec::new(),
    };
    for parameter in &parameters.list {
        let value = convert(parameter, variables, cursors, &bound.values);
        let value = value.unwrap_or_else(|error| {
            let error = match parameter.source.variable() {
                Some(name) if error.code() == Code::BadUserInput => error.about(name),
                _ => error,
            };
            if !bound.errors.iter().any(|(root, _)| *root == parameter.root) {
                bound.errors.push((parameter.root, error));
            }
            Param::Null
        });
        bound.values.push(value);
    }
    bound
}

/// The end of a time, when it lies behind the beginning and not too many steps away.
fn until(from: &Param, to: Param, step_seconds: i64, steps_max: u32) -> Result<Param> {
    let (Param::Timestamp(start), Param::Timestamp(end)) = (from, &to) else {
        return Err(Error::bad_input("from and to are moments, not null"));
    };
    if start >= end {
        return Err(Error::bad_input("from has to be before to"));
    }
    let steps = end.saturating_sub(*start) / (step_seconds * 1_000_000);
    if steps > i64::from(steps_max) {
        let message = format!(
            "From the one to the other there are more than the {steps_max} groups that are allowed: \
             take a larger unit or a shorter time"
        );
        return Err(Error::limit_exceeded("groups", steps_max, message));
    }
    Ok(to)
}

fn convert(
    parameter: &Parameter,
    variables: &Variables,
    cursors: &Cursors,
    earlier: &[Param],
) -> Result<Param> {
    let value = parameter.source.value(variables);
    match &parameter.conversion {
        Conversion::One(scalar) => scalar.parse(&value),
        Conversion::Many(scalar) => scalar.parse_list(&value),
        Conversion::Limit { max, extra } => limit(&value, *max, *extra),
        Conversion::Offset => offset(&value),
        Conversion::Until {
            from,
            step_seconds,
            steps_max,
        } => {
            let from = Scalar::DateTime.parse(&from.value(variables))?;
            until(
                &from,
                Scalar::DateTime.parse(&value)?,
                *step_seconds,
                *steps_max,
            )
        }
        Conversion::Cursor {
            order,
            given,
            place,
        } => {
            let order = order_with(*order, given, earlier);
            cursor_value(&value, cursors, order, *place)
        }
        Conversion::Pattern { before, after } => pattern(&value, *before, *after),
        Conversion::Like => judged(&value, check_like),
        Conversion::Regex => judged(&value, check_regex),
        Conversion::TimeZone => judged(&value, check_time_zone),
        Conversion::Records { field, scalar } => {
            records(&value, |record| match record.get(field) {
                Some(value) => scalar.parse(value),
                None => Ok(Param::Null),
            })
        }
        Conversion::RecordLists { field, scalar } => {
            records(&value, |record| match record.get(field) {
                None | Some(Value::Null) => Ok(Param::Null),
                Some(list) => json_list(scalar, list),
            })
        }
        Conversion::Given(field) => {
            records(&value, |record| Ok(Param::Bool(record.contains_key(field))))
        }
        Conversion::Keys(_) => Ok(Param::Null),
    }
}

fn limit(value: &Value, max: u32, extra: u32) -> Result<Param> {
    match whole(value) {
        Some(n) if n < 0 => Err(Error::bad_input(
            "A number of rows (first, last, atMost) cannot be negative",
        )),
        Some(n) if n > i64::from(max) => Err(Error::limit_exceeded(
            "pageSize",
            max,
            format!("A page of {n} rows is asked for, at most {max} are given"),
        )),
        Some(n) => Ok(Param::Int(n + i64::from(extra))),
        // NULL would be no limit at all.
        None => Err(no_number("A number of rows", value)),
    }
}

fn offset(value: &Value) -> Result<Param> {
    match whole(value) {
        Some(n) if n < 0 => Err(Error::bad_input("offset cannot be negative")),
        Some(n) => Ok(Param::Int(n)),
        None => Err(no_number("offset", value)),
    }
}

/// The value at a place of a cursor of this order.
fn cursor_value(value: &Value, cursors: &Cursors, order: u64, place: usize) -> Result<Param> {
    let text = value
        .as_str()
        .ok_or_else(|| Error::bad_input("A cursor is a string"))?;
    let mut values = cursors.read(order, text)?;
    if place < values.len() {
        Ok(values.swap_remove(place))
    } else {
        Err(Error::bad_input("This cursor belongs to another order"))
    }
}

/// A text that is searched for with LIKE.
fn pattern(value: &Value, before: bool, after: bool) -> Result<Param> {
    let text = value
        .as_str()
        .ok_or_else(|| Error::bad_input("A text is needed here"))?;
    if before {
        check_like(text)?;
    }
    Scalar::String.parse(&like(text, before, after).into())
}

fn no_number(what: &str, value: &Value) -> Error {
    Error::bad_input(format!("{what} must be a whole number, not {value}"))
}

/// One value per object of a list; a single object is a list of one.
fn records(value: &Value, of: impl Fn(&Map<String, Value>) -> Result<Param>) -> Result<Param> {
    let records = match value {
        Value::Array(records) => records.as_slice(),
        single => std::slice::from_ref(single),
    };
    let values = records.iter().enumerate().map(|(index, record)| {
        let record = record
            .as_object()
            .ok_or_else(|| Error::bad_input("A row to create must be an object"));
        record
            .and_then(&of)
            .map_err(|error| error.with("index", index))
    });
    Ok(Param::Array(values.collect::<Result<_>>()?))
}

/// A list as JSON, once each element was found to be what the column holds.
fn json_list(scalar: &Scalar, list: &Value) -> Result<Param> {
    let items = match list {
        Value::Array(items) => items.clone(),
        single => vec![single.clone()],
    };
    let mut out = Vec::with_capacity(items.len());
    for item in items {
        out.push(match (scalar.parse(&item)?, item) {
            // An enum's label in the database is not its name in GraphQL.
            (Param::Text(label), _) => Value::String(label),
            (_, other) => other,
        });
    }
    Ok(Param::Json(Value::Array(out).to_string()))
}

/// A text that is judged before the database sees it.
fn judged(value: &Value, judge: fn(&str) -> Result<()>) -> Result<Param> {
    if let Some(text) = value.as_str() {
        judge(text)?;
    }
    Scalar::String.parse(value)
}

/// PostgreSQL takes offsets, too, but counts them the other way round than ISO 8601 and whoever writes them does.
fn check_time_zone(name: &str) -> Result<()> {
    let zone: Result<chrono_tz::Tz, _> = name.parse();
    zone.map(drop).map_err(|_| no_such_time_zone())
}

fn like(text: &str, before: bool, after: bool) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    if before {
        out.push('%');
    }
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    if after {
        out.push('%');
    }
    out
}

/// An expression with its parameter cast to a column's type, so that PostgreSQL never guesses.
pub fn cast(expr: Expr, sql_type: &str) -> Expr {
    expr.cast_as(sea_query::Alias::new(sql_type))
}
