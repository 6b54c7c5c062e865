use clap::Args;

use super::DatabaseUrl;

/// The database, its pools and their time limits.
#[derive(Args, Clone, Debug)]
pub struct DatabaseSettings {
    /// PostgreSQL >= 15 with pgvector to use instead of the embedded one, as
    /// postgresql://user:password@host:port/database?sslmode=verify-full. The user owns the tables and runs
    /// migrations.
    #[arg(
        long = "database-url",
        env = "DATABASE_URL",
        value_name = "URL",
        global = true,
        hide_env_values = true
    )]
    pub url: Option<DatabaseUrl>,

    /// Address of the same database for requests, logged in as `authenticator`. When absent, requests use
    /// DATABASE_URL and step down to `authenticator` first.
    #[arg(
        long,
        env = "MINDLOOM_AUTHENTICATOR_URL",
        value_name = "URL",
        global = true,
        hide_env_values = true
    )]
    pub authenticator_url: Option<DatabaseUrl>,

    /// Address of a connection pooler in transaction mode (PgBouncer and the like) before the same database, logged in
    /// as `authenticator`, for queries and single writes. Everything else needs sessions of its own and goes on using
    /// DATABASE_URL and MINDLOOM_AUTHENTICATOR_URL, which must lead to PostgreSQL itself.
    #[arg(
        long,
        env = "MINDLOOM_POOLER_URL",
        value_name = "URL",
        global = true,
        hide_env_values = true
    )]
    pub pooler_url: Option<DatabaseUrl>,

    /// Connections for queries and single writes, which are sent to the database whole. A quarter of them is for slow
    /// work, another is lent to work that turns out to be slow while it runs, the rest is for quick work. Few are faster
    /// than many, except where the database waits for disks or is far away: how many quick work has is adapted to what
    /// is measured. Where this is set, the number stays as it is, unless MINDLOOM_REQUEST_POOL_MIN or
    /// MINDLOOM_REQUEST_POOL_MAX is set, too [default: four for each core of this machine, from 8 to 32].
    #[arg(long, env = "MINDLOOM_REQUEST_POOL_SIZE", value_name = "COUNT", global = true,
          value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub request_pool_size: Option<u32>,

    /// The fewest of them that there may be [default: three quarters of that number].
    #[arg(long, env = "MINDLOOM_REQUEST_POOL_MIN", value_name = "COUNT", global = true,
          value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub request_pool_min: Option<u32>,

    /// The most of them that there may be [default: twice that number].
    #[arg(long, env = "MINDLOOM_REQUEST_POOL_MAX", value_name = "COUNT", global = true,
          value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub request_pool_max: Option<u32>,

    /// Connections for operations of several steps: several writes, and custom operations. They are divided likewise.
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

    /// How long a request may wait for its turn at the database. One that would wait longer is answered UNAVAILABLE at
    /// once, with `retryAfterMs`.
    #[arg(long, env = "MINDLOOM_POOL_WAIT_MS", value_name = "MS", global = true, default_value_t = 5_000,
          value_parser = clap::value_parser!(u64).range(1..=600_000))]
    pub pool_wait_ms: u64,

    /// From how long on work is slow: it runs on connections of its own then.
    #[arg(long, env = "MINDLOOM_SLOW_STATEMENT_MS", value_name = "MS", global = true, default_value_t = 20,
          value_parser = clap::value_parser!(u64).range(1..=600_000))]
    pub slow_statement_ms: u64,

    /// The part of the places for quick work, and of those for slow work, that one caller may have while others wait.
    /// Callers are users; anonymous accounts and callers without a token are one for each address (for IPv6, each /64);
    /// the service role may have all places but one.
    #[arg(long, env = "MINDLOOM_CALLER_SHARE_PERCENT", value_name = "PERCENT", global = true, default_value_t = 50,
          value_parser = clap::value_parser!(u8).range(1..=100))]
    pub caller_share_percent: u8,

    /// How many requests of one caller may wait for their turn; of the service role, four times as many.
    #[arg(long, env = "MINDLOOM_CALLER_QUEUE_SIZE", value_name = "COUNT", global = true, default_value_t = 256,
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub caller_queue_size: u32,

    /// How many requests of all callers may wait for their turn.
    #[arg(long, env = "MINDLOOM_QUEUE_SIZE", value_name = "COUNT", global = true, default_value_t = 4_096,
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub queue_size: u32,

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

    /// Bytes that one operation may read from the database, and that its answer may have. Whoever needs more asks for
    /// less at once.
    #[arg(long, env = "MINDLOOM_MAX_ANSWER_BYTES", value_name = "BYTES", global = true, default_value_t = 64 << 20,
          value_parser = clap::value_parser!(u64).range(64 << 10..=1 << 30))]
    pub max_answer_bytes: u64,
}

/// How many connections there may be: so many at first, and then as measurements say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolRange {
    pub start: u32,
    pub min: u32,
    pub max: u32,
}

impl PoolRange {
    /// A number that stays as it is.
    pub fn fixed(size: u32) -> Self {
        PoolRange {
            start: size,
            min: size,
            max: size,
        }
    }
}

impl DatabaseSettings {
    /// How many connections there may be for queries and single writes.
    #[must_use]
    pub fn request_pool(&self) -> PoolRange {
        let start = self
            .request_pool_size
            .unwrap_or_else(default_request_pool_size);
        let (min, max) = match self.request_pool_size {
            Some(_) => (start, start),
            None => (start * 3 / 4, start * 2),
        };
        let min = self.request_pool_min.unwrap_or(min);
        let max = self.request_pool_max.unwrap_or(max).max(min);
        PoolRange {
            start: start.clamp(min, max),
            min,
            max,
        }
    }

    /// [`Self::max_answer_bytes`] as a size in memory.
    #[must_use]
    pub fn max_answer_bytes(&self) -> usize {
        usize::try_from(self.max_answer_bytes).unwrap_or(usize::MAX)
    }
}

/// Four for each core. The embedded PostgreSQL has the same cores as this program.
fn default_request_pool_size() -> u32 {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    u32::try_from(cores * 4).unwrap_or(u32::MAX).clamp(8, 32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;

    fn range(flags: &[&str]) -> PoolRange {
        let settings = Settings::from_flags(flags.iter().copied()).unwrap();
        settings.database.request_pool()
    }

    #[test]
    fn a_size_fixes_the_number_and_bounds_let_it_move() {
        let range_of = |start, min, max| PoolRange { start, min, max };
        let size = default_request_pool_size();
        assert_eq!(range(&[]), range_of(size, size * 3 / 4, size * 2));
        assert_eq!(range(&["--request-pool-size", "8"]), PoolRange::fixed(8));
        let wider = ["--request-pool-size", "8", "--request-pool-max", "20"];
        assert_eq!(range(&wider), range_of(8, 8, 20));
        let above = ["--request-pool-min", "100"];
        assert_eq!(range(&above), PoolRange::fixed(100));
    }
}
