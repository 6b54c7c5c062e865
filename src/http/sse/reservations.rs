//! Streams that carry several operations: reserved, opened, used and stopped by separate requests.

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    body::Body,
    extract::{Request as HttpRequest, State},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::Response as HttpResponse,
};
use bytes::Bytes;
use dashmap::DashMap;
use futures_util::StreamExt;
use parking_lot::Mutex;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    event_stream,
    pump::{Command, Pump, Source},
    token_of,
};
use crate::{
    auth::Caller,
    config::RateSettings,
    error::{Code, Error},
    graphql::{OperationKind, Request, RequestContext, Response},
    http::{
        Http,
        answer::{Refusal, answer},
        caller::same_caller,
        media::Media,
        operation::{Operation, OperationStream, without_end},
        sockets::Place,
    },
    rates::{Full, Seat, Subject, Tally},
};

/// The reserved and open streams, by token.
#[derive(Debug)]
pub(in crate::http) struct Reservations {
    by_token: DashMap<Box<str>, Arc<Reservation>>,
    /// Those that are not open yet.
    waiting: Arc<Tally>,
    max_caller: usize,
    open_within: Duration,
}

impl Reservations {
    pub(in crate::http) fn new(settings: &RateSettings) -> Self {
        Reservations {
            by_token: DashMap::new(),
            waiting: Tally::new(settings.max_reservations, settings.max_caller_reservations),
            max_caller: settings.max_caller_reservations,
            open_within: Duration::from_millis(settings.reservation_ms),
        }
    }

    /// A place among those that wait to be opened.
    ///
    /// # Errors
    /// RATE_LIMITED when the caller has as many as it may have, UNAVAILABLE when all callers together have.
    fn wait(&self, context: &RequestContext) -> Result<Seat, Error> {
        self.waiting.enter(Subject::of(context)).map_err(|full| {
            let error = match full {
                Full::Each => Error::new(
                    Code::RateLimited,
                    format!(
                        "At most {} streams may be reserved and not opened; open one of them",
                        self.max_caller
                    ),
                ),
                Full::All => Error::new(
                    Code::Unavailable,
                    "Too many streams are reserved and not opened; try again",
                ),
            };
            // The oldest of them is given up at the latest then.
            let retry_after_ms = u64::try_from(self.open_within.as_millis()).unwrap_or(u64::MAX);
            error.with("retryAfterMs", retry_after_ms)
        })
    }
}

/// What a stream that is not open yet holds.
#[derive(Debug)]
struct Waiting {
    commands: mpsc::Receiver<Command>,
    place: Place,
    leaving: CancellationToken,
    _seat: Seat,
}

#[derive(Debug)]
struct Reservation {
    caller: Arc<Caller>,
    commands: mpsc::Sender<Command>,
    /// What the stream will read, and its place; taken when it is opened.
    waiting: Mutex<Option<Waiting>>,
    running: Arc<Mutex<HashSet<Box<str>>>>,
    next_key: AtomicU64,
}

impl std::fmt::Debug for Command {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Command::Start { .. } => "Start",
            Command::Stop { .. } => "Stop",
        })
    }
}

/// PUT: reserves a stream and answers its token.
pub(in crate::http) async fn reserve(
    State(http): State<Arc<Http>>,
    request: HttpRequest,
) -> HttpResponse {
    let (parts, _) = request.into_parts();
    http.reserve_stream(&parts)
        .await
        .unwrap_or_else(|refusal| refusal.into_response(Media::Json))
}

/// DELETE: stops an operation of a stream.
pub(in crate::http) async fn stop(
    State(http): State<Arc<Http>>,
    request: HttpRequest,
) -> HttpResponse {
    let (parts, _) = request.into_parts();
    http.stop_on_stream(&parts)
        .await
        .unwrap_or_else(|refusal| refusal.into_response(Media::Json))
}

impl Http {
    async fn reserve_stream(self: &Arc<Self>, parts: &Parts) -> Result<HttpResponse, Refusal> {
        let context = self.reader_context(parts).await.map_err(Refusal::of)?;
        let seat = self.streams.wait(&context).map_err(Refusal::of)?;
        let (place, leaving) = self.enter()?;
        let (commands, receiver) = mpsc::channel(self.transports.max_socket_operations.max(1));
        let reservation = Reservation {
            caller: context.caller,
            commands,
            waiting: Mutex::new(Some(Waiting {
                commands: receiver,
                place,
                leaving,
                _seat: seat,
            })),
            running: Arc::default(),
            next_key: AtomicU64::new(0),
        };
        let token = Uuid::new_v4().to_string();
        self.streams
            .by_token
            .insert(token.as_str().into(), Arc::new(reservation));
        let (http, key) = (Arc::downgrade(self), token.clone());
        let open_within = self.streams.open_within;
        let stopping = self.sockets.leaving().clone();
        self.sockets.tasks().spawn(async move {
            let expired = tokio::time::sleep(open_within);
            stopping.run_until_cancelled(expired).await;
            if let Some(http) = http.upgrade() {
                http.streams
                    .by_token
                    .remove_if(key.as_str(), |_, reservation| {
                        reservation.waiting.lock().is_some()
                    });
            }
        });
        let mut response = HttpResponse::new(Body::from(token));
        *response.status_mut() = StatusCode::CREATED;
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=utf-8"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Ok(response)
    }

    /// GET with a token: opens the stream. The token is the ticket: a browser's EventSource can send no headers.
    pub(in crate::http) fn open_stream(
        self: &Arc<Self>,
        token: &str,
        _context: &RequestContext,
    ) -> Result<HttpResponse, Refusal> {
        let reservation = self.reservation(token)?;
        let waiting = reservation.waiting.lock().take();
        let Some(Waiting {
            commands,
            place,
            leaving,
            ..
        }) = waiting
        else {
            return Err(Refusal::of(Error::new(
                Code::Conflict,
                "The stream is open already",
            )));
        };
        let running = Arc::clone(&reservation.running);
        let on_over = Box::new(move |id: &str| {
            running.lock().remove(id);
        });
        let (pump, events) = Pump::new(
            self,
            &reservation.caller,
            &leaving,
            Source::commanded(commands, on_over),
        );
        let (http, token) = (Arc::clone(self), Box::<str>::from(token));
        self.sockets.tasks().spawn(async move {
            pump.run().await;
            http.streams.by_token.remove(&token);
            drop(place);
        });
        Ok(event_stream(events))
    }

    /// POST with a token: starts an operation on the stream. What is wrong with the request is answered here.
    pub(in crate::http) async fn start_on_stream(
        self: &Arc<Self>,
        token: &str,
        body: &Bytes,
        context: RequestContext,
    ) -> Result<HttpResponse, Refusal> {
        let reservation = self.reservation(token)?;
        check_caller(&reservation, &context.caller)?;
        let request = self.read_checked(body)?;
        let id = request
            .extensions
            .get("operationId")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let id: Box<str> = match id {
            "" => {
                return Err(Refusal::of(Error::bad_input(
                    "extensions.operationId must name the operation",
                )));
            }
            id => id.into(),
        };
        let seat = self.running.begin(&context);
        let seat = seat.map_err(Refusal::of)?;
        self.claim(&reservation, &id)?;
        let started = match self.start_checked(request, context).await {
            Ok(started) => started,
            Err(response) => {
                reservation.running.lock().remove(&id);
                return Ok(answer(Media::GraphqlResponse, response));
            }
        };
        let key = reservation.next_key.fetch_add(1, Ordering::Relaxed);
        let (operation, abort) = Operation::new(key, started, Some(seat));
        let command = Command::Start {
            id,
            key,
            operation,
            abort,
        };
        reservation
            .commands
            .send(command)
            .await
            .map_err(|_| unknown_stream())?;
        Ok(accepted(StatusCode::ACCEPTED))
    }

    /// Starts an operation; what keeps it from running is returned, not streamed.
    async fn start_checked(
        self: &Arc<Self>,
        request: Request,
        context: RequestContext,
    ) -> Result<OperationStream, Response> {
        let request_id = context.request_id.clone();
        match self.graphql.operation_kind(&request, &context).await? {
            OperationKind::Subscription => {
                let answers = Arc::clone(&self.graphql)
                    .subscribe(request, without_end(context))
                    .await?;
                Ok(OperationStream {
                    answers: answers.boxed(),
                    ends_by_itself: false,
                    request_id,
                })
            }
            OperationKind::Query | OperationKind::Mutation => {
                Ok(self.begin(request, context).await)
            }
        }
    }

    async fn stop_on_stream(&self, parts: &Parts) -> Result<HttpResponse, Refusal> {
        let context = self.reader_context(parts).await.map_err(Refusal::of)?;
        let reservation = self.reservation(&token_of(parts).unwrap_or_default())?;
        check_caller(&reservation, &context.caller)?;
        let query = parts.uri.query().unwrap_or_default();
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        let id = pairs
            .find(|(name, _)| name == "operationId")
            .map(|(_, id)| id.into_owned());
        let id: Box<str> = id
            .ok_or_else(|| Refusal::of(Error::bad_input("operationId is missing")))?
            .into();
        reservation.running.lock().remove(&id);
        reservation
            .commands
            .send(Command::Stop { id })
            .await
            .map_err(|_| unknown_stream())?;
        Ok(accepted(StatusCode::OK))
    }

    fn reservation(&self, token: &str) -> Result<Arc<Reservation>, Refusal> {
        self.streams
            .by_token
            .get(token)
            .map(|entry| Arc::clone(&entry))
            .ok_or_else(unknown_stream)
    }

    fn claim(&self, reservation: &Reservation, id: &str) -> Result<(), Refusal> {
        let allowed = self.transports.max_socket_operations;
        let mut running = reservation.running.lock();
        if running.len() >= allowed {
            let message = format!("At most {allowed} operations may run on one stream");
            let error = Error::limit_exceeded("socketOperations", allowed, message);
            return Err(Refusal::of(error));
        }
        if !running.insert(id.into()) {
            return Err(Refusal::of(Error::new(
                Code::Conflict,
                format!("Operation {id} runs already"),
            )));
        }
        Ok(())
    }
}

/// Whoever knows the token of a stream may open it; only its maker may run operations on it.
fn check_caller(reservation: &Reservation, caller: &Caller) -> Result<(), Refusal> {
    if same_caller(&reservation.caller, caller) {
        return Ok(());
    }
    Err(Refusal::of(Error::forbidden(
        "The stream was reserved by somebody else",
    )))
}

fn unknown_stream() -> Refusal {
    Refusal::of(Error::new(
        Code::NotFound,
        "There is no stream of this token",
    ))
}

fn accepted(status: StatusCode) -> HttpResponse {
    let mut response = HttpResponse::new(Body::empty());
    *response.status_mut() = status;
    response
}
