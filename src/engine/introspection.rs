//! Questions about the schema. async-graphql once describes all of it; what a document asks is picked from that.

use std::collections::HashMap;

use async_graphql::parser::types::{Field, Type};
use serde_json::Value;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::{
    encode::Fields,
    input::{Input, Source},
    plan::{Compiler, SelectedField},
};
use crate::error::{Error, Result};

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

/// A schema as its introspection describes it.
pub struct SchemaDescription {
    /// The value of `__schema`.
    pub(super) schema: Value,
    /// Where each type stands among its `types`, by name.
    places: HashMap<String, usize>,
    /// How many answers may be written at once.
    turns: Semaphore,
}

/// What a root field asks about the schema.
pub struct Question {
    /// The name of one type, for `__type`.
    pub(super) name: Option<Source>,
    pub(super) fields: Fields<SchemaField>,
}

/// A selected field.
pub(super) enum SchemaField {
    /// The name of the type that the field stands in.
    Typename(&'static str),
    /// The field of this name.
    Field {
        name: Box<str>,
        /// Whether deprecated ones are listed too; not by default.
        deprecated: Option<Source>,
        /// What is selected of it, if it is an object or a list of them.
        of: Fields<SchemaField>,
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
    pub fn question(&self, selected: &SelectedField<'a>) -> Result<Question> {
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
            fields: self.schema_fields(type_name, selected)?,
        })
    }

    fn schema_fields(
        &self,
        type_name: &'static str,
        selected: &SelectedField<'a>,
    ) -> Result<Fields<SchemaField>> {
        let mut fields = Fields::default();
        for selected in self.collect(type_name, &selected.selections()) {
            let field = match selected.name() {
                "__typename" => SchemaField::Typename(type_name),
                name => SchemaField::Field {
                    name: name.into(),
                    deprecated: self.literal_argument(
                        selected.fields[0],
                        "includeDeprecated",
                        "Boolean",
                    )?,
                    of: match type_of(name) {
                        Some(of) => self.schema_fields(of, &selected)?,
                        None => Fields::default(),
                    },
                },
            };
            fields.push(selected.key, field);
        }
        Ok(fields)
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

impl SchemaDescription {
    /// The schema that was described in answer to [`EVERYTHING`]; nothing if the answer is another.
    pub fn new(mut answer: Value) -> Option<Self> {
        let mut schema = answer.get_mut("__schema")?.take();
        // What async-graphql says there of every schema is in no exported schema.
        schema["description"] = Value::Null;
        let types = schema.get("types")?.as_array()?.iter().enumerate();
        let places = types
            .map(|(place, ty)| Some((ty.get("name")?.as_str()?.to_owned(), place)))
            .collect::<Option<_>>()?;
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Some(SchemaDescription {
            schema,
            places,
            turns: Semaphore::new((processors / 2).max(1)),
        })
    }

    /// Waits for the turn to write an answer, which ends with the permit. Half of the processors stay free of it.
    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.turns.acquire().await.ok()
    }

    pub(super) fn named(&self, name: &str) -> &Value {
        match self.places.get(name) {
            Some(place) => &self.schema["types"][*place],
            None => &Value::Null,
        }
    }

    /// All of a type of which there is only a reference; other objects as they are.
    pub(super) fn whole<'v>(&'v self, object: &'v Value) -> &'v Value {
        let is_reference = object.get("kind").is_some() && object.get("fields").is_none();
        match object.get("name").and_then(Value::as_str) {
            Some(name) if is_reference => self.named(name),
            // A list or a non-null type, which has no name.
            _ => object,
        }
    }
}
