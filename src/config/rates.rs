use clap::Args;

use crate::memory;

/// What one caller may ask in a time and at once; beyond it the answer is RATE_LIMITED, with when to come back. Counted
/// for each user, and for each address (an IPv6 network of 64 bits) where there is no token or only an anonymous account.
/// The service role is not counted. Behind a reverse proxy set MINDLOOM_PROXIES: else all of those are one address.
#[derive(Args, Clone, Debug)]
pub struct RateSettings {
    /// Requests and operations of any kind that one caller may send in a second, on all transports together; twice as
    /// many may come at once. 0 is without limit.
    #[arg(
        long,
        env = "MINDLOOM_REQUESTS_PER_SECOND",
        value_name = "COUNT",
        global = true,
        default_value_t = 2_000
    )]
    pub requests_per_second: u32,

    /// Mutations that anonymous accounts and callers without a token may send from one address in a second; ten times as
    /// many may come at once. What concerns accounts has limits of its own. 0 is without limit.
    #[arg(
        long,
        env = "MINDLOOM_STRANGER_WRITES_PER_SECOND",
        value_name = "COUNT",
        global = true,
        default_value_t = 10
    )]
    pub stranger_writes_per_second: u32,

    /// Operations that one caller may have running at once on WebSockets and event streams, over all of them.
    #[arg(
        long,
        env = "MINDLOOM_MAX_CALLER_OPERATIONS",
        value_name = "COUNT",
        global = true,
        default_value_t = 1_000
    )]
    pub max_caller_operations: usize,

    /// Bytes of answers that clients have not read yet, over all of them; answers of up to 64 KiB are not counted. One
    /// caller may have as much as it leaves free: half, where nobody else reads slowly. An answer for which there is no
    /// room is UNAVAILABLE instead. Never less than two answers of the largest size [default: an eighth of the memory
    /// that the server may have, from 64 to 512 MiB].
    #[arg(long, env = "MINDLOOM_MAX_UNREAD_BYTES", value_name = "BYTES", global = true,
          default_value_t = default_unread_bytes(), hide_default_value = true,
          value_parser = clap::value_parser!(u64).range(1 << 20..))]
    pub max_unread_bytes: u64,

    /// Event streams that are reserved and not opened yet, over all callers.
    #[arg(
        long,
        env = "MINDLOOM_MAX_RESERVATIONS",
        value_name = "COUNT",
        global = true,
        default_value_t = 1_000
    )]
    pub max_reservations: usize,

    /// Event streams that one caller may have reserved and not opened yet.
    #[arg(
        long,
        env = "MINDLOOM_MAX_CALLER_RESERVATIONS",
        value_name = "COUNT",
        global = true,
        default_value_t = 20
    )]
    pub max_caller_reservations: usize,

    /// How long a reserved event stream waits to be opened.
    #[arg(long, env = "MINDLOOM_RESERVATION_MS", value_name = "MS", global = true, default_value_t = 15_000,
          value_parser = clap::value_parser!(u64).range(100..=600_000))]
    pub reservation_ms: u64,
}

fn default_unread_bytes() -> u64 {
    (memory::machine_bytes() / 8).clamp(64 << 20, 512 << 20)
}
