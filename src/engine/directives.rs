//! The conditions of `@skip` and `@include` that only a request's variables decide.

use async_graphql::{
    Name, Positioned,
    parser::types::{Directive, ExecutableDocument, OperationDefinition, Selection, SelectionSet},
};
use async_graphql_value::Value as Literal;
use serde_json::Value;

use super::input::Variables;
use crate::{
    error::{Error, Result},
    schema::base_name,
};

/// A variable that may be null, because it has a default, can stand where null is not allowed; so
/// its value decides. Costs nothing where no such variable is null.
///
/// # Errors
/// BAD_USER_INPUT when the condition of a directive is null.
pub fn check_conditions(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
) -> Result<()> {
    let nulls: Vec<&Name> = operation
        .variable_definitions
        .iter()
        .filter(|definition| base_name(&definition.node.var_type.node) == "Boolean")
        .map(|definition| &definition.node.name.node)
        .filter(|name| variables.get(name.as_str()) == Some(&Value::Null))
        .collect();
    if nulls.is_empty() {
        return Ok(());
    }
    let fragments = document.fragments.values();
    let sets = fragments.map(|fragment| &fragment.node.selection_set.node);
    std::iter::once(&operation.selection_set.node)
        .chain(sets)
        .try_for_each(|set| check_set(set, &nulls))
}

fn check_set(set: &SelectionSet, nulls: &[&Name]) -> Result<()> {
    for selection in &set.items {
        check_directives(selection.node.directives(), nulls)?;
        match &selection.node {
            Selection::Field(field) => check_set(&field.node.selection_set.node, nulls)?,
            Selection::InlineFragment(fragment) => {
                check_set(&fragment.node.selection_set.node, nulls)?;
            }
            Selection::FragmentSpread(_) => {}
        }
    }
    Ok(())
}

fn check_directives(directives: &[Positioned<Directive>], nulls: &[&Name]) -> Result<()> {
    for directive in directives {
        let directive = &directive.node;
        let Some(condition) = directive.get_argument("if") else {
            continue;
        };
        if let Literal::Variable(name) = &condition.node
            && nulls.contains(&name)
        {
            return Err(Error::bad_input(format!(
                "The variable ${name} is null where @{} needs a Boolean!",
                directive.name.node
            ))
            .with("variable", name.as_str()));
        }
    }
    Ok(())
}
