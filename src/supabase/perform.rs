//! What has to be waited for: joins, rights, tokens.

use std::{
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    changes,
    channel::Channel,
    config::{JoinConfig, Replay},
    frame,
    refusal::Refusal,
    session::{Reference, Session, Work},
    socket::unix_seconds,
};
use crate::{
    auth::Caller,
    realtime::channels::{Access, BroadcastMessage, Member, Sink},
};

/// A refusal is held back for a moment, so that a client that tries again at once does not do so in a storm.
const REFUSAL_PAUSE: Duration = Duration::from_millis(100);

impl Session {
    /// Does what a message asked for.
    pub(super) async fn perform(&mut self, work: Work) {
        match work {
            Work::Join { to, payload } => {
                if let Err(refusal) = self.join(&to, &payload).await {
                    self.server.figures().refused.inc();
                    tokio::time::sleep(REFUSAL_PAUSE).await;
                    self.answer(&to, "error", json!({"reason": refusal.to_string()}));
                }
            }
            Work::Broadcast { to, message } => self.broadcast_privately(&to, &message).await,
            Work::Presence { to, payload } => {
                let Some(index) = self.index(&to.topic) else {
                    return;
                };
                let allowed = self.write_access(index).await.map(|access| access.presence);
                match allowed {
                    Ok(allowed) => self.change_presence(index, &to, &payload, allowed),
                    Err(refusal) => {
                        self.answer(&to, "error", json!({"reason": refusal.to_string()}))
                    }
                }
            }
            Work::Token { topic, token } => self.renew(&topic, token).await,
            Work::Recheck => self.recheck().await,
        }
        self.note();
    }

    async fn join(&mut self, to: &Reference, payload: &Value) -> Result<(), Refusal> {
        let name = match to.topic.strip_prefix("realtime:") {
            None => {
                return Err(Refusal::new(
                    "TopicNameRequired",
                    "A topic is realtime: and a name",
                ));
            }
            Some("") => {
                return Err(Refusal::new(
                    "TopicNameRequired",
                    "You must provide a topic name",
                ));
            }
            Some(name) => name,
        };
        let config = JoinConfig::read(payload);
        self.check_limits(&to.topic)?;
        let (caller, token) = self.join_caller(config.access_token.as_deref()).await?;
        self.server
            .channels
            .ready()
            .await
            .map_err(|error| Refusal::from(&error))?;
        let read = self.read_access(&caller, name, config.private).await?;
        let replayed = self.replayed(&config, name, read).await?;
        // A second join of a topic takes the place of the first.
        if let Some(earlier) = self.index(&to.topic) {
            self.close(earlier);
        }
        let membership = self.enter(to, name, &config, read, &replayed);
        let mut joined = Channel {
            topic: to.topic.as_str().into(),
            join_ref: to.join_ref.as_deref().map(Into::into),
            private: config.private,
            ack: config.ack,
            self_broadcast: config.self_broadcast,
            presence_enabled: config.presence && read.presence,
            presence_key: config
                .presence_key
                .unwrap_or_else(|| Uuid::new_v4().to_string())
                .into(),
            token: token.map(Into::into),
            caller,
            read,
            write: None,
            recheck_at: None,
            membership,
            presence: None,
            changes: None,
        };
        joined.checked(self.recheck_after());
        joined.changes = changes::start(self, &joined, &config.postgres_changes);
        if config.replication_ready {
            let system = json!({
                "extension": "system", "status": "ok", "message": "Replication connection established", "channel": name
            });
            self.push(to.join_ref.as_deref(), &to.topic, "system", &system);
        }
        self.joined.push(joined);
        Ok(())
    }

    fn check_limits(&mut self, topic: &str) -> Result<(), Refusal> {
        let settings = self.server.channels.settings();
        if !self
            .joins
            .take(settings.realtime_max_joins_per_second, Instant::now())
        {
            return Err(Refusal::new(
                "ClientJoinRateLimitReached",
                "Too many joins per second",
            ));
        }
        let others = self
            .joined
            .iter()
            .filter(|joined| *joined.topic != *topic)
            .count();
        if others >= settings.realtime_max_channels {
            return Err(Refusal::new("ChannelRateLimitReached", "Too many channels"));
        }
        Ok(())
    }

    /// On whose behalf a join is made: the token's that it brings, else the connection's.
    async fn join_caller(
        &self,
        token: Option<&str>,
    ) -> Result<(Arc<Caller>, Option<String>), Refusal> {
        match token.filter(|token| !token.starts_with("sb_")) {
            Some(token) => Ok((self.verify(token).await?, Some(token.to_owned()))),
            None => {
                let ended = self.caller.expires_at.filter(|at| *at <= SystemTime::now());
                match ended {
                    Some(at) => Err(Refusal::new("InvalidJWTToken", expired(at))),
                    None => Ok((Arc::clone(&self.caller), None)),
                }
            }
        }
    }

    async fn read_access(
        &self,
        caller: &Caller,
        name: &str,
        private: bool,
    ) -> Result<Access, Refusal> {
        let access = self.server.channels.readable(caller, name, private).await;
        match access.map_err(|error| Refusal::from(&error))? {
            Access {
                broadcast: false,
                presence: false,
            } => Err(Refusal::no_read(name)),
            access => Ok(access),
        }
    }

    async fn replayed(
        &self,
        config: &JoinConfig,
        name: &str,
        read: Access,
    ) -> Result<Vec<BroadcastMessage>, Refusal> {
        let unable = |text: &str| Refusal::new("UnableToReplayMessages", text);
        match config.replay {
            None => Ok(Vec::new()),
            Some(_) if !config.private => Err(unable("Replay is not allowed for public channels")),
            Some(_) if !read.broadcast => Err(Refusal::no_read(name)),
            Some(Replay::Malformed) => Err(unable("Replay params are not valid")),
            Some(Replay::Since(since, limit)) => {
                let messages = self.server.channels.replay(name, since, limit).await;
                messages.map_err(|_| unable("Realtime was unable to replay messages"))
            }
        }
    }

    /// Enters the channel. The reply, who is present, and what is repeated go out before anything that is
    /// said there.
    fn enter(
        &self,
        to: &Reference,
        name: &str,
        config: &JoinConfig,
        read: Access,
        replayed: &[BroadcastMessage],
    ) -> crate::realtime::channels::Membership {
        let member = Member {
            sink: Sink::Socket {
                outbox: Arc::clone(&self.socket.outbox),
                codec: self.version.codec(),
            },
            broadcast: read.broadcast,
            presence: config.presence && read.presence,
        };
        let changes: Vec<Value> = config
            .postgres_changes
            .iter()
            .enumerate()
            .map(numbered)
            .collect();
        self.server
            .channels
            .enter(name, config.private, member, "broadcast", |present| {
                self.answer(to, "ok", json!({"postgres_changes": changes}));
                if config.presence && read.presence {
                    self.push(to.join_ref.as_deref(), &to.topic, "presence_state", present);
                }
                for frame in replayed
                    .iter()
                    .filter_map(|message| frame::broadcast(self.version, message))
                {
                    self.socket.outbox.push(frame);
                }
            })
    }

    async fn broadcast_privately(&mut self, to: &Reference, message: &Arc<BroadcastMessage>) {
        let Some(index) = self.index(&to.topic) else {
            return;
        };
        let outcome = match self.write_access(index).await {
            Ok(access) => self.publish(index, message, access.broadcast),
            Err(refusal) => Err(refusal.to_string()),
        };
        if self.joined[index].ack {
            match outcome {
                Ok(()) => self.answer(to, "ok", json!({})),
                Err(reason) => self.answer(to, "error", json!({"reason": reason})),
            }
        }
    }

    /// What may be written to a private channel; asked of the database once per token.
    async fn write_access(&mut self, index: usize) -> Result<Access, Refusal> {
        if let Some(access) = self.joined[index].write {
            return Ok(access);
        }
        let joined = &self.joined[index];
        let access = self
            .server
            .channels
            .writable(&joined.caller, joined.name(), joined.private)
            .await;
        let access = access.map_err(|error| Refusal::from(&error))?;
        self.joined[index].write = Some(access);
        Ok(access)
    }

    /// Takes a new token for a join. One that is not valid, or allows less, ends the join.
    async fn renew(&mut self, topic: &str, token: String) {
        let Some(index) = self.index(topic) else {
            return;
        };
        match self.verify(&token).await {
            Ok(caller) => {
                self.joined[index].token = Some(token.into());
                self.joined[index].write = None;
                self.joined[index].caller = Arc::clone(&caller);
                if self.recheck_rights(index).await
                    && let Some(changes) = &self.joined[index].changes
                {
                    changes.caller.send_replace(caller);
                }
            }
            Err(refusal) => self.shut(index, &refusal.text),
        }
    }

    /// Ends the joins whose tokens have run out or whose sessions are over, and checks the rights of the
    /// others that are due.
    async fn recheck(&mut self) {
        let now = SystemTime::now();
        let mut index = 0;
        while index < self.joined.len() {
            let joined = &self.joined[index];
            if let Some(at) = joined.caller.expires_at.filter(|at| *at <= now) {
                self.shut(index, &expired(at));
            } else if self.server.verifier.sessions().is_over(&joined.caller) {
                self.shut(index, "The session of the token has ended");
            } else if joined.recheck_at.is_some_and(|at| at <= now) {
                self.joined[index].write = None;
                index += usize::from(self.recheck_rights(index).await);
            } else {
                index += 1;
            }
        }
    }

    /// Checks the right to read again; false when it is gone, and with it the join.
    async fn recheck_rights(&mut self, index: usize) -> bool {
        let joined = &self.joined[index];
        let had = joined.read;
        let read = self
            .server
            .channels
            .readable(&joined.caller, joined.name(), joined.private)
            .await;
        let name = joined.name().to_owned();
        match read {
            Ok(read) if (had.broadcast && !read.broadcast) || (had.presence && !read.presence) => {
                self.shut(
                    index,
                    &format!(
                        "You no longer have permission to read from this Channel topic: {name}"
                    ),
                );
                false
            }
            Ok(read) => {
                let again_in = self.recheck_after();
                let joined = &mut self.joined[index];
                joined.read = read;
                joined
                    .membership
                    .permit(read.broadcast, joined.presence_enabled && read.presence);
                joined.checked(again_in);
                true
            }
            // While the database is away nothing is known against the client; soon it is asked again.
            Err(_) => {
                self.joined[index].checked(Duration::from_secs(5));
                true
            }
        }
    }

    fn recheck_after(&self) -> Duration {
        Duration::from_millis(self.server.channels.settings().realtime_recheck_ms)
    }

    fn index(&self, topic: &str) -> Option<usize> {
        self.joined
            .iter()
            .position(|joined| *joined.topic == *topic)
    }
}

/// A change that was asked for, with the number under which it will be delivered.
fn numbered((index, asked): (usize, &Map<String, Value>)) -> Value {
    let mut numbered = asked.clone();
    numbered.insert("id".to_owned(), json!(index + 1));
    Value::Object(numbered)
}

fn expired(at: SystemTime) -> String {
    format!(
        "Token has expired {} seconds ago",
        unix_seconds(SystemTime::now()).saturating_sub(unix_seconds(at))
    )
}
