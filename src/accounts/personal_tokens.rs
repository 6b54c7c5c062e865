//! Personal access tokens: what people give to a program of theirs, such as an assistant, which then reads and writes as them.
//! Such a program is no session: it signs nobody out and changes nothing about the account, it is never an
//! administrator, and it has shown no second factor.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use tokio_postgres::Row;
use uuid::Uuid;

use super::{Accounts, Client, secret::Secret, sessions::refuse_acting, signed_in};
use crate::{
    auth::{Caller, PERSONAL_TOKEN_PREFIX},
    error::{Code, Error, Result},
};

/// Tokens that an account may have at once.
const TOKENS_MAX: i64 = 50;
/// The longest that a token may be good for.
const DAYS_MAX: i32 = 3_650;
/// `last_used_at` is this exact.
const USED_EVERY: &str = "1 minute";

const INSERT: &str = "
    insert into auth.personal_access_tokens (user_id, name, token_hash, may_write, expires_at)
    values ($1, $2, $3, $4, now() + make_interval(days => $5))
    returning id, name, may_write, last_used_at, expires_at, created_at";
const LIST: &str = "
    select id, name, may_write, last_used_at, expires_at, created_at from auth.personal_access_tokens
    where user_id = $1 order by created_at desc, id";
const FIND: &str = "
    select t.id, t.may_write, t.expires_at, u.id, u.email, u.is_anonymous, u.banned_until > now(),
      t.last_used_at is null or t.last_used_at < now() - $2::text::interval
    from auth.personal_access_tokens t join auth.users u on u.id = t.user_id
    where t.token_hash = $1 and t.expires_at > now()";
const FORGET: &str = "
    delete from auth.personal_access_tokens where user_id = $1 and expires_at < now() - interval '30 days'";
const NOTE_USE: &str = "update auth.personal_access_tokens set last_used_at = now() where id = $1";

/// What a new token may do.
pub struct NewPersonalToken<'a> {
    /// What its owner calls it.
    pub name: &'a str,
    /// Whether it may write, too.
    pub may_write: bool,
    /// How many days it is good for.
    pub days: i32,
}

/// A token as its owner sees it.
pub struct PersonalTokenInfo {
    id: Uuid,
    name: String,
    may_write: bool,
    last_used_at: Option<DateTime<Utc>>,
    expires_at: DateTime<Utc>,
    created_at: DateTime<Utc>,
}

/// What a token that is good allows.
#[derive(Debug)]
pub struct Access {
    /// The claims of its owner.
    pub claims: Map<String, Value>,
    /// Whether it may write, too.
    pub may_write: bool,
}

/// Whether a text looks like a personal access token.
#[must_use]
pub fn is_personal_token(token: &str) -> bool {
    token.starts_with(PERSONAL_TOKEN_PREFIX)
}

impl Accounts {
    /// Makes a token for the caller, and shows it this once.
    ///
    /// # Errors
    /// UNAUTHENTICATED when nobody is signed in; FORBIDDEN where the account's second factor is missing;
    /// BAD_USER_INPUT for the name or the days; LIMIT_EXCEEDED beyond fifty tokens.
    pub async fn create_personal_token(
        &self,
        caller: &Caller,
        new: &NewPersonalToken<'_>,
        from: &Client,
    ) -> Result<(Secret, PersonalTokenInfo)> {
        let name = new.name.trim();
        if !(1..=100).contains(&name.chars().count()) {
            return Err(Error::bad_input("name has 1 to 100 characters").with("field", "name"));
        }
        if !(1..=DAYS_MAX).contains(&new.days) {
            let said = format!("expiresInDays is from 1 to {DAYS_MAX}");
            return Err(Error::bad_input(said).with("field", "expiresInDays"));
        }
        let mut client = self.connection().await?;
        let tx = super::begin(&mut client).await?;
        let (user, session) = self.current(&tx, caller).await?;
        self.require_own_factor(&tx, &user, &session).await?;
        tx.execute(FORGET, &[&user.id]).await?;
        let count = "select count(*) from auth.personal_access_tokens where user_id = $1";
        if tx.query_one(count, &[&user.id]).await?.get::<_, i64>(0) >= TOKENS_MAX {
            let said =
                format!("An account has at most {TOKENS_MAX} personal access tokens: revoke one");
            return Err(Error::limit_exceeded(
                "personalAccessTokens",
                TOKENS_MAX,
                said,
            ));
        }
        let token = Secret::new(format!(
            "{PERSONAL_TOKEN_PREFIX}{}",
            Secret::random()?.expose()
        ));
        let hash = hex::encode(token.digest());
        let row = tx
            .query_one(INSERT, &[&user.id, &name, &hash, &new.may_write, &new.days])
            .await?;
        let info = PersonalTokenInfo::from_row(&row);
        let details = json!({"token": info.id, "mayWrite": info.may_write});
        self.log(&tx, user.id, "personal_token_create", details, from)
            .await?;
        tx.commit().await?;
        Ok((token, info))
    }

    /// The caller's tokens, the newest first.
    ///
    /// # Errors
    /// UNAUTHENTICATED when nobody is signed in; FORBIDDEN for whoever looks at data as somebody else.
    pub async fn personal_tokens(&self, caller: &Caller) -> Result<Vec<PersonalTokenInfo>> {
        refuse_acting(caller)?;
        let user = signed_in(caller)?;
        let rows = self.connection().await?.query(LIST, &[&user]).await?;
        Ok(rows.iter().map(PersonalTokenInfo::from_row).collect())
    }

    /// Ends a token of the caller, at once and on all servers.
    ///
    /// # Errors
    /// UNAUTHENTICATED, or NOT_FOUND when the caller has no such token.
    pub async fn revoke_personal_token(
        &self,
        caller: &Caller,
        id: Uuid,
        from: &Client,
    ) -> Result<()> {
        let mut client = self.connection().await?;
        let tx = super::begin(&mut client).await?;
        let (user, _) = self.current(&tx, caller).await?;
        let delete = "delete from auth.personal_access_tokens where id = $1 and user_id = $2";
        if tx.execute(delete, &[&id, &user.id]).await? == 0 {
            let said = "You have no such personal access token";
            return Err(Error::new(Code::NotFound, said));
        }
        let details = json!({"token": id});
        self.log(&tx, user.id, "personal_token_revoke", details, from)
            .await?;
        Ok(tx.commit().await?)
    }

    /// What a token allows. It is looked up each time: what is revoked is refused from then on.
    ///
    /// # Errors
    /// UNAUTHENTICATED for a token that is none, was revoked or has expired; FORBIDDEN for a suspended account.
    pub async fn open_personal_token(&self, token: &str) -> Result<Access> {
        let client = self.connection().await?;
        let hash = hex::encode(Secret::new(token).digest());
        let find = client.prepare_cached(FIND).await?;
        let row = client.query_opt(&find, &[&hash, &USED_EVERY]).await?;
        let row = row.ok_or_else(|| {
            let said = "The personal access token is unknown, was revoked or has expired";
            Error::new(Code::Unauthenticated, said)
        })?;
        if row.get::<_, Option<bool>>(6) == Some(true) {
            return Err(super::users::banned());
        }
        if row.get(7) {
            let id: Uuid = row.get(0);
            // On a standby nothing can be noted, and nothing depends on it.
            if let Err(error) = client.execute(NOTE_USE, &[&id]).await {
                tracing::debug!(%error, "the use of a personal access token was not noted");
            }
        }
        Ok(Access {
            claims: self.claims_of_owner(&row),
            may_write: row.get(1),
        })
    }

    fn claims_of_owner(&self, row: &Row) -> Map<String, Value> {
        let (user, email): (Uuid, Option<String>) = (row.get(3), row.get(4));
        let (is_anonymous, ends): (bool, DateTime<Utc>) = (row.get(5), row.get(2));
        let claims = json!({
            "iss": self.issuer(),
            "sub": user,
            "aud": self.audience,
            "exp": ends.timestamp(),
            "iat": Utc::now().timestamp(),
            "email": email.unwrap_or_default(),
            "role": "authenticated",
            "aal": "aal1",
            "amr": [{"method": "personal_access_token", "timestamp": Utc::now().timestamp()}],
            "is_anonymous": is_anonymous,
            "app_metadata": {},
            "user_metadata": {},
        });
        match claims {
            Value::Object(claims) => claims,
            _ => Map::new(),
        }
    }
}

impl PersonalTokenInfo {
    fn from_row(row: &Row) -> Self {
        PersonalTokenInfo {
            id: row.get(0),
            name: row.get(1),
            may_write: row.get(2),
            last_used_at: row.get(3),
            expires_at: row.get(4),
            created_at: row.get(5),
        }
    }

    /// `PersonalAccessToken` of the schema.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let scopes: &[&str] = match self.may_write {
            true => &["READ", "WRITE"],
            false => &["READ"],
        };
        json!({
            "id": self.id,
            "name": self.name,
            "scopes": scopes,
            "lastUsedAt": self.last_used_at,
            "expiresAt": self.expires_at,
            "isExpired": self.expires_at <= Utc::now(),
            "createdAt": self.created_at,
        })
    }
}
