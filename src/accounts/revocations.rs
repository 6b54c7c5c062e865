//! What other servers do to sessions and keys reaches this one: it listens on a connection of its own, and
//! whenever it has (re)connected, reads what it may have missed.

use std::{sync::Arc, time::Duration};

use futures_util::{StreamExt as _, stream};
use tokio::sync::broadcast;
use tokio_postgres::AsyncMessage;
use uuid::Uuid;

use super::Accounts;
use crate::{auth::Verifier, db::Absence, error::Result};

/// How often the tables are looked at where nobody may listen, and the pause before a connection that was closed is
/// opened anew.
const LOOK_EVERY: Duration = Duration::from_secs(1);

impl Accounts {
    /// The ids of sessions as they end, on whichever server.
    pub fn ended_sessions(&self) -> broadcast::Receiver<Uuid> {
        self.ended_sessions.subscribe()
    }

    /// Follows what ends until that fails.
    pub(super) async fn follow_sessions(self, verifier: Arc<Verifier>) -> Result<()> {
        loop {
            match self.listen(&verifier).await {
                // A standby lets nobody listen.
                Err(error) if Absence::behind(&error) == Some(Absence::ReadOnly) => {
                    self.look(&verifier).await?;
                }
                listened => listened?,
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn listen(&self, verifier: &Verifier) -> Result<()> {
        let (client, mut connection) = self.db.connect_owner().await?;
        let mut messages = stream::poll_fn(move |context| connection.poll_message(context));
        let listening =
            client.batch_execute("listen mindloom_sessions; listen mindloom_signing_keys");
        // The connection makes progress only while its messages are read.
        let mut early = Vec::new();
        futures_util::pin_mut!(listening);
        loop {
            tokio::select! {
                done = &mut listening => break done?,
                message = messages.next() => match message {
                    Some(message) => early.push(message?),
                    None => return Ok(()),
                },
            }
        }
        // From here on nothing can be missed; what came before is read now.
        self.look(verifier).await?;
        let mut messages = stream::iter(early.into_iter().map(Ok)).chain(messages);
        while let Some(message) = messages.next().await {
            let AsyncMessage::Notification(notification) = message? else {
                continue;
            };
            match notification.channel() {
                "mindloom_signing_keys" => self.reload_keys(verifier).await?,
                _ => {
                    if let Ok(session) = notification.payload().parse() {
                        self.end(session, verifier);
                    }
                }
            }
        }
        Ok(())
    }

    /// Reads the keys and the sessions that have ended.
    async fn look(&self, verifier: &Verifier) -> Result<()> {
        self.reload_keys(verifier).await?;
        self.end_missed(verifier).await
    }

    /// Reads the signing keys and gives them to the verifier.
    ///
    /// # Errors
    /// UNAVAILABLE, or INTERNAL when a key cannot be opened.
    pub async fn reload_keys(&self, verifier: &Verifier) -> Result<()> {
        let client = self.db.system().await?;
        self.keys.reload(&client, &self.vault).await?;
        verifier.set_own_keys(self.keys.verification_keys());
        Ok(())
    }

    async fn end_missed(&self, verifier: &Verifier) -> Result<()> {
        let client = self.db.system().await?;
        let rows = client
            .query("select session_id from auth.ended_sessions", &[])
            .await?;
        for row in rows {
            self.end(row.get(0), verifier);
        }
        Ok(())
    }

    fn end(&self, session: Uuid, verifier: &Verifier) {
        verifier.sessions().end_session(session);
        // Nobody may be listening.
        let _ = self.ended_sessions.send(session);
    }
}
