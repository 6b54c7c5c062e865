//! Sign-outs reach what is already open: sockets and streams watch their session here.
//!
//! Whoever ends a session (an account route, or the reader of another server's change) says so with
//! [`Sessions::end_session`] or [`Sessions::end_user`]. From then on its tokens are refused by this
//! process although their time is not over, and its sockets and streams end with 4403.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, SystemTime},
};

use dashmap::{DashMap, mapref::entry::Entry};
use moka::sync::Cache;
use serde_json::Value;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use uuid::Uuid;

use super::Caller;

/// Endings are remembered as long as the longest access token of a session lives, with room to spare.
const REMEMBER: Duration = Duration::from_secs(24 * 3600);
/// Enough for a day of sign-outs; beyond it the oldest are forgotten, whose tokens have run out.
const REMEMBER_MAX: u64 = 200_000;

/// The sessions that ended lately, and who is to be told when one ends.
#[derive(Debug)]
pub struct Sessions {
    watched: DashMap<Uuid, WatchedSession>,
    ended: Cache<Uuid, ()>,
    users: Cache<Uuid, SystemTime>,
    any_ended: AtomicBool,
}

#[derive(Debug)]
struct WatchedSession {
    user_id: Option<Uuid>,
    over: CancellationToken,
    watches: usize,
}

impl Default for Sessions {
    fn default() -> Self {
        Sessions {
            watched: DashMap::new(),
            ended: Cache::builder()
                .max_capacity(REMEMBER_MAX)
                .time_to_live(REMEMBER)
                .build(),
            users: Cache::builder()
                .max_capacity(REMEMBER_MAX)
                .time_to_live(REMEMBER)
                .build(),
            any_ended: AtomicBool::new(false),
        }
    }
}

impl Sessions {
    /// Ends one session: its tokens, sockets and streams.
    pub fn end_session(&self, session_id: Uuid) {
        self.ended.insert(session_id, ());
        self.any_ended.store(true, Ordering::Release);
        if let Some(watched) = self.watched.get(&session_id) {
            watched.over.cancel();
        }
    }

    /// Ends everything a user has open: all tokens issued up to now, and their sockets and streams.
    pub fn end_user(&self, user_id: Uuid) {
        self.users.insert(user_id, SystemTime::now());
        self.any_ended.store(true, Ordering::Release);
        for watched in self
            .watched
            .iter()
            .filter(|watched| watched.user_id == Some(user_id))
        {
            watched.over.cancel();
        }
    }

    /// Whether the caller's session, or the caller's tokens of that time, were ended.
    pub fn is_over(&self, caller: &Caller) -> bool {
        if !self.any_ended.load(Ordering::Acquire) {
            return false;
        }
        if caller
            .session_id
            .is_some_and(|session| self.ended.contains_key(&session))
        {
            return true;
        }
        let Some(ended) = caller.user_id.and_then(|user| self.users.get(&user)) else {
            return false;
        };
        // A token without `iat` cannot show that it is newer. `iat` is in whole seconds: one issued in the very
        // second of the ending counts as newer, or a password change would lock its own author out.
        let issued = caller
            .claims
            .get("iat")
            .and_then(Value::as_u64)
            .unwrap_or(0);
        let ended = ended
            .duration_since(SystemTime::UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        issued < ended
    }

    /// Watches the caller's session. Callers without a user have nothing that could end.
    pub fn watch(self: &Arc<Self>, caller: &Caller) -> SessionWatch {
        let Some(key) = caller.session_id.or(caller.user_id) else {
            return SessionWatch {
                sessions: None,
                over: CancellationToken::new(),
            };
        };
        let over = match self.watched.entry(key) {
            Entry::Occupied(mut entry) => {
                let watched = entry.get_mut();
                watched.watches += 1;
                watched.over.clone()
            }
            Entry::Vacant(entry) => {
                let over = CancellationToken::new();
                entry.insert(WatchedSession {
                    user_id: caller.user_id,
                    over: over.clone(),
                    watches: 1,
                });
                over
            }
        };
        // The session may have ended between the token's check and this line.
        if self.is_over(caller) {
            over.cancel();
        }
        SessionWatch {
            sessions: Some((Arc::clone(self), key)),
            over,
        }
    }
}

/// Tells when a session is over; dropping it ends the watching.
#[derive(Debug)]
pub struct SessionWatch {
    sessions: Option<(Arc<Sessions>, Uuid)>,
    over: CancellationToken,
}

impl SessionWatch {
    /// Waits until the session is over; forever for callers without one.
    pub fn over(&self) -> WaitForCancellationFutureOwned {
        self.over.clone().cancelled_owned()
    }
}

impl Drop for SessionWatch {
    fn drop(&mut self) {
        let Some((sessions, key)) = self.sessions.take() else {
            return;
        };
        sessions.watched.remove_if_mut(&key, |_, watched| {
            watched.watches -= 1;
            watched.watches == 0
        });
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::auth::Role;

    fn caller(session: Uuid, user: Uuid, issued: u64) -> Caller {
        let claims = json!({"sub": user, "session_id": session, "iat": issued});
        Caller::from_claims(
            Role::Authenticated,
            claims.as_object().cloned().unwrap_or_default(),
        )
    }

    #[tokio::test]
    async fn an_ended_session_is_over_for_watches_and_tokens() {
        let sessions = Arc::new(Sessions::default());
        let (ours, other) = (
            caller(Uuid::new_v4(), Uuid::new_v4(), 0),
            caller(Uuid::new_v4(), Uuid::new_v4(), 0),
        );
        let (watch, unconcerned) = (sessions.watch(&ours), sessions.watch(&other));
        sessions.end_session(ours.session_id.unwrap_or_default());
        watch.over().await;
        assert!(sessions.is_over(&ours));
        assert!(!sessions.is_over(&other));
        assert!(!unconcerned.over.is_cancelled());
        assert!(
            sessions.watch(&ours).over.is_cancelled(),
            "a later watch knows it at once"
        );
    }

    #[tokio::test]
    async fn ending_a_user_spares_newer_tokens() {
        let sessions = Arc::new(Sessions::default());
        let user = Uuid::new_v4();
        let old = caller(Uuid::new_v4(), user, 1_000);
        let watch = sessions.watch(&old);
        sessions.end_user(user);
        watch.over().await;
        let now = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        assert!(sessions.is_over(&old));
        assert!(!sessions.is_over(&caller(Uuid::new_v4(), user, now + 1)));
    }

    #[test]
    fn the_last_watch_leaves_nothing_behind() {
        let sessions = Arc::new(Sessions::default());
        let ours = caller(Uuid::new_v4(), Uuid::new_v4(), 0);
        let (first, second) = (sessions.watch(&ours), sessions.watch(&ours));
        drop(first);
        assert_eq!(sessions.watched.len(), 1);
        drop(second);
        assert!(sessions.watched.is_empty());
    }
}
