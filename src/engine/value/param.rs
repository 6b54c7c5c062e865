//! A parameter's value, and how it is sent in the type that its statement gives it.

use std::{error::Error, net::IpAddr};

use bytes::{BufMut, BytesMut};
use postgres_types::{IsNull, Kind, ToSql, Type, to_sql_checked};
use uuid::Uuid;

use super::{Decimal, Interval, Network};

/// The value of one parameter. It is sent in binary, in the form of the parameter's own type, which
/// the prepared statement tells.
#[derive(Debug, Clone, PartialEq)]
pub enum Param {
    /// NULL of any type.
    Null,
    /// For `boolean`.
    Bool(bool),
    /// For the integers, the floats and `numeric`.
    Int(i64),
    /// For the floats and `numeric`.
    Float(f64),
    /// For `numeric`.
    Decimal(Decimal),
    /// For text of every kind and for enums, by their label.
    Text(String),
    /// For `uuid`.
    Uuid(Uuid),
    /// For `timestamp with time zone`: microseconds since 2000-01-01 in UTC; the extremes are the
    /// infinities.
    Timestamp(i64),
    /// For `date`: days since 2000-01-01; the extremes are the infinities.
    Date(i32),
    /// For `interval`.
    Interval(Interval),
    /// For `json` and `jsonb`, and text: valid JSON.
    Json(String),
    /// For pgvector's `vector`.
    Vector(Vec<f32>),
    /// For `inet` and `cidr`.
    Inet(Network),
    /// For `bytea`.
    Bytes(Vec<u8>),
    /// For one-dimensional arrays.
    Array(Vec<Param>),
    /// A value in the binary form of the parameter's type, as it once came from a row.
    Binary(Box<[u8]>),
}

/// A parameter's value cannot be sent in the type that its statement gives it: a fault of the
/// statement, which should cast the parameter to its column's type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a parameter of type {ty} cannot take {value}")]
pub struct ParamError {
    ty: String,
    value: &'static str,
}

impl Param {
    /// What the value is, for errors; never the value itself.
    fn kind(&self) -> &'static str {
        match self {
            Param::Null => "NULL",
            Param::Bool(_) => "a boolean",
            Param::Int(_) => "this whole number",
            Param::Float(_) => "this float",
            Param::Decimal(_) => "a decimal",
            Param::Text(_) => "text",
            Param::Uuid(_) => "a UUID",
            Param::Timestamp(_) => "a timestamp",
            Param::Date(_) => "a date",
            Param::Interval(_) => "an interval",
            Param::Json(_) => "JSON",
            Param::Vector(_) => "a vector",
            Param::Inet(_) => "a network address",
            Param::Bytes(_) => "bytes",
            Param::Array(_) => "an array",
            Param::Binary(_) => "a stored value",
        }
    }

    /// Appends the binary form, or nothing (and says so) when the type has none of this value.
    fn write(&self, ty: &Type, out: &mut BytesMut) -> Option<()> {
        match self {
            Param::Null => {}
            Param::Binary(bytes) => out.put_slice(bytes),
            Param::Bool(value) => match *ty {
                Type::BOOL => out.put_u8(u8::from(*value)),
                _ => return None,
            },
            Param::Int(value) => write_int(*value, ty, out)?,
            Param::Float(value) => write_float(*value, ty, out)?,
            Param::Decimal(value) => match *ty {
                Type::NUMERIC => value.write_binary(out),
                _ => return None,
            },
            Param::Text(text) if takes_text(ty) => out.put_slice(text.as_bytes()),
            Param::Uuid(uuid) if *ty == Type::UUID => out.put_slice(uuid.as_bytes()),
            Param::Timestamp(micros) if *ty == Type::TIMESTAMPTZ => out.put_i64(*micros),
            Param::Date(day) if *ty == Type::DATE => out.put_i32(*day),
            Param::Interval(interval) if *ty == Type::INTERVAL => {
                out.put_i64(interval.micros);
                out.put_i32(interval.days);
                out.put_i32(interval.months);
            }
            Param::Json(text) => {
                match *ty {
                    Type::JSONB => out.put_u8(1),
                    Type::JSON => {}
                    _ if takes_text(ty) => {}
                    _ => return None,
                }
                out.put_slice(text.as_bytes());
            }
            Param::Vector(elements) if ty.name() == "vector" => write_vector(elements, out)?,
            Param::Inet(network) if matches!(*ty, Type::INET | Type::CIDR) => {
                write_inet(*network, *ty == Type::CIDR, out);
            }
            Param::Bytes(bytes) if *ty == Type::BYTEA => out.put_slice(bytes),
            _ => return None,
        }
        Some(())
    }
}

impl ToSql for Param {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match (self, ty.kind()) {
            (Param::Null, _) => return Ok(IsNull::Yes),
            (Param::Binary(_), _) => {}
            (_, Kind::Domain(base)) => return self.to_sql(base, out),
            (Param::Array(elements), Kind::Array(_)) => return elements.to_sql(ty, out),
            _ => {}
        }
        self.write(ty, out).ok_or_else(|| ParamError {
            ty: ty.to_string(),
            value: self.kind(),
        })?;
        Ok(IsNull::No)
    }

    /// Which types fit depends on the value: [`to_sql`](ToSql::to_sql) decides.
    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn takes_text(ty: &Type) -> bool {
    match *ty {
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN => true,
        _ => matches!(ty.kind(), Kind::Enum(_)) || ty.name() == "citext",
    }
}

fn write_int(value: i64, ty: &Type, out: &mut BytesMut) -> Option<()> {
    match *ty {
        Type::INT2 => out.put_i16(i16::try_from(value).ok()?),
        Type::INT4 => out.put_i32(i32::try_from(value).ok()?),
        Type::INT8 => out.put_i64(value),
        Type::FLOAT4 => out.put_f32(value as f32),
        Type::FLOAT8 => out.put_f64(value as f64),
        Type::NUMERIC => Decimal::parse(itoa::Buffer::new().format(value))?.write_binary(out),
        _ => return None,
    }
    Some(())
}

fn write_float(value: f64, ty: &Type, out: &mut BytesMut) -> Option<()> {
    match *ty {
        Type::FLOAT4 => out.put_f32(Some(value as f32).filter(|value| value.is_finite())?),
        Type::FLOAT8 => out.put_f64(value),
        Type::NUMERIC if value.is_finite() => {
            Decimal::parse(zmij::Buffer::new().format_finite(value))?.write_binary(out);
        }
        _ => return None,
    }
    Some(())
}

fn write_vector(elements: &[f32], out: &mut BytesMut) -> Option<()> {
    out.reserve(4 + elements.len() * 4);
    out.put_u16(u16::try_from(elements.len()).ok()?);
    out.put_u16(0);
    for element in elements {
        out.put_f32(*element);
    }
    Some(())
}

fn write_inet(network: Network, is_cidr: bool, out: &mut BytesMut) {
    let (family, size) = if network.address.is_ipv4() {
        (2, 4)
    } else {
        (3, 16)
    };
    out.put_slice(&[family, network.prefix_bits, u8::from(is_cidr), size]);
    match network.address {
        IpAddr::V4(address) => out.put_slice(&address.octets()),
        IpAddr::V6(address) => out.put_slice(&address.octets()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(param: &Param, ty: &Type) -> Result<Vec<u8>, String> {
        let mut out = BytesMut::new();
        match param.to_sql_checked(ty, &mut out) {
            Ok(_) => Ok(out.to_vec()),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn a_number_takes_the_parameters_width() {
        assert_eq!(sent(&Param::Int(5), &Type::INT2), Ok(vec![0, 5]));
        assert_eq!(
            sent(&Param::Int(5), &Type::INT8).map(|bytes| bytes.len()),
            Ok(8)
        );
        assert_eq!(
            sent(&Param::Int(1 << 40), &Type::INT4),
            Err("a parameter of type int4 cannot take this whole number".to_owned())
        );
        assert!(sent(&Param::Float(1e300), &Type::FLOAT4).is_err());
    }

    #[test]
    fn values_of_other_types_are_refused() {
        assert_eq!(
            sent(&Param::Text("x".to_owned()), &Type::UUID),
            Err("a parameter of type uuid cannot take text".to_owned())
        );
        assert!(sent(&Param::Array(vec![]), &Type::TEXT).is_err());
        assert!(sent(&Param::Array(vec![Param::Bool(true)]), &Type::TEXT_ARRAY).is_err());
    }

    #[test]
    fn domains_and_enums_are_what_they_are_made_of() {
        let custom = |name: &str, kind| Type::new(name.to_owned(), 70_000, kind, "x".to_owned());
        let text = Param::Text("on".to_owned());
        let status = custom("status", Kind::Enum(vec!["on".to_owned()]));
        assert_eq!(sent(&text, &status), Ok(b"on".to_vec()));
        let email = custom("email", Kind::Domain(Type::TEXT));
        assert_eq!(sent(&text, &email), Ok(b"on".to_vec()));
    }
}
