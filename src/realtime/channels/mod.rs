//! Channels: named places where clients say things to each other (broadcast) and see who is there (presence).
//!
//! A public channel is open to everybody; a private one to whom the policies on `realtime.messages` allow it.
//! Members come over Supabase's protocol and over GraphQL, and meet in the same channels.
//!
//! What is promised. On one server a broadcast reaches every member in the order in which the server took it,
//! or the member is cut off, which it notices. Other servers on the same database get it through the
//! database (`bridge`), batch by batch, in the order of the sending server. A message sent from SQL reaches
//! the members on every server once it is committed. Nobody gets what was said while they were away, except
//! by `replay` of what was sent from SQL. What cannot be handed on is counted in `dropped_total` and logged.

mod bridge;
mod codec;
mod figures;
mod member;
mod message;
mod outbox;
pub mod policy;
mod presence;
mod relay;
mod shares;
mod stream;
mod topic;

use std::{
    convert::Infallible,
    future::ready,
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use dashmap::DashMap;
use serde_json::{Map, Value, value::RawValue};
use tokio::sync::mpsc;
use uuid::Uuid;

pub use codec::Codec;
pub use figures::Figures;
pub use member::{Membership, Presence};
pub use message::{BroadcastMessage, Payload};
pub use outbox::{Ending, Outbox, PushOutcome};
pub use policy::Access;
pub use presence::{Entry, PresenceDiff, PresenceEvent, PresenceState};
pub(crate) use relay::inner_payload;
pub use stream::{BroadcastStream, PresenceStream};
pub(crate) use topic::{Member, Sink};

use super::reading::Reading;
use crate::{
    auth::{Caller, Role},
    config::ChannelSettings,
    db::Db,
    error::{Code, Error, Result},
    rates::Buckets,
    tasks::{Every, Tasks},
};
use bridge::Bridge;
use relay::RelayMessage;
use topic::{Topic, TopicKey};

/// Comings and goings within this time are told together.
const PRESENCE_WINDOW: Duration = Duration::from_millis(20);
/// How long a presence that was tracked without a connection lasts unless it is renewed.
const LEASE: Duration = Duration::from_secs(60);
/// How often it is looked for those that were not.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// The longest name of a channel, an event, or a presence key.
const NAME_MAX_BYTES: usize = 1024;

/// The channels of this server. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Channels {
    shared: Arc<Shared>,
    /// The jobs go on as long as this is held.
    _tasks: Tasks,
}

struct Shared {
    db: Db,
    settings: ChannelSettings,
    figures: Arc<Figures>,
    topics: DashMap<TopicKey, Arc<Topic>>,
    /// Presences that were tracked without a connection, by owner.
    leases: DashMap<LeaseKey, Lease>,
    /// How often each caller may broadcast, and track a presence.
    broadcasts: Option<Buckets>,
    tracking: Option<Buckets>,
    bridge: Bridge,
    /// This server's name among those on the database.
    server: Uuid,
    next_reference: AtomicU64,
    /// Whether the bridge reads: before, messages from SQL could be missed.
    reading: Reading,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct LeaseKey {
    user: Option<Uuid>,
    topic: TopicKey,
    key: Arc<str>,
}

#[derive(Debug)]
struct Lease {
    presence: Presence,
    renewed: tokio::time::Instant,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Channels")
            .field("server", &self.server)
            .field("topics", &self.topics.len())
            .finish()
    }
}

impl Channels {
    /// Opens the channels, and the bridge to the other servers on the database; while the database is away, it tries
    /// again.
    pub fn start(db: Db, settings: ChannelSettings, figures: Figures, tasks: &Tasks) -> Self {
        let figures = Arc::new(figures);
        let server = Uuid::new_v4();
        let (bridge, outgoing) = Bridge::new(server, Arc::clone(&figures));
        let shared = Arc::new(Shared {
            db: db.clone(),
            figures,
            topics: DashMap::new(),
            leases: DashMap::new(),
            broadcasts: Buckets::new(settings.realtime_max_events_per_second, 1.0),
            tracking: Buckets::new(settings.realtime_max_presence_per_second, 1.0),
            settings,
            bridge,
            server,
            next_reference: AtomicU64::new(1),
            reading: Reading::new(),
        });
        bridge::start(tasks, db, &shared, outgoing);
        let leased = Arc::clone(&shared);
        tasks.every("end of leases", Every::after(LOOK_EVERY), move || {
            leased.expire_leases();
            ready(Ok::<_, Infallible>(()))
        });
        Channels {
            shared,
            _tasks: tasks.clone(),
        }
    }

    /// The broadcasts on a channel from now on.
    ///
    /// # Errors
    /// FORBIDDEN when the channel is private and no policy lets the caller read broadcasts on it.
    pub async fn subscribe_broadcast(
        &self,
        caller: &Caller,
        channel: &str,
        private: bool,
    ) -> Result<BroadcastStream> {
        check_name("channel", channel)?;
        self.ready().await?;
        if !self.readable(caller, channel, private).await?.broadcast {
            return Err(no_right(caller, "read broadcasts on", channel));
        }
        let (sender, receiver) = mpsc::channel(stream::WAITING_MAX);
        let member = Member {
            sink: Sink::Broadcasts(sender),
            broadcast: true,
            presence: false,
        };
        let membership = self.enter(channel, private, member, "broadcast", |_| {});
        Ok(BroadcastStream::new(None, receiver, membership))
    }

    /// Who is on a channel, then who comes and goes.
    ///
    /// # Errors
    /// FORBIDDEN when the channel is private and no policy lets the caller read presence on it.
    pub async fn presence(
        &self,
        caller: &Caller,
        channel: &str,
        private: bool,
    ) -> Result<PresenceStream> {
        check_name("channel", channel)?;
        self.ready().await?;
        if !self.readable(caller, channel, private).await?.presence {
            return Err(no_right(caller, "see who is on", channel));
        }
        let (sender, receiver) = mpsc::channel(stream::WAITING_MAX);
        let member = Member {
            sink: Sink::Presences(sender),
            broadcast: false,
            presence: true,
        };
        let mut present = PresenceState::default();
        let membership = self.enter(channel, private, member, "presence", |state| {
            present = state.clone()
        });
        Ok(PresenceStream::new(
            Some(PresenceEvent::State(present)),
            receiver,
            membership,
        ))
    }

    /// Broadcasts to everybody on a channel.
    ///
    /// # Errors
    /// FORBIDDEN when the channel is private and no policy lets the caller write broadcasts to it;
    /// LIMIT_EXCEEDED when the message is too long; BAD_USER_INPUT when a name is empty or too long.
    pub async fn send(&self, caller: &Caller, message: BroadcastMessage) -> Result<()> {
        check_name("channel", &message.channel)?;
        check_name("event", &message.event)?;
        self.check_size(&message)?;
        if message.private
            && !policy::writable(&self.shared.db, caller, &message.channel)
                .await?
                .broadcast
        {
            self.shared
                .figures
                .dropped
                .with_label_values(&["unauthorized"])
                .inc();
            return Err(no_right(caller, "broadcast to", &message.channel));
        }
        self.publish(&Arc::new(message), None);
        Ok(())
    }

    /// Makes the caller present on a channel under a key, or renews and changes what is said there. It lasts
    /// until it is untracked, or for [`Self::lease`] unless it is renewed: a mutation has no connection whose
    /// end would end it. Returns the reference of the entry.
    ///
    /// # Errors
    /// FORBIDDEN when nobody is signed in, or the channel is private and no policy lets the caller write
    /// presence to it; LIMIT_EXCEEDED when the channel or the message is full.
    pub async fn track(
        &self,
        caller: &Caller,
        channel: &str,
        private: bool,
        key: &str,
        meta: Map<String, Value>,
    ) -> Result<Arc<str>> {
        let lease_key = lease_key(caller, channel, private, key)?;
        if private
            && !policy::writable(&self.shared.db, caller, channel)
                .await?
                .presence
        {
            return Err(no_right(caller, "track presence on", channel));
        }
        let renewed = tokio::time::Instant::now();
        if let Some(mut lease) = self.shared.leases.get_mut(&lease_key) {
            lease.renewed = renewed;
            lease.presence.update(meta)?;
            return Ok(lease.presence.reference());
        }
        self.check_leases(caller)?;
        let presence = self.appear(channel, private, key, meta)?;
        let reference = presence.reference();
        self.shared
            .leases
            .insert(lease_key, Lease { presence, renewed });
        Ok(reference)
    }

    /// Ends what [`Self::track`] began; false when there was nothing to end.
    ///
    /// # Errors
    /// FORBIDDEN when nobody is signed in.
    pub fn untrack(
        &self,
        caller: &Caller,
        channel: &str,
        private: bool,
        key: &str,
    ) -> Result<bool> {
        let lease_key = lease_key(caller, channel, private, key)?;
        Ok(self.shared.leases.remove(&lease_key).is_some())
    }

    /// How long a presence that was tracked by a mutation lasts unless it is renewed.
    pub fn lease() -> Duration {
        LEASE
    }

    /// The messages that were sent from SQL to a private channel since `since`, oldest first, at most
    /// `limit` of the newest.
    ///
    /// # Errors
    /// UNAVAILABLE when the database does not answer.
    pub(crate) async fn replay(
        &self,
        channel: &str,
        since: std::time::SystemTime,
        limit: i64,
    ) -> Result<Vec<BroadcastMessage>> {
        relay::replay(&self.shared.db, channel, since, limit).await
    }

    /// The settings of the channels.
    pub fn settings(&self) -> &ChannelSettings {
        &self.shared.settings
    }

    /// The figures that the channels keep.
    pub fn figures(&self) -> &Arc<Figures> {
        &self.shared.figures
    }

    /// What the caller may read on a private channel.
    ///
    /// # Errors
    /// UNAVAILABLE when the database does not answer.
    pub async fn may_read(&self, caller: &Caller, channel: &str) -> Result<Access> {
        policy::readable(&self.shared.db, caller, channel).await
    }

    /// What the caller may read on a channel.
    pub(crate) async fn readable(
        &self,
        caller: &Caller,
        channel: &str,
        private: bool,
    ) -> Result<Access> {
        if !private {
            return Ok(Access::FULL);
        }
        policy::readable(&self.shared.db, caller, channel).await
    }

    /// What the caller may write on a channel.
    pub(crate) async fn writable(
        &self,
        caller: &Caller,
        channel: &str,
        private: bool,
    ) -> Result<Access> {
        if !private {
            return Ok(Access::FULL);
        }
        policy::writable(&self.shared.db, caller, channel).await
    }

    /// Waits until the bridge reads: whoever becomes a member then misses nothing that is sent from SQL.
    ///
    /// # Errors
    /// UNAVAILABLE when the database does not answer within seconds.
    pub(crate) async fn ready(&self) -> Result<()> {
        self.shared.reading.ready().await
    }

    /// Adds a member to a channel. `greet` is called first, with who is present: what it sends comes before
    /// everything that is said on the channel.
    pub(crate) fn enter(
        &self,
        channel: &str,
        private: bool,
        member: Member,
        kind: &'static str,
        greet: impl FnOnce(&PresenceState),
    ) -> Membership {
        let key = TopicKey {
            private,
            name: channel.into(),
        };
        // The map's lock is held until the member is in, so that the channel is not taken for empty.
        let entry = self
            .shared
            .topics
            .entry(key.clone())
            .or_insert_with(|| Arc::new(Topic::new(key)));
        let topic = Arc::clone(&entry);
        let number = topic.enter(member, greet);
        drop(entry);
        self.shared
            .figures
            .subscriptions
            .with_label_values(&[kind])
            .inc();
        Membership {
            shared: Arc::clone(&self.shared),
            topic,
            number,
            kind,
        }
    }

    /// Hands a message to the members on this server and to the other servers. `sender` gets no copy.
    pub(crate) fn publish(&self, message: &Arc<BroadcastMessage>, sender: Option<&Membership>) {
        self.shared
            .figures
            .events_in
            .with_label_values(&["broadcast"])
            .inc();
        match sender {
            Some(sender) => sender
                .topic
                .broadcast(message, Some(sender.number))
                .record(&self.shared.figures, "broadcast"),
            None => self.shared.deliver(message),
        }
        self.shared
            .bridge
            .relay(RelayMessage::Broadcast(Arc::clone(message)));
    }

    /// Refuses a message that is too long.
    pub(crate) fn check_size(&self, message: &BroadcastMessage) -> Result<()> {
        let limit = self.shared.settings.realtime_max_message_bytes;
        if message.size_bytes() > limit as usize {
            self.shared
                .figures
                .dropped
                .with_label_values(&["too_large"])
                .inc();
            return Err(Error::limit_exceeded(
                "messageBytes",
                limit,
                format!("A message may have at most {limit} bytes"),
            ));
        }
        Ok(())
    }

    /// Makes somebody present until the returned value is dropped.
    pub(crate) fn appear(
        &self,
        channel: &str,
        private: bool,
        key: &str,
        meta: Map<String, Value>,
    ) -> Result<Presence> {
        check_name("key", key)?;
        let topic_key = TopicKey {
            private,
            name: channel.into(),
        };
        // As in `enter`: the map's lock is held until the presence is in.
        let topic = self
            .shared
            .topics
            .entry(topic_key.clone())
            .or_insert_with(|| Arc::new(Topic::new(topic_key)));
        let allowed = self.shared.settings.realtime_max_presences;
        if topic.presences() >= allowed {
            return Err(Error::limit_exceeded(
                "channelPresences",
                allowed,
                "Too many are present on this channel",
            ));
        }
        let mut presence = Presence {
            shared: Arc::clone(&self.shared),
            topic: Arc::clone(&topic),
            key: key.into(),
            entry: None,
        };
        presence.update(meta)?;
        Ok(presence)
    }
}

impl Shared {
    /// Hands a message to the members on this server.
    fn deliver(&self, message: &Arc<BroadcastMessage>) {
        let key = TopicKey {
            private: message.private,
            name: Arc::clone(&message.channel),
        };
        let topic = self.topics.get(&key).map(|topic| Arc::clone(&topic));
        if let Some(topic) = topic {
            topic
                .broadcast(message, None)
                .record(&self.figures, "broadcast");
        }
    }

    /// Takes over a coming or going, and tells the members soon.
    fn change_presence(self: &Arc<Self>, topic: &Arc<Topic>, change: impl FnOnce(&Topic) -> bool) {
        if change(topic) {
            let (shared, topic) = (Arc::clone(self), Arc::clone(topic));
            tokio::spawn(async move {
                tokio::time::sleep(PRESENCE_WINDOW).await;
                topic.flush_presence().record(&shared.figures, "presence");
                shared.forget_if_empty(&topic);
            });
        }
    }

    /// Ends the presences that were not renewed in time.
    fn expire_leases(&self) {
        let now = tokio::time::Instant::now();
        self.leases
            .retain(|_, lease| now.duration_since(lease.renewed) < LEASE);
    }

    fn forget_if_empty(&self, topic: &Topic) {
        self.topics
            .remove_if(&topic.key, |_, topic| topic.is_empty());
    }
}

/// A message's content from a JSON value.
///
/// # Errors
/// INTERNAL when the value has no JSON text, which values do not.
pub fn json_payload(value: &Value) -> Result<Payload> {
    let text = serde_json::to_string(value).map_err(Error::internal)?;
    RawValue::from_string(text)
        .map(Payload::Json)
        .map_err(Error::internal)
}

fn lease_key(caller: &Caller, channel: &str, private: bool, key: &str) -> Result<LeaseKey> {
    check_name("channel", channel)?;
    check_name("key", key)?;
    if caller.role == Role::Anon {
        return Err(Error::new(
            Code::Unauthenticated,
            "Sign in to be present on a channel",
        ));
    }
    Ok(LeaseKey {
        user: caller.user_id,
        topic: TopicKey {
            private,
            name: channel.into(),
        },
        key: key.into(),
    })
}

fn check_name(what: &str, name: &str) -> Result<()> {
    if name.is_empty() || name.len() > NAME_MAX_BYTES {
        return Err(Error::bad_input(format!(
            "The {what} needs a name of 1 to {NAME_MAX_BYTES} bytes"
        ))
        .with("field", what));
    }
    Ok(())
}

fn no_right(caller: &Caller, verb: &str, channel: &str) -> Error {
    if caller.role == Role::Anon {
        let message = format!("Sign in to {verb} the private channel {channel}");
        return Error::new(Code::Unauthenticated, message);
    }
    Error::forbidden(format!(
        "No policy on realtime.messages lets you {verb} the private channel {channel}"
    ))
}
