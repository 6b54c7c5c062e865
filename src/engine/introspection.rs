//! Questions about the schema. async-graphql once describes all of it; what a document asks is picked from that.

use std::collections::HashMap;

use async_graphql::parser::types::{Field, Type};
use serde_json::Value;

use super::{
    encode::write_json_string,
    input::{Input, Source, Variables},
    plan::{Compiler, Selected, prefix},
};
use crate::error::{Code, Error, Result};

/// The document that asks for all that there is to know of a schema.
pub const EVERYTHING: &str = "
query {
  __schema {
    description
    queryType { ...Reference }
    mutationType { ...Reference }
    subscriptionType { ...Reference }
    types {
      kind name description specifiedByURL isOneOf
      fields(includeDeprecated: true) {
        name description isDeprecated deprecationReason
        args(includeDeprecated: true) { ...Input }
        type { ...Reference }
      }
      interfaces { ...Reference }
      possibleTypes { ...Reference }
      enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
      inputFields(includeDeprecated: true) { ...Input }
      ofType { kind }
    }
    directives { name description locations isRepeatable args(includeDeprecated: true) { ...Input } }
  }
}
fragment Input on __InputValue {
  name description defaultValue isDeprecated deprecationReason type { ...Reference }
}
fragment Reference on __Type {
  kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } }
}
";

/// How large an answer about the schema may become. All that there is to know takes a fifth of it; types that are
/// opened in the fields of types, and again in theirs, would go on for ever.
const ANSWER_MAX_BYTES: usize = 8 << 20;

/// A schema as its introspection describes it.
pub struct Described {
    /// The value of `__schema`.
    schema: Value,
    /// Where each type stands among its `types`, by name.
    places: HashMap<String, usize>,
}

/// What a root field asks about the schema.
pub struct Question {
    /// The name of one type, for `__type`.
    name: Option<Source>,
    asked: Vec<Asked>,
}

/// A selected field.
struct Asked {
    /// The comma and the key before the value.
    prefix: Box<[u8]>,
    answer: Wanted,
}

enum Wanted {
    /// The name of the type that the field stands in.
    Typename(&'static str),
    /// The field of this name.
    Field {
        name: Box<str>,
        /// Whether deprecated ones are listed too; not by default.
        deprecated: Option<Source>,
        /// What is selected of it, if it is an object or a list of them.
        of: Vec<Asked>,
    },
}

/// The type of what a field of an introspection type holds; nothing for scalars and enums.
fn type_of(field: &str) -> Option<&'static str> {
    Some(match field {
        "types" | "queryType" | "mutationType" | "subscriptionType" | "type" | "ofType"
        | "interfaces" | "possibleTypes" => "__Type",
        "fields" => "__Field",
        "args" | "inputFields" => "__InputValue",
        "enumValues" => "__EnumValue",
        "directives" => "__Directive",
        _ => return None,
    })
}

impl<'a> Compiler<'a> {
    /// Compiles `__schema` or `__type`.
    ///
    /// # Errors
    /// BAD_USER_INPUT for an argument that is null where it cannot be.
    pub fn question(&self, selected: &Selected<'a>) -> Result<Question> {
        let (name, type_name) = match selected.name() {
            "__type" => {
                let name = self.literal_argument(selected.fields[0], "name", "String!")?;
                let name = name.ok_or_else(|| Error::bad_input("__type needs a name"))?;
                (Some(name), "__Type")
            }
            _ => (None, "__Schema"),
        };
        Ok(Question {
            name,
            asked: self.asked(type_name, selected)?,
        })
    }

    fn asked(&self, type_name: &'static str, selected: &Selected<'a>) -> Result<Vec<Asked>> {
        let mut asked = Vec::new();
        for selected in self.collect(type_name, &selected.selections()) {
            let answer = match selected.name() {
                "__typename" => Wanted::Typename(type_name),
                name => Wanted::Field {
                    name: name.into(),
                    deprecated: self.literal_argument(
                        selected.fields[0],
                        "includeDeprecated",
                        "Boolean",
                    )?,
                    of: match type_of(name) {
                        Some(of) => self.asked(of, &selected)?,
                        None => Vec::new(),
                    },
                },
            };
            asked.push(Asked {
                prefix: prefix(selected.key, asked.is_empty()),
                answer,
            });
        }
        Ok(asked)
    }

    fn literal_argument(&self, field: &Field, name: &str, ty: &str) -> Result<Option<Source>> {
        let (Some(literal), Some(ty)) = (field.get_argument(name), Type::new(ty)) else {
            return Ok(None);
        };
        match self.scope.literal(&ty, &literal.node)? {
            Some(Input::Scalar(source)) => Ok(Some(source)),
            Some(Input::Null) | None => Ok(None),
            Some(other) => Err(other.refused(name, "a scalar")),
        }
    }
}

impl Described {
    /// The schema that was described in answer to [`EVERYTHING`]; nothing if the answer is another.
    pub fn new(mut answer: Value) -> Option<Self> {
        let mut schema = answer.get_mut("__schema")?.take();
        // What async-graphql says there of every schema is in no exported schema.
        schema["description"] = Value::Null;
        let types = schema.get("types")?.as_array()?.iter().enumerate();
        let places = types
            .map(|(place, ty)| Some((ty.get("name")?.as_str()?.to_owned(), place)))
            .collect::<Option<_>>()?;
        Some(Described { schema, places })
    }

    fn named(&self, name: &str) -> &Value {
        match self.places.get(name) {
            Some(place) => &self.schema["types"][*place],
            None => &Value::Null,
        }
    }

    /// All of a type of which there is only a reference; other objects as they are.
    fn whole<'v>(&'v self, object: &'v Value) -> &'v Value {
        let is_reference = object.get("kind").is_some() && object.get("fields").is_none();
        match object.get("name").and_then(Value::as_str) {
            Some(name) if is_reference => self.named(name),
            // A list or a non-null type, which has no name.
            _ => object,
        }
    }
}

impl Question {
    /// Writes the answer.
    ///
    /// # Errors
    /// LIMIT_EXCEEDED when it is too large.
    pub fn write(
        &self,
        described: &Described,
        variables: &Variables,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let writer = Writer {
            described,
            variables,
            end: out.len() + ANSWER_MAX_BYTES,
        };
        let value = match &self.name {
            Some(name) => {
                let name = name.value(variables);
                described.named(name.as_str().unwrap_or_default())
            }
            None => &described.schema,
        };
        writer.value(&self.asked, value, true, out)
    }
}

struct Writer<'w> {
    described: &'w Described,
    variables: &'w Variables,
    /// How long `out` may become.
    end: usize,
}

impl Writer<'_> {
    fn value(
        &self,
        asked: &[Asked],
        value: &Value,
        deprecated: bool,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        match value {
            Value::Array(items) => {
                out.push(b'[');
                let is_deprecated = |item: &Value| item["isDeprecated"] == true;
                let listed = items
                    .iter()
                    .filter(|item| deprecated || !is_deprecated(item));
                for (index, item) in listed.enumerate() {
                    if index > 0 {
                        out.push(b',');
                    }
                    self.value(asked, item, deprecated, out)?;
                }
                out.push(b']');
            }
            Value::Object(_) => self.object(asked, self.described.whole(value), out)?,
            Value::String(text) => write_json_string(text, out),
            other => out.extend_from_slice(other.to_string().as_bytes()),
        }
        Ok(())
    }

    fn object(&self, asked: &[Asked], object: &Value, out: &mut Vec<u8>) -> Result<()> {
        if out.len() > self.end {
            let message = "The answer about the schema is too large: ask for less at once";
            return Err(Error::new(Code::LimitExceeded, message).with("limit", ANSWER_MAX_BYTES));
        }
        out.push(b'{');
        for field in asked {
            out.extend_from_slice(&field.prefix);
            match &field.answer {
                Wanted::Typename(name) => write_json_string(name, out),
                Wanted::Field {
                    name,
                    deprecated,
                    of,
                } => {
                    let deprecated = deprecated
                        .as_ref()
                        .is_some_and(|source| source.value(self.variables).as_bool() == Some(true));
                    self.value(of, &object[&**name], deprecated, out)?;
                }
            }
        }
        out.push(b'}');
        Ok(())
    }
}
