//! The parts of a running server, for whatever handles a request.

use crate::{config::Settings, db::Db, realtime::Realtime};

/// The server's parts.
pub struct App {
    /// How it was set up.
    pub settings: Settings,
    /// The database.
    pub db: Db,
    /// Changes and live queries.
    pub realtime: Realtime,
    /// The secret that everything else is derived from: tokens, cursors, keys.
    pub secret: String,
}
