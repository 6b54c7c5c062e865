//! Broadcast and presence.

pub mod send_broadcast;
pub mod track_presence;
pub mod untrack_presence;
