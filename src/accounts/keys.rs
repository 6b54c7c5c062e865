//! Keys that sign access tokens: the secret of the settings, and those in `auth.signing_keys`, of which
//! the newest signs and all that were not revoked verify.

use std::sync::Arc;

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair},
};
use chrono::{DateTime, Utc};
use deadpool_postgres::Client;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, jwk::Jwk};
use parking_lot::RwLock;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::vault::Vault;
use crate::{
    auth::VerificationKey,
    error::{Code, Error, Result},
};

/// Where private keys are sealed.
pub(super) const PLACE: &str = "auth.signing_keys.private";

/// The keys in use, as last read from the database.
pub struct SigningKeys {
    /// The secret of the settings: signs while the database has no key, verifies always.
    settings_secret: Arc<Key>,
    stored: RwLock<Arc<Vec<Key>>>,
}

/// A key that verifies, and perhaps signs. The secret of the settings has no `kid`.
struct Key {
    verification: VerificationKey,
    encoding: EncodingKey,
    /// What the world may know of it; nothing of a symmetric one.
    jwk: Option<Value>,
}

/// A key as `mindloom keys list` shows it.
#[derive(Debug, Clone)]
pub struct KeyInfo {
    /// The `kid`.
    pub id: Uuid,
    /// The algorithm's name.
    pub algorithm: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Since when its tokens are refused.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl SigningKeys {
    /// Starts with the secret of the settings alone; see [`SigningKeys::reload`].
    pub fn new(settings_secret: &[u8]) -> Self {
        let secret = Key {
            verification: VerificationKey::secret(settings_secret),
            encoding: EncodingKey::from_secret(settings_secret),
            jwk: None,
        };
        SigningKeys {
            settings_secret: Arc::new(secret),
            stored: RwLock::default(),
        }
    }

    /// Reads the keys from the database.
    ///
    /// # Errors
    /// UNAVAILABLE, or INTERNAL when a key cannot be opened.
    pub async fn reload(&self, client: &Client, vault: &Vault) -> Result<()> {
        let rows = client
            .query(
                "select id, algorithm, public_jwk, private_sealed from auth.signing_keys \
                 where revoked_at is null order by created_at desc, id desc",
                &[],
            )
            .await?;
        let mut keys = Vec::with_capacity(rows.len());
        for row in rows {
            let id: Uuid = row.get(0);
            let private = vault.unseal(PLACE, id, row.get(3))?;
            keys.push(Key::stored(id, row.get(1), row.get(2), &private)?);
        }
        *self.stored.write() = Arc::new(keys);
        Ok(())
    }

    /// Signs claims with the current key.
    ///
    /// # Errors
    /// INTERNAL when the key does not work.
    pub fn sign(&self, claims: &Map<String, Value>) -> Result<String> {
        let stored = self.stored();
        let key = stored.first().unwrap_or(&self.settings_secret);
        let mut header = Header::new(key.verification.algorithm);
        header.kid = key.verification.kid.clone();
        jsonwebtoken::encode(&header, claims, &key.encoding).map_err(Error::internal)
    }

    /// Every key whose tokens are to be believed.
    pub fn verification_keys(&self) -> Vec<VerificationKey> {
        let stored = self.stored();
        stored
            .iter()
            .chain([&*self.settings_secret])
            .map(|key| key.verification.clone())
            .collect()
    }

    /// The public keys, as `/.well-known/jwks.json` publishes them.
    pub fn jwks(&self) -> Value {
        let keys: Vec<Value> = self
            .stored()
            .iter()
            .filter_map(|key| key.jwk.clone())
            .collect();
        json!({ "keys": keys })
    }

    fn stored(&self) -> Arc<Vec<Key>> {
        Arc::clone(&self.stored.read())
    }
}

impl Key {
    fn stored(id: Uuid, algorithm: &str, jwk: Option<Value>, private: &[u8]) -> Result<Self> {
        let (algorithm, encoding) = match algorithm {
            "HS256" => (Algorithm::HS256, EncodingKey::from_secret(private)),
            "ES256" => (Algorithm::ES256, EncodingKey::from_ec_der(private)),
            "EdDSA" => (Algorithm::EdDSA, EncodingKey::from_ed_der(private)),
            other => {
                return Err(Error::internal(format!(
                    "unknown signing algorithm {other}"
                )));
            }
        };
        let key = match &jwk {
            None => DecodingKey::from_secret(private),
            Some(jwk) => {
                let jwk: Jwk = serde_json::from_value(jwk.clone()).map_err(Error::internal)?;
                DecodingKey::from_jwk(&jwk).map_err(Error::internal)?
            }
        };
        let verification = VerificationKey {
            kid: Some(id.to_string()),
            algorithm,
            key,
        };
        Ok(Key {
            verification,
            encoding,
            jwk,
        })
    }
}

/// Makes a key that signs from now on; the former ones keep verifying, so nobody is signed out.
/// `algorithm` is HS256, ES256 or EdDSA. Returns the new `kid`.
///
/// # Errors
/// BAD_USER_INPUT for another algorithm, UNAVAILABLE, INTERNAL.
pub async fn rotate(client: &Client, vault: &Vault, algorithm: &str) -> Result<Uuid> {
    let id = Uuid::now_v7();
    let (private, jwk) = generate(id, algorithm)?;
    let sealed = vault.seal(PLACE, id, &private)?;
    client
        .execute(
            "insert into auth.signing_keys (id, algorithm, public_jwk, private_sealed) values ($1, $2, $3, $4)",
            &[&id, &algorithm, &jwk, &sealed],
        )
        .await?;
    Ok(id)
}

/// A new key: its private part, and the public one of those that have one.
fn generate(id: Uuid, algorithm: &str) -> Result<(Vec<u8>, Option<Value>)> {
    let random = SystemRandom::new();
    let (document, encoding, algorithm) = match algorithm {
        "HS256" => return Ok((super::secret::random::<32>()?.to_vec(), None)),
        "ES256" => {
            let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)
                .map_err(Error::internal)?;
            let encoding = EncodingKey::from_ec_der(document.as_ref());
            (document, encoding, Algorithm::ES256)
        }
        "EdDSA" => {
            // Version 1 holds the private key alone, which is the form that the JWT library reads.
            let document = Ed25519KeyPair::generate_pkcs8v1(&random).map_err(Error::internal)?;
            let encoding = EncodingKey::from_ed_der(document.as_ref());
            (document, encoding, Algorithm::EdDSA)
        }
        _ => return Err(Error::bad_input("The algorithm is HS256, ES256 or EdDSA")),
    };
    Ok((
        document.as_ref().to_vec(),
        Some(public_jwk(id, &encoding, algorithm)?),
    ))
}

fn public_jwk(id: Uuid, key: &EncodingKey, algorithm: Algorithm) -> Result<Value> {
    let jwk = Jwk::from_encoding_key(key, algorithm).map_err(Error::internal)?;
    let mut jwk = serde_json::to_value(jwk).map_err(Error::internal)?;
    jwk["kid"] = json!(id);
    jwk["use"] = json!("sig");
    jwk["alg"] = json!(algorithm);
    Ok(jwk)
}

/// Refuses tokens of a key from now on, whatever their expiry says.
///
/// # Errors
/// NOT_FOUND when there is no such key or it is revoked already, CONFLICT when it is the one that signs.
pub async fn revoke(client: &Client, id: Uuid) -> Result<()> {
    let keys = list(client).await?;
    let live = || keys.iter().filter(|key| key.revoked_at.is_none());
    if !live().any(|key| key.id == id) {
        return Err(Error::new(
            Code::NotFound,
            "There is no such key, or it is revoked already",
        ));
    }
    if live().next().is_some_and(|newest| newest.id == id) {
        return Err(Error::new(
            Code::Conflict,
            "This key signs now; rotate first",
        ));
    }
    client
        .execute(
            "update auth.signing_keys set revoked_at = now() where id = $1",
            &[&id],
        )
        .await?;
    Ok(())
}

/// All keys, the newest first.
///
/// # Errors
/// UNAVAILABLE when the database does not answer.
pub async fn list(client: &Client) -> Result<Vec<KeyInfo>> {
    let rows = client
        .query(
            "select id, algorithm, created_at, revoked_at from auth.signing_keys order by created_at desc, id desc",
            &[],
        )
        .await?;
    Ok(rows
        .iter()
        .map(|row| KeyInfo {
            id: row.get(0),
            algorithm: row.get(1),
            created_at: row.get(2),
            revoked_at: row.get(3),
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::Validation;

    use super::*;

    #[test]
    fn every_kind_of_key_signs_what_it_verifies() {
        for algorithm in ["HS256", "ES256", "EdDSA"] {
            let id = Uuid::now_v7();
            let (private, jwk) = generate(id, algorithm).unwrap();
            assert_eq!(jwk.is_none(), algorithm == "HS256");
            if let Some(jwk) = &jwk {
                assert_eq!(jwk["kid"], json!(id));
                assert!(jwk.get("d").is_none(), "the private part is published");
            }
            let keys = SigningKeys::new(b"a secret of the settings, long enough");
            *keys.stored.write() =
                Arc::new(vec![Key::stored(id, algorithm, jwk, &private).unwrap()]);
            let claims =
                json!({"sub": "ada", "aud": "authenticated", "exp": Utc::now().timestamp() + 60});
            let token = keys.sign(claims.as_object().unwrap()).unwrap();
            let header = jsonwebtoken::decode_header(&token).unwrap();
            assert_eq!(header.kid, Some(id.to_string()));
            let [key, settings] = &keys.verification_keys()[..] else {
                panic!("two keys")
            };
            let mut validation = Validation::new(header.alg);
            validation.set_audience(&["authenticated"]);
            let verified = jsonwebtoken::decode::<Value>(&token, &key.key, &validation).unwrap();
            assert_eq!(verified.claims, claims);
            assert!(jsonwebtoken::decode::<Value>(&token, &settings.key, &validation).is_err());
        }
    }
}
