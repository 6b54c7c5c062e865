//! The schema as documents are judged by it.

use std::sync::OnceLock;

use apollo_compiler::{
    Schema,
    ast::{FieldDefinition, Type},
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
            read.map_err(|faulty| tracing::error!("the schema is not valid: {}", faulty.errors))
                .ok()
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
