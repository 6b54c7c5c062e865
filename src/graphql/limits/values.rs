//! Reads variables and extensions, counting.

use std::{cell::Cell, fmt};

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::error::{Error, Result};

/// What is left of the limits, and which one was met.
struct Budget {
    values: Cell<u64>,
    max_list: u64,
    exceeded: Cell<Option<Limit>>,
}

#[derive(Clone, Copy)]
enum Limit {
    List,
    Values,
}

pub(super) fn read(
    name: &str,
    json: &str,
    max_list: u64,
    max_values: u64,
) -> Result<Map<String, Value>> {
    let budget = Budget {
        values: Cell::new(max_values),
        max_list,
        exceeded: Cell::new(None),
    };
    let mut deserializer = serde_json::Deserializer::from_str(json);
    match (
        CountedValue(&budget).deserialize(&mut deserializer),
        budget.exceeded.get(),
    ) {
        (Ok(Value::Object(variables)), _) => Ok(variables),
        (Ok(Value::Null), _) => Ok(Map::new()),
        (Ok(_), _) => Err(Error::bad_input(format!("{name} must be an object"))),
        (Err(_), Some(Limit::List)) => {
            let message = format!("A list in {name} has more than {max_list} entries");
            Err(Error::limit_exceeded("list", max_list, message))
        }
        (Err(_), Some(Limit::Values)) => Err(Error::limit_exceeded(
            "values",
            max_values,
            format!("There are more than {max_values} values in {name}"),
        )),
        (Err(error), None) => Err(Error::bad_input(format!("{name} cannot be read: {error}"))),
    }
}

struct CountedValue<'a>(&'a Budget);

impl CountedValue<'_> {
    fn stop<E: serde::de::Error>(&self, limit: Limit) -> E {
        self.0.exceeded.set(Some(limit));
        E::custom("limit")
    }
}

impl<'de> DeserializeSeed<'de> for CountedValue<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        match self.0.values.get().checked_sub(1) {
            Some(left) => self.0.values.set(left),
            None => return Err(self.stop(Limit::Values)),
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for CountedValue<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("a number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = access.next_element_seed(CountedValue(self.0))? {
            if list.len() as u64 >= self.0.max_list {
                return Err(self.stop(Limit::List));
            }
            list.push(value);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(name) = access.next_key::<String>()? {
            let value = access.next_value_seed(CountedValue(self.0))?;
            if map.insert(name, value).is_some() {
                // Which of the two was meant? A check and an insert must not take different ones.
                return Err(A::Error::custom("a name occurs twice in one object"));
            }
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::error::Code;

    #[test]
    fn variables_are_read_as_they_are() {
        let json = json!({"a": [1, -2, 1.5, "x\n", null, true], "b": {"c": {}}});
        assert_eq!(
            Value::Object(read("variables", &json.to_string(), 6, 100).unwrap()),
            json
        );
        assert!(read("variables", "null", 0, 10).unwrap().is_empty());
    }

    #[test]
    fn long_lists_and_many_values_are_refused_by_name() {
        let limit = |json: &str| {
            let error = read("variables", json, 3, 10).unwrap_err();
            (error.code(), error.details()["limit"].clone())
        };
        assert_eq!(
            limit(r#"{"a": [1, 2, 3, 4]}"#),
            (Code::LimitExceeded, json!("list"))
        );
        assert_eq!(
            limit(r#"{"a":[1,2,3],"b":[1,2,3],"c":[1,2,3]}"#),
            (Code::LimitExceeded, json!("values"))
        );
    }

    #[test]
    fn what_is_no_object_is_bad_input() {
        for json in ["[1]", "3", "\"x\"", "{\"a\": 1, \"a\": 2}", "{\"a\":"] {
            assert_eq!(
                read("variables", json, 10, 10).unwrap_err().code(),
                Code::BadUserInput,
                "{json}"
            );
        }
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(
            read("variables", &deep, 10, 1_000_000).unwrap_err().code(),
            Code::BadUserInput
        );
    }
}
