//! How often secrets may be tried and mails asked for. The counts live in `public.rate_limits`, so they
//! hold over all servers on one database.

use std::{net::IpAddr, time::Duration};

use deadpool_postgres::Client;
use sha2::{Digest, Sha256};

use crate::error::{Code, Error, Reason, Result};

/// A fixed window: so many events in so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// The name in the key.
    pub action: &'static str,
    /// Events allowed in a window.
    pub count: u32,
    /// The window's length.
    pub window: Duration,
}

/// The action whose events are mails to an account.
pub const MAIL: &str = "mail";

/// Who is counted.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'a> {
    /// A client's network address; transports that know none share one count.
    Address(Option<IpAddr>),
    /// An account, named as the client names it: whether it exists makes no difference.
    Account(&'a str),
    /// The same, of one client's network address.
    AccountFrom(&'a str, Option<IpAddr>),
}

/// One statement counts and tells: two servers that count at once both count.
const COUNT: &str = "
    insert into public.rate_limits as r (id, count, window_start, reset_time)
    values ($1, 1, now(), now() + make_interval(secs => $2))
    on conflict (id) do update set
      count = case when r.reset_time <= now() then 1 else least(r.count::bigint + 1, 2147483647)::int end,
      window_start = case when r.reset_time <= now() then now() else r.window_start end,
      reset_time = case when r.reset_time <= now() then excluded.reset_time else r.reset_time end
    returning count, ceil(extract(epoch from reset_time - now()) * 1000)::bigint";

/// Counts one event.
///
/// # Errors
/// RATE_LIMITED with `retryAfterMs` when it is one too many.
pub async fn count(client: &Client, limit: Limit, subject: Subject<'_>) -> Result<()> {
    let statement = client.prepare_cached(COUNT).await?;
    let seconds = limit.window.as_secs_f64();
    let row = client
        .query_one(&statement, &[&key(limit, subject), &seconds])
        .await?;
    if i64::from(row.get::<_, i32>(0)) <= i64::from(limit.count) {
        return Ok(());
    }
    let error = Error::new(Code::RateLimited, "Too many attempts; wait before the next")
        .with("retryAfterMs", row.get::<_, i64>(1).max(1));
    Err(match limit.action {
        MAIL => error.because(Reason::TooManyMails),
        _ => error,
    })
}

/// Forgets what was counted, after a success that shows the attempts were the owner's.
///
/// # Errors
/// UNAVAILABLE when the database does not answer.
pub async fn forget(client: &Client, limit: Limit, subject: Subject<'_>) -> Result<()> {
    let statement = client
        .prepare_cached("delete from public.rate_limits where id = $1")
        .await?;
    client.execute(&statement, &[&key(limit, subject)]).await?;
    Ok(())
}

/// Takes back what was counted of a part, from the part and from the whole.
const TAKE_BACK: &str = "
    with part as (delete from public.rate_limits where id = $1 returning count)
    update public.rate_limits r set count = greatest(r.count - coalesce((select p.count from part p), 0), 0)
    where r.id = $2";

/// Forgets what was counted of an account and an address, after a success there. Of what all addresses together tried
/// only that is taken back: a right password at home says nothing about the guesses of others.
///
/// # Errors
/// UNAVAILABLE when the database does not answer.
pub async fn take_back(
    client: &Client,
    (part, of_part): (Limit, Subject<'_>),
    (whole, of_whole): (Limit, Subject<'_>),
) -> Result<()> {
    let statement = client.prepare_cached(TAKE_BACK).await?;
    client
        .execute(&statement, &[&key(part, of_part), &key(whole, of_whole)])
        .await?;
    Ok(())
}

/// Addresses of people and machines are hashed: the table needs to compare them, not to know them.
fn key(limit: Limit, subject: Subject<'_>) -> String {
    let (kind, text) = match subject {
        Subject::Address(ip) => ("address", network(ip)),
        Subject::Account(name) => ("account", name.to_owned()),
        Subject::AccountFrom(name, ip) => ("account-address", format!("{} {name}", network(ip))),
    };
    let digest = Sha256::digest(text.as_bytes());
    let short = hex::encode(&digest[..16]);
    format!("{kind}:{}:{short}", limit.action)
}

/// Whoever has one IPv6 address has the 2^64 of its network.
fn network(ip: Option<IpAddr>) -> String {
    match ip.map(|ip| ip.to_canonical()) {
        None => "unknown".to_owned(),
        Some(IpAddr::V4(ip)) => ip.to_string(),
        Some(IpAddr::V6(ip)) => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Limit = Limit {
        action: "sign_in",
        count: 1,
        window: Duration::from_secs(1),
    };

    #[test]
    fn neighbours_in_an_ipv6_network_share_a_count() {
        let key = |ip: &str| key(LIMIT, Subject::Address(Some(ip.parse().unwrap())));
        assert_eq!(key("2001:db8::1"), key("2001:db8::ffff"));
        assert_ne!(key("2001:db8::1"), key("2001:db8:0:1::1"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
        assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
    }

    #[test]
    fn an_account_is_counted_apart_for_each_address() {
        let key = |ip: &str| {
            let ip = Some(ip.parse().unwrap());
            key(LIMIT, Subject::AccountFrom("ada@example.org", ip))
        };
        assert_eq!(key("2001:db8::1"), key("2001:db8::ffff"));
        assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
    }

    #[test]
    fn keys_hold_no_addresses() {
        assert!(!key(LIMIT, Subject::Account("ada@example.org")).contains("ada"));
        assert!(!key(LIMIT, Subject::AccountFrom("ada@example.org", None)).contains("ada"));
    }
}
