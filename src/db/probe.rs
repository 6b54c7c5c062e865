//! What is asked of a server before anything else: its version, whether it takes changes, and whether a connection is a
//! session of its own.

use tokio_postgres::{Client, SimpleQueryMessage, SimpleQueryRow};

const SERVER_VERSION_MIN: u32 = 150_000;

/// What a server says of itself.
#[derive(Debug)]
pub(super) struct Server {
    /// Its version, when it is too old for the migrations.
    pub(super) too_old: Option<String>,
    /// Whether it takes no changes: a standby, or set so.
    pub(super) is_read_only: bool,
}

/// Asks a server.
///
/// # Errors
/// When it does not answer.
pub(super) async fn ask(client: &Client) -> Result<Server, tokio_postgres::Error> {
    let row = first(
        client,
        "select current_setting('server_version_num'), current_setting('server_version'),
           pg_is_in_recovery() or current_setting('default_transaction_read_only')::boolean",
    )
    .await?;
    let text = |index| row.as_ref().and_then(|row| row.get(index)).unwrap_or("");
    let version: u32 = text(0).parse().unwrap_or(0);
    Ok(Server {
        too_old: (version < SERVER_VERSION_MIN).then(|| text(1).to_owned()),
        is_read_only: text(2) == "t",
    })
}

/// Whether two open connections are served by one session, or one by several: then a pooler in transaction mode lies
/// between, which keeps no setting, no lock, no LISTEN and no prepared statement. Asked by the simple protocol, which
/// such a pooler passes on.
///
/// # Errors
/// When one of them does not answer.
pub(super) async fn share_sessions(
    one: &Client,
    other: &Client,
) -> Result<bool, tokio_postgres::Error> {
    /// A pooler that is busy may hand out another session now and then.
    const ROUNDS: u32 = 3;
    let first = (backend(one).await?, backend(other).await?);
    let mut shared = first.0 == first.1;
    for _ in 1..ROUNDS {
        shared |= backend(one).await? != first.0 || backend(other).await? != first.1;
    }
    Ok(shared)
}

/// Whether a connection is logged in as the role of requests.
///
/// # Errors
/// When the server does not answer.
pub(super) async fn is_authenticator(client: &Client) -> Result<bool, tokio_postgres::Error> {
    let row = first(client, "select session_user").await?;
    Ok(row.is_some_and(|row| row.get(0) == Some("authenticator")))
}

async fn backend(client: &Client) -> Result<Option<i32>, tokio_postgres::Error> {
    let row = first(client, "select pg_backend_pid()").await?;
    Ok(row.and_then(|row| row.get(0)?.parse().ok()))
}

async fn first(
    client: &Client,
    sql: &str,
) -> Result<Option<SimpleQueryRow>, tokio_postgres::Error> {
    let messages = client.simple_query(sql).await?;
    Ok(messages.into_iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    }))
}
