//! What a provider's refusal means to whoever asked, and to everybody who asks with the same key.

use std::time::{Duration, Instant};

use uuid::Uuid;

use super::{
    AnswerError,
    call::Call,
    choice::{Choice, Payer},
    keys,
};
use crate::{
    app_state::AppState,
    config::ModelProvider,
    error::{Code, Error},
    models::chat::ChatError,
};

/// How long one refusal of a provider's closes it for everybody on the server's key.
const HOLD_MAX: Duration = Duration::from_secs(60);

/// Who asked whom, and who pays.
pub(super) struct Asked {
    user: Uuid,
    provider: ModelProvider,
    payer: Payer,
    context_window: Option<u64>,
}

impl Asked {
    pub(super) fn new(user: Uuid, choice: &Choice) -> Self {
        Asked {
            user,
            provider: choice.provider,
            payer: choice.payer,
            context_window: choice.context_window,
        }
    }

    /// Ends a call that was refused before there was an answer, and notes what that teaches about the key and the
    /// provider. Gives the error as whoever asked may read it.
    pub(super) async fn refused(
        &self,
        app: &AppState,
        call: &mut Call,
        error: &ChatError,
    ) -> Result<AnswerError, AnswerError> {
        call.failed(error.kind());
        call.end_alone().await?;
        keys::note_refusal(&app.db, self.payer, error).await?;
        if let (ChatError::Wait { wait, .. }, Payer::Server) = (error, self.payer) {
            // One refusal closes the provider for a while only: the next call finds out whether it still stands.
            keys::hold_provider(&app.db, self.provider, (*wait).min(HOLD_MAX)).await?;
        }
        Ok(self.told(error))
    }

    /// The error, as whoever asked may read it.
    pub(super) fn told(&self, error: &ChatError) -> AnswerError {
        let said = error.to_string();
        match error {
            ChatError::Wait { wait, .. } => AnswerError::Wait {
                until: Instant::now() + *wait,
                // With a key of one's own nobody else has to wait.
                provider: match self.payer {
                    Payer::Person(_) => format!("{}/{}", self.provider.as_str(), self.user),
                    Payer::Server | Payer::Nobody => self.provider.as_str().to_owned(),
                },
            },
            ChatError::KeyRefused(_) => {
                let what_to_do = match self.payer {
                    Payer::Person(_) => {
                        "save another one with saveApiConfiguration, or remove it".to_owned()
                    }
                    _ => format!(
                        "whoever runs this server has to check {}",
                        self.provider.key_variable()
                    ),
                };
                let said = format!("{said}: {what_to_do}");
                Error::forbidden(said)
                    .with("reason", "API_KEY_REFUSED")
                    .into()
            }
            ChatError::UnknownModel(_) => Error::new(Code::NotFound, said).into(),
            ChatError::TooLong(_) => {
                Error::limit_exceeded("contextWindow", self.context_window, said).into()
            }
            ChatError::Refused(_) => Error::bad_input(said).into(),
            ChatError::Unreachable(_) | ChatError::BadAnswer(_) => {
                Error::new(Code::Unavailable, said).into()
            }
        }
    }
}
