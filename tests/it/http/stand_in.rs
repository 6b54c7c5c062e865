//! A small GraphQL for the tests of the transports: its answers are known, its subscription ticks as told.

use std::sync::Arc;

use async_graphql::{
    Value,
    dynamic::{
        Field, FieldFuture, FieldValue, InputValue, Object, Schema, Subscription,
        SubscriptionField, SubscriptionFieldFuture, TypeRef,
    },
    parser::{parse_query, types::OperationType},
};
use futures_util::StreamExt;

use async_trait::async_trait;
use mindloom::{
    error::{Code, Error},
    graphql::{Execute, Limits, OperationKind, Request, RequestContext, Response, ResponseStream},
};

/// The schema and the limits.
pub struct StandIn {
    schema: Schema,
    limits: Limits,
}

impl StandIn {
    pub fn new(limits: Limits) -> Self {
        let query = Object::new("Query")
            .field(Field::new(
                "version",
                TypeRef::named_nn(TypeRef::STRING),
                |_| FieldFuture::new(async { Ok(Some(Value::from("0"))) }),
            ))
            .field(Field::new(
                "whoami",
                TypeRef::named_nn(TypeRef::STRING),
                |c| {
                    FieldFuture::new(async move {
                        let c = c.data::<RequestContext>()?;
                        Ok(Some(Value::from(format!(
                            "{} {:?}",
                            c.caller.role.as_str(),
                            c.caller.user_id
                        ))))
                    })
                },
            ))
            .field(Field::new(
                "share",
                TypeRef::named_nn(TypeRef::STRING),
                |c| {
                    FieldFuture::new(async move {
                        let c = c.data::<RequestContext>()?;
                        Ok(Some(Value::from(format!("{:?}", c.caller.share))))
                    })
                },
            ))
            .field(
                Field::new("wait", TypeRef::named_nn(TypeRef::INT), |c| {
                    FieldFuture::new(async move {
                        let ms = c.args.try_get("ms")?.u64()?;
                        tokio::time::sleep(std::time::Duration::from_millis(ms)).await;
                        Ok(Some(Value::from(ms)))
                    })
                })
                .argument(InputValue::new("ms", TypeRef::named_nn(TypeRef::INT))),
            )
            .field(
                Field::new("echo", TypeRef::named_nn(TypeRef::STRING), |c| {
                    FieldFuture::new(async move {
                        let mut echoed = Vec::new();
                        if let Some(texts) = c.args.get("texts") {
                            for text in texts.list()?.iter() {
                                echoed.push(text.string()?.to_owned());
                            }
                        } else {
                            echoed.push(c.args.try_get("text")?.string()?.to_owned());
                        }
                        Ok(Some(Value::from(echoed.join(", "))))
                    })
                })
                .argument(InputValue::new("text", TypeRef::named(TypeRef::STRING)))
                .argument(InputValue::new(
                    "texts",
                    TypeRef::named_nn_list(TypeRef::STRING),
                )),
            )
            .field(
                Field::new("text", TypeRef::named_nn(TypeRef::STRING), |c| {
                    FieldFuture::new(async move {
                        Ok(Some(Value::from(
                            "x".repeat(c.args.try_get("length")?.u64()? as usize),
                        )))
                    })
                })
                .argument(InputValue::new("length", TypeRef::named_nn(TypeRef::INT))),
            );
        let mutation = Object::new("Mutation").field(Field::new(
            "touch",
            TypeRef::named_nn(TypeRef::BOOLEAN),
            |_| FieldFuture::new(async { Ok(Some(Value::from(true))) }),
        ));
        let subscription = Subscription::new("Subscription").field(
            SubscriptionField::new("ticks", TypeRef::named_nn(TypeRef::STRING), |c| {
                SubscriptionFieldFuture::new(async move {
                    let count = c.args.try_get("count")?.u64()?;
                    let every = c.args.try_get("everyMs")?.u64()?;
                    let size = c.args.get("size").and_then(|v| v.u64().ok()).unwrap_or(1) as usize;
                    Ok(
                        futures_util::stream::iter(0..count).then(move |n| async move {
                            if every > 0 {
                                tokio::time::sleep(std::time::Duration::from_millis(every)).await;
                            }
                            Ok(FieldValue::value(format!("{n}{}", "x".repeat(size - 1))))
                        }),
                    )
                })
            })
            .argument(InputValue::new("count", TypeRef::named_nn(TypeRef::INT)))
            .argument(InputValue::new("size", TypeRef::named(TypeRef::INT)))
            .argument(InputValue::new("everyMs", TypeRef::named_nn(TypeRef::INT))),
        );
        let schema = Schema::build("Query", Some("Mutation"), Some("Subscription"))
            .register(query)
            .register(mutation)
            .register(subscription)
            .finish()
            .unwrap();
        StandIn { schema, limits }
    }

    fn check(&self, request: &Request) -> Result<OperationKind, Response> {
        let refuse = |e: Error| Response::refused(&[e]);
        self.limits.check_text(&request.query).map_err(refuse)?;
        let document = parse_query(&*request.query)
            .map_err(|e| refuse(Error::new(Code::GraphqlParseFailed, e.to_string())))?;
        let shapes = self.limits.check_document(&document).map_err(refuse)?;
        self.limits
            .check_operation(
                &shapes,
                request.operation_name.as_deref(),
                &request.variables,
            )
            .map_err(refuse)?;
        let found = document.operations.iter().find(|(n, _)| {
            request.operation_name.is_none()
                || n.map(|n| n.as_str()) == request.operation_name.as_deref()
        });
        let Some((_, operation)) = found else {
            return Err(refuse(Error::new(
                Code::GraphqlValidationFailed,
                "no such operation",
            )));
        };
        Ok(match operation.node.ty {
            OperationType::Query => OperationKind::Query,
            OperationType::Mutation => OperationKind::Mutation,
            OperationType::Subscription => OperationKind::Subscription,
        })
    }

    fn request(request: &Request, context: RequestContext) -> async_graphql::Request {
        let mut r = async_graphql::Request::new(&*request.query)
            .variables(async_graphql::Variables::from_json(
                serde_json::Value::Object(request.variables.clone()),
            ))
            .data(context);
        r.operation_name = request.operation_name.clone();
        r
    }

    fn response(response: async_graphql::Response) -> Response {
        let failed = response.is_err() && response.data == Value::Null;
        let body = serde_json::to_vec(&response).unwrap();
        if failed {
            let errors = serde_json::json!({"errors": response.errors}).to_string();
            return Response {
                request_error: Some(Code::GraphqlValidationFailed),
                ..Response::ran(errors)
            };
        }
        Response::ran(body)
    }
}

#[async_trait]
impl Execute for StandIn {
    async fn operation_kind(
        &self,
        request: &Request,
        _: &RequestContext,
    ) -> Result<OperationKind, Response> {
        self.check(request)
    }

    async fn execute(&self, request: &Request, context: &RequestContext) -> Response {
        if let Err(response) = self.check(request) {
            return response;
        }
        Self::response(
            self.schema
                .execute(Self::request(request, context.clone()))
                .await,
        )
    }

    async fn subscribe(
        self: Arc<Self>,
        request: Request,
        context: RequestContext,
    ) -> Result<ResponseStream, Response> {
        let schema = self.schema.clone();
        let stream = schema
            .execute_stream(Self::request(&request, context))
            .map(Self::response);
        Ok(Box::pin(stream))
    }
}
