//! Broadcast and presence.

mod send_broadcast;
mod track_presence;
mod untrack_presence;

/// The actions, in alphabetical order.
pub(super) fn actions() -> Vec<super::Action> {
    vec![
        send_broadcast::action(),
        track_presence::action(),
        untrack_presence::action(),
    ]
}
