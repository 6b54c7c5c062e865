//! What the schema's own scalars take, wherever a value of them stands.

use serde_json::Value;

use super::{Scalar, refused};
use crate::error::{Error, Result};

/// Looks at a value of a scalar that is none of GraphQL's own, before anything runs. What depends on
/// the column too, the dimensions of a vector for one, is found where the value becomes a parameter.
///
/// # Errors
/// BAD_USER_INPUT that names the value and what is allowed; INTERNAL for a scalar that is not known.
pub fn check_custom(scalar: &str, value: &Value) -> Result<()> {
    let parsed_by = match scalar {
        "UUID" => Scalar::Uuid,
        "DateTime" => Scalar::DateTime,
        "Date" => Scalar::Date,
        "BigInt" => Scalar::BigInt,
        "Decimal" => Scalar::Decimal,
        "Inet" => Scalar::Inet,
        "Bytes" => Scalar::Bytes,
        "Interval" => Scalar::Interval,
        "JSON" => return Ok(()),
        "Cursor" | "Upload" if value.is_string() => return Ok(()),
        "Upload" => return Err(refused(value, "a file of a form")),
        "Cursor" => return Err(refused(value, "a cursor that an answer held")),
        "Vector" => return check_vector(value),
        unknown => return Err(Error::internal(format!("{unknown} is no scalar"))),
    };
    parsed_by.parse(value).map(drop)
}

fn check_vector(value: &Value) -> Result<()> {
    let fits = |number: &Value| number.as_f64().is_some_and(|n| (n as f32).is_finite());
    match value {
        Value::Array(elements) if elements.iter().all(fits) => Ok(()),
        _ => Err(refused(value, "a list of numbers of single precision")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::error::Code;

    #[test]
    fn scalars_take_what_they_can_represent() {
        let id = "0197e9a2-7b3c-7d4e-8f5a-6b7c8d9e0f1a";
        for (scalar, right, wrong) in [
            ("UUID", json!(id), json!("7")),
            (
                "DateTime",
                json!("2026-01-31T12:00:00+02:00"),
                json!("yesterday"),
            ),
            ("Date", json!("2026-01-31"), json!("2026-02-31")),
            ("BigInt", json!("-9223372036854775808"), json!(1.5)),
            ("Decimal", json!("12.50"), json!("twelve")),
            ("Inet", json!("10.0.0.0/8"), json!("10.0.0")),
            ("Bytes", json!("//5h"), json!("?")),
            ("Interval", json!("P1DT2H"), json!("a day")),
            ("Cursor", json!("anything"), json!(1)),
            ("Vector", json!([0.5, 1]), json!([1e39])),
        ] {
            assert!(check_custom(scalar, &right).is_ok(), "{scalar} {right}");
            for wrong in [wrong, json!({}), json!(true)] {
                let error = check_custom(scalar, &wrong).unwrap_err();
                assert_eq!(error.code(), Code::BadUserInput, "{scalar} {wrong}");
            }
        }
        assert!(check_custom("JSON", &json!({"a": [null]})).is_ok());
        let unknown = check_custom("Colour", &json!("red")).unwrap_err();
        assert_eq!(unknown.code(), Code::Internal);
    }
}
