//! What calls teach about keys and providers.

use std::time::Duration;

use uuid::Uuid;

use super::{
    AnswerError,
    choice::{Payer, no_address, no_key, place},
};
use crate::{
    accounts::limits,
    app_state::AppState,
    config::{ModelProvider, SecretText},
    db::Db,
    error::{Code, Error, Result},
    models::chat::{ChatError, Endpoint},
};

/// Each asks the provider: enough for whoever mistypes, and too few for trying keys out.
const CHECKS: limits::Limit = limits::Limit {
    action: "validate_api_key",
    count: 10,
    window: Duration::from_secs(60),
};
const NOTE: &str = "
    update public.api_configurations
    set is_validated = $2::text is null, validation_error = $2, last_validated_at = now() where id = $1";
const HOLD: &str = "select private.hold_provider($1, $2 * interval '1 ms')";
const CONFIGURATION: &str = "
    select k.id, k.provider, p.base_url
    from public.api_configurations k join public.api_providers p on p.name = k.provider
    where k.user_id = $1 and k.provider = private.canonical_provider($2)";

/// A key of a person's own that the provider refused is not valid.
pub(super) async fn note_refusal(db: &Db, payer: Payer, error: &ChatError) -> Result<()> {
    match (payer, error) {
        (Payer::Person(configuration), ChatError::KeyRefused(said)) => {
            note(db, configuration, Some(said)).await
        }
        _ => Ok(()),
    }
}

async fn note(db: &Db, configuration: Uuid, problem: Option<&str>) -> Result<()> {
    let client = db.system().await?;
    let statement = client.prepare_cached(NOTE).await?;
    client
        .execute(&statement, &[&configuration, &problem])
        .await?;
    Ok(())
}

/// All jobs of a provider wait.
pub(super) async fn hold_provider(db: &Db, provider: ModelProvider, wait: Duration) -> Result<()> {
    let client = db.system().await?;
    let statement = client.prepare_cached(HOLD).await?;
    let wait_ms = wait.as_secs_f64() * 1_000.0;
    client
        .execute(&statement, &[&provider.as_str(), &wait_ms])
        .await?;
    Ok(())
}

/// Asks the provider whether it takes the key that a person saved, and notes what it says; returns the configuration's id.
///
/// # Errors
/// NOT_FOUND when the person has no key for it; UNAVAILABLE or RATE_LIMITED when the provider cannot be asked, and then
/// nothing is noted.
pub async fn validate_key(app: &AppState, user: Uuid, provider: &str) -> Result<Uuid, AnswerError> {
    let client = app.db.system().await?;
    let row = {
        limits::count(&client, CHECKS, limits::Subject::Account(&user.to_string())).await?;
        let statement = client.prepare_cached(CONFIGURATION).await?;
        client.query_opt(&statement, &[&user, &provider]).await?
    };
    let row = row.ok_or_else(|| {
        let said = "You have no key for this provider: save one with saveApiConfiguration";
        Error::new(Code::NotFound, said)
    })?;
    let (configuration, name): (Uuid, &str) = (row.get(0), row.get(1));
    let known = ModelProvider::by_name(name).ok_or_else(|| {
        let said = format!(
            "{name} is not asked beforehand: whether it takes your key shows once it is used, in `isValidated`"
        );
        Error::bad_input(said).with("field", "provider")
    })?;
    let (base, reach) = place(app, known, row.get(2)).ok_or_else(|| no_address(known))?;
    let key = app.accounts.open_api_key_over(&client, user, name).await?;
    drop(client);
    let key = key.ok_or_else(|| no_key(known))?;
    let endpoint = Endpoint {
        provider: known,
        base,
        key: Some(SecretText::new(key.expose())),
        reach,
    };
    match app.chat_models.check_key(&endpoint).await {
        Ok(()) => note(&app.db, configuration, None).await?,
        Err(ChatError::KeyRefused(said)) => note(&app.db, configuration, Some(&said)).await?,
        Err(ChatError::Wait { wait, .. }) => {
            let left_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
            let said = format!(
                "{} asks to wait before it is asked about the key",
                known.label()
            );
            let error = Error::new(Code::RateLimited, said).with("retryAfterMs", left_ms);
            return Err(error.into());
        }
        Err(error) => return Err(Error::new(Code::Unavailable, error.to_string()).into()),
    }
    Ok(configuration)
}
