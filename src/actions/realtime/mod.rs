//! Broadcast and presence.

actions! {
    send_broadcast;
    track_presence;
    untrack_presence;
}
