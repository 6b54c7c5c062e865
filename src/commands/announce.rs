//! What a server says when it answers: where it is, how to get in, where its mails are.

use std::net::SocketAddr;

use url::Url;

use crate::config::Settings;
use crate::db::Db;

/// Says that the server answers at `listening`, and what a newcomer needs to know next.
pub(super) async fn announce(settings: &Settings, db: &Db, listening: SocketAddr, url: &Url) {
    let url = url.as_str().trim_end_matches('/');
    tracing::info!(address = %listening, "ready: {url}/graphiql for browsers, {url}/graphql for programs");
    if settings.accounts.smtp_url.is_none() {
        tracing::info!(
            "mails are not sent, because MINDLOOM_SMTP_URL is not set: `mindloom mail` shows them"
        );
    }
    if settings.jobs.workers == 0 {
        tracing::warn!(
            "this server works on no jobs (--workers 0): mails, embeddings and upkeep wait for a `mindloom worker` \
             on the same database"
        );
    }
    if has_nobody(db).await {
        tracing::info!(
            "nobody has an account yet: sign in at {url}/graphiql, or let `mindloom demo` make people and a token"
        );
    }
}

/// Whether there is no account. Whoever cannot tell, as beside another program's accounts, says no.
async fn has_nobody(db: &Db) -> bool {
    let Ok(client) = db.system().await else {
        return false;
    };
    let anybody = "select exists (select from auth.users)";
    match client.query_one(anybody, &[]).await {
        Ok(row) => !row.get::<_, bool>(0),
        Err(_) => false,
    }
}
