use std::time::Duration;

/// Why a model gave no answer, or no whole one. What a provider said is cut down to its code: its sentences may repeat
/// what was sent.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ChatError {
    /// The provider does not take the key.
    #[error("{0}")]
    KeyRefused(String),
    /// It has no such model, or not for this key.
    #[error("{0}")]
    UnknownModel(String),
    /// It asks to be left alone for a while (429, 503).
    #[error("{provider} asks to wait for {} s", wait.as_secs().max(1))]
    Wait {
        /// For how long.
        wait: Duration,
        /// Who asks.
        provider: &'static str,
    },
    /// The conversation has more tokens than the model reads.
    #[error("{0}")]
    TooLong(String),
    /// It does not take what was sent, however often it is asked.
    #[error("{0}")]
    Refused(String),
    /// It may work later: no answer in time, a fault of the provider, an answer that broke off.
    #[error("{0}")]
    Unreachable(String),
    /// What came is not what the provider's documentation promises, or more than is read.
    #[error("{0}")]
    BadAnswer(String),
}

impl ChatError {
    /// What kind it is, as records of calls name it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            ChatError::KeyRefused(_) => "key_refused",
            ChatError::UnknownModel(_) => "unknown_model",
            ChatError::Wait { .. } => "asked_to_wait",
            ChatError::TooLong(_) => "context_too_long",
            ChatError::Refused(_) => "refused",
            ChatError::Unreachable(_) => "unreachable",
            ChatError::BadAnswer(_) => "bad_answer",
        }
    }
}
