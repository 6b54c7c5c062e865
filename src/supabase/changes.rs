//! `postgres_changes`: the hub's changes of rows, in the form in which Supabase's server sends them.
//!
//! A change that could not be passed on because a policy or the database failed is not lost: the task
//! subscribes again after the last one that was. Only when the log does not reach back that far is the client
//! told to read anew.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::{
    StreamExt,
    stream::{BoxStream, SelectAll},
};
use serde_json::{Map, Value, json};
use tokio::{sync::watch, task::JoinHandle};

use super::{
    Server,
    asked::Asked,
    channel::Channel,
    frame::{Outgoing, Version},
    row::Row,
    session::Session,
    socket::Socket,
    websocket::{self, Opcode},
};
use crate::{
    auth::Caller,
    error::{Code, Error},
    realtime::{Condition, Event, Hub, Subscription},
};

/// How long after a failure the hub is asked again.
const RETRY: Duration = Duration::from_secs(5);
/// supabase-js may join before it has its token, which then follows at once: so long a refusal is kept back.
const TOKEN_GRACE: Duration = Duration::from_secs(1);

/// The task that passes changes on; it ends when this is dropped.
pub(super) struct ChangesTask {
    task: JoinHandle<()>,
    /// On whose behalf; a new token takes the place of the old one here.
    pub(super) caller: watch::Sender<Arc<Caller>>,
}

impl Drop for ChangesTask {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Starts passing on what a join asked for, if it asked for anything. The client is told when it begins, or
/// why it does not.
pub(super) fn start(
    session: &Session,
    joined: &Channel,
    asked: &[Map<String, Value>],
) -> Option<ChangesTask> {
    if asked.is_empty() {
        return None;
    }
    let passing = Passing {
        server: Arc::clone(&session.server),
        socket: Arc::clone(&session.socket),
        version: session.version,
        join_ref: joined.join_ref.clone(),
        topic: joined.topic.clone(),
    };
    let asked: Result<Vec<Asked>, String> = asked.iter().map(Asked::read).collect();
    let (caller, callers) = watch::channel(Arc::clone(&joined.caller));
    Some(ChangesTask {
        task: session
            .server
            .sockets
            .tasks()
            .spawn(pass(passing, asked, callers)),
        caller,
    })
}

/// What the task needs to say something.
struct Passing {
    server: Arc<Server>,
    socket: Arc<Socket>,
    version: Version,
    join_ref: Option<Box<str>>,
    topic: Box<str>,
}

/// One table of one entry.
struct Source {
    subscription: Subscription,
    /// What stands before and after a change in its frame.
    envelope: (String, &'static str),
}

type Incoming = SelectAll<BoxStream<'static, (usize, Result<Arc<Event>, Error>)>>;

/// Why passing on stopped.
enum Stopped {
    /// The join has a new token.
    Renewed,
    /// The caller may not; with another token perhaps.
    Refused(String),
    /// What was asked for makes no sense.
    Finally(String),
    /// It may work later.
    ForNow(Error),
}

async fn pass(
    passing: Passing,
    asked: Result<Vec<Asked>, String>,
    mut callers: watch::Receiver<Arc<Caller>>,
) {
    let asked = match asked {
        Ok(asked) => asked,
        Err(reason) => return passing.tell("error", &reason),
    };
    let mut sources: Vec<Source> = Vec::new();
    loop {
        let caller = Arc::clone(&callers.borrow_and_update());
        let stopped = passing
            .run(&asked, &mut sources, caller, &mut callers)
            .await;
        match stopped {
            Stopped::Renewed => {}
            Stopped::Finally(reason) => return passing.tell("error", &reason),
            Stopped::Refused(reason) => {
                sources.clear();
                if tokio::time::timeout(TOKEN_GRACE, callers.changed())
                    .await
                    .is_err()
                {
                    passing.tell("error", &reason);
                    // Without a join there is no task; so the sender lives.
                    let _ = callers.changed().await;
                }
            }
            Stopped::ForNow(error) => {
                passing.tell("error", error.message());
                if error.code() == Code::ResyncRequired {
                    sources
                        .iter_mut()
                        .for_each(|source| source.subscription.after = None);
                }
                tokio::time::sleep(RETRY).await;
            }
        }
    }
}

impl Passing {
    /// Subscribes and passes changes on until something stops it.
    async fn run(
        &self,
        asked: &[Asked],
        sources: &mut Vec<Source>,
        caller: Arc<Caller>,
        callers: &mut watch::Receiver<Arc<Caller>>,
    ) -> Stopped {
        let mut incoming = match self.open(asked, sources, &caller).await {
            Ok(incoming) => incoming,
            Err(stopped) => return stopped,
        };
        self.tell("ok", "Subscribed to PostgreSQL");
        loop {
            let (index, outcome) = tokio::select! {
                biased;
                changed = callers.changed() => match changed {
                    Ok(()) => return Stopped::Renewed,
                    // The join is gone, and this task with it.
                    Err(_) => std::future::pending().await,
                },
                next = incoming.next() => match next {
                    Some(next) => next,
                    None => return Stopped::ForNow(Error::new(Code::Unavailable, "The changes ended; trying again")),
                },
            };
            match (outcome, sources.get_mut(index)) {
                (Ok(event), Some(source)) => {
                    source.subscription.after = Some(event.cursor().to_string());
                    if !event.body.is_empty() {
                        self.socket.outbox.push(source.frame(&event.body));
                    }
                }
                (Err(error), _) => return Stopped::ForNow(error),
                (Ok(_), None) => {}
            }
        }
    }

    /// Subscribes to everything that was asked for, as the caller, each after what was passed on last.
    async fn open(
        &self,
        asked: &[Asked],
        sources: &mut Vec<Source>,
        caller: &Arc<Caller>,
    ) -> Result<Incoming, Stopped> {
        let hub = &self.server.hub;
        hub.ready().await.map_err(Stopped::ForNow)?;
        if sources.is_empty() {
            // Taken before the subscription, so that nothing falls between the two.
            let here = hub.cursor();
            *sources = self.sources(asked, caller).map_err(Stopped::Finally)?;
            let mut incoming = SelectAll::new();
            for (index, source) in sources.iter_mut().enumerate() {
                incoming.push(subscribe(hub, index, &source.subscription).await?);
                source.subscription.after.clone_from(&here);
            }
            return Ok(incoming);
        }
        let mut incoming = SelectAll::new();
        for (index, source) in sources.iter_mut().enumerate() {
            source.subscription.caller = Arc::clone(caller);
            incoming.push(subscribe(hub, index, &source.subscription).await?);
        }
        Ok(incoming)
    }

    fn sources(&self, asked: &[Asked], caller: &Arc<Caller>) -> Result<Vec<Source>, String> {
        let publication = self.server.hub.publication();
        let mut sources = Vec::new();
        for (index, entry) in asked.iter().enumerate() {
            for (table, condition) in entry.tables(&publication)? {
                let wildcard = entry.schema == "*" || entry.table == "*";
                if wildcard
                    && !table
                        .access(caller.role)
                        .is_some_and(|access| access.any_column())
                {
                    continue;
                }
                let source = self.source(
                    index + 1,
                    entry,
                    (&table.schema, &table.name),
                    condition,
                    caller,
                );
                sources.push(source);
            }
        }
        Ok(sources)
    }

    fn source(
        &self,
        id: usize,
        entry: &Asked,
        table: (&str, &str),
        condition: Condition,
        caller: &Arc<Caller>,
    ) -> Source {
        Source {
            subscription: Subscription {
                schema: table.0.to_owned(),
                table: table.1.to_owned(),
                condition,
                operations: entry.operations(),
                caller: Arc::clone(caller),
                after: None,
                projection: Arc::new(Row::new(entry.select.clone())),
            },
            envelope: envelope(self.version, &self.topic, id),
        }
    }

    fn tell(&self, status: &str, message: &str) {
        let channel = self.topic.strip_prefix("realtime:").unwrap_or(&self.topic);
        let system = Outgoing {
            join_ref: self.join_ref.as_deref(),
            reference: None,
            topic: &self.topic,
            event: "system",
            payload: json!({"extension": "postgres_changes", "status": status, "message": message, "channel": channel}),
        };
        self.socket.outbox.push(system.encode(self.version));
    }
}

async fn subscribe(
    hub: &Hub,
    index: usize,
    subscription: &Subscription,
) -> Result<BoxStream<'static, (usize, Result<Arc<Event>, Error>)>, Stopped> {
    match hub.subscribe(subscription.clone()).await {
        Ok(changes) => Ok(changes.map(move |outcome| (index, outcome)).boxed()),
        Err(error)
            if matches!(
                error.code(),
                Code::BadUserInput | Code::Forbidden | Code::Unauthenticated | Code::NotFound
            ) =>
        {
            let refused = if matches!(error.code(), Code::Forbidden | Code::Unauthenticated) {
                Stopped::Refused
            } else {
                Stopped::Finally
            };
            Err(refused(format!(
                "Unable to subscribe to changes with given parameters. An exception happened so please check your \
                 connect parameters: [schema: {}, table: {}]. Exception: {}",
                subscription.schema,
                subscription.table,
                error.message()
            )))
        }
        Err(error) => Err(Stopped::ForNow(error)),
    }
}

/// What stands around a change in its frame.
fn envelope(version: Version, topic: &str, id: usize) -> (String, &'static str) {
    let topic = Value::from(topic);
    match version {
        Version::V1 => (
            format!(
                r#"{{"topic":{topic},"event":"postgres_changes","ref":null,"payload":{{"ids":[{id}],"data":"#
            ),
            "}}",
        ),
        Version::V2 => (
            format!(r#"[null,null,{topic},"postgres_changes",{{"ids":[{id}],"data":"#),
            "}]",
        ),
    }
}

impl Source {
    fn frame(&self, body: &Bytes) -> Bytes {
        let (before, after) = &self.envelope;
        let mut text = Vec::with_capacity(before.len() + body.len() + after.len());
        text.extend_from_slice(before.as_bytes());
        text.extend_from_slice(body);
        text.extend_from_slice(after.as_bytes());
        websocket::frame(Opcode::Text, &text)
    }
}
