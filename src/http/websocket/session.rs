//! One open socket: one task, which reads, writes and keeps the times.

use std::{collections::HashMap, pin::Pin, sync::Arc, time::Duration};

use axum::extract::ws::{Message, WebSocket};
use futures_util::{
    FutureExt, SinkExt, StreamExt,
    stream::{AbortHandle, SelectAll},
};
use serde_json::value::RawValue;
use tokio::time::{Instant, Sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::{
    close::Close,
    protocol::{Dialect, Incoming, token_of},
};
use crate::{
    auth::Caller,
    error::Error,
    graphql::{RequestContext, Response},
    http::{
        Http,
        caller::same_caller,
        envelope::EnvelopeError,
        lifetime::{End, Lifetime},
        operation::{Event, Operation},
    },
    rates::{Seat, Unread},
    request_id::RequestId,
};

/// How long a client may take to answer our close frame.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);
/// Answers written with one flush at most, so that one busy operation does not keep the socket from being read.
const BATCH_MAX: usize = 64;
/// Claims that differ between two tokens for the same thing.
const TIME_CLAIMS: [&str; 4] = ["exp", "iat", "nbf", "jti"];

/// Why a socket's loop ends.
enum Leave {
    /// We close it.
    Close(Close),
    /// The client went.
    Gone,
}

impl From<Close> for Leave {
    fn from(close: Close) -> Self {
        Leave::Close(close)
    }
}

/// An operation as the client knows it.
struct Active {
    id: Box<str>,
    /// What all its answers begin with.
    prefix: Box<str>,
    abort: AbortHandle,
    ends_by_itself: bool,
}

/// The state of one socket.
pub(super) struct Session {
    http: Arc<Http>,
    socket: WebSocket,
    dialect: Dialect,
    context: RequestContext,
    acknowledged: bool,
    operations: SelectAll<Operation>,
    active: HashMap<u64, Active>,
    next_key: u64,
    lifetime: Lifetime,
    leaving: CancellationToken,
    /// When `connection_init` must have come; nothing afterwards.
    init_by: Option<Instant>,
    expires: Option<Instant>,
    ping_at: Instant,
    heard_at: Instant,
    idle_since: Instant,
    /// When the socket closes because the server stops.
    leave_at: Option<Instant>,
    /// Wakes the task at the next of these times.
    timer: Pin<Box<Sleep>>,
}

/// Tells a client that speaks neither protocol.
pub(super) async fn refuse_protocol(mut socket: WebSocket) {
    let _ = timeout(CLOSE_TIMEOUT, socket.send(Close::PROTOCOL.into_message())).await;
}

impl Session {
    pub(super) fn new(
        http: Arc<Http>,
        socket: WebSocket,
        dialect: Dialect,
        context: RequestContext,
        leaving: CancellationToken,
    ) -> Self {
        let now = Instant::now();
        let settings = &http.transports;
        Session {
            dialect,
            acknowledged: false,
            operations: SelectAll::new(),
            active: HashMap::new(),
            next_key: 0,
            lifetime: Lifetime::new(&http, &context.caller, &leaving),
            leaving,
            init_by: Some(now + Duration::from_millis(settings.socket_init_ms)),
            expires: http.expiry(&context.caller),
            ping_at: now + Duration::from_millis(settings.socket_ping_ms),
            heard_at: now,
            idle_since: now,
            leave_at: None,
            timer: Box::pin(sleep_until(now)),
            context,
            http,
            socket,
        }
    }

    /// Serves the socket until it closes.
    pub(super) async fn run(mut self) {
        let close = loop {
            match self.step().await {
                Ok(()) => {}
                Err(Leave::Close(close)) => break close,
                Err(Leave::Gone) => return,
            }
        };
        // The operations end now, not when the client has answered.
        self.operations.clear();
        self.active.clear();
        let socket = &mut self.socket;
        let _ = timeout(CLOSE_TIMEOUT, async {
            socket.send(close.into_message()).await?;
            while let Some(Ok(_)) = socket.recv().await {}
            Ok::<(), axum::Error>(())
        })
        .await;
    }

    async fn step(&mut self) -> Result<(), Leave> {
        let wake = self.wake_at();
        if self.timer.deadline() != wake {
            self.timer.as_mut().reset(wake);
        }
        tokio::select! {
            end = self.lifetime.end() => self.on_end(end),
            message = self.socket.recv() => match message {
                Some(Ok(message)) => self.on_message(message).await,
                Some(Err(error)) if is_too_big(&error) => Err(Close::TOO_BIG.into()),
                Some(Err(_)) | None => Err(Leave::Gone),
            },
            Some((key, event)) = self.operations.next(), if !self.operations.is_empty() => {
                self.on_events(key, event).await
            }
            () = &mut self.timer => self.on_time().await,
        }
    }

    fn on_end(&mut self, end: End) -> Result<(), Leave> {
        match end {
            End::Session => Err(Close::SESSION_OVER.into()),
            End::Server => {
                self.leave_at = Some(Instant::now());
                Ok(())
            }
        }
    }

    async fn on_message(&mut self, message: Message) -> Result<(), Leave> {
        self.heard_at = Instant::now();
        let text = match message {
            Message::Text(text) => text,
            Message::Binary(_) => return Err(Close::invalid("Invalid message: binary").into()),
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
            Message::Close(_) => {
                // The answer to it is written by the next read.
                let _ = timeout(CLOSE_TIMEOUT, self.socket.recv()).await;
                return Err(Leave::Gone);
            }
        };
        match self.dialect.read(&text)? {
            Incoming::Init(payload) => self.on_init(payload).await,
            Incoming::Start { id, request } => self.on_start(&id, request).await,
            Incoming::Stop { id } => {
                self.forget(&id);
                Ok(())
            }
            Incoming::Ping(payload) => {
                let renewed = self.renew(payload).await?;
                self.send(Dialect::pong(renewed)).await
            }
            Incoming::Pong => Ok(()),
            Incoming::Terminate => Err(Leave::Gone),
        }
    }

    async fn on_init(&mut self, payload: Option<&RawValue>) -> Result<(), Leave> {
        if self.init_by.take().is_none() {
            return match self.dialect {
                Dialect::Transport => Err(Close::INIT_TWICE.into()),
                Dialect::Legacy => {
                    self.renew(payload).await?;
                    self.send(self.dialect.ack()).await
                }
            };
        }
        if let Some(token) = token_of(payload)? {
            match self.http.verifier.verify_reader(&token).await {
                Ok(caller) => self.become_caller(caller),
                Err(error) => {
                    if self.dialect == Dialect::Legacy {
                        self.send(Dialect::connection_error(error.message()))
                            .await?;
                    }
                    return Err(Close::forbidden(error.message()).into());
                }
            }
        }
        self.acknowledged = true;
        self.send(self.dialect.ack()).await?;
        match self.dialect {
            Dialect::Transport => Ok(()),
            Dialect::Legacy => self.send(self.dialect.keep_alive()).await,
        }
    }

    fn become_caller(&mut self, caller: Arc<Caller>) {
        self.lifetime = Lifetime::new(&self.http, &caller, &self.leaving);
        self.expires = self.http.expiry(&caller);
        self.context.caller = caller.seen_at(self.context.client_ip);
    }

    /// Takes a new token for the same caller. What runs keeps the claims that it began with, so a token that
    /// says anything else than a later end needs a new socket.
    async fn renew(&mut self, payload: Option<&RawValue>) -> Result<bool, Leave> {
        let Some(token) = token_of(payload)?.filter(|_| self.acknowledged) else {
            return Ok(false);
        };
        let caller = self
            .http
            .verifier
            .verify_reader(&token)
            .await
            .map_err(|error| Close::forbidden(error.message()))?;
        if !same_caller(&self.context.caller, &caller)
            || !same_claims(&self.context.caller, &caller)
        {
            return Err(Close::OTHER_CALLER.into());
        }
        self.expires = self.http.expiry(&caller);
        self.context.caller = caller.seen_at(self.context.client_ip);
        Ok(true)
    }

    async fn on_start(&mut self, id: &str, request: &RawValue) -> Result<(), Leave> {
        if !self.acknowledged {
            return Err(Close::UNAUTHORIZED.into());
        }
        if self.active.values().any(|active| *active.id == *id) {
            match self.dialect {
                Dialect::Transport => return Err(Close::duplicate(id).into()),
                // The older protocol's server lets the new one take the place of the old.
                Dialect::Legacy => self.forget(id),
            }
        }
        let allowed = self.http.transports.max_socket_operations;
        if self.active.len() >= allowed {
            let message = format!("At most {allowed} operations may run on one socket");
            let error = Error::limit_exceeded("socketOperations", allowed, message);
            return self.refuse(id, error).await;
        }
        let request = match self.http.read_request(request.get().as_bytes()) {
            Ok(request) => request,
            Err(EnvelopeError::Malformed(_)) => {
                return Err(
                    Close::invalid("Invalid message: the payload is no GraphQL request").into(),
                );
            }
            Err(EnvelopeError::Refused(error)) => return self.refuse(id, error).await,
        };
        let context = RequestContext {
            request_id: RequestId::generate(),
            ..self.context.clone()
        };
        let seat = match self.admit(&context) {
            Ok(seat) => seat,
            Err(error) => return self.refuse(id, error).await,
        };
        let started = self.http.begin(request, context).await;
        let key = self.next_key;
        self.next_key += 1;
        let ends_by_itself = started.ends_by_itself;
        let (operation, abort) = Operation::new(key, started, Some(seat));
        let prefix = self.dialect.next_prefix(id);
        self.active.insert(
            key,
            Active {
                id: id.into(),
                prefix,
                abort,
                ends_by_itself,
            },
        );
        self.operations.push(operation);
        Ok(())
    }

    /// Counts an operation among the caller's requests, and among those that run.
    fn admit(&self, context: &RequestContext) -> Result<Seat, Error> {
        self.http.rates.count_request(context)?;
        self.http.running.begin(context)
    }

    async fn refuse(&mut self, id: &str, error: Error) -> Result<(), Leave> {
        let message = self.dialect.error(id, &Response::refused(&[error]).body);
        self.send(message).await
    }

    /// Ends an operation without a word, as its client did.
    fn forget(&mut self, id: &str) {
        self.active.retain(|_, active| {
            let stopped = *active.id == *id;
            if stopped {
                active.abort.abort();
            }
            !stopped
        });
        self.idle_since = Instant::now();
    }

    /// Writes an event and those that are ready behind it, with one flush.
    async fn on_events(&mut self, key: u64, event: Event) -> Result<(), Leave> {
        let stall = Duration::from_millis(self.http.transports.socket_stall_ms);
        let mut next = Some((key, event));
        // Answers count as unread until they are written to the last byte.
        let mut unread = Vec::new();
        let written = timeout(stall, async {
            for _ in 0..BATCH_MAX {
                let Some((key, event)) = next.take() else {
                    break;
                };
                if let Some(message) = self.message_of(key, event, &mut unread) {
                    self.socket.feed(message).await.map_err(|_| Leave::Gone)?;
                }
                next = self.operations.next().now_or_never().flatten();
            }
            // The last event taken is written too when the batch is full.
            if let Some((key, event)) = next.take()
                && let Some(message) = self.message_of(key, event, &mut unread)
            {
                self.socket.feed(message).await.map_err(|_| Leave::Gone)?;
            }
            self.socket.flush().await.map_err(|_| Leave::Gone)
        });
        let written = written.await;
        written.unwrap_or_else(|_| Err(self.stalled()))
    }

    /// What the client is told of an event; nothing when it has stopped that operation.
    fn message_of(&mut self, key: u64, event: Event, unread: &mut Vec<Unread>) -> Option<Message> {
        match event {
            Event::Next(response) if response.request_error.is_some() => {
                // The operation ends with this, and the client forgets it.
                let active = self.active.remove(&key)?;
                active.abort.abort();
                self.idle_since = Instant::now();
                Some(self.dialect.error(&active.id, &response.body))
            }
            Event::Next(response) => {
                let active = self.active.get(&key)?;
                unread.extend(response.unread);
                Some(Dialect::next(&active.prefix, &response.body))
            }
            Event::Complete => {
                let active = self.active.remove(&key)?;
                self.idle_since = Instant::now();
                Some(self.dialect.complete(&active.id))
            }
        }
    }

    async fn send(&mut self, message: Message) -> Result<(), Leave> {
        let stall = Duration::from_millis(self.http.transports.socket_stall_ms);
        match timeout(stall, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Leave::Gone),
            Err(_) => Err(self.stalled()),
        }
    }

    fn stalled(&self) -> Leave {
        self.http.sockets.count_cut();
        Close::STALLED.into()
    }

    /// The next time at which something is to be done.
    fn wake_at(&self) -> Instant {
        let idle = self.active.is_empty().then(|| self.idle_at());
        let times = [self.init_by, self.expires, idle, self.leave_at];
        times.into_iter().flatten().fold(self.ping_at, Instant::min)
    }

    fn idle_at(&self) -> Instant {
        self.idle_since + Duration::from_millis(self.http.transports.socket_idle_ms)
    }

    async fn on_time(&mut self) -> Result<(), Leave> {
        let now = Instant::now();
        let due = |at: Option<Instant>| at.is_some_and(|at| at <= now);
        if due(self.expires) {
            return Err(Close::EXPIRED.into());
        }
        if due(self.init_by) {
            return Err(Close::INIT_TIMEOUT.into());
        }
        if due(self.leave_at) {
            if !self.active.values().any(|active| active.ends_by_itself) {
                return Err(Close::RESTART.into());
            }
            // What has one answer is waited for; the server's own grace limits how long.
            self.leave_at = Some(now + Duration::from_millis(50));
        }
        if self.active.is_empty() && self.idle_at() <= now {
            return Err(Close::IDLE.into());
        }
        if self.ping_at > now {
            return Ok(());
        }
        let every = Duration::from_millis(self.http.transports.socket_ping_ms);
        if now.duration_since(self.heard_at) > every * 2 + every / 2 {
            return Err(Close::SILENT.into());
        }
        self.ping_at = now + every;
        if self.dialect == Dialect::Legacy {
            // Clients of the older protocol do not answer `ka`; every WebSocket answers this.
            self.send(Message::Ping(bytes::Bytes::new())).await?;
        }
        if !self.acknowledged {
            return Ok(());
        }
        self.send(self.dialect.keep_alive()).await
    }
}

fn same_claims(one: &Caller, other: &Caller) -> bool {
    let lasting = |caller: &Caller| {
        let claims = caller
            .claims
            .iter()
            .filter(|(name, _)| !TIME_CLAIMS.contains(&name.as_str()));
        claims
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect::<HashMap<_, _>>()
    };
    lasting(one) == lasting(other)
}

fn is_too_big(error: &axum::Error) -> bool {
    use std::error::Error;
    // axum hides tungstenite's type; its text is all there is.
    error
        .source()
        .unwrap_or(error)
        .to_string()
        .contains("too long")
}
