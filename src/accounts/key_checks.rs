//! Whether this server has the secrets that the database was served with before. Tokens of a server with others would
//! be refused by its neighbours, and what it seals could not be opened there.
//!
//! The database keeps a digest of each secret (`mindloom.key_checks`): of the one that signs tokens an HMAC of a
//! constant, of the master key its id. Neither helps to find the secret.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use tokio_postgres::Client;

use super::vault::Vault;

const JWT_SECRET: &str = "MINDLOOM_JWT_SECRET";
const MASTER_KEY: &str = "MINDLOOM_MASTER_KEY";

/// Why a server may not start with its secrets.
#[derive(Debug, thiserror::Error)]
pub enum KeyCheckError {
    /// The secret that signs tokens is another one.
    #[error(
        "MINDLOOM_JWT_SECRET (or the file jwt-secret in the data directory) is another secret than the one that this \
         database is served with: tokens of one server would mean nothing to the other. Give this server the same, or \
         take this one from now on with --accept-new-secrets, which signs everybody out"
    )]
    JwtSecret,
    /// The master key is missing.
    #[error(
        "MINDLOOM_MASTER_KEY (or the file master.keys in the data directory) lacks the key {id} that this database's \
         secrets are encrypted with. Give this server the same keys, a former one in MINDLOOM_MASTER_KEYS_PREVIOUS; \
         if it is lost, --accept-new-secrets serves without what it encrypted"
    )]
    MasterKey {
        /// The missing key, as `mindloom keys rotate --encryption` names it.
        id: String,
    },
    /// The database cannot be asked.
    #[error("the database cannot tell which secrets it was served with")]
    Database(#[from] tokio_postgres::Error),
}

/// Compares the secrets with those that the database knows, and lets it know them when it knows none. A master key
/// that was rotated is known by the former one, which the vault still holds; from then on the new one counts. With
/// `accept_new`, whatever is given counts from now on.
///
/// # Errors
/// Names the secret that is another one.
pub async fn check(
    client: &Client,
    jwt_secret: &[u8],
    vault: &Vault,
    accept_new: bool,
) -> Result<(), KeyCheckError> {
    let digest = digest(jwt_secret);
    let known = known(client, JWT_SECRET, &digest).await?;
    if known.is_some_and(|known| known != digest) {
        if !accept_new {
            return Err(KeyCheckError::JwtSecret);
        }
        tracing::warn!("the secret that signs tokens is a new one: tokens from before are refused");
        replace(client, JWT_SECRET, &digest).await?;
    }
    check_vault(client, vault, accept_new).await
}

/// The same for the master key alone.
///
/// # Errors
/// As [`check`].
pub async fn check_vault(
    client: &Client,
    vault: &Vault,
    accept_new: bool,
) -> Result<(), KeyCheckError> {
    let current = vault.current_key_id();
    let Some(known) = known(client, MASTER_KEY, current.as_bytes()).await? else {
        return Ok(());
    };
    let known = String::from_utf8_lossy(&known).into_owned();
    if known == current {
        return Ok(());
    }
    if !vault.has_key(&known) {
        if !accept_new {
            return Err(KeyCheckError::MasterKey { id: known });
        }
        tracing::warn!(
            missing = known,
            "the master key is a new one: what the former encrypted stays closed"
        );
    }
    replace(client, MASTER_KEY, current.as_bytes()).await?;
    Ok(())
}

fn digest(secret: &[u8]) -> Vec<u8> {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else {
        unreachable!("HMAC takes keys of any length");
    };
    mac.update(b"mindloom: which secret signs access tokens");
    mac.finalize().into_bytes().to_vec()
}

/// What the database knows of a secret; nothing where it knew nothing before, and knows the given one from now on.
async fn known(
    client: &Client,
    setting: &str,
    given: &[u8],
) -> Result<Option<Vec<u8>>, tokio_postgres::Error> {
    let ask = "select digest from mindloom.key_checks where setting = $1";
    if let Some(row) = client.query_opt(ask, &[&setting]).await? {
        return Ok(Some(row.get(0)));
    }
    let note =
        "insert into mindloom.key_checks (setting, digest) values ($1, $2) on conflict do nothing";
    match client.execute(note, &[&setting, &given]).await {
        // Another server was quicker, or this one: whoever it was, the row counts.
        Ok(_) => Ok(client
            .query_opt(ask, &[&setting])
            .await?
            .map(|row| row.get(0))),
        // Nobody can be told; nobody has told anything else either.
        Err(error) if error.code().is_some_and(|state| state.code() == "25006") => Ok(None),
        Err(error) => Err(error),
    }
}

async fn replace(
    client: &Client,
    setting: &str,
    digest: &[u8],
) -> Result<(), tokio_postgres::Error> {
    let replace =
        "update mindloom.key_checks set digest = $2, updated_at = now() where setting = $1";
    match client.execute(replace, &[&setting, &digest]).await {
        Err(error) if error.code().is_some_and(|state| state.code() == "25006") => Ok(()),
        outcome => outcome.map(drop),
    }
}
