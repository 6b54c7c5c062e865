//! Sends alerts to the operator's address, signed.

use std::time::Duration;

use chrono::Utc;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::{StatusCode, redirect::Policy};
use serde_json::json;
use sha2::Sha256;
use uuid::Uuid;

use super::alerts::Event;
use crate::{
    config::AlertSettings,
    error::{Code, Error, Result},
};

const TIMEOUT: Duration = Duration::from_secs(10);
const SIGNATURE: &str = "x-mindloom-signature";

/// Sends it once, where an address is set; the status of the answer. The address may hold a secret, and is never told.
///
/// # Errors
/// UNAVAILABLE when it does not answer in time, or with another status than success.
pub async fn send(settings: &AlertSettings, id: Uuid, event: &Event) -> Result<Option<StatusCode>> {
    let (Some(url), Some(secret)) = (&settings.alert_webhook_url, &settings.alert_webhook_secret)
    else {
        return Ok(None);
    };
    let body = json!({"id": id, "event": event.event, "alert": event.alert}).to_string();
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
        true => Ok(Some(status)),
        false => {
            let message = format!("The address of MINDLOOM_ALERT_WEBHOOK_URL answered {status}");
            Err(Error::new(Code::Unavailable, message))
        }
    }
}

/// `t=<seconds>,v1=<HMAC-SHA256 of the seconds, a dot and the body>`: what is old can be told from what is new.
fn sign(secret: &[u8], at: i64, body: &str) -> Result<String> {
    let mac = Hmac::<Sha256>::new_from_slice(secret);
    let mut mac = mac.map_err(|error| Error::internal(error.to_string()))?;
    mac.update(format!("{at}.{body}").as_bytes());
    let digest = hex::encode(mac.finalize().into_bytes());
    Ok(format!("t={at},v1={digest}"))
}

fn unsent(error: reqwest::Error) -> Error {
    let why = if error.is_timeout() {
        "did not answer within ten seconds"
    } else {
        "cannot be reached"
    };
    let message = format!("The address of MINDLOOM_ALERT_WEBHOOK_URL {why}");
    Error::new(Code::Unavailable, message).caused_by(error.without_url())
}
