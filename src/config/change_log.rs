//! The change log and its subscribers.

use clap::Args;

/// How long and how much of the changes is kept, and how much may wait for a subscriber.
#[derive(Args, Clone, Debug)]
pub struct ChangeLogSettings {
    /// Hours for which changes are kept: how long a subscriber can be away and still go on after its last cursor.
    #[arg(long, global = true, env = "MINDLOOM_CHANGE_RETENTION_HOURS", default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=8784))]
    pub retention_hours: u32,
    /// Mebibytes that the kept changes may take in the database. The oldest hours go first; whoever comes back with a
    /// cursor into them reads anew. The log warns when four fifths are used, and the figure
    /// `mindloom_realtime_log_size_bytes` tells how much is.
    #[arg(long, global = true, env = "MINDLOOM_CHANGE_LOG_MAX_MB", default_value_t = 8192, value_parser = clap::value_parser!(u32).range(16..))]
    pub change_log_max_mb: u32,
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
