//! Questions about the schema itself, answered by async-graphql.

use async_graphql::{
    Name, Positioned,
    parser::types::{
        DocumentOperations, ExecutableDocument, OperationDefinition, Selection, SelectionSet,
    },
};
use std::collections::HashSet;

use super::{Request, schema::Schema};
use crate::{
    engine::operation::{Plan, Work},
    error::{Code, Error},
};

/// The answers to the introspection fields of an operation: response key and JSON.
///
/// # Errors
/// When async-graphql refuses, for example because variables do not fit.
pub async fn introspect(
    schema: &Schema,
    (document, operation_name): (&ExecutableDocument, Option<&str>),
    plan: &Plan,
    request: &Request,
) -> Result<Vec<(String, String)>, Error> {
    let keys: Vec<&str> = plan
        .roots
        .iter()
        .filter(|root| matches!(root.work, Work::Introspection))
        .map(|root| root.key.as_str())
        .collect();
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let Some(part) = only_introspection(document, operation_name, &keys) else {
        return Ok(Vec::new());
    };
    let variables = async_graphql::Variables::from_json(request.variables.clone().into());
    let mut asked = async_graphql::Request::new(request.query.to_string()).variables(variables);
    asked.set_parsed_query(part);
    let response = schema.dynamic.execute(asked).await;
    if let Some(error) = response.errors.first() {
        return Err(Error::new(
            Code::GraphqlValidationFailed,
            error.message.clone(),
        ));
    }
    let data = response.data.into_json().map_err(Error::internal)?;
    Ok(keys
        .into_iter()
        .filter_map(|key| Some((key.to_owned(), data.get(key)?.to_string())))
        .collect())
}

/// The document with nothing in its operation but introspection, and the fragments and variables
/// that this uses.
fn only_introspection(
    document: &ExecutableDocument,
    operation_name: Option<&str>,
    keys: &[&str],
) -> Option<ExecutableDocument> {
    let operation = match &document.operations {
        DocumentOperations::Single(operation) => operation,
        DocumentOperations::Multiple(all) => match operation_name {
            Some(name) => all.get(name)?,
            None => all.values().next()?,
        },
    };
    let mut operation = operation.clone();
    let mut items = Vec::new();
    keep(
        document,
        &operation.node.selection_set.node,
        keys,
        &mut items,
    );
    operation.node.selection_set.node.items = items;
    let mut used = Used::default();
    used.selections(document, &operation.node.selection_set.node);
    retain_variables(&mut operation.node, &used);
    let fragments = document.fragments.iter();
    let fragments = fragments.filter(|(name, _)| used.fragments.contains(*name));
    Some(ExecutableDocument {
        fragments: fragments.map(|(n, f)| (n.clone(), f.clone())).collect(),
        operations: DocumentOperations::Single(operation),
    })
}

/// Keeps the introspection fields of the root, also out of fragments.
fn keep(
    document: &ExecutableDocument,
    selections: &SelectionSet,
    keys: &[&str],
    items: &mut Vec<Positioned<Selection>>,
) {
    for item in &selections.items {
        match &item.node {
            Selection::Field(field) => {
                let key = field.node.response_key().node.as_str();
                let introspects = matches!(field.node.name.node.as_str(), "__schema" | "__type");
                if introspects && keys.contains(&key) {
                    items.push(item.clone());
                }
            }
            Selection::InlineFragment(fragment) => {
                keep(document, &fragment.node.selection_set.node, keys, items);
            }
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                    keep(document, &fragment.node.selection_set.node, keys, items);
                }
            }
        }
    }
}

/// The fragments and variables that selections use.
#[derive(Default)]
struct Used {
    fragments: HashSet<Name>,
    variables: HashSet<Name>,
}

impl Used {
    fn selections(&mut self, document: &ExecutableDocument, selections: &SelectionSet) {
        for item in &selections.items {
            for directive in item.node.directives() {
                for (_, value) in &directive.node.arguments {
                    self.value(&value.node);
                }
            }
            match &item.node {
                Selection::Field(field) => {
                    for (_, value) in &field.node.arguments {
                        self.value(&value.node);
                    }
                    self.selections(document, &field.node.selection_set.node);
                }
                Selection::InlineFragment(fragment) => {
                    self.selections(document, &fragment.node.selection_set.node);
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if self.fragments.insert(name.clone())
                        && let Some(fragment) = document.fragments.get(name)
                    {
                        self.selections(document, &fragment.node.selection_set.node);
                    }
                }
            }
        }
    }

    fn value(&mut self, value: &async_graphql_value::Value) {
        use async_graphql_value::Value;
        match value {
            Value::Variable(name) => drop(self.variables.insert(name.clone())),
            Value::List(items) => items.iter().for_each(|item| self.value(item)),
            Value::Object(object) => object.values().for_each(|item| self.value(item)),
            _ => {}
        }
    }
}

fn retain_variables(operation: &mut OperationDefinition, used: &Used) {
    let keep = |name: &Name| used.variables.contains(name);
    operation
        .variable_definitions
        .retain(|definition| keep(&definition.node.name.node));
}
