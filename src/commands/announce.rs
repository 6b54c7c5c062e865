//! What a server says when it answers: where it is, how to get in, where its mails are.

use std::io::Write as _;
use std::net::SocketAddr;

use url::Url;

use crate::accounts::admin_invitations;
use crate::config::Settings;
use crate::db::Db;

/// Says that the server answers at `listening`, and what a newcomer needs to know next.
pub(super) async fn announce(settings: &Settings, db: &Db, listening: SocketAddr, address: &Url) {
    let url = address.as_str().trim_end_matches('/');
    tracing::info!(address = %listening, "ready: {url} for browsers, {url}/graphql for programs");
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
    let documents = &settings.documents;
    if documents.documents_only {
        let whose = match (&documents.documents, documents.documents_without_console) {
            (None, _) => "those of the console and of GraphiQL, for MINDLOOM_DOCUMENTS is not set",
            (Some(_), false) => "those of MINDLOOM_DOCUMENTS, of the console and of GraphiQL",
            (Some(_), true) => "those of MINDLOOM_DOCUMENTS",
        };
        tracing::info!("only registered documents are answered (MINDLOOM_DOCUMENTS_ONLY): {whose}");
    }
    offer_first_link(db, address).await;
}

/// Prints the link of the first administrator where there is none. It is no line of the log, which others may keep.
async fn offer_first_link(db: &Db, address: &Url) {
    // A standby keeps nothing; what else goes wrong here is told where it matters more.
    if db.is_read_only().await.unwrap_or(true) {
        return;
    }
    match admin_invitations::first_link(db, address).await {
        Ok(Some(link)) => {
            tracing::info!(
                "there is no administrator yet: the link on standard output makes one, once, within a day; \
                 `mindloom admin create EMAIL` makes another"
            );
            // Whoever closed it wants to read nothing.
            let _ = writeln!(std::io::stdout(), "{link}");
        }
        Ok(None) => {}
        Err(error) => tracing::warn!(%error, "there is no link for the first administrator"),
    }
}
