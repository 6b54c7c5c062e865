//! What accounts do by themselves: send mails, listen to other servers, and throw away what has expired.

use std::{sync::Arc, time::Duration};

use tokio::task::JoinSet;

use super::{Accounts, failed};
use crate::{
    auth::Verifier,
    db::Absence,
    error::{Error, Result},
};

/// Mails that another server wrote, or that are to be tried again, are found this often.
const MAIL_EVERY: Duration = Duration::from_secs(15);
const PURGE_EVERY: Duration = Duration::from_secs(600);

/// A thousand rows of each at a time keeps every statement short. Used refresh tokens stay until they
/// expire: as long, their reuse is noticed.
const PURGE: [&str; 8] = [
    "delete from auth.sessions where id in (select id from auth.sessions where expires < now() limit 1000)",
    "delete from auth.refresh_tokens where id in \
       (select id from auth.refresh_tokens where expires_at < now() limit 1000)",
    "delete from auth.verification_tokens where id in \
       (select id from auth.verification_tokens where expires < now() limit 1000)",
    "delete from auth.oauth_flows where id in (select id from auth.oauth_flows where expires_at < now() limit 1000)",
    "delete from auth.mail_outbox where id in \
       (select id from auth.mail_outbox where created_at < now() - interval '1 day' limit 1000)",
    "delete from auth.ended_sessions where session_id in \
       (select session_id from auth.ended_sessions where created_at < now() - interval '1 day' limit 1000)",
    "delete from public.project_invitations where id in \
       (select id from public.project_invitations \
        where coalesce(answered_at, expires_at) < now() - interval '30 days' limit 1000)",
    "delete from public.rate_limits where id in \
       (select id from public.rate_limits where reset_time < now() limit 1000)",
];

/// Whoever comes back signs in, or refreshes their session. In small steps: each account takes along what it
/// holds.
const PURGE_ANONYMOUS: &str = "
    delete from auth.users where id in (
      select u.id from auth.users u
      where u.is_anonymous
        and greatest(u.created_at, u.last_sign_in_at) < now() - make_interval(days => $1)
        and not exists (
          select from auth.sessions s
          where s.user_id = u.id and s.refreshed_at >= now() - make_interval(days => $1))
      limit 50)";

impl Accounts {
    /// Starts the work in the background; it stops when the set is dropped.
    pub fn spawn_tasks(&self, verifier: Arc<Verifier>) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        if !self.own_accounts {
            return tasks;
        }
        tasks.spawn(self.clone().watch_database(verifier));
        tasks.spawn(self.clone().send_mails());
        tasks.spawn(self.clone().purge_regularly());
        tasks
    }

    async fn send_mails(self) {
        loop {
            match self.send_due_mails().await {
                // There may be more.
                Ok(1..) => continue,
                Ok(0) => {}
                Err(error) => say(&error, "mails could not be sent"),
            }
            let _ = tokio::time::timeout(MAIL_EVERY, self.mail_waits.notified()).await;
        }
    }

    async fn purge_regularly(self) {
        let mut ticks = tokio::time::interval(PURGE_EVERY);
        loop {
            ticks.tick().await;
            if let Err(error) = self.purge().await {
                say(&error, "expired sessions and tokens could not be removed");
            }
        }
    }

    /// Removes what has expired.
    ///
    /// # Errors
    /// UNAVAILABLE when the database does not answer.
    pub async fn purge(&self) -> Result<()> {
        let client = self.db.system().await?;
        for sql in PURGE {
            while client.execute(sql, &[]).await.map_err(failed)? == 1000 {}
        }
        let days = i32::from(self.settings.anonymous_days);
        if days > 0 {
            while client
                .execute(PURGE_ANONYMOUS, &[&days])
                .await
                .map_err(failed)?
                == 50
            {}
        }
        Ok(())
    }
}

/// Says what did not work, unless the database takes no changes, which was said when the server started.
fn say(error: &Error, what: &str) {
    if Absence::behind(error) != Some(Absence::ReadOnly) {
        tracing::warn!(%error, "{what}");
    }
}
