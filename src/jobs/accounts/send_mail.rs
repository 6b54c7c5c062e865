//! `accounts.send_mail`: sends a mail of the outbox. The job knows its key alone: the text may hold a token.

use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    accounts::mail::{Delivery, MAIL_SENT},
    error::{Code, Error},
    jobs::{JobContext, JobError, Outcome},
};

/// Which mail.
#[derive(Deserialize)]
pub struct Payload {
    /// Its key in the outbox.
    mail: Uuid,
}

/// Sends it, and notes that together with the job's end.
///
/// # Errors
/// When the mail server does not take it; when the database does not answer.
pub async fn run(context: &JobContext, payload: Payload) -> Result<Outcome, JobError> {
    let accounts = &context.app().accounts;
    match accounts.send_mail(payload.mail).await? {
        Delivery::Sent => {
            let noted = context.transaction().await?;
            let keeps = accounts.keeps_mails();
            noted.execute(MAIL_SENT, &[&payload.mail, &keeps]).await?;
            noted.complete(Value::Null).await
        }
        Delivery::Over => Ok(Outcome::nothing()),
        Delivery::Later => Err(JobError::Retry(Error::new(
            Code::Unavailable,
            "The mail server did not take the mail; `mindloom mail` tells why",
        ))),
        Delivery::Refused => Err(JobError::Fatal(Error::new(
            Code::Conflict,
            "The mail server refuses the mail for good; `mindloom mail` tells why",
        ))),
    }
}
