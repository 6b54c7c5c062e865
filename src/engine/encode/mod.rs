//! From PostgreSQL's binary values to JSON text, written straight into the answer.
//!
//! No JSON tree and no string is built on the way: each value is appended to one growing buffer.
//! The text is what serde_json would write for the same value. What JSON or GraphQL have no form for:
//!
//! - **DateTime, Date**: RFC 3339 in UTC (`2026-05-01T08:30:00.25Z`: a fraction only where there is
//!   one, at most six digits, no trailing zeros). Years outside 0000–9999 are written with a sign
//!   and at least six digits, as ISO 8601 and JavaScript have them, and year 0 is 1 BC
//!   (`-000043-03-15`). The infinities are `"infinity"` and `"-infinity"`.
//! - **Decimal**: a string with every digit that is stored; `"NaN"`, `"Infinity"`, `"-Infinity"`.
//! - **Float**: NaN and the infinities become `null`, as in `JSON.stringify`.
//! - **Interval**: an ISO 8601 duration with a sign per part (`P1Y2M-3DT4H-0.5S`), `PT0S` for none,
//!   `"infinity"` and `"-infinity"`.
//! - **JSON**: the stored text; line breaks and tabs between its tokens become spaces, so that a
//!   value never spans lines.

mod array;
mod network;
mod number;
mod object;
mod text;
mod time;

use postgres_types::{FromSql, Kind, Type};

pub use object::{Constant, Fields, NULL, json_string, write_boolean, write_list, write_number};
pub use text::write_json_string;

/// How one column's binary value is written as JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoder {
    /// `boolean`: `true` or `false`.
    Bool,
    /// `smallint`, `integer`, or a `bigint` that is known to be small, such as a count of one page.
    Int,
    /// `bigint`: a string, because JSON's readers lose digits over 2⁵³.
    BigIntAsString,
    /// `real`: the shortest digits that read back as the same value.
    Float4,
    /// `double precision`: the same.
    Float8,
    /// `numeric`: a string, exact.
    Numeric,
    /// `text` and its relatives: a string.
    Text,
    /// An enum's label: a string, the name of the value in GraphQL (see [`write_enum_name`](crate::model::write_enum_name)).
    EnumText,
    /// `uuid`: a string with hyphens, in lower case.
    Uuid,
    /// `timestamp with time zone`: a string in UTC.
    TimestampTz,
    /// `date`: a string.
    Date,
    /// `json`: its text.
    Json,
    /// `jsonb`: its text.
    Jsonb,
    /// `bytea`: a string in base64 (standard alphabet, padded).
    Bytea,
    /// `inet` and `cidr`: a string as PostgreSQL writes it.
    Inet,
    /// pgvector's `vector`: an array of numbers.
    Vector,
    /// `interval`: a string.
    Interval,
    /// A one-dimensional array; elements may be null.
    Array(&'static Encoder),
}

/// Why a value could not be written. Each is a fault of the server: the column does not have the
/// type that its encoder was chosen for, or a form that the schema never uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// The bytes do not have the form of the type.
    #[error("{size_bytes} bytes are not a binary {encoder:?} value")]
    Malformed {
        /// What was to be written.
        encoder: Encoder,
        /// How many bytes there were.
        size_bytes: usize,
    },
    /// An array of several dimensions, which GraphQL's lists of the schema cannot hold.
    #[error("the array has {dimensions} dimensions; only one can be written")]
    Dimensions {
        /// How many there are.
        dimensions: i32,
    },
}

impl Encoder {
    /// The encoder of a type's values, by the type's identity, or for those that extensions and
    /// migrations define by its kind and name. Nothing for types that have no place in the schema
    /// (times without a zone, ranges, composites, text search vectors, internals).
    pub fn for_type(ty: &Type) -> Option<Encoder> {
        Some(match *ty {
            Type::BOOL => Encoder::Bool,
            Type::INT2 | Type::INT4 => Encoder::Int,
            Type::INT8 => Encoder::BigIntAsString,
            Type::FLOAT4 => Encoder::Float4,
            Type::FLOAT8 => Encoder::Float8,
            Type::NUMERIC => Encoder::Numeric,
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::CHAR => Encoder::Text,
            Type::UUID => Encoder::Uuid,
            Type::TIMESTAMPTZ => Encoder::TimestampTz,
            Type::DATE => Encoder::Date,
            Type::JSON => Encoder::Json,
            Type::JSONB => Encoder::Jsonb,
            Type::BYTEA => Encoder::Bytea,
            Type::INET | Type::CIDR => Encoder::Inet,
            Type::INTERVAL => Encoder::Interval,
            _ => match ty.kind() {
                Kind::Enum(_) => Encoder::EnumText,
                Kind::Domain(base) => Self::for_type(base)?,
                Kind::Array(element) => Encoder::Array(Self::for_type(element)?.shared()?),
                Kind::Simple if ty.name() == "vector" => Encoder::Vector,
                Kind::Simple if ty.name() == "citext" => Encoder::Text,
                _ => return None,
            },
        })
    }

    /// This encoder as an array's element, or nothing for an array of arrays.
    fn shared(self) -> Option<&'static Encoder> {
        Some(match self {
            Encoder::Bool => &Encoder::Bool,
            Encoder::Int => &Encoder::Int,
            Encoder::BigIntAsString => &Encoder::BigIntAsString,
            Encoder::Float4 => &Encoder::Float4,
            Encoder::Float8 => &Encoder::Float8,
            Encoder::Numeric => &Encoder::Numeric,
            Encoder::Text => &Encoder::Text,
            Encoder::EnumText => &Encoder::EnumText,
            Encoder::Uuid => &Encoder::Uuid,
            Encoder::TimestampTz => &Encoder::TimestampTz,
            Encoder::Date => &Encoder::Date,
            Encoder::Json => &Encoder::Json,
            Encoder::Jsonb => &Encoder::Jsonb,
            Encoder::Bytea => &Encoder::Bytea,
            Encoder::Inet => &Encoder::Inet,
            Encoder::Vector => &Encoder::Vector,
            Encoder::Interval => &Encoder::Interval,
            Encoder::Array(_) => return None,
        })
    }

    /// Appends the JSON text of a value that is not null.
    ///
    /// `raw` is the value as PostgreSQL sends it in binary form. On an error `out` may hold a part of
    /// the value; the answer must be given up.
    pub fn write(self, raw: &[u8], out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let written = match self {
            Encoder::Bool => number::write_bool(raw, out),
            Encoder::Int => number::write_int(raw, out),
            Encoder::BigIntAsString => quoted(out, |out| number::write_int(raw, out)),
            Encoder::Float4 => number::write_float4(raw, out),
            Encoder::Float8 => number::write_float8(raw, out),
            Encoder::Numeric => quoted(out, |out| number::write_numeric(raw, out)),
            Encoder::Text => text::write_text(raw, out),
            Encoder::EnumText => text::write_enum(raw, out),
            Encoder::Uuid => text::write_uuid(raw, out),
            Encoder::TimestampTz => quoted(out, |out| time::write_timestamp(raw, out)),
            Encoder::Date => quoted(out, |out| time::write_date(raw, out)),
            Encoder::Json => text::write_json(raw, out),
            Encoder::Jsonb => text::write_jsonb(raw, out),
            Encoder::Bytea => text::write_base64(raw, out),
            Encoder::Inet => quoted(out, |out| network::write_inet(raw, out)),
            Encoder::Vector => number::write_vector(raw, out),
            Encoder::Interval => quoted(out, |out| time::write_interval(raw, out)),
            Encoder::Array(element) => return array::write(raw, *element, out),
        };
        written.ok_or(EncodeError::Malformed {
            encoder: self,
            size_bytes: raw.len(),
        })
    }
}

/// A value's bytes as they came, borrowed from its row, whatever its type is. Use it as
/// `Option<Raw>` where the value may be null.
#[derive(Clone, Copy, Debug)]
pub struct Raw<'a>(pub &'a [u8]);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Raw(raw))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

fn quoted(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>) -> Option<()>) -> Option<()> {
    out.push(b'"');
    write(out)?;
    out.push(b'"');
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `encoder` writes for `raw`.
    pub(super) fn written(encoder: Encoder, raw: &[u8]) -> String {
        let mut out = Vec::new();
        encoder.write(raw, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn types_choose_their_encoder() {
        assert_eq!(
            Encoder::for_type(&Type::INT8),
            Some(Encoder::BigIntAsString)
        );
        assert_eq!(
            Encoder::for_type(&Type::TEXT_ARRAY),
            Some(Encoder::Array(&Encoder::Text))
        );
        assert_eq!(Encoder::for_type(&Type::TS_VECTOR), None);
        assert_eq!(Encoder::for_type(&Type::INT4_RANGE_ARRAY), None);
        let custom = |name: &str, kind| Type::new(name.to_owned(), 70_000, kind, "x".to_owned());
        let vector = custom("vector", Kind::Simple);
        assert_eq!(Encoder::for_type(&vector), Some(Encoder::Vector));
        let status = custom("status", Kind::Enum(vec!["on".to_owned()]));
        let statuses = custom("_status", Kind::Array(status));
        assert_eq!(
            Encoder::for_type(&statuses),
            Some(Encoder::Array(&Encoder::EnumText))
        );
        let email = custom("email", Kind::Domain(Type::TEXT));
        assert_eq!(Encoder::for_type(&email), Some(Encoder::Text));
    }

    #[test]
    fn wrong_sizes_are_errors_not_panics() {
        let encoders = [
            Encoder::Bool,
            Encoder::Int,
            Encoder::BigIntAsString,
            Encoder::Float4,
            Encoder::Float8,
            Encoder::Numeric,
            Encoder::Uuid,
            Encoder::TimestampTz,
            Encoder::Date,
            Encoder::Jsonb,
            Encoder::Inet,
            Encoder::Vector,
            Encoder::Interval,
            Encoder::Array(&Encoder::Int),
        ];
        for encoder in encoders {
            for size in [0, 3, 5, 7, 11, 13, 21, 33] {
                let raw = vec![0xA5; size];
                let result = encoder.write(&raw, &mut Vec::new());
                if !(encoder == Encoder::Jsonb && size > 0) {
                    assert!(result.is_err(), "{encoder:?} took {size} bytes");
                }
            }
        }
    }
}
