use std::path::PathBuf;

use clap::Args;

/// Whose tokens are believed.
#[derive(Args, Clone, Debug)]
pub struct CallerSettings {
    /// Keys that verify tokens signed with RS256, ES256 or EdDSA: a JWKS document, as an https address (fetched
    /// again every 10 minutes and when a token names an unknown key) or as a file (read again when it changed).
    /// Needs MINDLOOM_JWT_ISSUER.
    #[arg(long, env = "MINDLOOM_JWKS", value_name = "URL|FILE", global = true, value_parser = parse_jwks)]
    pub jwks: Option<JwksLocation>,

    /// Issuers whose tokens are believed (`iss`), separated by commas. When absent, tokens signed with the
    /// server's own secret may name any issuer or none.
    #[arg(
        long,
        env = "MINDLOOM_JWT_ISSUER",
        value_name = "ISSUER,…",
        global = true,
        value_delimiter = ','
    )]
    pub jwt_issuer: Vec<String>,

    /// Audience that a signed-in user's token must name (`aud`); those of this server's own sign-in do.
    #[arg(
        long,
        env = "MINDLOOM_JWT_AUDIENCE",
        value_name = "AUDIENCE",
        global = true,
        default_value = "authenticated"
    )]
    pub jwt_audience: String,

    /// How far the clocks of an issuer and this server may differ when `exp` and `nbf` are checked.
    #[arg(long, env = "MINDLOOM_JWT_LEEWAY_S", value_name = "SECONDS", global = true, default_value_t = 5,
          value_parser = clap::value_parser!(u64).range(0..=300))]
    pub jwt_leeway_s: u64,

    /// Rows that an anonymous account may have, over all tables; 0 is without limit.
    #[arg(
        long,
        env = "MINDLOOM_ANONYMOUS_MAX_ROWS",
        value_name = "COUNT",
        global = true,
        default_value_t = 1_000
    )]
    pub anonymous_max_rows: u64,

    /// Bytes of the rows that an anonymous account may have; 0 is without limit.
    #[arg(
        long,
        env = "MINDLOOM_ANONYMOUS_MAX_ROW_BYTES",
        value_name = "BYTES",
        global = true,
        default_value_t = 10 << 20
    )]
    pub anonymous_max_row_bytes: u64,

    /// Rows that any other account may have, administrators excepted; 0 is without limit.
    #[arg(
        long,
        env = "MINDLOOM_USER_MAX_ROWS",
        value_name = "COUNT",
        global = true,
        default_value_t = 0
    )]
    pub user_max_rows: u64,

    /// Bytes of the rows that any other account may have, administrators excepted; 0 is without limit.
    #[arg(
        long,
        env = "MINDLOOM_USER_MAX_ROW_BYTES",
        value_name = "BYTES",
        global = true,
        default_value_t = 0
    )]
    pub user_max_row_bytes: u64,
}

/// Where a JWKS document lies.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum JwksLocation {
    /// On a web server.
    Url(url::Url),
    /// On this machine.
    File(PathBuf),
}

fn parse_jwks(text: &str) -> Result<JwksLocation, String> {
    let Ok(url) = url::Url::parse(text) else {
        return Ok(JwksLocation::File(PathBuf::from(text)));
    };
    let loopback = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    match url.scheme() {
        "https" => Ok(JwksLocation::Url(url)),
        // Keys fetched without TLS could be anybody's; on this machine nobody is in between.
        "http" if loopback => Ok(JwksLocation::Url(url)),
        _ => Err("allowed is https://…, http:// on this machine, or the path of a file".to_owned()),
    }
}

impl CallerSettings {
    /// What an account with an address may have, as the database takes it: `{"rows": …, "bytes": …}`; 0 is without
    /// limit.
    #[must_use]
    pub fn quotas(&self) -> serde_json::Value {
        serde_json::json!({"rows": self.user_max_rows, "bytes": self.user_max_row_bytes})
    }
}
