//! `accounts.purge_expired`: sessions, tokens, mails and invitations that are over go, and anonymous accounts that
//! nobody comes back to.

use serde::Deserialize;

use crate::jobs::{JobContext, JobError, Outcome};

/// Nothing to say.
#[derive(Deserialize)]
pub struct Payload {}

/// Removes them in small steps.
///
/// # Errors
/// When the database refuses or does not answer.
pub async fn run(context: &JobContext, _payload: Payload) -> Result<Outcome, JobError> {
    while context.app().accounts.purge_step().await? {
        context.sign();
    }
    Ok(Outcome::nothing())
}
