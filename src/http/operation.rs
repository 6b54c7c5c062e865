//! Runs operations for the transports that answer more than once.

use std::{
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use futures_util::{
    FutureExt, Stream, StreamExt,
    stream::{self, AbortHandle, Abortable, BoxStream},
};
use tokio::time::{Instant, timeout_at};

use super::Http;
use crate::{
    auth::{Caller, Share},
    error::{Code, Error},
    graphql::{OperationKind, Request, RequestContext, Response},
    rates::Seat,
    request_id::RequestId,
};

impl Http {
    /// Runs a query or mutation within the time that it may take. The answer counts as unread until it is dropped.
    pub(crate) async fn execute(&self, request: &Request, context: &RequestContext) -> Response {
        self.execute_beside(request, context, || Duration::ZERO)
            .await
    }

    /// The same where something else takes time, too: `beside` tells how much so far, and that does not count.
    pub(super) async fn execute_beside(
        &self,
        request: &Request,
        context: &RequestContext,
        beside: impl Fn() -> Duration,
    ) -> Response {
        let allowed_ms = self.limits.settings().operation_timeout_ms;
        let (began, allowed) = (Instant::now(), Duration::from_millis(allowed_ms));
        let mut answer = pin!(self.graphql.execute(request, context));
        loop {
            let until = began + allowed + beside();
            if let Ok(response) = timeout_at(until, &mut answer).await {
                return self.hold(context.caller.share, response);
            }
            if began + allowed + beside() <= Instant::now() {
                break;
            }
        }
        let message = format!("The operation took longer than {allowed_ms} ms");
        Response::refused(&[Error::new(Code::Timeout, message).with("allowedMs", allowed_ms)])
    }

    /// Counts an answer as unread, or refuses it: clients that read slowly must not fill the memory.
    fn hold(&self, share: Share, mut response: Response) -> Response {
        let size_bytes = response.body.len();
        let held = match response.is_of_change {
            true => Ok(self.unread.hold_anyway(share, size_bytes)),
            false => self.unread.hold(share, size_bytes),
        };
        match held {
            Ok(unread) => {
                response.unread = unread;
                response
            }
            Err(error) => Response::refused(&[error]),
        }
    }

    /// Starts any operation: the answers of a subscription, or the one of a query or mutation.
    pub(super) async fn begin(
        self: &Arc<Self>,
        request: Request,
        context: RequestContext,
    ) -> OperationStream {
        let id = context.request_id.clone();
        let begun = self.begin_in_scope(request, context);
        id.scope(begun).await
    }

    async fn begin_in_scope(
        self: &Arc<Self>,
        request: Request,
        context: RequestContext,
    ) -> OperationStream {
        let (http, request_id) = (Arc::clone(self), context.request_id.clone());
        match self.graphql.operation_kind(&request, &context).await {
            Err(response) => OperationStream::known(response, request_id),
            Ok(OperationKind::Subscription) => {
                let context = without_end(context);
                let share = context.caller.share;
                let graphql = Arc::clone(&http.graphql);
                let answers = async move {
                    match graphql.subscribe(request, context).await {
                        Ok(answers) => answers,
                        Err(response) => stream::once(async move { response }).boxed(),
                    }
                };
                let held = move |response| http.hold(share, response);
                OperationStream {
                    answers: answers.flatten_stream().map(held).boxed(),
                    ends_by_itself: false,
                    request_id,
                }
            }
            Ok(OperationKind::Query | OperationKind::Mutation) => {
                let answer = async move { http.execute(&request, &context).await };
                OperationStream {
                    answers: answer.into_stream().boxed(),
                    ends_by_itself: true,
                    request_id,
                }
            }
        }
    }
}

/// The context of a subscription. Its transport ends it with the caller's token, and knows when a token is renewed
/// on an open socket; whoever runs it shall not.
pub(super) fn without_end(mut context: RequestContext) -> RequestContext {
    if context.caller.expires_at.is_some() {
        context.caller = Arc::new(Caller {
            expires_at: None,
            ..Caller::clone(&context.caller)
        });
    }
    context
}

/// An operation that runs.
pub(super) struct OperationStream {
    pub(super) answers: BoxStream<'static, Response>,
    /// Whether it has one answer: a server that stops waits for it.
    pub(super) ends_by_itself: bool,
    /// What its lines in the log are known by.
    pub(super) request_id: RequestId,
}

impl OperationStream {
    /// An operation whose one answer is there already.
    pub(super) fn known(response: Response, request_id: RequestId) -> Self {
        OperationStream {
            answers: stream::once(async move { response }).boxed(),
            ends_by_itself: true,
            request_id,
        }
    }
}

/// What happens to an operation.
#[derive(Debug)]
pub(super) enum Event {
    /// It answers.
    Next(Response),
    /// It has answered for the last time.
    Complete,
}

/// One of the operations of a connection. It yields its events with its key; an aborted one ends without
/// completing.
pub(super) struct Operation {
    key: u64,
    answers: Abortable<BoxStream<'static, Response>>,
    is_over: bool,
    request_id: RequestId,
    /// Counts it for its caller; one whose answer is there already needs none.
    _seat: Option<Seat>,
}

impl Operation {
    pub(super) fn new(
        key: u64,
        started: OperationStream,
        seat: Option<Seat>,
    ) -> (Self, AbortHandle) {
        let (answers, abort) = stream::abortable(started.answers);
        (
            Operation {
                key,
                answers,
                is_over: false,
                request_id: started.request_id,
                _seat: seat,
            },
            abort,
        )
    }
}

impl Stream for Operation {
    type Item = (u64, Event);

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        let id = self.request_id.clone();
        let polled = id.in_scope(|| self.answers.poll_next_unpin(context));
        polled.map(|answer| match answer {
            Some(response) => Some((self.key, Event::Next(response))),
            None => {
                self.is_over = true;
                (!self.answers.is_aborted()).then_some((self.key, Event::Complete))
            }
        })
    }
}
