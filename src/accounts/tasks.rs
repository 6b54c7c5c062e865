//! What accounts do by themselves: listen to other servers, and throw away what has expired.

use std::{convert::Infallible, sync::Arc};

use super::Accounts;
use crate::{auth::Verifier, error::Result, tasks::Tasks};

/// A thousand rows of each at a time keeps every statement short. Used refresh tokens stay until they
/// expire: as long, their reuse is noticed.
const PURGE: [&str; 10] = [
    "delete from auth.sessions where id in (select id from auth.sessions where expires < now() limit 1000)",
    "delete from auth.refresh_tokens where id in \
       (select id from auth.refresh_tokens where expires_at < now() limit 1000)",
    "delete from auth.verification_tokens where id in \
       (select id from auth.verification_tokens where expires < now() limit 1000)",
    "delete from auth.oauth_flows where id in (select id from auth.oauth_flows where expires_at < now() limit 1000)",
    "delete from auth.sign_in_codes where id in (select id from auth.sign_in_codes where expires_at < now() limit 1000)",
    "delete from auth.passkey_challenges where id in \
       (select id from auth.passkey_challenges where expires_at < now() - interval '5 minutes' limit 1000)",
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
    /// Starts the work in the background, unless another program keeps the accounts.
    pub fn start_tasks(&self, tasks: &Tasks, verifier: &Arc<Verifier>) {
        if !self.own_accounts {
            return;
        }
        let (accounts, verifier) = (self.clone(), Arc::clone(verifier));
        tasks.keep("ended sessions", move || {
            accounts.clone().follow_sessions(Arc::clone(&verifier))
        });
        // Last, so that it ends first: what it waits for may put a mail into the outbox.
        let begun = self.background.clone();
        tasks.keep_until("work after answers", move |stop| {
            let begun = begun.clone();
            async move {
                stop.cancelled().await;
                begun.close();
                begun.wait().await;
                Ok::<_, Infallible>(())
            }
        });
    }

    /// Removes some of what has expired, a thousand rows of a kind at most; whether there may be more.
    ///
    /// # Errors
    /// UNAVAILABLE when the database does not answer.
    pub async fn purge_step(&self) -> Result<bool> {
        if !self.own_accounts {
            return Ok(false);
        }
        let client = self.db.system().await?;
        let mut is_more = false;
        for sql in PURGE {
            is_more |= client.execute(sql, &[]).await? == 1000;
        }
        let days = i32::from(self.settings.anonymous_days);
        if days > 0 {
            is_more |= client.execute(PURGE_ANONYMOUS, &[&days]).await? == 50;
        }
        Ok(is_more)
    }
}
