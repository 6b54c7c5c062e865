//! Sessions: who is signed in where. A session is made by a sign-in, carried on by refresh tokens, and
//! gone from the table when it ends.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use deadpool_postgres::Transaction;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Accounts, Client, secret::Secret, users, users::User};
use crate::{
    auth::Caller,
    error::{Code, Error, Reason, Result},
};

/// How somebody showed who they are, as the `amr` claim names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Without any credential.
    Anonymous,
    /// Being the operator, who may run commands on the server.
    CommandLine,
    /// A link or code from a mail.
    Otp,
    /// Another provider.
    OAuth,
    /// A key of the owner's device.
    Passkey,
    /// A password.
    Password,
    /// A link or code from a mail about a forgotten password.
    Recovery,
    /// One of the codes noted down when the second factor was set up.
    RecoveryCode,
    /// A code of an authenticator app.
    Totp,
    /// A key of a device, after something else.
    Webauthn,
}

impl Method {
    /// Its name in the `amr` claim.
    pub const fn as_str(self) -> &'static str {
        match self {
            Method::Anonymous => "anonymous",
            Method::CommandLine => "command_line",
            Method::OAuth => "oauth",
            Method::Otp => "otp",
            Method::Passkey => "passkey",
            Method::Password => "password",
            Method::Recovery => "recovery",
            Method::RecoveryCode => "mfa/recovery_code",
            Method::Totp => "totp",
            Method::Webauthn => "mfa/webauthn",
        }
    }
}

/// What a client gets when it signs in or refreshes.
pub struct Issued {
    /// The JSON web token for requests.
    pub access_token: Secret,
    /// Good once, for the next pair.
    pub refresh_token: Secret,
    /// When the access token ends, in seconds since 1970.
    pub expires_at: i64,
    /// How many seconds that is from now.
    pub expires_in: u32,
    /// The session.
    pub session_id: Uuid,
    /// Whose it is.
    pub user: User,
}

impl Issued {
    /// `AuthSession` of the schema.
    pub fn to_json(&self) -> Value {
        json!({
            "accessToken": self.access_token.expose(),
            "refreshToken": self.refresh_token.expose(),
            "tokenType": "bearer",
            "expiresIn": self.expires_in,
            "expiresAt": DateTime::from_timestamp(self.expires_at, 0),
            "user": self.user.to_json(),
        })
    }
}

/// A session's row, locked.
pub(super) struct SessionRow {
    pub id: Uuid,
    pub aal: String,
    /// The list of `{method, timestamp}` of the claim.
    pub amr: Value,
}

/// A session as its owner sees it.
pub struct SessionInfo {
    /// The key, for `revokeSession`.
    pub id: Uuid,
    /// What the browser or app called itself.
    pub user_agent: Option<String>,
    /// Where it was last seen.
    pub ip: Option<IpAddr>,
    /// `aal1`, or `aal2` after a second factor.
    pub aal: String,
    /// When it signed in.
    pub created_at: DateTime<Utc>,
    /// When it last refreshed.
    pub refreshed_at: DateTime<Utc>,
    /// When it ends if it is not refreshed.
    pub expires_at: DateTime<Utc>,
}

/// Which sessions a sign-out ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Scope {
    /// This one.
    Local,
    /// All but this one.
    Others,
    /// All.
    Global,
}

impl Accounts {
    /// Signs somebody in who has shown who they are.
    pub(super) async fn start_session(
        &self,
        tx: &Transaction<'_>,
        user: &User,
        method: Method,
        client: &Client,
    ) -> Result<Issued> {
        let refresh_token = Secret::random()?;
        let amr = json!([amr_entry(method)]);
        let row = tx
            .query_one(
                "insert into auth.sessions (session_token, user_id, user_agent, ip, expires, amr) \
                 values ($1, $2, left($3, 1000), $4, now() + make_interval(days => $5), $6) \
                 returning id, aal, amr",
                &[
                    &hex::encode(refresh_token.digest()),
                    &user.id,
                    &client.user_agent,
                    &client.ip,
                    &self.session_days(),
                    &amr,
                ],
            )
            .await?;
        let session = SessionRow::from_row(&row);
        self.insert_refresh_token(tx, &refresh_token, user.id, session.id, None)
            .await?;
        let user = self.touch(tx, user.id).await?;
        self.issue(user, &session, refresh_token)
    }

    async fn touch(&self, tx: &Transaction<'_>, id: Uuid) -> Result<User> {
        let sql = format!(
            "update auth.users set last_sign_in_at = now() where id = $1 returning {}",
            users::COLUMNS
        );
        let row = tx.query_one(&sql, &[&id]).await?;
        Ok(User::from_row(&row))
    }

    pub(super) async fn insert_refresh_token(
        &self,
        tx: &Transaction<'_>,
        token: &Secret,
        user: Uuid,
        session: Uuid,
        parent: Option<Uuid>,
    ) -> Result<()> {
        let statement = tx
            .prepare_cached(
                "insert into auth.refresh_tokens (token_hash, user_id, session_id, parent_id, expires_at) \
                 values ($1, $2, $3, $4, now() + make_interval(days => $5))",
            )
            .await?;
        tx.execute(
            &statement,
            &[
                &hex::encode(token.digest()),
                &user,
                &session,
                &parent,
                &self.session_days(),
            ],
        )
        .await?;
        Ok(())
    }

    fn session_days(&self) -> i32 {
        i32::try_from(self.settings.session_days).unwrap_or(i32::MAX)
    }

    /// New tokens for a session whose former refresh tokens are good no more.
    pub(super) async fn reissue(
        &self,
        tx: &Transaction<'_>,
        user: User,
        session: &SessionRow,
    ) -> Result<Issued> {
        tx.execute(
            "delete from auth.refresh_tokens where session_id = $1",
            &[&session.id],
        )
        .await?;
        let refresh_token = Secret::random()?;
        self.insert_refresh_token(tx, &refresh_token, user.id, session.id, None)
            .await?;
        self.issue(user, session, refresh_token)
    }

    /// The tokens of a session.
    pub(super) fn issue(
        &self,
        user: User,
        session: &SessionRow,
        refresh_token: Secret,
    ) -> Result<Issued> {
        let now = Utc::now().timestamp();
        let expires_in = self.settings.access_token_seconds;
        let expires_at = now + i64::from(expires_in);
        let issuer = self.issuer();
        let claims = claims(&user, session, &issuer, &self.audience, now, expires_at);
        Ok(Issued {
            access_token: Secret::new(self.keys.sign(&claims)?),
            refresh_token,
            expires_at,
            expires_in,
            session_id: session.id,
            user,
        })
    }

    /// Locks the caller's session and account: what a request may change about the account.
    ///
    /// # Errors
    /// UNAUTHENTICATED when nobody is signed in, or the session has ended although its access token is
    /// still valid; FORBIDDEN when the account is suspended, and for whoever looks at data as somebody else.
    pub(super) async fn current(
        &self,
        tx: &Transaction<'_>,
        caller: &Caller,
    ) -> Result<(User, SessionRow)> {
        refuse_acting(caller)?;
        let (Some(user_id), Some(session_id)) = (caller.user_id, caller.session_id) else {
            return Err(ended());
        };
        self.current_of(tx, user_id, session_id).await
    }

    /// The same of a session that is known otherwise.
    pub(super) async fn current_of(
        &self,
        tx: &Transaction<'_>,
        user_id: Uuid,
        session_id: Uuid,
    ) -> Result<(User, SessionRow)> {
        let user = users::by_id(tx, user_id).await?.ok_or_else(ended)?;
        let session = tx
            .query_opt(
                "select id, aal, amr from auth.sessions \
                 where id = $1 and user_id = $2 and expires > now() for update",
                &[&session_id, &user_id],
            )
            .await?
            .ok_or_else(ended)?;
        if user.is_banned() {
            return Err(users::banned());
        }
        Ok((user, SessionRow::from_row(&session)))
    }

    /// Whether a session still exists: access tokens outlive theirs by up to an hour, streams must not.
    ///
    /// # Errors
    /// UNAVAILABLE when the database does not answer.
    pub async fn session_is_live(&self, session_id: Uuid) -> Result<bool> {
        let client = self.connection().await?;
        let statement = client
            .prepare_cached(
                "select exists (select from auth.sessions where id = $1 and expires > now())",
            )
            .await?;
        Ok(client.query_one(&statement, &[&session_id]).await?.get(0))
    }

    /// The caller's sessions, the one last used first.
    ///
    /// # Errors
    /// UNAUTHENTICATED when nobody is signed in.
    pub async fn sessions(&self, caller: &Caller) -> Result<Vec<SessionInfo>> {
        let mut client = self.connection().await?;
        let tx = super::begin(&mut client).await?;
        let (user, _) = self.current(&tx, caller).await?;
        let rows = tx
            .query(
                "select id, user_agent, ip, aal, created_at, refreshed_at, expires from auth.sessions \
                 where user_id = $1 and expires > now() order by refreshed_at desc, id limit 500",
                &[&user.id],
            )
            .await?;
        Ok(rows
            .iter()
            .map(|row| SessionInfo {
                id: row.get(0),
                user_agent: row.get(1),
                ip: row.get(2),
                aal: row.get(3),
                created_at: row.get(4),
                refreshed_at: row.get(5),
                expires_at: row.get(6),
            })
            .collect())
    }

    /// Ends sessions of the caller and returns how many. Ending what has ended already is no error:
    /// whoever signs out is signed out.
    ///
    /// # Errors
    /// UNAUTHENTICATED when nobody is signed in.
    pub async fn sign_out(&self, caller: &Caller, scope: Scope, from: &Client) -> Result<u64> {
        let signed_out = || Error::new(Code::Unauthenticated, "Nobody is signed in");
        let user_id = caller.user_id.ok_or_else(signed_out)?;
        let session_id = caller.session_id.ok_or_else(signed_out)?;
        let mut client = self.connection().await?;
        let tx = super::begin(&mut client).await?;
        // A session that was ended from elsewhere ends no others.
        if scope != Scope::Local {
            self.current(&tx, caller).await?;
        }
        let ended = tx
            .execute(
                "delete from auth.sessions where user_id = $1 and case $3 \
                   when 'local' then id = $2 when 'others' then id <> $2 else true end",
                &[&user_id, &session_id, &scope.name()],
            )
            .await?;
        let details = json!({"scope": scope.name(), "sessions": ended});
        self.log(&tx, user_id, "auth_logout", details, from).await?;
        tx.commit().await?;
        Ok(ended)
    }

    /// Ends one session of the caller.
    ///
    /// # Errors
    /// UNAUTHENTICATED, or NOT_FOUND when the caller has no such session.
    pub async fn revoke_session(&self, caller: &Caller, id: Uuid, from: &Client) -> Result<()> {
        let mut client = self.connection().await?;
        let tx = super::begin(&mut client).await?;
        let (user, _) = self.current(&tx, caller).await?;
        let ended = tx
            .execute(
                "delete from auth.sessions where id = $1 and user_id = $2",
                &[&id, &user.id],
            )
            .await?;
        if ended == 0 {
            return Err(Error::new(Code::NotFound, "You have no such session"));
        }
        self.log(
            &tx,
            user.id,
            "auth_session_revoke",
            json!({"session": id}),
            from,
        )
        .await?;
        Ok(tx.commit().await?)
    }

    /// The account that the caller is signed in to, or that an administrator looks at data as; nothing for nobody.
    ///
    /// # Errors
    /// UNAUTHENTICATED when the session has ended.
    pub async fn me(&self, caller: &Caller) -> Result<Option<User>> {
        let Some(id) = caller.user_id else {
            return Ok(None);
        };
        let mut client = self.connection().await?;
        let tx = super::begin(&mut client).await?;
        if caller.acting.is_some() {
            // The session is the administrator's.
            return users::by_id(&tx, id).await;
        }
        Ok(Some(self.current(&tx, caller).await?.0))
    }
}

/// Refuses what is an account's own to an administrator who looks at data as that account.
///
/// # Errors
/// FORBIDDEN.
pub(super) fn refuse_acting(caller: &Caller) -> Result<()> {
    match caller.acting {
        None => Ok(()),
        Some(_) => {
            let said =
                "This is the account's own: it is not shown to whoever looks as somebody else";
            Err(Error::forbidden(said).because(Reason::ActingAsUser))
        }
    }
}

fn ended() -> Error {
    Error::new(Code::Unauthenticated, "Sign in to do this").because(Reason::SessionEnded)
}

impl SessionRow {
    pub(super) fn from_row(row: &tokio_postgres::Row) -> Self {
        SessionRow {
            id: row.get("id"),
            aal: row.get("aal"),
            amr: row.get("amr"),
        }
    }

    /// Whether one of the methods was used within the time.
    pub(super) fn showed(&self, methods: &[Method], within: chrono::TimeDelta) -> bool {
        let since = (Utc::now() - within).timestamp();
        self.amr.as_array().is_some_and(|entries| {
            entries.iter().any(|entry| {
                let method = entry.get("method").and_then(Value::as_str);
                methods.iter().any(|known| method == Some(known.as_str()))
                    && entry
                        .get("timestamp")
                        .and_then(Value::as_i64)
                        .is_some_and(|at| at >= since)
            })
        })
    }
}

impl SessionInfo {
    /// `AccountSession` of the schema.
    pub fn to_json(&self, current: Option<Uuid>) -> Value {
        json!({
            "id": self.id,
            "isCurrent": current == Some(self.id),
            "userAgent": self.user_agent,
            "ip": self.ip,
            "aal": self.aal,
            "createdAt": self.created_at,
            "refreshedAt": self.refreshed_at,
            "expiresAt": self.expires_at,
        })
    }
}

impl Scope {
    const fn name(self) -> &'static str {
        match self {
            Scope::Local => "local",
            Scope::Others => "others",
            Scope::Global => "global",
        }
    }
}

/// The claims, as Supabase's tokens have them; times in seconds since 1970.
pub(super) fn claims(
    user: &User,
    session: &SessionRow,
    issuer: &str,
    audience: &str,
    now: i64,
    expires_at: i64,
) -> Map<String, Value> {
    let claims = json!({
        "iss": issuer,
        "sub": user.id,
        "aud": audience,
        "exp": expires_at,
        "iat": now,
        "email": user.email.as_deref().unwrap_or_default(),
        "phone": "",
        "role": "authenticated",
        "aal": session.aal,
        "amr": session.amr,
        "session_id": session.id,
        "is_anonymous": user.is_anonymous,
        "app_metadata": user.app_metadata,
        "user_metadata": user.user_metadata,
    });
    match claims {
        Value::Object(claims) => claims,
        _ => Map::new(),
    }
}

/// One entry of the `amr` claim, now.
pub(super) fn amr_entry(method: Method) -> Value {
    json!({"method": method.as_str(), "timestamp": Utc::now().timestamp()})
}
