//! JSON values, of custom operations and of streams.

use serde_json::Value;

use super::AnswerError;
use crate::engine::{
    encode::{Encoder, NULL, write_json_string, write_list},
    outcome::{ValueField, ValueShape},
    value::{Param, Scalar},
};

/// Writes what was selected of a value: lists are gone through, and what is not of its shape is null.
///
/// # Errors
/// When a moment cannot be written.
pub fn write_value(
    shape: &ValueShape,
    value: &Value,
    out: &mut Vec<u8>,
) -> Result<(), AnswerError> {
    match (shape, value) {
        (ValueShape::Leaf, Value::String(text)) => write_json_string(text, out),
        (ValueShape::Leaf, value) => out.extend_from_slice(value.to_string().as_bytes()),
        (ValueShape::DateTime, Value::String(text)) => {
            match Scalar::DateTime.parse(&Value::from(text.as_str())) {
                Ok(Param::Timestamp(micros)) => {
                    Encoder::TimestampTz.write(&micros.to_be_bytes(), out)?;
                }
                _ => out.extend_from_slice(NULL),
            }
        }
        (shape, Value::Array(items)) => {
            return write_list(items, out, |item, out| write_value(shape, item, out));
        }
        (ValueShape::Abstract(shapes), Value::Object(object)) => {
            let name = object.get("__typename").and_then(Value::as_str);
            match name.and_then(|name| shapes.get(name)) {
                Some(shape) => return write_value(shape, value, out),
                None => out.extend_from_slice(NULL),
            }
        }
        (ValueShape::Object(fields), Value::Object(object)) => {
            return fields.write(out, |field, out| match field {
                ValueField::Constant(bytes) => {
                    out.extend_from_slice(bytes);
                    Ok(())
                }
                ValueField::Field(name, shape) => {
                    write_value(shape, object.get(name).unwrap_or(&Value::Null), out)
                }
            });
        }
        _ => out.extend_from_slice(NULL),
    }
    Ok(())
}
