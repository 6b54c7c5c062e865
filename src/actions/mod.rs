//! Custom operations: what is not a table's own read or write. One file each, one line in
//! [`registry`].
//!
//! An action states its place in the schema in SDL (`extend type Query { … }` with exactly one
//! field, and the types only it needs) and resolves to an [`Outcome`]; where the outcome names rows
//! of a table the engine reads them, as the caller, with what the client selected.

use std::{borrow::Cow, sync::Arc};

use futures_util::future::BoxFuture;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::{
    app::App,
    db::Transaction,
    error::{Error, Result},
    graphql::RequestContext,
};

/// A custom query or mutation.
pub struct Action {
    /// The action's SDL: its root field and the types that come with it.
    pub sdl: &'static str,
    /// What it does.
    pub run: Run,
}

/// How an action runs: boxed once here, so that the engine holds all of them in one list.
pub type Run = Box<
    dyn for<'a> Fn(ActionContext<'a>, Map<String, Value>) -> BoxFuture<'a, Result<Outcome>>
        + Send
        + Sync,
>;

/// What an action works with.
#[derive(Clone, Copy)]
pub struct ActionContext<'a> {
    /// The operation's transaction, in which the caller's role and claims are set. All root fields
    /// of one operation share it; it commits when all of them succeeded.
    pub transaction: &'a Transaction,
    /// The server's parts: settings, database, accounts, realtime.
    pub app: &'a Arc<App>,
    /// Who asks, and from where.
    pub request: &'a RequestContext,
}

/// What an action answers. Values are in GraphQL's JSON form; the engine picks what was selected.
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

impl Action {
    /// An action with typed arguments: they are read by serde from the field's arguments, whose
    /// defaults are applied and whose values fit their GraphQL types already.
    pub fn new<A, F>(sdl: &'static str, run: F) -> Self
    where
        A: DeserializeOwned,
        F: for<'a> Fn(ActionContext<'a>, A) -> BoxFuture<'a, Result<Outcome>>
            + Send
            + Sync
            + 'static,
    {
        Action {
            sdl,
            run: Box::new(move |context, arguments| {
                match serde_json::from_value(Value::Object(arguments)) {
                    Ok(arguments) => run(context, arguments),
                    Err(error) => Box::pin(async move { Err(Error::bad_input(error.to_string())) }),
                }
            }),
        }
    }
}

/// SDL of types that several actions use.
pub const SHARED_TYPES: &[&str] = &[];

/// Every action, in alphabetical order of its file's path.
pub fn registry() -> Vec<Action> {
    vec![]
}
