//! The parts of a running server, for whatever handles a request.

use std::sync::Arc;

use crate::{
    accounts::Accounts,
    config::Settings,
    db::Db,
    metrics::Metrics,
    rates::Rates,
    realtime::{Realtime, channels::Channels},
};

/// The server's parts.
pub struct App {
    /// How it was set up.
    pub settings: Settings,
    /// The database.
    pub db: Db,
    /// Broadcast and presence.
    pub channels: Channels,
    /// Figures about the running server.
    pub metrics: Arc<Metrics>,
    /// Changes and live queries.
    pub realtime: Realtime,
    /// How often callers may ask.
    pub rates: Arc<Rates>,
    /// Sign-ins and what belongs to them.
    pub accounts: Accounts,
    /// The secret that everything else is derived from: tokens, cursors, keys.
    pub secret: String,
}
