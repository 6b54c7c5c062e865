use std::time::Duration;

/// Why a model gave no vectors. What a provider said is cut short and never holds the texts that were sent.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ModelError {
    /// It cannot be used until somebody does something, which the sentence says.
    #[error("{0}")]
    Missing(String),
    /// The provider asks to be left alone for a while (429, 503).
    #[error("{provider} asks to wait for {} s", wait.as_secs())]
    Wait {
        /// For how long.
        wait: Duration,
        /// Who asks.
        provider: &'static str,
    },
    /// It may work later: no answer in time, a fault of the provider.
    #[error("{0}")]
    Unreachable(String),
    /// It will not take this text, however often it is asked.
    #[error("{0}")]
    Refused(String),
    /// What came back are no vectors, or none of the length that is expected.
    #[error("{0}")]
    BadAnswer(String),
}
