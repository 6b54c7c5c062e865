use clap::Args;

/// Connections of clients: how long they may keep the server waiting, and how many there may be. When there is no room,
/// those on which nothing happens are closed first; /healthz, /readyz and /metrics are answered always.
#[derive(Args, Clone, Debug)]
pub struct ConnectionSettings {
    /// How long a client may take to send the head of a request, the first one counted from when it connected.
    #[arg(long, env = "MINDLOOM_HEADER_TIMEOUT_MS", value_name = "MS", global = true, default_value_t = 10_000,
          value_parser = clap::value_parser!(u64).range(50..=600_000))]
    pub header_timeout_ms: u64,

    /// How long a connection may wait for the next request. Longer than proxies keep theirs (60 s commonly), so that
    /// none is closed while a request is on its way.
    #[arg(long, env = "MINDLOOM_IDLE_TIMEOUT_MS", value_name = "MS", global = true, default_value_t = 75_000,
          value_parser = clap::value_parser!(u64).range(50..=3_600_000))]
    pub idle_timeout_ms: u64,

    /// Connections in all, WebSockets included; 0 is as many as the limit of open files (ulimit -n) leaves room for.
    #[arg(
        long,
        env = "MINDLOOM_MAX_CONNECTIONS",
        value_name = "COUNT",
        global = true,
        default_value_t = 0
    )]
    pub max_connections: usize,

    /// Connections from one address (an IPv6 network of 64 bits), WebSockets included; 0 is without limit. Where it is
    /// not set: 1,000, and no limit behind reverse proxies (MINDLOOM_PROXIES), whose address is everybody's.
    #[arg(
        long,
        env = "MINDLOOM_MAX_CONNECTIONS_PER_ADDRESS",
        value_name = "COUNT",
        global = true
    )]
    pub max_connections_per_address: Option<usize>,

    /// Requests that may run at once on one connection of HTTP/2.
    #[arg(long, env = "MINDLOOM_MAX_STREAMS", value_name = "COUNT", global = true, default_value_t = 100,
          value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub max_streams: u32,

    /// How often a connection of HTTP/2 is asked whether its client is still there; one that does not answer in as
    /// long is closed.
    #[arg(long, env = "MINDLOOM_HTTP2_PING_MS", value_name = "MS", global = true, default_value_t = 20_000,
          value_parser = clap::value_parser!(u64).range(50..=600_000))]
    pub http2_ping_ms: u64,

    /// How long the server goes on as before after SIGTERM, except that /readyz says 503 and connections are closed
    /// after their answers: so long a load balancer has to take it out of its list. SIGINT and SIGHUP stop at once, and so does a
    /// second signal.
    #[arg(long, env = "MINDLOOM_SHUTDOWN_DELAY_MS", value_name = "MS", global = true, default_value_t = 3_000,
          value_parser = clap::value_parser!(u64).range(0..=600_000))]
    pub shutdown_delay_ms: u64,
}

impl ConnectionSettings {
    /// Connections from one address, with so many reverse proxies in front.
    #[must_use]
    pub fn per_address(&self, proxies: u8) -> usize {
        const DEFAULT: usize = 1_000;
        match self.max_connections_per_address {
            Some(0) => usize::MAX,
            Some(count) => count,
            None if proxies > 0 => usize::MAX,
            None => DEFAULT,
        }
    }
}
