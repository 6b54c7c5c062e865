use clap::Args;

/// Limits of broadcast, presence and Supabase's protocol. Each is per connection unless it says otherwise. A caller is
/// a user, or an address (an IPv6 network of 64 bits) where there is no token.
#[derive(Args, Clone, Debug)]
pub struct ChannelSettings {
    /// Sockets of Supabase's protocol that may be open at once, over all clients.
    #[arg(
        long,
        env = "MINDLOOM_REALTIME_MAX_CONNECTIONS",
        value_name = "COUNT",
        global = true,
        default_value_t = 50_000
    )]
    pub realtime_max_connections: usize,

    /// Channels that one connection may have joined at once.
    #[arg(
        long,
        env = "MINDLOOM_REALTIME_MAX_CHANNELS",
        value_name = "COUNT",
        global = true,
        default_value_t = 100
    )]
    pub realtime_max_channels: usize,

    /// Joins that one connection may ask for in a second.
    #[arg(
        long,
        env = "MINDLOOM_REALTIME_MAX_JOINS_PER_SECOND",
        value_name = "COUNT",
        global = true,
        default_value_t = 100
    )]
    pub realtime_max_joins_per_second: u32,

    /// Broadcasts that one caller may send in a second, over all sockets and requests. 0 is without limit.
    #[arg(
        long,
        env = "MINDLOOM_REALTIME_MAX_EVENTS_PER_SECOND",
        value_name = "COUNT",
        global = true,
        default_value_t = 100
    )]
    pub realtime_max_events_per_second: u32,

    /// Presence messages (track, untrack) that one caller may send in a second, over all sockets and requests. 0 is
    /// without limit.
    #[arg(
        long,
        env = "MINDLOOM_REALTIME_MAX_PRESENCE_PER_SECOND",
        value_name = "COUNT",
        global = true,
        default_value_t = 20
    )]
    pub realtime_max_presence_per_second: u32,

    /// Presences of one channel, over all servers.
    #[arg(
        long,
        env = "MINDLOOM_REALTIME_MAX_PRESENCES",
        value_name = "COUNT",
        global = true,
        default_value_t = 5_000
    )]
    pub realtime_max_presences: usize,

    /// The longest message that a client may send.
    #[arg(
        long,
        env = "MINDLOOM_REALTIME_MAX_MESSAGE_BYTES",
        value_name = "BYTES",
        global = true,
        default_value_t = 1_048_576
    )]
    pub realtime_max_message_bytes: u32,

    /// What may wait for one client; a client that reads more slowly is cut off.
    #[arg(
        long,
        env = "MINDLOOM_REALTIME_MAX_WAITING_BYTES",
        value_name = "BYTES",
        global = true,
        default_value_t = 8_388_608
    )]
    pub realtime_max_waiting_bytes: u32,

    /// A connection that says nothing for so long is closed; clients send a heartbeat every 25 s.
    #[arg(
        long,
        env = "MINDLOOM_REALTIME_IDLE_MS",
        value_name = "MS",
        global = true,
        default_value_t = 60_000
    )]
    pub realtime_idle_ms: u64,

    /// How often the right to read a private channel is checked again.
    #[arg(
        long,
        env = "MINDLOOM_REALTIME_RECHECK_MS",
        value_name = "MS",
        global = true,
        default_value_t = 60_000
    )]
    pub realtime_recheck_ms: u64,
}
