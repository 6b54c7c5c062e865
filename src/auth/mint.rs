//! Makes access tokens.

use std::time::{Duration, SystemTime};

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::Role;
use crate::error::{Error, Result};

/// What a token says; the rest (issuer, times) is the server's own doing.
#[derive(Debug, Clone)]
pub struct TokenContents {
    /// The database role.
    pub role: Role,
    /// The user, for `authenticated`.
    pub user_id: Option<Uuid>,
    /// Whether the user is an administrator (`app_metadata.role`).
    pub admin: bool,
    /// How long the token is valid.
    pub lifetime: Duration,
}

/// Signs a token with the server's secret (HS256). `issuer` and `audience` are those that the server's own
/// verifier asks for.
///
/// # Errors
/// INTERNAL when signing fails.
pub fn mint(
    contents: &TokenContents,
    secret: &[u8],
    issuer: &str,
    audience: &str,
) -> Result<String> {
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_err(Error::internal)?
        .as_secs();
    let mut claims = Map::from_iter([
        ("iss".to_owned(), json!(issuer)),
        ("aud".to_owned(), json!(audience)),
        ("role".to_owned(), json!(contents.role.as_str())),
        ("iat".to_owned(), json!(now)),
        (
            "exp".to_owned(),
            json!(now.saturating_add(contents.lifetime.as_secs())),
        ),
    ]);
    if let Some(user_id) = contents.user_id {
        claims.insert("sub".to_owned(), json!(user_id));
    }
    if contents.admin {
        claims.insert("app_metadata".to_owned(), json!({"role": "admin"}));
    }
    let key = EncodingKey::from_secret(secret);
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), &Value::Object(claims), &key)
        .map_err(Error::internal)
}
