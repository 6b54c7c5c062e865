//! Answers to questions about the schema.

use serde_json::Value;

use crate::{
    engine::{
        encode::{Fields, write_json_string, write_list},
        input::Variables,
        introspection::{Question, SchemaDescription, SchemaField},
    },
    error::{Error, Result},
};

/// How much an operation may be told about the schema, in bytes. All that there is to know takes less than half of it;
/// types that are opened in the fields of types, and again in theirs, would go on for ever.
pub const DESCRIPTION_MAX_BYTES: usize = 4 << 20;

impl Question {
    /// Writes the answer, of at most `left` bytes, and takes what it has from them.
    ///
    /// # Errors
    /// LIMIT_EXCEEDED when it is too large.
    pub fn write(
        &self,
        description: &SchemaDescription,
        variables: &Variables,
        left: &mut usize,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let writer = Writer {
            description,
            variables,
            end: out.len() + *left,
        };
        let value = match &self.name {
            Some(name) => {
                let name = name.value(variables);
                description.named(name.as_str().unwrap_or_default())
            }
            None => &description.schema,
        };
        let before = out.len();
        writer.value(&self.fields, value, true, out)?;
        *left = left.saturating_sub(out.len() - before);
        Ok(())
    }
}

struct Writer<'w> {
    description: &'w SchemaDescription,
    variables: &'w Variables,
    /// How long `out` may become.
    end: usize,
}

impl Writer<'_> {
    fn value(
        &self,
        fields: &Fields<SchemaField>,
        value: &Value,
        deprecated: bool,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        match value {
            Value::Array(items) => {
                let is_deprecated = |item: &Value| item["isDeprecated"] == true;
                let listed = items
                    .iter()
                    .filter(|item| deprecated || !is_deprecated(item));
                write_list(listed, out, |item, out| {
                    self.value(fields, item, deprecated, out)
                })
            }
            Value::Object(_) => self.object(fields, self.description.whole(value), out),
            Value::String(text) => {
                write_json_string(text, out);
                Ok(())
            }
            other => {
                out.extend_from_slice(other.to_string().as_bytes());
                Ok(())
            }
        }
    }

    fn object(
        &self,
        fields: &Fields<SchemaField>,
        object: &Value,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        if out.len() > self.end {
            let message = "The answer about the schema is too large: ask for less at once";
            return Err(Error::limit_exceeded(
                "introspectionBytes",
                DESCRIPTION_MAX_BYTES,
                message,
            ));
        }
        fields.write(out, |field, out| match field {
            SchemaField::Typename(name) => {
                write_json_string(name, out);
                Ok(())
            }
            SchemaField::Field {
                name,
                deprecated,
                of,
            } => {
                let deprecated = deprecated
                    .as_ref()
                    .is_some_and(|source| source.value(self.variables).as_bool() == Some(true));
                self.value(of, &object[&**name], deprecated, out)
            }
        })
    }
}
