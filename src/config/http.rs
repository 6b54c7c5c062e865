use std::net::SocketAddr;

use clap::Args;

/// Where and how the server answers.
#[derive(Args, Clone, Debug)]
pub struct HttpSettings {
    /// Address and port to listen on; port 0 picks a free one.
    #[arg(long, env = "MINDLOOM_BIND", value_name = "ADDRESS:PORT", global = true,
          default_value = "127.0.0.1:4000", value_parser = parse_bind)]
    pub bind: SocketAddr,

    /// How long running requests may take to finish after the server was told to stop.
    #[arg(
        long,
        env = "MINDLOOM_SHUTDOWN_GRACE_MS",
        value_name = "MS",
        global = true,
        default_value_t = 10_000
    )]
    pub shutdown_grace_ms: u64,
}

fn parse_bind(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        "allowed is address:port, such as 127.0.0.1:4000, 0.0.0.0:4000 or [::1]:4000".to_owned()
    })
}
