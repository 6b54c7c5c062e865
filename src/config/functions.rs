use clap::Args;
use url::Url;

/// Functions of the application, which another server runs.
#[derive(Args, Clone, Debug)]
pub struct FunctionSettings {
    /// Address below which another server runs the application's functions: what supabase-js invokes by a name goes to
    /// <URL>/<name>, with the caller's token. When absent, there are none.
    #[arg(long, env = "MINDLOOM_FUNCTIONS_URL", value_name = "URL", global = true,
          value_parser = super::accounts::parse_http_url)]
    pub functions_url: Option<Url>,

    /// How long a function may take to begin its answer, and between two pieces of it.
    #[arg(long, env = "MINDLOOM_FUNCTIONS_TIMEOUT_MS", value_name = "MS", global = true, default_value_t = 150_000,
          value_parser = clap::value_parser!(u64).range(1..))]
    pub functions_timeout_ms: u64,

    /// Bytes that a function may be sent.
    #[arg(long, env = "MINDLOOM_FUNCTIONS_MAX_BODY_BYTES", value_name = "BYTES", global = true,
          default_value_t = 10 << 20)]
    pub functions_max_body_bytes: u64,
}
