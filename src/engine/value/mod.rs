//! From a GraphQL argument in its JSON form to a statement's parameter.
//!
//! The forms are those that [`encode`](super::encode) writes, so that whatever a client reads it can
//! send back; some are read more freely (BigInt and Decimal also as numbers, DateTime in any offset).
//! A value that is not allowed is `BAD_USER_INPUT` with a sentence that says what is.

mod custom;
mod decimal;
mod enumeration;
mod network;
mod param;
mod time;

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;
use uuid::Uuid;

use crate::error::{Error, Result};

pub use custom::check_custom;
pub use decimal::Decimal;
pub use enumeration::{AmbiguousName, Enumeration};
pub use network::Network;
pub use param::{Param, ParamError};
pub use time::Interval;

/// The most characters of a refused value that an error repeats.
const SHOWN_CHARS: usize = 60;

/// What an argument or an input field takes, apart from `null` and lists.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// A string of 32 hexadecimal digits, with or without hyphens.
    Uuid,
    /// A string as RFC 3339 has it, in any offset; `infinity` and `-infinity` too.
    DateTime,
    /// A string `2026-05-01`; `infinity` and `-infinity` too.
    Date,
    /// `true` or `false`.
    Boolean,
    /// A whole number that fits the column's `bits`: 16 or 32.
    Int {
        /// The width of the column.
        bits: u8,
    },
    /// A whole number of 64 bits, as a string or a number.
    BigInt,
    /// A number.
    Float,
    /// A decimal number, as a string (exact) or a number.
    Decimal,
    /// A string without U+0000, which PostgreSQL cannot store.
    String,
    /// Anything, without U+0000 in its strings and keys.
    Json,
    /// A list of as many numbers as the column has dimensions.
    Vector {
        /// How many numbers.
        dimensions: u16,
    },
    /// A string with an IPv4 or IPv6 address, or a network `10.0.0.0/8`.
    Inet,
    /// A string in base64.
    Bytes,
    /// A string with an ISO 8601 duration.
    Interval,
    /// A string that names one of the values.
    Enum(Arc<Enumeration>),
}

impl Scalar {
    /// Reads one value. `null` is [`Param::Null`]: whether it is allowed is not a matter of the type.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` that names the value and what is allowed.
    pub fn parse(&self, value: &Value) -> Result<Param> {
        let refuse = |allowed: &str| Err(refused(value, allowed));
        match (self, value) {
            (_, Value::Null) => Ok(Param::Null),
            (Scalar::Boolean, Value::Bool(value)) => Ok(Param::Bool(*value)),
            (Scalar::Boolean, _) => refuse("true or false"),
            (Scalar::Uuid, Value::String(text)) => match Uuid::try_parse(text) {
                Ok(uuid) => Ok(Param::Uuid(uuid)),
                Err(_) => refuse(UUID),
            },
            (Scalar::Uuid, _) => refuse(UUID),
            (Scalar::DateTime, _) => time::parse_date_time(text(value)),
            (Scalar::Date, _) => time::parse_date(text(value)),
            (Scalar::Interval, _) => time::parse_interval(text(value)),
            (Scalar::Int { bits }, _) => parse_int(value, *bits),
            (Scalar::BigInt, _) => match big_int(value) {
                Some(value) => Ok(Param::Int(value)),
                None => refuse("a whole number of 64 bits, as a string or a number"),
            },
            (Scalar::Float, _) => match value.as_f64().filter(|value| value.is_finite()) {
                Some(value) => Ok(Param::Float(value)),
                None => refuse("a number"),
            },
            (Scalar::Decimal, _) => parse_decimal(value),
            (Scalar::String, Value::String(text)) if !text.contains('\0') => {
                Ok(Param::Text(text.clone()))
            }
            (Scalar::String, Value::String(_)) => refuse("text without the character U+0000"),
            (Scalar::String, _) => refuse("text"),
            (Scalar::Json, _) if has_nul(value) => {
                refuse("JSON without the character U+0000 in its strings")
            }
            (Scalar::Json, _) => Ok(Param::Json(value.to_string())),
            (Scalar::Vector { dimensions }, _) => parse_vector(value, usize::from(*dimensions)),
            (Scalar::Inet, _) => match value.as_str().and_then(Network::parse) {
                Some(network) => Ok(Param::Inet(network)),
                None => refuse("an IP address, or a network such as \"10.0.0.0/8\""),
            },
            (Scalar::Bytes, _) => match value.as_str().map(|text| STANDARD.decode(text)) {
                Some(Ok(bytes)) => Ok(Param::Bytes(bytes)),
                _ => refuse("bytes as a string in base64"),
            },
            (Scalar::Enum(enumeration), _) => {
                match value.as_str().and_then(|name| enumeration.label(name)) {
                    Some(label) => Ok(Param::Text(label.to_owned())),
                    None => refuse(&format!("one of {}", enumeration.names().join(", "))),
                }
            }
        }
    }

    /// Reads a list into an array parameter; its elements may be `null`. As everywhere in GraphQL a
    /// value that is no list is a list of one (but a vector's or JSON's own list is one value only
    /// inside another).
    ///
    /// # Errors
    /// As [`parse`](Self::parse), with the `index` of the element in its extensions.
    pub fn parse_list(&self, value: &Value) -> Result<Param> {
        match value {
            Value::Null => Ok(Param::Null),
            Value::Array(values) => values
                .iter()
                .enumerate()
                .map(|(index, value)| {
                    self.parse(value)
                        .map_err(|error| error.with("index", index))
                })
                .collect::<Result<_>>()
                .map(Param::Array),
            single => Ok(Param::Array(vec![self.parse(single)?])),
        }
    }
}

const UUID: &str = "a UUID such as \"0197e9a2-7b3c-7d4e-8f5a-6b7c8d9e0f1a\"";

/// The error of a value that is not what is `allowed`.
fn refused(value: &Value, allowed: &str) -> Error {
    let shown = value.to_string();
    let shown = match shown.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", &shown[..end]),
        None => shown,
    };
    Error::bad_input(format!("{shown} is not allowed here: give {allowed}"))
}

/// The string in a value, or the value to be named in an error.
fn text(value: &Value) -> Result<&str, &Value> {
    value.as_str().ok_or(value)
}

fn parse_int(value: &Value, bits: u8) -> Result<Param> {
    let range = if bits == 16 {
        i64::from(i16::MIN)..=i64::from(i16::MAX)
    } else {
        i64::from(i32::MIN)..=i64::from(i32::MAX)
    };
    match whole(value).filter(|value| range.contains(value)) {
        Some(value) => Ok(Param::Int(value)),
        None => Err(refused(
            value,
            &format!("a whole number from {} to {}", range.start(), range.end()),
        )),
    }
}

/// A whole number, also one that is written `1.0`: JSON has one kind of number.
pub fn whole(value: &Value) -> Option<i64> {
    // Over 2⁵³ a float does not say which whole number is meant.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    value.as_i64().or_else(|| {
        let float = value.as_f64()?;
        (float.fract() == 0.0 && float.abs() < EXACT && !value.is_u64()).then_some(float as i64)
    })
}

fn big_int(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => text.parse().ok(),
        _ => whole(value),
    }
}

fn parse_decimal(value: &Value) -> Result<Param> {
    let decimal = match value {
        Value::String(text) => Decimal::parse(text),
        Value::Number(number) => Decimal::parse(&number.to_string()),
        _ => None,
    };
    decimal.map(Param::Decimal).ok_or_else(|| {
        refused(
            value,
            "a decimal number such as \"12.50\", with at most 131072 digits before the point and \
             16383 after it",
        )
    })
}

fn parse_vector(value: &Value, dimensions: usize) -> Result<Param> {
    let allowed = || format!("a list of {dimensions} numbers");
    let Value::Array(elements) = value else {
        return Err(refused(value, &allowed()));
    };
    if elements.len() != dimensions {
        return Err(Error::bad_input(format!(
            "the vector has {} elements: give {}",
            elements.len(),
            allowed()
        )));
    }
    let element = |(index, element): (usize, &Value)| {
        element
            .as_f64()
            .map(|number| number as f32)
            .filter(|number| number.is_finite())
            .ok_or_else(|| refused(element, "a number of single precision").with("index", index))
    };
    let elements: Result<_> = elements.iter().enumerate().map(element).collect();
    elements.map(Param::Vector)
}

/// Whether a string or key anywhere in `value` has U+0000, which `jsonb` refuses.
fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(has_nul),
        Value::Object(fields) => fields
            .iter()
            .any(|(key, value)| key.contains('\0') || has_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::error::Code;

    #[track_caller]
    fn refuses(scalar: &Scalar, value: Value, words: &str) {
        let error = scalar.parse(&value).unwrap_err();
        assert_eq!(error.code(), Code::BadUserInput);
        assert!(error.message().contains(words), "{}", error.message());
    }

    #[test]
    fn null_is_null_of_every_type() {
        assert_eq!(Scalar::Json.parse(&json!(null)).unwrap(), Param::Null);
        assert_eq!(Scalar::Uuid.parse_list(&json!(null)).unwrap(), Param::Null);
    }

    #[test]
    fn whole_numbers_keep_their_range() {
        let int = Scalar::Int { bits: 32 };
        assert_eq!(
            int.parse(&json!(-2147483648i64)).unwrap(),
            Param::Int(-2147483648)
        );
        assert_eq!(int.parse(&json!(3.0)).unwrap(), Param::Int(3));
        refuses(&int, json!(2147483648i64), "from -2147483648 to 2147483647");
        refuses(&int, json!("3"), "whole number");
        refuses(&int, json!(3.5), "whole number");
        refuses(
            &Scalar::Int { bits: 16 },
            json!(40000),
            "from -32768 to 32767",
        );
    }

    #[test]
    fn big_numbers_come_as_strings_or_numbers() {
        let parsed = |value| Scalar::BigInt.parse(&value).unwrap();
        assert_eq!(parsed(json!("-9223372036854775808")), Param::Int(i64::MIN));
        assert_eq!(parsed(json!(i64::MAX)), Param::Int(i64::MAX));
        refuses(&Scalar::BigInt, json!(u64::MAX), "64 bits");
        refuses(&Scalar::BigInt, json!(1e300), "64 bits");
        refuses(&Scalar::BigInt, json!("1.5"), "64 bits");
        refuses(&Scalar::Decimal, json!("12,50"), "a decimal number");
        refuses(&Scalar::Decimal, json!("1e999999999"), "131072 digits");
    }

    #[test]
    fn text_has_no_nul() {
        refuses(&Scalar::String, json!("a\0b"), "U+0000");
        refuses(&Scalar::String, json!(5), "give text");
        refuses(&Scalar::Json, json!({"a": [{"k\0": 1}]}), "U+0000");
    }

    #[test]
    fn vectors_have_their_dimension() {
        let vector = Scalar::Vector { dimensions: 2 };
        let parsed = vector.parse(&json!([0.5, -1])).unwrap();
        assert_eq!(parsed, Param::Vector(vec![0.5, -1.0]));
        refuses(&vector, json!([1]), "1 elements: give a list of 2");
        refuses(&vector, json!([1, 1e39]), "single precision");
        refuses(&vector, json!([1, "x"]), "single precision");
        refuses(&vector, json!("x"), "a list of 2 numbers");
    }

    #[test]
    fn enums_know_their_values() {
        let labels = ["in-progress", "done"].map(str::to_owned);
        let status = Scalar::Enum(Arc::new(Enumeration::new(labels).unwrap()));
        let parsed = status.parse(&json!("IN_PROGRESS")).unwrap();
        assert_eq!(parsed, Param::Text("in-progress".to_owned()));
        refuses(&status, json!("in-progress"), "one of IN_PROGRESS, DONE");
    }

    #[test]
    fn lists_name_the_element_that_is_wrong() {
        let error = Scalar::Boolean
            .parse_list(&json!([true, null, 7]))
            .unwrap_err();
        assert_eq!(error.details()["index"], 2);
        let one = Scalar::Boolean.parse_list(&json!(true)).unwrap();
        assert_eq!(one, Param::Array(vec![Param::Bool(true)]));
    }

    #[test]
    fn long_values_are_shown_in_part() {
        let error = Scalar::Uuid.parse(&json!("é".repeat(10_000))).unwrap_err();
        assert!(error.message().len() < 300);
    }

    #[test]
    fn bytes_are_base64() {
        let parsed = Scalar::Bytes.parse(&json!("//5h")).unwrap();
        assert_eq!(parsed, Param::Bytes(vec![0xFF, 0xFE, b'a']));
        refuses(&Scalar::Bytes, json!("?"), "base64");
    }
}
