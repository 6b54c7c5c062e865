//! The parts of a running server, for whatever handles a request. [`crate::app`] puts them together.

use std::sync::Arc;

use crate::{
    accounts::Accounts,
    config::Settings,
    db::Db,
    embeddings::Embeddings,
    metrics::Sampler,
    models::chat::ChatClient,
    rates::{Rates, UnreadBytes},
    realtime::{Realtime, channels::Channels},
    records::Records,
    storage::Storage,
    streams::Streams,
};

/// The server's parts.
pub struct AppState {
    /// How it was set up.
    pub settings: Settings,
    /// The database.
    pub db: Db,
    /// Broadcast and presence.
    pub channels: Channels,
    /// Changes and live queries.
    pub realtime: Realtime,
    /// How often callers may ask.
    pub rates: Arc<Rates>,
    /// The answers that clients have not read yet.
    pub unread: Arc<UnreadBytes>,
    /// What goes on record.
    pub records: Arc<Records>,
    /// How the server fares, for those who watch.
    pub sampler: Sampler,
    /// Sign-ins and what belongs to them.
    pub accounts: Accounts,
    /// What texts mean.
    pub embeddings: Embeddings,
    /// Files.
    pub storage: Storage,
    /// Asks providers for answers.
    pub chat_models: ChatClient,
    /// Answers, while they are written.
    pub streams: Streams,
    /// The secret that everything else is derived from: tokens, cursors, keys.
    pub secret: String,
}
