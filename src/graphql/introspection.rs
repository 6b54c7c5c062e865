//! Questions about the schema itself, answered by async-graphql.

use async_graphql::{
    Name, Positioned,
    parser::types::{
        DocumentOperations, ExecutableDocument, OperationDefinition, Selection, SelectionSet,
    },
};
use std::{collections::HashSet, sync::Arc};

use super::{Request, schema::Schema};
use crate::{
    engine::operation::{Plan, Work},
    error::{Code, Error},
};

/// What a document asks about the schema, apart from the rest of it.
pub struct Question {
    /// The response keys of its fields.
    keys: Vec<String>,
    document: ExecutableDocument,
}

/// The answers: response key and JSON.
pub type Answers = Arc<[(String, String)]>;

impl Question {
    /// What an operation asks; nothing when it asks about data alone.
    pub fn of(
        document: &ExecutableDocument,
        operation_name: Option<&str>,
        plan: &Plan,
    ) -> Option<Self> {
        let keys: Vec<&str> = plan
            .roots
            .iter()
            .filter(|root| matches!(root.work, Work::Introspection))
            .map(|root| root.key.as_str())
            .collect();
        if keys.is_empty() {
            return None;
        }
        Some(Question {
            document: only_introspection(document, operation_name, &keys)?,
            keys: keys.into_iter().map(str::to_owned).collect(),
        })
    }

    /// Asks async-graphql.
    ///
    /// # Errors
    /// When it refuses, for example because variables do not fit.
    pub async fn answer(&self, schema: &Schema, request: &Request) -> Result<Answers, Error> {
        let variables = async_graphql::Variables::from_json(request.variables.clone().into());
        let mut asked = async_graphql::Request::new(request.query.to_string()).variables(variables);
        asked.set_parsed_query(self.document.clone());
        let response = schema.dynamic.execute(asked).await;
        if let Some(error) = response.errors.first() {
            return Err(Error::new(
                Code::GraphqlValidationFailed,
                error.message.clone(),
            ));
        }
        let async_graphql::Value::Object(data) = response.data else {
            return Err(Error::internal("introspection has no answer"));
        };
        let answers = self.keys.iter().filter_map(|key| {
            let value = data.get(key.as_str())?;
            Some(serde_json::to_string(value).map(|json| (key.clone(), json)))
        });
        answers.collect::<Result<_, _>>().map_err(Error::internal)
    }
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
