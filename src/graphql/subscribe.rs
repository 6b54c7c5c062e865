//! Subscriptions: changes and live queries over the hub of [`crate::realtime`], and the streams of
//! other parts.

use std::sync::Arc;

use async_graphql::parser::types::OperationType;
use bytes::Bytes;
use futures_util::{StreamExt, future::BoxFuture, stream};

use super::{
    Graphql, Request, RequestContext, Response, ResponseStream,
    documents::CachedDocument,
    response::{encode, refuse_document},
    service::Document,
};
use crate::{
    engine::{
        encode::Fields,
        operation::{Plan, SubscriptionPlan, Work, compile_subscription},
        outcome::{self, ActionRun},
    },
    error::{Code, Error, Result},
    realtime::{LiveQuery, RowCondition},
};

impl Graphql {
    /// Answers a subscription with a stream. A query or mutation is answered once.
    ///
    /// # Errors
    /// The response that refuses the request: nothing was subscribed to.
    pub async fn subscribe(
        self: &Arc<Self>,
        mut request: Request,
        context: RequestContext,
    ) -> Result<ResponseStream, Response> {
        let document = self.document(&request, &context.caller);
        let document = document.map_err(|errors| refuse_document(&errors))?;
        let role = context.caller.role;
        let about = context.clone();
        let refused = |error: Error| {
            self.note(&error, &document, &about);
            Response::refused(&[self.told(role, error)])
        };
        let operation = document.operation().map_err(refused)?;
        if operation.ty != OperationType::Subscription {
            let answer = self.execute(&request, &context).await;
            return Ok(Box::pin(stream::once(std::future::ready(answer))));
        }
        self.check_request(&document, operation, &mut request, context.caller.role)
            .map_err(refused)?;
        let api = self.api(context.caller.role);
        let root_of = |ty, name: &str| api.schema.root(ty, name);
        let (root, plan) =
            compile_subscription(api, document.ast(), operation, &request.variables, &root_of)
                .map_err(refused)?;
        let stream = match plan {
            SubscriptionPlan::Changes(plan) => self.changes(root, *plan, &request, context).await,
            SubscriptionPlan::Live(plan, tables) => {
                let tables = tables.into_iter().map(|id| api.model.table(id));
                let tables =
                    tables.map(|t| (t.schema.clone(), t.name.clone(), RowCondition::default()));
                let live = (root, plan, request, context);
                self.live(live, tables.collect(), &document).await
            }
            SubscriptionPlan::Stream {
                name,
                arguments,
                shape,
            } => {
                let arguments =
                    outcome::arguments(&arguments, &request.variables).map_err(refused)?;
                self.stream(name, arguments, (root, shape), context).await
            }
        };
        stream.map_err(refused)
    }

    async fn live(
        self: &Arc<Self>,
        asked: (Fields<()>, Plan, Request, RequestContext),
        tables: Vec<(String, String, RowCondition)>,
        document: &Arc<CachedDocument<Document>>,
    ) -> Result<ResponseStream> {
        let (_, plan, request, context) = &asked;
        let follows = self.followed(plan);
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
    /// The tables that the actions of a live query say their answers change with.
    fn followed(&self, plan: &Plan) -> Vec<(&'static str, &'static str)> {
        let actions = plan.roots.iter().filter_map(|root| match &root.work {
            Work::Action(action) => match action.run {
                ActionRun::Action { place, .. } => self.actions().list().get(place),
                ActionRun::Node(_) => None,
            },
            _ => None,
        });
        actions
            .flat_map(|action| action.follows.iter().copied())
            .collect()
    }
}

fn is_passing(error: &Error) -> bool {
    error.code() == Code::Unavailable
}
