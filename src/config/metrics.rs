use std::net::SocketAddr;

use clap::Args;

use super::SecretText;

/// Too short a token could be guessed.
const TOKEN_MIN_CHARACTERS: usize = 16;

/// Where the server's figures may be read. Without either setting they are not served.
#[derive(Args, Clone, Debug)]
pub struct MetricsSettings {
    /// Address and port of their own at which the figures are served (/metrics), for a network that only the
    /// operator reaches.
    #[arg(long, env = "MINDLOOM_METRICS_BIND", value_name = "ADDRESS:PORT", global = true,
          value_parser = super::http::parse_bind)]
    pub metrics_bind: Option<SocketAddr>,

    /// Token with which the figures are served beside everything else (/metrics with Authorization: Bearer …); it
    /// is then asked for at their own address, too.
    #[arg(long, env = "MINDLOOM_METRICS_TOKEN", value_name = "TOKEN", global = true, hide_env_values = true,
          value_parser = parse_token)]
    pub metrics_token: Option<SecretText>,
}

fn parse_token(text: &str) -> Result<SecretText, String> {
    if text.chars().count() < TOKEN_MIN_CHARACTERS {
        return Err(format!(
            "at least {TOKEN_MIN_CHARACTERS} characters are needed"
        ));
    }
    Ok(SecretText::new(text))
}
