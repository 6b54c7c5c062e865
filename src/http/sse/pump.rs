//! Moves the answers of operations into one event stream, as long as the stream may live.

use std::{collections::HashMap, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::{StreamExt, stream::AbortHandle, stream::SelectAll};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{QUEUE, complete_event, next_event};
use crate::{
    auth::Caller,
    error::{Code, Error},
    graphql::Response,
    http::{
        Http,
        lifetime::{End, Lifetime},
        operation::{Event, Operation},
    },
};

/// What a stream with several operations is told.
pub(super) enum Command {
    /// Another operation.
    Start {
        id: Box<str>,
        key: u64,
        operation: Operation,
        abort: AbortHandle,
    },
    /// The client is no longer interested in one.
    Stop { id: Box<str> },
}

/// Told the name of each operation that is over.
type OnOver = Box<dyn Fn(&str) + Send>;

/// Where answers come from.
pub(super) struct Source {
    operations: SelectAll<Operation>,
    /// The names of operations by key, on a stream of several.
    names: HashMap<u64, (Box<str>, AbortHandle)>,
    /// More operations; nothing on a stream of its own, which ends with its operation.
    commands: Option<mpsc::Receiver<Command>>,
    on_over: Option<OnOver>,
}

impl Source {
    /// One operation, with which the stream ends.
    pub(super) fn distinct(operation: Operation) -> Self {
        let mut operations = SelectAll::new();
        operations.push(operation);
        Source {
            operations,
            names: HashMap::new(),
            commands: None,
            on_over: None,
        }
    }

    /// Operations as they are commanded; `on_over` hears of each that ended.
    pub(super) fn commanded(
        commands: mpsc::Receiver<Command>,
        on_over: Box<dyn Fn(&str) + Send>,
    ) -> Self {
        Source {
            operations: SelectAll::new(),
            names: HashMap::new(),
            commands: Some(commands),
            on_over: Some(on_over),
        }
    }
}

/// One event stream.
pub(super) struct Pump {
    source: Source,
    events: mpsc::Sender<Bytes>,
    lifetime: Lifetime,
    expires: Option<Instant>,
    http: Arc<Http>,
    leave_at: Option<Instant>,
    keep_alive_at: Instant,
    idle_since: Instant,
}

/// The stream is over: the client went, stalled, or all is said.
struct Over;

impl Pump {
    pub(super) fn new(
        http: &Arc<Http>,
        caller: &Arc<Caller>,
        leaving: &CancellationToken,
        source: Source,
    ) -> (Self, mpsc::Receiver<Bytes>) {
        let (events, receiver) = mpsc::channel(QUEUE);
        let now = Instant::now();
        let pump = Pump {
            source,
            events,
            lifetime: Lifetime::new(http, caller, leaving),
            expires: http.expiry(caller),
            http: Arc::clone(http),
            leave_at: None,
            keep_alive_at: now,
            idle_since: now,
        };
        (pump, receiver)
    }

    /// Runs until the stream is over. Dropping the pump ends the stream and its operations.
    pub(super) async fn run(mut self) {
        while let Ok(()) = self.step().await {}
    }

    async fn step(&mut self) -> Result<(), Over> {
        let wake = self.wake_at();
        let commands = self.source.commands.as_mut();
        tokio::select! {
            end = self.lifetime.end() => match end {
                End::Session => self.deny("The session of the token has ended").await,
                End::Server => {
                    self.leave_at = Some(Instant::now());
                    Ok(())
                }
            },
            Some(command) = receive(commands) => self.on_command(command),
            Some((key, event)) = self.source.operations.next(), if !self.source.operations.is_empty() => {
                self.on_event(key, event).await
            }
            () = self.events.closed() => Err(Over),
            () = sleep_until(wake) => self.on_time().await,
        }
    }

    fn on_command(&mut self, command: Command) -> Result<(), Over> {
        match command {
            Command::Start {
                id,
                key,
                operation,
                abort,
            } => {
                self.source.names.insert(key, (id, abort));
                self.source.operations.push(operation);
            }
            Command::Stop { id } => self.source.names.retain(|_, (name, abort)| {
                if *name == id {
                    abort.abort();
                }
                *name != id
            }),
        }
        self.idle_since = Instant::now();
        Ok(())
    }

    async fn on_event(&mut self, key: u64, event: Event) -> Result<(), Over> {
        let is_single = self.source.commands.is_none();
        let name = self.source.names.get(&key).map(|(name, _)| name.clone());
        if name.is_none() && !is_single {
            // Stopped while this answer was on its way.
            return Ok(());
        }
        match event {
            Event::Next(response) => {
                let is_last = response.request_error.is_some();
                self.send(next_event(name.as_deref(), response)).await?;
                if !is_last {
                    return Ok(());
                }
            }
            Event::Complete => {}
        }
        self.complete(key, name.as_deref()).await?;
        if is_single { Err(Over) } else { Ok(()) }
    }

    async fn complete(&mut self, key: u64, name: Option<&str>) -> Result<(), Over> {
        self.idle_since = Instant::now();
        if let Some((_, abort)) = self.source.names.remove(&key) {
            abort.abort();
        }
        if let (Some(name), Some(on_over)) = (name, &self.source.on_over) {
            on_over(name);
        }
        self.send(complete_event(name)).await
    }

    /// Ends all operations with an error that says why.
    async fn deny(&mut self, message: &'static str) -> Result<(), Over> {
        let refused = Response::refused(&[Error::new(Code::Unauthenticated, message)]);
        let names: Vec<_> = match self.source.commands {
            None => vec![None],
            Some(_) => self
                .source
                .names
                .values()
                .map(|(name, _)| Some(name.clone()))
                .collect(),
        };
        for name in names {
            self.send(next_event(name.as_deref(), refused.clone()))
                .await?;
            self.send(complete_event(name.as_deref())).await?;
        }
        Err(Over)
    }

    fn wake_at(&self) -> Instant {
        let times = [self.expires, self.leave_at, self.idle_at()];
        times
            .into_iter()
            .flatten()
            .fold(self.keep_alive_at, Instant::min)
    }

    fn idle_at(&self) -> Option<Instant> {
        let idle = self.source.commands.is_some() && self.source.names.is_empty();
        idle.then(|| self.idle_since + Duration::from_millis(self.http.transports.socket_idle_ms))
    }

    async fn on_time(&mut self) -> Result<(), Over> {
        let now = Instant::now();
        let due = |at: Option<Instant>| at.is_some_and(|at| at <= now);
        if due(self.expires) {
            return self.deny("The token has expired").await;
        }
        if due(self.leave_at) || due(self.idle_at()) {
            return Err(Over);
        }
        if self.keep_alive_at <= now {
            self.keep_alive_at = now + Duration::from_millis(self.http.transports.socket_ping_ms);
            // The first one makes browsers see that the stream is open.
            return self.send(Bytes::from_static(b":\n\n")).await;
        }
        Ok(())
    }

    async fn send(&mut self, event: Bytes) -> Result<(), Over> {
        let stall = Duration::from_millis(self.http.transports.socket_stall_ms);
        match timeout(stall, self.events.send(event)).await {
            Ok(sent) => sent.map_err(|_| Over),
            Err(_) => {
                self.http.sockets.count_cut();
                Err(Over)
            }
        }
    }
}

/// The next command; never, on a stream that takes none.
async fn receive(commands: Option<&mut mpsc::Receiver<Command>>) -> Option<Command> {
    match commands {
        Some(commands) => commands.recv().await,
        None => std::future::pending().await,
    }
}
