//! The change log and its subscribers.

use clap::Args;

/// How long changes are kept, and how much may wait for a subscriber.
#[derive(Args, Clone, Debug)]
pub struct ChangeLogSettings {
    /// Hours for which changes are kept: how long a subscriber can be away and still go on after its last cursor.
    #[arg(long, global = true, env = "MINDLOOM_CHANGE_RETENTION_HOURS", default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=8784))]
    pub retention_hours: u32,
    /// Changes that may wait for one subscriber before it is cut off as too slow.
    #[arg(
        long,
        global = true,
        env = "MINDLOOM_SUBSCRIBER_QUEUE_EVENTS",
        default_value_t = 4096
    )]
    pub subscriber_queue_events: usize,
    /// Bytes that may wait for one subscriber before it is cut off as too slow.
    #[arg(
        long,
        global = true,
        env = "MINDLOOM_SUBSCRIBER_QUEUE_BYTES",
        default_value_t = 16_777_216
    )]
    pub subscriber_queue_bytes: usize,
}
