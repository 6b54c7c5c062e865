//! Keys for AI providers that users leave with the server: sealed when they come in, never returned, and opened with
//! [`Accounts::open_api_key`] for their own calls alone.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use deadpool_postgres::{Client as DbClient, ClientWrapper};
use serde_json::json;
use uuid::Uuid;

use super::{Accounts, Client, factors, keys, secret::Secret, vault::Vault};
use crate::{
    auth::Caller,
    error::{Code, Error, Result},
};

const SEALED: &str = "
    select id, api_key_encrypted from public.api_configurations where user_id = $1 and provider = $2 and is_active";
const PLACE: &str = "public.api_configurations.api_key_encrypted";
/// Below this a key's last four characters would tell too much of it.
const HINTED_LENGTH_MIN: usize = 16;

impl Accounts {
    /// Stores the caller's key for a provider, in place of a former one; returns the row's id.
    ///
    /// # Errors
    /// UNAUTHENTICATED; FORBIDDEN where the account's second factor is missing; BAD_USER_INPUT for an unknown
    /// or disabled provider, or a key that is not of its form; LIMIT_EXCEEDED beyond the account's quota.
    pub async fn save_api_configuration(
        &self,
        caller: &Caller,
        provider: &str,
        api_key: &Secret,
        from: &Client,
    ) -> Result<Uuid> {
        let key = api_key.expose().trim();
        if !(8..=1_000).contains(&key.len()) || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(
                Error::bad_input("An API key has 8 to 1,000 visible ASCII characters")
                    .with("field", "apiKey"),
            );
        }
        let mut client = self.connection().await?;
        let tx = super::begin(&mut client).await?;
        let (user, session) = self.current(&tx, caller).await?;
        self.require_own_factor(&tx, &user, &session).await?;
        let known = tx
            .query_opt(
                "select api_key_pattern, name from public.api_providers \
                 where name = private.canonical_provider($1) and is_enabled",
                &[&provider],
            )
            .await?
            .ok_or_else(|| {
                let message = "There is no provider of this name: apiProviders lists them";
                Error::bad_input(message).with("field", "provider")
            })?;
        let provider: &str = known.get(1);
        if !fits(key, known.get(0), provider) {
            return Err(
                Error::bad_input("This is not a key of that provider").with("field", "apiKey")
            );
        }
        // The row's id is part of what the ciphertext is bound to, so it must be known first.
        let id: Uuid = tx
            .query_one(
                "with present as (select id from public.api_configurations where user_id = $1 and provider = $2) \
                 select coalesce((select id from present), gen_random_uuid())",
                &[&user.id, &provider],
            )
            .await?
            .get(0);
        let sealed = BASE64_STANDARD.encode(self.vault.seal(PLACE, id, key.as_bytes())?);
        let hint = (key.len() >= HINTED_LENGTH_MIN).then(|| &key[key.len() - 4..]);
        // The triggers that keep quotas read them from the claims.
        let claims = &*caller.claims_json;
        tx.execute(
            "select set_config('request.jwt.claims', $1, true)",
            &[&claims],
        )
        .await?;
        tx.execute(
            "insert into public.api_configurations \
               (id, user_id, provider, api_key_encrypted, encryption_key_id, api_key_hint) \
             values ($1, $2, $3, $4, $5, $6) \
             on conflict (id) do update set api_key_encrypted = excluded.api_key_encrypted, \
               encryption_key_id = excluded.encryption_key_id, api_key_hint = excluded.api_key_hint, \
               is_active = true, is_validated = false, last_validated_at = null, validation_error = null",
            &[&id, &user.id, &provider, &sealed, &self.vault.current_key_id(), &hint],
        )
        .await?;
        self.log(
            &tx,
            user.id,
            "api_key_save",
            json!({"provider": provider}),
            from,
        )
        .await?;
        tx.commit().await?;
        Ok(id)
    }

    /// A user's key for a provider, for the server's own call to it.
    ///
    /// # Errors
    /// UNAVAILABLE, or NOT_FOUND when it cannot be opened.
    pub async fn open_api_key(&self, user: Uuid, provider: &str) -> Result<Option<Secret>> {
        let client = self.db.system().await?;
        self.open_api_key_over(&client, user, provider).await
    }

    /// The same over this connection, for whoever has one.
    ///
    /// # Errors
    /// As [`Self::open_api_key`].
    pub async fn open_api_key_over(
        &self,
        client: &ClientWrapper,
        user: Uuid,
        provider: &str,
    ) -> Result<Option<Secret>> {
        let statement = client.prepare_cached(SEALED).await?;
        let row = client.query_opt(&statement, &[&user, &provider]).await?;
        let Some(row) = row else { return Ok(None) };
        let id: Uuid = row.get(0);
        let opened = BASE64_STANDARD
            .decode(row.get::<_, String>(1))
            .map_err(Error::internal)
            .and_then(|sealed| self.vault.unseal(PLACE, id, &sealed))
            .and_then(|opened| String::from_utf8(opened).map_err(Error::internal));
        match opened {
            Ok(opened) => Ok(Some(Secret::new(opened))),
            Err(_) => {
                tracing::warn!(configuration = %id, provider, "a saved key cannot be opened");
                let said = format!(
                    "Your key for {provider} cannot be opened: save it again with saveApiConfiguration"
                );
                Err(Error::new(Code::NotFound, said).with("reason", "NO_API_KEY"))
            }
        }
    }
}

/// Whether a key has its provider's form. Compared here and not in SQL: parameters of statements show in the
/// database's log. A pattern that cannot be read refuses nothing.
fn fits(key: &str, pattern: Option<&str>, provider: &str) -> bool {
    match pattern.map(regex::Regex::new) {
        None => true,
        Some(Ok(pattern)) => pattern.is_match(key),
        Some(Err(error)) => {
            tracing::warn!(provider, %error, "the provider's api_key_pattern cannot be read");
            true
        }
    }
}

/// What sealing anew came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Secrets that are now under the current master key.
    pub count: u64,
    /// API keys that this server did not seal, for example imported ones; they are as they were.
    pub foreign: u64,
}

/// Seals everything anew that is not under the current master key. It may run beside servers, and again after an
/// interruption.
///
/// # Errors
/// UNAVAILABLE, or INTERNAL when a secret cannot be opened.
pub async fn reseal(client: &mut DbClient, vault: &Vault) -> Result<Resealed> {
    let mut done = Resealed::default();
    for (table, column, place) in [
        ("auth.mfa_factors", "secret_sealed", factors::PLACE),
        ("auth.signing_keys", "private_sealed", keys::PLACE),
    ] {
        let rows = client
            .query(
                &format!("select id, {column} from {table} where {column} is not null"),
                &[],
            )
            .await?;
        let update = format!("update {table} set {column} = $2 where id = $1 and {column} = $3");
        for row in rows {
            let (id, sealed): (Uuid, Vec<u8>) = (row.get(0), row.get(1));
            if vault.is_current(&sealed) {
                continue;
            }
            let renewed = vault.seal(place, id, &vault.unseal(place, id, &sealed)?)?;
            done.count += client.execute(&update, &[&id, &renewed, &sealed]).await?;
        }
    }
    reseal_api_keys(client, vault, &mut done).await?;
    Ok(done)
}

/// There may be many of these: they are read a thousand at a time.
async fn reseal_api_keys(client: &mut DbClient, vault: &Vault, done: &mut Resealed) -> Result<()> {
    let mut after = Uuid::nil();
    loop {
        let rows = client
            .query(
                "select id, api_key_encrypted from public.api_configurations \
                 where encryption_key_id <> $1 and id > $2 order by id limit 1000",
                &[&vault.current_key_id(), &after],
            )
            .await?;
        let Some(last) = rows.last() else {
            return Ok(());
        };
        after = last.get(0);
        for row in &rows {
            let (id, text): (Uuid, String) = (row.get(0), row.get(1));
            let sealed = BASE64_STANDARD.decode(&text);
            let Some(sealed) = sealed.ok().filter(|sealed| Vault::is_sealed(sealed)) else {
                done.foreign += 1;
                continue;
            };
            let renewed = vault.seal(PLACE, id, &vault.unseal(PLACE, id, &sealed)?)?;
            // A key that its owner replaced in this moment is under the new master key already, or is met
            // by the next run.
            done.count += client
                .execute(
                    "update public.api_configurations set api_key_encrypted = $2, encryption_key_id = $3 \
                     where id = $1 and api_key_encrypted = $4",
                    &[&id, &BASE64_STANDARD.encode(renewed), &vault.current_key_id(), &text],
                )
                .await?;
        }
    }
}
