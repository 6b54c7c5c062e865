use clap::Args;

use super::SecretText;

/// How tokens are signed.
#[derive(Args, Clone, Debug)]
pub struct AuthSettings {
    /// Secret that signs access tokens (HS256), at least 32 bytes. Made once and kept in the data directory when
    /// absent.
    #[arg(long, env = "MINDLOOM_JWT_SECRET", value_name = "SECRET", global = true, hide_env_values = true,
          value_parser = parse_secret)]
    pub jwt_secret: Option<SecretText>,

    /// Serve although the secrets are others than those that this database was served with, and take them for the
    /// right ones from now on: tokens from before are refused, what another master key encrypted stays closed.
    #[arg(long, env = "MINDLOOM_ACCEPT_NEW_SECRETS", global = true, value_parser = clap::builder::BoolishValueParser::new())]
    pub accept_new_secrets: bool,
}

/// RFC 7518 asks for a key at least as long as the hash; a shorter one can be guessed offline from one token.
pub(crate) const SECRET_MIN_BYTES: usize = 32;

fn parse_secret(text: &str) -> Result<SecretText, String> {
    if text.len() < SECRET_MIN_BYTES {
        return Err(format!(
            "the secret has {} bytes, at least {SECRET_MIN_BYTES} are needed",
            text.len()
        ));
    }
    Ok(SecretText::new(text))
}
