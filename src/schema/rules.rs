//! The schema as documents are judged by it.

use std::sync::OnceLock;

use apollo_compiler::{
    Node, Schema,
    ast::{FieldDefinition, InputValueDefinition, Type},
    name,
    schema::ExtendedType,
    validation::Valid,
};

use crate::error::{Error, Result};

/// The schema as documents are judged by it: read when it is first needed (a megabyte of text takes some tens of
/// milliseconds), and kept.
pub struct Rules {
    source: Box<dyn Fn() -> String + Send + Sync>,
    schema: OnceLock<Option<Valid<Schema>>>,
}

impl Rules {
    /// The rules of the schema whose SDL `source` tells when it is asked.
    pub fn new(source: impl Fn() -> String + Send + Sync + 'static) -> Self {
        Rules {
            source: Box::new(source),
            schema: OnceLock::new(),
        }
    }

    /// The schema. Whoever asks first waits until it is read.
    ///
    /// # Errors
    /// INTERNAL when it is no valid schema, which is a fault of the program; the log says which.
    pub fn schema(&self) -> Result<&Valid<Schema>> {
        let read = || {
            let read = Schema::parse((self.source)(), "schema");
            let read = match read {
                Ok(schema) => with_one_of(schema).validate(),
                Err(faulty) => Err(faulty),
            };
            let read = read
                .map_err(|faulty| tracing::error!("the schema is not valid: {}", faulty.errors));
            let judging = |schema: Valid<Schema>| without_texts(schema.into_inner());
            read.ok().map(judging).map(Valid::assume_valid)
        };
        let schema = self.schema.get_or_init(read).as_ref();
        schema.ok_or_else(|| Error::internal("the schema is not valid"))
    }
}

/// Adds what the edition of September 2025 has about types and the crate has not.
fn with_one_of(mut schema: Schema) -> Schema {
    if let Some(ExtendedType::Object(described)) = schema.types.get_mut("__Type") {
        let is_one_of = FieldDefinition {
            description: None,
            name: name!("isOneOf"),
            arguments: Vec::new(),
            ty: Type::Named(name!("Boolean")),
            directives: Default::default(),
        };
        let fields = &mut described.make_mut().fields;
        fields
            .entry(name!("isOneOf"))
            .or_insert_with(|| is_one_of.into());
    }
    schema
}

/// The schema without its text and its descriptions: whoever judges needs neither, and would read a field's description
/// as often as the field and those around it are compared with others.
fn without_texts(mut schema: Schema) -> Schema {
    schema.sources = Default::default();
    for ty in schema.types.values_mut() {
        match ty {
            ExtendedType::Object(object) => {
                let object = object.make_mut();
                object.description = None;
                for field in object.fields.values_mut() {
                    without_description(field.make_mut());
                }
            }
            ExtendedType::Interface(interface) => {
                let interface = interface.make_mut();
                interface.description = None;
                for field in interface.fields.values_mut() {
                    without_description(field.make_mut());
                }
            }
            ExtendedType::InputObject(input) => {
                let input = input.make_mut();
                input.description = None;
                for field in input.fields.values_mut() {
                    field.make_mut().description = None;
                }
            }
            ExtendedType::Enum(values) => {
                let values = values.make_mut();
                values.description = None;
                for value in values.values.values_mut() {
                    value.make_mut().description = None;
                }
            }
            ExtendedType::Scalar(_) | ExtendedType::Union(_) => {}
        }
    }
    schema
}

fn without_description(field: &mut FieldDefinition) {
    field.description = None;
    let nothing = |argument: &mut Node<InputValueDefinition>| {
        argument.make_mut().description = None;
    };
    field.arguments.iter_mut().for_each(nothing);
}
