use clap::Args;

use super::SecretText;

/// Too short a secret could be guessed.
const SECRET_MIN_CHARACTERS: usize = 16;

/// Who is told of alerts beside the log. When they are raised is set by administrators (`updateSystemSettings`).
#[derive(Args, Clone, Debug)]
pub struct AlertSettings {
    /// Address to which every alert is sent as JSON, when it is raised and when it is resolved.
    #[arg(long, env = "MINDLOOM_ALERT_WEBHOOK_URL", value_name = "URL", global = true, hide_env_values = true,
          value_parser = parse_url, requires = "alert_webhook_secret")]
    pub alert_webhook_url: Option<SecretText>,

    /// Secret that signs what is sent there: the header X-Mindloom-Signature is t=<seconds since 1970>,v1=<HMAC-SHA256
    /// of those seconds, a dot and the body, in hexadecimal>.
    #[arg(long, env = "MINDLOOM_ALERT_WEBHOOK_SECRET", value_name = "SECRET", global = true, hide_env_values = true,
          value_parser = parse_secret)]
    pub alert_webhook_secret: Option<SecretText>,

    /// Send every alert to all administrators by mail, too.
    #[arg(long, env = "MINDLOOM_ALERT_MAILS", global = true)]
    pub alert_mails: bool,
}

fn parse_url(text: &str) -> Result<SecretText, String> {
    let url: url::Url = text.parse().map_err(|error| format!("{error}"))?;
    match url.scheme() {
        "http" | "https" => Ok(SecretText::new(text)),
        other => Err(format!(
            "{other} is not spoken here; allowed are http and https"
        )),
    }
}

fn parse_secret(text: &str) -> Result<SecretText, String> {
    if text.chars().count() < SECRET_MIN_CHARACTERS {
        return Err(format!(
            "at least {SECRET_MIN_CHARACTERS} characters are needed"
        ));
    }
    Ok(SecretText::new(text))
}
