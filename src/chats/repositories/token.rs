//! The person's own token, which lies sealed among their API configurations.

use uuid::Uuid;

use crate::{
    accounts::secret::Secret,
    app_state::AppState,
    error::{Code, Error, Result},
};

const NOTE: &str = "
    update public.api_configurations
    set is_validated = $3::text is null, validation_error = $3, last_validated_at = now(),
      usage_count = usage_count + 1, last_used_at = now()
    where user_id = $1 and provider = $2";

/// A token that was opened for an answer.
pub(super) struct Token {
    user: Uuid,
    provider: String,
    secret: Secret,
}

impl Token {
    /// The person's token for a provider, if they saved one.
    ///
    /// # Errors
    /// When the database does not answer, or what lies there cannot be opened.
    pub async fn open(app: &AppState, user: Uuid, provider: &str) -> Result<Option<Self>> {
        let secret = app.accounts.open_api_key(user, provider).await?;
        Ok(secret.map(|secret| Token {
            user,
            provider: provider.to_owned(),
            secret,
        }))
    }

    /// The token itself, to be sent.
    pub fn expose(&self) -> &str {
        self.secret.expose()
    }

    /// Notes that it was used, and whether it was refused.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn note(&self, app: &AppState, problem: Option<&str>) -> Result<()> {
        let client = app.db.system().await?;
        let statement = client.prepare_cached(NOTE).await?;
        client
            .execute(&statement, &[&self.user, &self.provider, &problem])
            .await?;
        Ok(())
    }
}

/// What is said where there is none.
pub(super) fn missing(provider: &str) -> Error {
    let said = format!(
        "There is no token for {provider}: save one with saveApiConfiguration(provider: \"{provider}\", apiKey: …)"
    );
    Error::new(Code::NotFound, said).with("reason", "NO_API_KEY")
}
