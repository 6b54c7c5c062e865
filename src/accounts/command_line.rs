//! Tokens that `mindloom token` and `mindloom demo` make for whoever may run commands on the server. Each has a session
//! as a sign-in has, so that its owner sees it and can end it, and ends with its token: nothing refreshes it.

use std::time::Duration;

use chrono::Utc;
use deadpool_postgres::Transaction;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    Client, activity, has_own_accounts,
    keys::SigningKeys,
    normal_email,
    secret::Secret,
    sessions::{Method, SessionRow, amr_entry, claims},
    users::{self, User},
    vault::Vault,
};
use crate::{
    auth::{self, Role, TokenContents},
    db::Db,
    error::{Code, Error, Result},
};

/// Endings of sessions are remembered for a day. A token that lives longer could not be revoked for good.
pub const LIFETIME_MAX: Duration = Duration::from_secs(24 * 3_600);

/// What such sessions call themselves in the list that their owner sees.
const USER_AGENT: &str = "mindloom token, on the command line";

/// Whose token.
#[derive(Clone, Debug)]
pub enum Owner {
    /// The account of this address.
    Email(String),
    /// The account with this key.
    Id(Uuid),
}

/// What the token says besides.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Whether it makes its owner an administrator, wherever the claims decide.
    pub admin: bool,
    /// How long it is good; at most [`LIFETIME_MAX`].
    pub lifetime: Duration,
    /// The `iss` claim.
    pub issuer: &'a str,
    /// The `aud` claim.
    pub audience: &'a str,
}

/// Signs the owner in and returns the access token. Where another program keeps the accounts there is no session.
///
/// # Errors
/// NOT_FOUND when nobody has this address or key, FORBIDDEN when the account is suspended, BAD_USER_INPUT for a text
/// that is no address or a lifetime that is too long, UNAVAILABLE, INTERNAL.
pub async fn token(
    db: &Db,
    vault: &Vault,
    jwt_secret: &[u8],
    owner: &Owner,
    wanted: Wanted<'_>,
) -> Result<String> {
    if !has_own_accounts(db).await? {
        return without_session(db, jwt_secret, owner, wanted).await;
    }
    if wanted.lifetime > LIFETIME_MAX {
        return Err(Error::bad_input(
            "A token of a user is good for at most 1d: a session that ended is remembered as long",
        ));
    }
    let keys = SigningKeys::new(jwt_secret);
    let mut client = db.system().await?;
    keys.reload(&client, vault).await?;
    let tx = super::begin(&mut client).await?;
    let user = match owner {
        Owner::Email(email) => users::by_email(&tx, &normal_email(email)?).await?,
        Owner::Id(id) => users::by_id(&tx, *id).await?,
    };
    let mut user = user.ok_or_else(|| unknown(owner))?;
    if user.is_banned() {
        return Err(users::banned());
    }
    let now = Utc::now().timestamp();
    let expires_at = now + i64::try_from(wanted.lifetime.as_secs()).map_err(Error::internal)?;
    let session = start_session(&tx, &user, expires_at).await?;
    if wanted.admin {
        make_admin(&mut user);
    }
    let claims = claims(
        &user,
        &session,
        wanted.issuer,
        wanted.audience,
        now,
        expires_at,
    );
    let token = keys.sign(&claims)?;
    tx.commit().await?;
    Ok(token)
}

async fn start_session(tx: &Transaction<'_>, user: &User, expires_at: i64) -> Result<SessionRow> {
    let method = Method::CommandLine;
    let row = tx
        .query_one(
            "insert into auth.sessions (session_token, user_id, user_agent, expires, amr) \
             values ($1, $2, $3, to_timestamp($4::bigint), $5) returning id, aal, amr",
            &[
                &hex::encode(Secret::random()?.digest()),
                &user.id,
                &USER_AGENT,
                &expires_at,
                &json!([amr_entry(method)]),
            ],
        )
        .await?;
    let from = Client {
        user_agent: Some(USER_AGENT.to_owned()),
        ..Client::default()
    };
    let details = json!({"method": method.as_str()});
    activity::write(tx, user.id, "auth_login", details, &from, true).await?;
    Ok(SessionRow::from_row(&row))
}

/// Says so in the claims alone: the account stays what it is.
fn make_admin(user: &mut User) {
    match &mut user.app_metadata {
        Value::Object(metadata) => {
            metadata.insert("role".to_owned(), json!("admin"));
        }
        other => *other = Value::Object(Map::from_iter([("role".to_owned(), json!("admin"))])),
    }
}

/// Another program's sessions are none of ours.
async fn without_session(
    db: &Db,
    jwt_secret: &[u8],
    owner: &Owner,
    wanted: Wanted<'_>,
) -> Result<String> {
    let client = db.system().await?;
    let row = match owner {
        Owner::Email(email) => {
            let email = normal_email(email)?;
            client
                .query_opt(
                    "select id from auth.users where lower(email) = $1",
                    &[&email],
                )
                .await
        }
        Owner::Id(id) => {
            client
                .query_opt("select id from auth.users where id = $1", &[id])
                .await
        }
    };
    let row = row?.ok_or_else(|| unknown(owner))?;
    let contents = TokenContents {
        role: Role::Authenticated,
        user_id: Some(row.get(0)),
        admin: wanted.admin,
        lifetime: wanted.lifetime,
    };
    auth::mint(&contents, jwt_secret, wanted.issuer, wanted.audience)
}

fn unknown(owner: &Owner) -> Error {
    let who = match owner {
        Owner::Email(email) => format!("the address {email}"),
        Owner::Id(id) => format!("the id {id}"),
    };
    Error::new(
        Code::NotFound,
        format!("No account has {who}; sign up first, or let `mindloom demo` make people"),
    )
}
