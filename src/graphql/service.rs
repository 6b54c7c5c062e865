//! The GraphQL service: documents are parsed, validated and compiled once, and run many times.

use std::{
    borrow::Cow,
    collections::HashMap,
    sync::{Arc, RwLock},
    time::{Duration, Instant},
};

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType,
};
use tokio::sync::OnceCell;

use super::{
    Limits, OperationKind, Request, RequestContext, Response, Shapes, acting,
    documents::{CachedDocument, Documents, key_of},
    figures, questions,
    response::{encode, refuse_document},
    schemas::{StartError, build_schemas, read_model},
    validation::{DocumentError, validate},
};
use crate::{
    actions::Actions,
    app_state::AppState,
    auth::{Caller, Role},
    db::Mode,
    engine::{
        answer::LoadedRows,
        cursor::Cursors,
        directives::check_conditions,
        execute::{Answer, Execution, execute},
        input::{Scope, Variables, check_variables, coerce_variables},
        introspection::{EVERYTHING, SchemaDescription},
        operation::{Plan, RootPlan, Work, compile},
        plan::{Api, FileUrls, Loader},
        sql::{BoundParameters, enumerations},
    },
    error::{Code, Error, suggestion::alternatives},
    memory::AllocationMeter,
    records::operations::{Ending, OperationFigures, Operations},
    schema::Schema,
};

/// Bytes of users' documents and their plans that are kept.
const USERS_DOCUMENTS_MAX_BYTES: u64 = 12 << 20;
/// The same for the service role, whose programs send few.
const SERVICE_DOCUMENTS_MAX_BYTES: u64 = 4 << 20;
/// Plans of one document: one for each shape of its variables.
const PLANS_MAX: usize = 64;
/// What a plan's place among the others takes.
const PLAN_ENTRY_BYTES: usize = 96;
/// Shapes longer than this come from bulk inputs, which are hardly ever sent twice.
const SHAPE_MAX_BYTES: usize = 4096;

/// Answers GraphQL requests.
pub struct Graphql {
    app: Arc<AppState>,
    actions: Actions,
    cursors: Cursors,
    users: RoleSchema,
    service: RoleSchema,
}

/// The schema of one kind of callers, and what was compiled against it.
struct RoleSchema {
    api: Api,
    limits: Limits,
    documents: Documents<Document>,
    description: OnceCell<SchemaDescription>,
}

/// A document that fits the schema.
pub(super) struct Document {
    asks_about_schema: bool,
    ast: ExecutableDocument,
    shapes: Shapes,
    operation_name: Option<String>,
    /// How operations of this name fare.
    pub(super) figures: Arc<OperationFigures>,
    plans: RwLock<Plans>,
}

/// The plans of a document, by the shapes of its variables.
#[derive(Default)]
struct Plans {
    by_shape: HashMap<Vec<u8>, Arc<Plan>>,
    bytes: usize,
}

impl Graphql {
    /// Reads the model from the database and builds the schemas.
    ///
    /// # Errors
    /// When the database does not answer, or the schema is wrong.
    pub async fn start(app: Arc<AppState>) -> Result<Arc<Self>, StartError> {
        let model = Arc::new(read_model(&app.db).await?);
        let actions = Actions::new(app.clone());
        let limits = Limits::new(app.settings.limits.clone());
        let pages = limits.settings();
        let (users, service) = build_schemas(&model, actions.list())?;
        let (storage, server) = (app.storage.clone(), app.accounts.address().clone());
        let file_urls = FileUrls::new(move |bucket, name, seconds| {
            storage.signed_url(&server, bucket, name, seconds)
        });
        let (storage, server) = (app.storage.clone(), app.accounts.address().clone());
        let public_urls =
            FileUrls::new(move |bucket, name, _| storage.public_url(&server, bucket, name));
        let of_role = |schema: Schema, documents_max_bytes| -> Result<RoleSchema, StartError> {
            Ok(RoleSchema {
                limits: limits.clone(),
                api: Api {
                    schema,
                    enumerations: enumerations(&model.enums)?,
                    model: model.clone(),
                    page_default: pages.default_page_rows(),
                    page_max: pages.max_page_size,
                    file_urls: file_urls.clone(),
                    public_urls: public_urls.clone(),
                },
                documents: Documents::new(documents_max_bytes),
                description: OnceCell::new(),
            })
        };
        let graphql = Arc::new(Graphql {
            users: of_role(users, USERS_DOCUMENTS_MAX_BYTES)?,
            service: of_role(service, SERVICE_DOCUMENTS_MAX_BYTES)?,
            cursors: Cursors::new(app.secret.as_bytes()),
            actions,
            app,
        });
        // Before somebody waits for them; they take a tenth of a second of a thread.
        let described = graphql.clone();
        let runtime = tokio::runtime::Handle::current();
        tokio::task::spawn_blocking(move || {
            let rules = &described.users.api.schema.rules;
            rules.schema().is_ok() && runtime.block_on(described.users.description()).is_ok()
        });
        Ok(graphql)
    }

    /// The server's parts.
    pub fn app(&self) -> &Arc<AppState> {
        &self.app
    }

    fn of_role(&self, role: Role) -> &RoleSchema {
        match role {
            Role::ServiceRole => &self.service,
            Role::Anon | Role::Authenticated => &self.users,
        }
    }

    /// Answers a query or mutation.
    pub async fn execute(&self, request: &Request, context: &RequestContext) -> Response {
        let began = Instant::now();
        let allowed = self.allowed();
        let document = match self.document(request, &context.caller) {
            Ok(document) => document,
            Err(errors) => return self.refuse_document(&errors, began),
        };
        let timing = document.figures.timing(began, allowed);
        let (ending, response) = match self.run_document(&document, request, context).await {
            Ok((answer, is_of_change)) => {
                let mut ending = Ending::Answered;
                for failed in &answer.errors {
                    self.note(&failed.error, &document, context);
                    ending = ending.and(Ending::of(&failed.error));
                }
                let response = Response {
                    is_of_change,
                    ..encode(answer)
                };
                (ending, response)
            }
            Err(error) => {
                self.note(&error, &document, context);
                (Ending::of(&error), Response::refused(&[error]))
            }
        };
        timing.end(ending, response.body.len());
        response
    }

    /// How long an operation may take.
    pub(super) fn allowed(&self) -> Duration {
        Duration::from_millis(self.app.settings.limits.operation_timeout_ms)
    }

    /// The answer to a document that does not fit the schema, which is counted.
    pub(super) fn refuse_document(&self, errors: &[DocumentError], began: Instant) -> Response {
        let other = self.app.records.operations.named(figures::OTHER);
        let response = refuse_document(errors);
        let timing = other.timing(began, self.allowed());
        timing.end(Ending::Refused, response.body.len());
        response
    }

    /// Puts on record what is a fault of the server.
    pub(super) fn note(&self, error: &Error, document: &Document, context: &RequestContext) {
        let operation = document.figures.name();
        self.app.records.faults.note(error, operation, context);
    }

    /// The answer to a query or mutation of a document that fits the schema, and whether it tells of a change.
    async fn run_document(
        &self,
        document: &Arc<CachedDocument<Document>>,
        request: &Request,
        context: &RequestContext,
    ) -> Result<(Answer, bool), Error> {
        let role = context.caller.role;
        let has_turn = || self.app.db.check_turn(&context.caller);
        let planned = self.of_role(role).plan(document, request, has_turn);
        let (plan, variables) = planned.map_err(|error| self.told(role, error))?;
        let context = match plan.kind {
            OperationType::Query => {
                self.record_acting(document.figures.name(), context).await?;
                Cow::Borrowed(context)
            }
            OperationType::Mutation => {
                acting::refuse_writes(context)?;
                self.app.records.activity.of_mutation(context)
            }
            OperationType::Subscription => {
                return Err(Error::bad_input(
                    "A subscription needs a WebSocket or an event stream",
                ));
            }
        };
        let writes = plan.writes(role);
        self.app.rates.count_writes(&context, writes)?;
        let is_mutation = plan.kind == OperationType::Mutation;
        if is_mutation {
            self.app.unread.check(context.caller.share)?;
        }
        let answer = self.run(&plan, request, &variables, &context).await?;
        let is_of_change = is_mutation && answer.data.is_some();
        if is_of_change {
            // Subscribers of this server hear of it at once.
            self.app.realtime.bell.ring();
        }
        Ok((answer, is_of_change))
    }

    /// An error as callers of a role may read it.
    pub(super) fn told(&self, role: Role, error: Error) -> Error {
        questions::told(&self.app.settings.introspection, role, error)
    }

    /// Runs the plan of a query or mutation with the coerced values of its variables.
    ///
    /// # Errors
    /// INTERNAL when the schema cannot be described.
    pub(super) async fn run(
        &self,
        plan: &Plan,
        request: &Request,
        variables: &Variables,
        context: &RequestContext,
    ) -> Result<Answer, Error> {
        let request_hash = match context.idempotency_key {
            Some(_) => request.hash().to_vec(),
            None => Vec::new(),
        };
        let mut execution = self.execution(variables, &request_hash, context);
        let asks = |root: &RootPlan| matches!(root.work, Work::Introspection(_));
        if plan.roots.iter().any(asks) {
            execution.description = Some(self.of_role(context.caller.role).description().await?);
        }
        Ok(execute(execution, plan).await)
    }

    fn execution<'a>(
        &'a self,
        variables: &'a Variables,
        request_hash: &'a [u8],
        context: &'a RequestContext,
    ) -> Execution<'a> {
        Execution {
            request_hash,
            api: self.api(context.caller.role),
            custom: &self.actions,
            cursors: &self.cursors,
            db: &self.app.db,
            context,
            variables,
            description: None,
        }
    }

    /// Reads rows by their keys as a caller, for what was selected of changes.
    pub(super) async fn load_rows(
        &self,
        loader: &Loader,
        keys: &[Vec<serde_json::Value>],
        bound: &BoundParameters,
        context: &RequestContext,
    ) -> Result<LoadedRows, Error> {
        let nothing = Variables::new();
        let execution = self.execution(&nothing, &[], context);
        let work = loader.plan.cost_of();
        let begun = self.app.db.begin_as(&context.caller, Mode::Write, work);
        let transaction = begun.await?;
        let loaded = execution
            .load_keys(loader, keys, &transaction, bound)
            .await?;
        transaction.commit().await?;
        Ok(loaded)
    }

    pub(super) fn document(
        &self,
        request: &Request,
        caller: &Caller,
    ) -> Result<Arc<CachedDocument<Document>>, Vec<DocumentError>> {
        let settings = &self.app.settings.introspection;
        let role = caller.role;
        let operations = &self.app.records.operations;
        let document = self.of_role(role).document(request, caller, operations);
        let document = document.map_err(|faults| questions::told_all(settings, role, faults))?;
        if document.asks_about_schema {
            questions::refuse(settings, role)
                .map_err(|error| vec![DocumentError::nowhere(error)])?;
        }
        Ok(document)
    }

    pub(super) fn api(&self, role: Role) -> &Api {
        &self.of_role(role).api
    }

    pub(super) fn actions(&self) -> &Actions {
        &self.actions
    }

    pub(super) fn cursors(&self) -> &Cursors {
        &self.cursors
    }

    /// Looks at a subscription's variables, pages and cost as at every query's, and brings the
    /// variables into the form that their types have.
    pub(super) fn check_request(
        &self,
        document: &Document,
        operation: &OperationDefinition,
        request: &mut Request,
        role: Role,
    ) -> Result<(), Error> {
        let checked =
            self.of_role(role)
                .check_request(document, operation, request, &mut Vec::new())?;
        if let Cow::Owned(coerced) = checked {
            request.variables = coerced;
        }
        Ok(())
    }

    /// What kind of operation a request asks for.
    ///
    /// # Errors
    /// The response that says what is wrong with the document.
    pub fn operation_kind(
        &self,
        request: &Request,
        caller: &Caller,
    ) -> Result<OperationKind, Response> {
        let document = self.document(request, caller);
        let document = document.map_err(|errors| refuse_document(&errors))?;
        let operation = document
            .operation()
            .map_err(|error| Response::refused(&[error]))?;
        Ok(match operation.ty {
            OperationType::Query => OperationKind::Query,
            OperationType::Mutation => OperationKind::Mutation,
            OperationType::Subscription => OperationKind::Subscription,
        })
    }
}

impl RoleSchema {
    fn document(
        &self,
        request: &Request,
        caller: &Caller,
        operations: &Operations,
    ) -> Result<Arc<CachedDocument<Document>>, Vec<DocumentError>> {
        let key = key_of(request);
        if let Some(document) = self.documents.get(&key, caller) {
            return Ok(document);
        }
        let allocated = AllocationMeter::start();
        let rules = &self.api.schema.rules;
        let (ast, shapes) = validate(rules, &self.limits, &request.query)?;
        let name = figures::name_of(operations, &ast, request.operation_name.as_deref());
        let document = Document {
            figures: operations.named(&name),
            asks_about_schema: questions::asks_about_schema(&ast),
            ast,
            shapes,
            operation_name: request.operation_name.clone(),
            plans: RwLock::default(),
        };
        let bytes = allocated.bytes().max(request.query.len());
        Ok(self.documents.insert(key, document, bytes, caller))
    }

    /// Coerces a request's variables and tells their shape. They are the request's own where they
    /// have the form of their types already, as those of most requests do.
    fn check_request<'r>(
        &self,
        document: &Document,
        operation: &OperationDefinition,
        request: &'r Request,
        shape: &mut Vec<u8>,
    ) -> Result<Cow<'r, Variables>, Error> {
        let scope = Scope {
            types: &self.api.schema.types,
            definitions: &operation.variable_definitions,
            variables: &request.variables,
        };
        let variables = match check_variables(scope, shape)? {
            true => Cow::Owned(coerce_variables(scope)),
            false => Cow::Borrowed(&request.variables),
        };
        check_conditions(&document.ast, operation, &variables)?;
        let name = document.operation_name.as_deref();
        self.limits
            .check_operation(&document.shapes, name, &variables)?;
        Ok(variables)
    }

    /// The plan of a request: the one of an earlier request of the same shape, or else a new one, which `may_plan` may
    /// refuse before it costs anything; and the values of its variables.
    fn plan<'r>(
        &self,
        document: &Arc<CachedDocument<Document>>,
        request: &'r Request,
        may_plan: impl FnOnce() -> Result<(), Error>,
    ) -> Result<(Arc<Plan>, Cow<'r, Variables>), Error> {
        let operation = document.operation()?;
        let mut shape = Vec::new();
        let variables = self.check_request(document, operation, request, &mut shape)?;
        let known = document
            .plans
            .read()
            .ok()
            .and_then(|plans| plans.by_shape.get(&shape).cloned());
        if let Some(plan) = known {
            return Ok((plan, variables));
        }
        may_plan()?;
        let schema = &self.api.schema;
        let root_of = |ty: OperationType, name: &str| schema.root(ty, name);
        let allocated = AllocationMeter::start();
        let plan = Arc::new(compile(
            &self.api,
            &document.ast,
            operation,
            &variables,
            &root_of,
        ));
        let bytes = allocated.bytes() + shape.len() + PLAN_ENTRY_BYTES;
        if shape.len() <= SHAPE_MAX_BYTES
            && let Ok(mut plans) = document.plans.write()
        {
            if plans.by_shape.len() >= PLANS_MAX {
                plans.by_shape.clear();
                plans.bytes = 0;
            }
            let before = plans.bytes;
            if plans.by_shape.insert(shape, plan.clone()).is_none() {
                plans.bytes += bytes;
            }
            self.documents
                .update_weight(key_of(request), document, before, plans.bytes);
        }
        Ok((plan, variables))
    }

    /// What there is to know of the schema: async-graphql tells it once.
    async fn description(&self) -> Result<&SchemaDescription, Error> {
        let describe = || async {
            let asked = async_graphql::Request::new(EVERYTHING);
            let response = self.api.schema.dynamic.execute(asked).await;
            if let Some(error) = response.errors.into_iter().next() {
                return Err(Error::internal(error.message));
            }
            let answer = serde_json::to_value(response.data).map_err(Error::internal)?;
            SchemaDescription::new(answer)
                .ok_or_else(|| Error::internal("the schema has no description"))
        };
        self.description.get_or_try_init(describe).await
    }
}

impl Document {
    pub(super) fn ast(&self) -> &ExecutableDocument {
        &self.ast
    }

    pub(super) fn operation(&self) -> Result<&OperationDefinition, Error> {
        let found = match (&self.ast.operations, self.operation_name.as_deref()) {
            (DocumentOperations::Single(operation), None) => Some(&operation.node),
            (DocumentOperations::Multiple(operations), Some(name)) => {
                operations.get(name).map(|operation| &operation.node)
            }
            (DocumentOperations::Multiple(operations), None) if operations.len() == 1 => {
                operations.values().next().map(|operation| &operation.node)
            }
            _ => None,
        };
        found.ok_or_else(|| {
            let asked = self.operation_name.as_deref();
            let message = unnamed_operation(&self.ast.operations, asked);
            Error::new(Code::GraphqlValidationFailed, message)
        })
    }
}

/// Why no operation of a document is the one that was asked for.
fn unnamed_operation(operations: &DocumentOperations, asked: Option<&str>) -> String {
    let mut names: Vec<&str> = operations
        .iter()
        .filter_map(|(name, _)| name.map(|name| name.as_str()))
        .collect();
    names.sort_unstable();
    match asked {
        Some(asked) => format!(
            "The document has no operation {asked}{}",
            alternatives(asked, names)
        ),
        None => format!(
            "The document has several operations: operationName must be one of {}",
            names.join(", ")
        ),
    }
}
