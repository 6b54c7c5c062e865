//! Custom operations: root fields that are no table's own. The engine runs them and knows none.

use std::borrow::Cow;

use futures_util::future::BoxFuture;
use serde_json::{Map, Value};

use super::transaction::LazyTransaction;
use crate::{auth::RequestContext, error::Result, model::Model};

/// The custom operations of a schema, by their place in the list that it was built with.
pub trait CustomOperations: Send + Sync {
    /// Whether an operation works in transactions of its own: what it did is neither undone nor repeated with the
    /// rest of the request.
    fn is_detached(&self, place: usize) -> bool;

    /// Runs an operation.
    fn run<'a, 't: 'a>(
        &'a self,
        place: usize,
        call: CustomCall<'a, 't>,
    ) -> BoxFuture<'a, Result<Outcome>>;
}

/// What a custom operation is run with.
pub struct CustomCall<'a, 't> {
    /// The field's arguments, defaults included; they fit their GraphQL types.
    pub arguments: Map<String, Value>,
    /// Who asks, and from where.
    pub request: &'a RequestContext,
    /// The request's transaction, as the caller.
    pub transaction: &'a mut LazyTransaction<'t>,
    /// The tables, to tell callers of violated rules.
    pub model: &'a Model,
}

/// What a custom operation answers. Values are in GraphQL's JSON form; the engine picks what was selected.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// A scalar, a list of scalars, or an object whose fields are the schema's (camelCase). Objects of
    /// a union or interface type name theirs in `__typename`.
    Value(Value),
    /// A row of a table, by its primary key; `null` when the caller may not see it.
    Row(RowRef),
    /// A list of outcomes.
    List(Vec<Outcome>),
    /// An object with outcomes inside, for rows in fields.
    Object(Vec<(&'static str, Outcome)>),
}

/// Which row: the table and the values of its primary key, in the key's order.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RowRef {
    /// The table's name in the registry.
    pub table: Cow<'static, str>,
    /// The key's values in GraphQL's JSON form.
    pub key: Vec<Value>,
}

/// The type of an object that may be of several.
pub(super) fn object_type<'o>(fields: &'o [(&'static str, Outcome)]) -> Option<&'o str> {
    fields.iter().find_map(|(name, value)| match value {
        Outcome::Value(Value::String(text)) if *name == "__typename" => Some(text.as_str()),
        _ => None,
    })
}
