//! Rows as the change log has them, in its JSON.

use serde_json::Value;

use crate::{
    engine::{
        change::{LoggedField, LoggedObject},
        cursor::NodeId,
        encode::{Encoder, NULL, write_json_string, write_list},
        value::{Param, Scalar},
    },
    error::{Error, Result},
    model::{Kind, write_enum_name},
};

impl LoggedObject {
    /// Writes the object. `column` gives the JSON text of a column's value, or nothing when the log
    /// does not have it or the caller may not read it.
    ///
    /// # Errors
    /// FORBIDDEN for a column that is not there; INTERNAL for a value of another form.
    pub fn write<'r>(
        &self,
        column: impl Fn(&str) -> Option<&'r str>,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let value = |name: &str| {
            column(name).ok_or_else(|| Error::forbidden(format!("You may not read {name}")))
        };
        self.fields.write(out, |field, out| match field {
            LoggedField::Column { name, kind } => write_value(kind, value(name)?, out),
            LoggedField::Constant(bytes) => {
                out.extend_from_slice(bytes);
                Ok(())
            }
            LoggedField::NodeId { table, key } => {
                let mut values = Vec::with_capacity(key.len());
                for name in key {
                    let text = value(name)?.trim_matches('"');
                    values.push(uuid::Uuid::parse_str(text).map_err(Error::internal)?);
                }
                let values = values
                    .iter()
                    .map(|id| (Encoder::Uuid, id.as_bytes().as_slice()));
                NodeId::write(table, values, &mut Vec::new(), out).map_err(Error::internal)
            }
        })
    }
}

/// Writes a value of the log as GraphQL has it.
fn write_value(kind: &Kind, json: &str, out: &mut Vec<u8>) -> Result<()> {
    if json == "null" {
        out.extend_from_slice(NULL);
        return Ok(());
    }
    match kind {
        Kind::BigInt | Kind::Decimal if !json.starts_with('"') => {
            out.push(b'"');
            out.extend_from_slice(json.as_bytes());
            out.push(b'"');
        }
        Kind::DateTime => {
            let value: Value = serde_json::from_str(json).map_err(Error::internal)?;
            match Scalar::DateTime.parse(&value)? {
                Param::Timestamp(micros) => Encoder::TimestampTz
                    .write(&micros.to_be_bytes(), out)
                    .map_err(Error::internal)?,
                _ => out.extend_from_slice(json.as_bytes()),
            }
        }
        Kind::Enum(_) => {
            let label: String = serde_json::from_str(json).map_err(Error::internal)?;
            out.push(b'"');
            write_enum_name(&label, out);
            out.push(b'"');
        }
        Kind::List(element) => {
            let items: Vec<Box<serde_json::value::RawValue>> =
                serde_json::from_str(json).map_err(Error::internal)?;
            write_list(&items, out, |item, out| {
                write_value(element, item.get(), out)
            })?;
        }
        Kind::Text => match serde_json::from_str::<&str>(json) {
            // Nothing in it is escaped.
            Ok(_) => out.extend_from_slice(json.as_bytes()),
            Err(_) => {
                let text: String = serde_json::from_str(json).map_err(Error::internal)?;
                write_json_string(&text, out);
            }
        },
        _ => out.extend_from_slice(json.as_bytes()),
    }
    Ok(())
}
