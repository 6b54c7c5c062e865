//! `health.webhook`: sends an alert to the operator's address, signed.

use std::time::Duration;

use chrono::Utc;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::{StatusCode, redirect::Policy};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::{
    error::{Code, Error},
    jobs::{JobContext, JobError, Outcome},
};

const TIMEOUT: Duration = Duration::from_secs(10);
const SIGNATURE: &str = "x-mindloom-signature";

/// What happened to which alert.
#[derive(Deserialize)]
pub struct Payload {
    event: String,
    alert: Value,
}

/// Sends it once. The address may hold a secret, and is never told.
///
/// # Errors
/// When it does not answer in time, or with another status than success: it is tried again.
pub async fn run(context: &JobContext, payload: Payload) -> Result<Outcome, JobError> {
    let settings = &context.app().settings.alerts;
    let (Some(url), Some(secret)) = (&settings.alert_webhook_url, &settings.alert_webhook_secret)
    else {
        return Ok(Outcome::Done(json!({"sent": false})));
    };
    let body =
        json!({"id": context.id(), "event": payload.event, "alert": payload.alert}).to_string();
    let signature = sign(secret.expose().as_bytes(), Utc::now().timestamp(), &body)?;
    let client = reqwest::Client::builder()
        .timeout(TIMEOUT)
        // The address is the operator's word; where else it leads is not.
        .redirect(Policy::none())
        .build()
        .map_err(unsent)?;
    let request = client
        .post(url.expose())
        .header("content-type", "application/json")
        .header(SIGNATURE, signature)
        .body(body);
    let status = request.send().await.map_err(unsent)?.status();
    match status.is_success() {
        true => Ok(Outcome::Done(
            json!({"sent": true, "status": status.as_u16()}),
        )),
        false => Err(refused(status)),
    }
}

/// `t=<seconds>,v1=<HMAC-SHA256 of the seconds, a dot and the body>`: what is old can be told from what is new.
fn sign(secret: &[u8], at: i64, body: &str) -> Result<String, JobError> {
    let mac = Hmac::<Sha256>::new_from_slice(secret);
    let mut mac = mac.map_err(|error| JobError::Fatal(Error::internal(error.to_string())))?;
    mac.update(format!("{at}.{body}").as_bytes());
    let digest = hex::encode(mac.finalize().into_bytes());
    Ok(format!("t={at},v1={digest}"))
}

fn refused(status: StatusCode) -> JobError {
    let message = format!("The address of MINDLOOM_ALERT_WEBHOOK_URL answered {status}");
    JobError::Retry(Error::new(Code::Unavailable, message))
}

fn unsent(error: reqwest::Error) -> JobError {
    let why = if error.is_timeout() {
        "did not answer within ten seconds"
    } else {
        "cannot be reached"
    };
    let message = format!("The address of MINDLOOM_ALERT_WEBHOOK_URL {why}");
    JobError::Retry(Error::new(Code::Unavailable, message).caused_by(error.without_url()))
}
