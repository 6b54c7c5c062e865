//! Subscriptions: changes and live queries over the hub of [`crate::realtime`], and the streams of
//! other parts.

use std::{sync::Arc, time::Instant};

use async_graphql::parser::types::{OperationDefinition, OperationType};
use bytes::Bytes;
use futures_util::{StreamExt, future::BoxFuture, stream};

use super::{
    Graphql, Request, RequestContext, Response, ResponseStream, documents::CachedDocument,
    response::encode, service::Document,
};
use crate::{
    actions::Action,
    engine::{
        encode::Fields,
        operation::{Plan, SubscriptionPlan, Work, compile_subscription},
        outcome::{self, ActionRun},
    },
    error::{Code, Error, Result},
    realtime::{LiveQuery, RowCondition},
    records::operations::Ending,
};

impl Graphql {
    /// Answers a subscription with a stream. A query or mutation is answered once.
    ///
    /// # Errors
    /// The response that refuses the request: nothing was subscribed to.
    pub async fn subscribe(
        self: &Arc<Self>,
        request: Request,
        context: RequestContext,
    ) -> Result<ResponseStream, Response> {
        let (began, allowed) = (Instant::now(), self.allowed());
        let document = self.document(&request, &context.caller);
        let document = document.map_err(|errors| self.refuse_document(&errors, began))?;
        let (role, about) = (context.caller.role, context.clone());
        let is_subscription =
            |operation: &OperationDefinition| operation.ty == OperationType::Subscription;
        if document
            .operation()
            .is_ok_and(|operation| !is_subscription(operation))
        {
            let answer = self.execute(&request, &context).await;
            return Ok(Box::pin(stream::once(std::future::ready(answer))));
        }
        // How long it takes until it runs, and whether it does, is what can be told of all of them.
        let timing = document.figures.timing(began, allowed);
        match self.begin(&document, request, context).await {
            Ok(stream) => {
                timing.end(Ending::Answered, 0);
                Ok(stream)
            }
            Err(error) => {
                self.note(&error, &document, &about);
                let ending = Ending::of(&error);
                let response = Response::refused(&[self.told(role, error)]);
                timing.end(ending, response.body.len());
                Err(response)
            }
        }
    }

    /// Begins a subscription of a document that fits the schema.
    async fn begin(
        self: &Arc<Self>,
        document: &Arc<CachedDocument<Document>>,
        mut request: Request,
        context: RequestContext,
    ) -> Result<ResponseStream> {
        let operation = document.operation()?;
        self.check_request(document, operation, &mut request, context.caller.role)?;
        self.record_acting(document.figures.name(), &context)
            .await?;
        let api = self.api(context.caller.role);
        let root_of = |ty, name: &str| api.schema.root(ty, name);
        let (root, plan) =
            compile_subscription(api, document.ast(), operation, &request.variables, &root_of)?;
        match plan {
            SubscriptionPlan::Changes(plan) => self.changes(root, *plan, &request, context).await,
            SubscriptionPlan::Live(plan, tables) => {
                let tables = tables.into_iter().map(|id| api.model.table(id));
                let tables =
                    tables.map(|t| (t.schema.clone(), t.name.clone(), RowCondition::default()));
                let live = (root, plan, request, context);
                self.live(live, tables.collect(), document).await
            }
            SubscriptionPlan::Stream {
                name,
                arguments,
                shape,
            } => {
                let arguments = outcome::arguments(&arguments, &request.variables)?;
                self.stream(name, arguments, (root, shape), context).await
            }
        }
    }

    async fn live(
        self: &Arc<Self>,
        asked: (Fields<()>, Plan, Request, RequestContext),
        tables: Vec<(String, String, RowCondition)>,
        document: &Arc<CachedDocument<Document>>,
    ) -> Result<ResponseStream> {
        let (_, plan, request, context) = &asked;
        let follows = self.tables_of(plan, |action| action.follows).collect();
        let read = self.tables_of(plan, |action| action.reads);
        let read = read.map(|(schema, name)| (schema.into(), name.into(), RowCondition::default()));
        let tables = tables.into_iter().chain(read).collect();
        let caller = context.caller.clone();
        let key = format!("{:x?}", request.hash());
        let (graphql, document) = (self.clone(), Arc::clone(document));
        let shared = Arc::new(asked);
        let run = move || -> BoxFuture<'static, Result<Bytes>> {
            let (graphql, shared, document) = (graphql.clone(), shared.clone(), document.clone());
            Box::pin(async move {
                let (root, plan, request, context) = &*shared;
                let variables = &request.variables;
                let mut answer = graphql.run(plan, request, variables, context).await?;
                // Trouble of the database is the hub's to retry; everything else is the answer.
                if let Some(failed) = answer
                    .errors
                    .iter()
                    .find(|failed| is_passing(&failed.error))
                {
                    return Err(failed.error.clone());
                }
                for failed in &answer.errors {
                    graphql.note(&failed.error, &document, context);
                }
                if let Some(data) = answer.data.take() {
                    let mut wrapped = Vec::with_capacity(data.len() + 32);
                    root.write(&mut wrapped, |(), out| {
                        out.extend_from_slice(&data);
                        Ok::<_, Error>(())
                    })?;
                    answer.data = Some(wrapped);
                }
                Ok(encode(answer).body)
            })
        };
        let query = LiveQuery {
            follows,
            key,
            caller,
            tables,
            run: Arc::new(run),
        };
        let answers = self.app().realtime.hub.live(query).await?;
        Ok(Box::pin(answers.map(|answer| match answer {
            Ok(body) => Response::ran(body),
            Err(error) => Response::refused(&[error]),
        })))
    }
}

impl Graphql {
    /// Tables that the actions of a live query name.
    fn tables_of(
        &self,
        plan: &Plan,
        named: fn(&Action) -> &'static [(&'static str, &'static str)],
    ) -> impl Iterator<Item = (&'static str, &'static str)> {
        let actions = plan.roots.iter().filter_map(move |root| match &root.work {
            Work::Action(action) => match action.run {
                ActionRun::Action { place, .. } => self.actions().list().get(place),
                ActionRun::Node(_) => None,
            },
            _ => None,
        });
        actions.flat_map(move |action| named(action).iter().copied())
    }
}

fn is_passing(error: &Error) -> bool {
    error.code() == Code::Unavailable
}
