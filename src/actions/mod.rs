//! Custom operations: what is not a table's own read or write. One file each, one line in
//! the list of its domain, which makes its module, too.
//!
//! An action states its place in the schema in SDL (`extend type Query { … }` with exactly one
//! field, and the types only it needs) and resolves to an [`Outcome`]; where the outcome names rows
//! of a table the engine reads them, as the caller, with what the client selected.

#[macro_use]
mod macros;

mod accounts;
mod admin;
mod artifacts;
mod chats;
mod jobs;
mod named_model;
mod notes;
mod projects;
mod prompts;
mod realtime;
mod settings;
mod storage;

use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use postgres_types::ToSql;
use tokio_postgres::Row;

use crate::{
    app_state::AppState,
    auth::RequestContext,
    db::Transaction,
    engine::{
        custom::{CustomCall, CustomOperations},
        fault::database_error,
    },
    error::{Error, Result},
    model::Model,
};

pub use crate::engine::custom::{Outcome, RowRef};

/// A custom query or mutation.
pub struct Action {
    /// The action's SDL: its root field and the types that come with it.
    pub sdl: &'static str,
    /// What it does.
    pub run: Run,
    /// Tables whose every change may change its answer: schema, table. Live queries run it again then.
    pub follows: &'static [(&'static str, &'static str)],
    /// Tables whose rows it reads as its caller: only changes of rows that the caller sees may change its answer.
    pub reads: &'static [(&'static str, &'static str)],
}

/// How an action runs: boxed once here, so that all of them are in one list.
pub enum Run {
    /// In the operation's transaction, as the caller.
    Attached(AttachedRun),
    /// Outside it: while such an action waits, no connection for requests is held.
    Detached(DetachedRun),
    /// First outside it, where waiting holds up nobody, then in it.
    Prepared(PreparedRun),
}

/// A run in the operation's transaction.
pub type AttachedRun = Box<
    dyn for<'a> Fn(ActionContext<'a>, Map<String, Value>) -> BoxFuture<'a, Result<Outcome>>
        + Send
        + Sync,
>;

/// A run outside the operation's transaction.
pub type DetachedRun = Box<
    dyn for<'a> Fn(DetachedContext<'a>, Map<String, Value>) -> BoxFuture<'a, Result<Outcome>>
        + Send
        + Sync,
>;

/// What an action works with.
#[derive(Clone, Copy)]
pub struct ActionContext<'a> {
    /// The operation's transaction, in which the caller's role and claims are set. All root fields
    /// of one operation share it; it commits when all of them succeeded. In a query all of it sees
    /// one snapshot and nothing can be written.
    pub transaction: &'a Transaction,
    /// The tables, to tell callers of violated rules.
    pub model: &'a Model,
    /// The server's parts: settings, database, accounts, realtime.
    pub app: &'a Arc<AppState>,
    /// Who asks, and from where.
    pub request: &'a RequestContext,
}

impl DetachedContext<'_> {
    /// Who is signed in.
    ///
    /// # Errors
    /// UNAUTHENTICATED when nobody is.
    pub fn user_id(&self) -> Result<uuid::Uuid> {
        signed_in(self.request)
    }
}

impl ActionContext<'_> {
    /// The rows of a statement that runs as the caller, in the operation's transaction.
    ///
    /// # Errors
    /// What the caller may know of the database's error.
    pub async fn rows(&self, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>> {
        let fault = |error| database_error(self.model, self.request.caller.role, error);
        let statement = self.transaction.prepare_cached(sql).await.map_err(fault)?;
        self.transaction
            .query(&statement, parameters)
            .await
            .map_err(fault)
    }

    /// The one JSON value of a statement's first row, `null` without a row.
    ///
    /// # Errors
    /// As [`Self::rows`].
    pub async fn json(&self, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<Value> {
        let rows = self.rows(sql, parameters).await?;
        match rows.first() {
            Some(row) => Ok(row.try_get::<_, Option<Value>>(0)?.unwrap_or_default()),
            None => Ok(Value::Null),
        }
    }

    /// Who is signed in.
    ///
    /// # Errors
    /// UNAUTHENTICATED when nobody is.
    pub fn user_id(&self) -> Result<uuid::Uuid> {
        signed_in(self.request)
    }
}

/// What an action outside the operation's transaction works with.
#[derive(Clone, Copy)]
pub struct DetachedContext<'a> {
    /// The server's parts: settings, database, accounts, realtime.
    pub app: &'a Arc<AppState>,
    /// Who asks, and from where.
    pub request: &'a RequestContext,
    /// Whether the operation's transaction has begun, and a connection of requests waits for what is done here.
    pub holds_connection: bool,
}

/// The first part of a run outside the operation's transaction; it gives the second, which is in it.
pub type PreparedRun = Box<
    dyn for<'a> Fn(DetachedContext<'a>, Map<String, Value>) -> BoxFuture<'a, Result<AttachedRest>>
        + Send
        + Sync,
>;

/// The rest of a run, in the operation's transaction.
pub type AttachedRest =
    Box<dyn for<'a> FnOnce(ActionContext<'a>) -> BoxFuture<'a, Result<Outcome>> + Send>;

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
        let run: AttachedRun = Box::new(move |context, arguments| match read(arguments) {
            Ok(arguments) => run(context, arguments),
            Err(error) => Box::pin(async move { Err(error) }),
        });
        Action {
            sdl,
            run: Run::Attached(run),
            follows: &[],
            reads: &[],
        }
    }

    /// The same for an action that works on connections of its own and in transactions of its own: what it
    /// did stays done when a later field of the operation fails.
    pub fn detached<A, F>(sdl: &'static str, run: F) -> Self
    where
        A: DeserializeOwned,
        F: for<'a> Fn(DetachedContext<'a>, A) -> BoxFuture<'a, Result<Outcome>>
            + Send
            + Sync
            + 'static,
    {
        let run: DetachedRun = Box::new(move |context, arguments| match read(arguments) {
            Ok(arguments) => run(context, arguments),
            Err(error) => Box::pin(async move { Err(error) }),
        });
        Action {
            sdl,
            run: Run::Detached(run),
            follows: &[],
            reads: &[],
        }
    }

    /// The same, with the tables that its answer changes with.
    #[must_use]
    pub fn following(self, follows: &'static [(&'static str, &'static str)]) -> Self {
        Action { follows, ..self }
    }

    /// The same, with the tables whose rows it reads as its caller.
    #[must_use]
    pub fn reading(self, reads: &'static [(&'static str, &'static str)]) -> Self {
        Action { reads, ..self }
    }

    /// The same for an action that has to wait for something else than the database before it reads: `prepare` waits,
    /// while no connection is held, and `run` gets what came of it.
    pub fn prepared<A, P, W, F>(sdl: &'static str, prepare: W, run: F) -> Self
    where
        A: DeserializeOwned,
        P: Send + 'static,
        W: for<'a> Fn(DetachedContext<'a>, A) -> BoxFuture<'a, Result<P>> + Send + Sync + 'static,
        F: for<'a> Fn(ActionContext<'a>, P) -> BoxFuture<'a, Result<Outcome>>
            + Copy
            + Send
            + Sync
            + 'static,
    {
        let run: PreparedRun = Box::new(move |context, arguments| match read(arguments) {
            Ok(arguments) => {
                let prepared = prepare(context, arguments);
                Box::pin(async move {
                    let prepared = prepared.await?;
                    let rest: AttachedRest = Box::new(move |context| run(context, prepared));
                    Ok(rest)
                })
            }
            Err(error) => Box::pin(async move { Err(error) }),
        });
        Action {
            sdl,
            run: Run::Prepared(run),
            follows: &[],
            reads: &[],
        }
    }
}

/// All actions of a server, for the engine to run.
pub struct Actions {
    list: Vec<Action>,
    app: Arc<AppState>,
}

impl Actions {
    /// The actions of the registry, over the server's parts.
    pub fn new(app: Arc<AppState>) -> Self {
        Actions {
            list: registry(),
            app,
        }
    }

    /// The actions, by their place.
    pub fn list(&self) -> &[Action] {
        &self.list
    }
}

impl CustomOperations for Actions {
    fn is_detached(&self, place: usize) -> bool {
        matches!(self.list[place].run, Run::Detached(_))
    }

    fn run<'a, 't: 'a>(
        &'a self,
        place: usize,
        call: CustomCall<'a, 't>,
    ) -> BoxFuture<'a, Result<Outcome>> {
        let (app, request) = (&self.app, call.request);
        let detached = DetachedContext {
            app,
            request,
            holds_connection: call.transaction.has_begun(),
        };
        match &self.list[place].run {
            Run::Attached(run) => Box::pin(async move {
                let context = ActionContext {
                    transaction: call.transaction.get().await?,
                    model: call.model,
                    app,
                    request,
                };
                run(context, call.arguments).await
            }),
            Run::Detached(run) => run(detached, call.arguments),
            Run::Prepared(prepare) => Box::pin(async move {
                let rest = prepare(detached, call.arguments).await?;
                let context = ActionContext {
                    transaction: call.transaction.get().await?,
                    model: call.model,
                    app,
                    request,
                };
                rest(context).await
            }),
        }
    }
}

fn signed_in(request: &RequestContext) -> Result<uuid::Uuid> {
    let unknown = || Error::new(crate::error::Code::Unauthenticated, "Sign in to do this");
    request.caller.user_id.ok_or_else(unknown)
}

fn read<A: DeserializeOwned>(arguments: Map<String, Value>) -> Result<A> {
    serde_json::from_value(Value::Object(arguments))
        .map_err(|error| Error::bad_input(error.to_string()))
}

/// The arguments of an action that takes none.
#[derive(serde::Deserialize)]
pub struct NoArguments {}

/// SDL of types that several actions use.
pub const SHARED_TYPES: &[&str] = &[admin::TYPES, chats::TYPES, settings::TYPES, storage::TYPES];

/// Every action, in alphabetical order of its file's path: each domain lists its own.
pub fn registry() -> Vec<Action> {
    [
        accounts::actions(),
        admin::actions(),
        artifacts::actions(),
        chats::actions(),
        jobs::actions(),
        notes::actions(),
        projects::actions(),
        prompts::actions(),
        realtime::actions(),
        settings::actions(),
        storage::actions(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
