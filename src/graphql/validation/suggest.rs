//! What was meant perhaps, where a name is not known.

use apollo_compiler::{ExecutableDocument, Schema, schema::ExtendedType};

use crate::error::suggestion::{like, question};

/// Ends the message on a name that is not known with those that are like it.
pub(super) fn complete(
    schema: &Schema,
    document: &ExecutableDocument,
    rule: &str,
    message: String,
) -> String {
    // The names stand between quotation marks, the unknown one first.
    let named: Vec<&str> = message.split('"').skip(1).step_by(2).collect();
    let offered = match (rule, named.as_slice()) {
        ("UndefinedField", [field, type_name]) => like(field, fields(schema, type_name)),
        ("UndefinedArgument", [argument, on]) => like(argument, arguments(schema, on)),
        ("UndefinedDirective", [directive]) => {
            let known = schema.directive_definitions.keys();
            like(
                directive.trim_start_matches('@'),
                known.map(|name| name.as_str()),
            )
        }
        ("UndefinedFragment", [fragment]) => like(
            fragment,
            document.fragments.keys().map(|name| name.as_str()),
        ),
        ("UndefinedVariable", [variable]) => {
            let operations = document.operations.iter();
            let variables = operations.flat_map(|operation| &operation.variables);
            let known = variables.map(|variable| variable.name.as_str());
            like(variable.trim_start_matches('$'), known)
        }
        (
            "UndefinedDefinition"
            | "UndefinedTypeInNamedFragmentTypeCondition"
            | "UndefinedTypeInInlineFragmentTypeCondition",
            [type_name, ..],
        ) => like(type_name, schema.types.keys().map(|name| name.as_str())),
        _ => Vec::new(),
    };
    format!("{message}{}", question(&offered))
}

fn fields<'s>(schema: &'s Schema, type_name: &str) -> Vec<&'s str> {
    match schema.types.get(type_name) {
        Some(ExtendedType::Object(ty)) => ty.fields.keys().map(|name| name.as_str()).collect(),
        Some(ExtendedType::Interface(ty)) => ty.fields.keys().map(|name| name.as_str()).collect(),
        _ => Vec::new(),
    }
}

/// The arguments of what is written `Type.field` or `@directive`.
fn arguments<'s>(schema: &'s Schema, on: &str) -> Vec<&'s str> {
    let definitions = match on.split_once('.') {
        Some((type_name, field)) => {
            let field = schema.type_field(type_name, field).ok();
            field.map(|field| field.arguments.as_slice())
        }
        None => {
            let directive = on.trim_start_matches('@');
            let directive = schema.directive_definitions.get(directive);
            directive.map(|directive| directive.arguments.as_slice())
        }
    };
    let definitions = definitions.unwrap_or_default().iter();
    definitions.map(|argument| argument.name.as_str()).collect()
}
