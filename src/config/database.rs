use clap::Args;

/// The database, its pools and their time limits.
#[derive(Args, Clone, Debug)]
pub struct DatabaseSettings {
    /// PostgreSQL >= 15 with pgvector to use instead of the embedded one, as
    /// postgresql://user:password@host:port/database?sslmode=verify-full. The user owns the tables and runs
    /// migrations.
    #[arg(long = "database-url", env = "DATABASE_URL", value_name = "URL", global = true, hide_env_values = true,
          value_parser = parse_url)]
    pub url: Option<DatabaseUrl>,

    /// Address of the same database for requests, logged in as `authenticator`. When absent, requests use
    /// DATABASE_URL and step down to `authenticator` first.
    #[arg(long, env = "MINDLOOM_AUTHENTICATOR_URL", value_name = "URL", global = true, hide_env_values = true,
          value_parser = parse_url)]
    pub authenticator_url: Option<DatabaseUrl>,

    /// Address of a connection pooler in transaction mode (PgBouncer and the like) before the same database, logged in
    /// as `authenticator`, for queries and single writes. Everything else needs sessions of its own and goes on using
    /// DATABASE_URL and MINDLOOM_AUTHENTICATOR_URL, which must lead to PostgreSQL itself.
    #[arg(long, env = "MINDLOOM_POOLER_URL", value_name = "URL", global = true, hide_env_values = true,
          value_parser = parse_url)]
    pub pooler_url: Option<DatabaseUrl>,

    /// Connections for queries and single writes, which are sent to the database whole.
    #[arg(long, env = "MINDLOOM_REQUEST_POOL_SIZE", value_name = "COUNT", global = true, default_value_t = 16,
          value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub request_pool_size: u32,

    /// Connections for operations of several steps: several writes, and custom operations.
    #[arg(long, env = "MINDLOOM_TRANSACTION_POOL_SIZE", value_name = "COUNT", global = true, default_value_t = 8,
          value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub transaction_pool_size: u32,

    /// Connections for the server's own work: accounts and the change log.
    #[arg(long, env = "MINDLOOM_SYSTEM_POOL_SIZE", value_name = "COUNT", global = true, default_value_t = 8,
          value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub system_pool_size: u32,

    /// Serve although what protects the rows differs from what the migrations make: policies, grants, row level
    /// security. `mindloom verify` names the differences.
    #[arg(long, env = "MINDLOOM_ALLOW_SCHEMA_DIFFERENCES", global = true,
          value_parser = clap::builder::BoolishValueParser::new())]
    pub allow_schema_differences: bool,

    /// The addresses are known to lead to PostgreSQL itself, and need not be asked whether a pooler lies between.
    #[arg(skip)]
    pub is_direct: bool,

    /// How long a start waits for another program that migrates the same database, and for whoever keeps a table
    /// locked that a migration changes.
    #[arg(long, env = "MINDLOOM_MIGRATION_WAIT_MS", value_name = "MS", global = true, default_value_t = 60_000,
          value_parser = clap::value_parser!(u64).range(1..=3_600_000))]
    pub migration_wait_ms: u64,

    /// How long a request may wait for a free connection before it is answered UNAVAILABLE.
    #[arg(long, env = "MINDLOOM_POOL_WAIT_MS", value_name = "MS", global = true, default_value_t = 5_000,
          value_parser = clap::value_parser!(u64).range(1..=600_000))]
    pub pool_wait_ms: u64,

    /// How long opening a connection may take.
    #[arg(long, env = "MINDLOOM_CONNECT_TIMEOUT_MS", value_name = "MS", global = true, default_value_t = 5_000,
          value_parser = clap::value_parser!(u64).range(1..=600_000))]
    pub connect_timeout_ms: u64,

    /// How long one statement of a request may run in the database.
    #[arg(long, env = "MINDLOOM_STATEMENT_TIMEOUT_MS", value_name = "MS", global = true, default_value_t = 30_000,
          value_parser = clap::value_parser!(u64).range(1..=3_600_000))]
    pub statement_timeout_ms: u64,

    /// How long a statement of a request may wait for a row that somebody else is changing before it is answered
    /// CONFLICT.
    #[arg(long, env = "MINDLOOM_LOCK_TIMEOUT_MS", value_name = "MS", global = true, default_value_t = 3_000,
          value_parser = clap::value_parser!(u64).range(1..=3_600_000))]
    pub lock_timeout_ms: u64,
}

/// The address of a database; its password never shows in `Debug`.
#[derive(Clone, Eq, PartialEq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// The address as written, password included.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same address with another database.
    #[must_use]
    pub fn with_database(&self, name: &str) -> Self {
        let (base, query) = self
            .0
            .split_once('?')
            .map_or((&*self.0, None), |(base, query)| (base, Some(query)));
        let host_end = base.find("://").map_or(0, |at| at + 3);
        let base = base[host_end..]
            .find('/')
            .map_or(base, |at| &base[..host_end + at]);
        Self(match query {
            Some(query) => format!("{base}/{name}?{query}"),
            None => format!("{base}/{name}"),
        })
    }

    /// An address that is known to be well formed because this program composed it.
    pub(crate) fn composed(url: String) -> Self {
        Self(url)
    }
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("DatabaseUrl(…)")
    }
}

impl std::str::FromStr for DatabaseUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        parse_url(text)
    }
}

fn parse_url(text: &str) -> Result<DatabaseUrl, String> {
    let allowed = "allowed is postgresql://user:password@host:port/database, with sslmode=disable, prefer, \
                   require, verify-ca or verify-full";
    if !(text.starts_with("postgres://") || text.starts_with("postgresql://")) {
        return Err(allowed.to_owned());
    }
    crate::db::check_url(text).map_err(|reason| format!("{reason}; {allowed}"))?;
    Ok(DatabaseUrl(text.to_owned()))
}
