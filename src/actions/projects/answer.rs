//! Which invitation somebody answers.

use serde::Deserialize;
use uuid::Uuid;

use crate::{
    accounts::{invitations::token_hash, secret::Secret},
    error::{Error, Result},
};

/// The arguments that name an invitation: exactly one of them.
#[derive(Deserialize)]
pub(super) struct Which {
    id: Option<Uuid>,
    token: Option<Secret>,
}

impl Which {
    /// The id, and the digest under which the token is stored.
    pub(super) fn parameters(&self) -> Result<(Option<Uuid>, Option<String>)> {
        match (self.id, &self.token) {
            (Some(id), None) => Ok((Some(id), None)),
            (None, Some(token)) => Ok((None, Some(token_hash(token)))),
            _ => Err(Error::bad_input(
                "Name the invitation by its id or by the token of the mail, one of them",
            )),
        }
    }
}
