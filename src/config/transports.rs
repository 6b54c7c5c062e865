use clap::Args;

/// Browsers, proxies, sockets and streams.
#[derive(Args, Clone, Debug)]
pub struct TransportSettings {
    /// Origins whose pages may call this server, separated by commas, such as https://app.example.com; `*` lets
    /// every page. The server's own origin always may, and pages of this machine when the server is called as
    /// localhost.
    #[arg(long, env = "MINDLOOM_ALLOWED_ORIGINS", value_name = "ORIGIN,…", global = true, value_delimiter = ',',
          value_parser = parse_origin)]
    pub allowed_origins: Vec<AllowedOrigin>,

    /// How many reverse proxies in front add to X-Forwarded-For; 0 ignores that header, X-Forwarded-Host and
    /// X-Forwarded-Proto.
    #[arg(long, env = "MINDLOOM_PROXIES", value_name = "COUNT", global = true, default_value_t = 0,
          value_parser = clap::value_parser!(u8).range(0..=8))]
    pub proxies: u8,

    /// Answers of at least this many bytes are compressed for clients that accept it.
    #[arg(
        long,
        env = "MINDLOOM_COMPRESS_FROM_BYTES",
        value_name = "BYTES",
        global = true,
        default_value_t = 1_024
    )]
    pub compress_from_bytes: u64,

    /// How long a client may take to send a request's body.
    #[arg(long, env = "MINDLOOM_BODY_TIMEOUT_MS", value_name = "MS", global = true, default_value_t = 15_000,
          value_parser = clap::value_parser!(u64).range(100..=600_000))]
    pub body_timeout_ms: u64,

    /// WebSockets and event streams that may be open at once.
    #[arg(
        long,
        env = "MINDLOOM_MAX_SOCKETS",
        value_name = "COUNT",
        global = true,
        default_value_t = 20_000
    )]
    pub max_sockets: usize,

    /// Operations that may run at once on one WebSocket or event stream.
    #[arg(
        long,
        env = "MINDLOOM_MAX_SOCKET_OPERATIONS",
        value_name = "COUNT",
        global = true,
        default_value_t = 100
    )]
    pub max_socket_operations: usize,

    /// How long a new WebSocket may take to send `connection_init`.
    #[arg(long, env = "MINDLOOM_SOCKET_INIT_MS", value_name = "MS", global = true, default_value_t = 5_000,
          value_parser = clap::value_parser!(u64).range(10..=600_000))]
    pub socket_init_ms: u64,

    /// How often the server pings a WebSocket and keeps an event stream alive; a WebSocket that was silent for
    /// two such times is closed.
    #[arg(long, env = "MINDLOOM_SOCKET_PING_MS", value_name = "MS", global = true, default_value_t = 20_000,
          value_parser = clap::value_parser!(u64).range(10..=600_000))]
    pub socket_ping_ms: u64,

    /// How long a WebSocket or event stream may stay open with no operation on it.
    #[arg(long, env = "MINDLOOM_SOCKET_IDLE_MS", value_name = "MS", global = true, default_value_t = 900_000,
          value_parser = clap::value_parser!(u64).range(10..))]
    pub socket_idle_ms: u64,

    /// How long a client may take to read what is sent to it before it is cut off.
    #[arg(long, env = "MINDLOOM_SOCKET_STALL_MS", value_name = "MS", global = true, default_value_t = 10_000,
          value_parser = clap::value_parser!(u64).range(10..=600_000))]
    pub socket_stall_ms: u64,

    /// Time over which open WebSockets and streams are told to reconnect when the server stops, so that not all
    /// come back at once.
    #[arg(long, env = "MINDLOOM_DRAIN_SPREAD_MS", value_name = "MS", global = true, default_value_t = 3_000,
          value_parser = clap::value_parser!(u64).range(0..=600_000))]
    pub drain_spread_ms: u64,
}

/// An origin as browsers send it, or all of them.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum AllowedOrigin {
    /// Every page, `null` origins included.
    Any,
    /// Scheme, host and, where it is not the scheme's own, port.
    Exact(String),
}

fn parse_origin(text: &str) -> Result<AllowedOrigin, String> {
    let text = text.trim();
    if text == "*" {
        return Ok(AllowedOrigin::Any);
    }
    let refused =
        || "allowed is * or scheme://host[:port], such as https://app.example.com".to_owned();
    let url = url::Url::parse(text).map_err(|_| refused())?;
    let bare = url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty();
    match url.origin() {
        origin @ url::Origin::Tuple(..) if bare => {
            Ok(AllowedOrigin::Exact(origin.ascii_serialization()))
        }
        _ => Err(refused()),
    }
}
