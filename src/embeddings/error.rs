use crate::{error::Error, models::ModelError};

/// Why texts could not be embedded.
#[derive(Debug, thiserror::Error)]
pub enum EmbedError {
    /// The model gave no vectors.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The database refused or did not answer.
    #[error(transparent)]
    Database(#[from] Error),
}

impl From<tokio_postgres::Error> for EmbedError {
    fn from(error: tokio_postgres::Error) -> Self {
        EmbedError::Database(error.into())
    }
}
