//! Random secrets, and what of them may be stored.

use std::fmt;

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use rand::{TryRngCore, rngs::OsRng};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// A password, token or key as a client sent it or will get it. Shows nowhere by accident: it has no
/// `Display` and its `Debug` is blank.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Takes a secret in.
    pub fn new(text: impl Into<String>) -> Self {
        Secret(text.into())
    }

    /// 256 random bits in URL-safe base64: 43 characters.
    ///
    /// # Errors
    /// INTERNAL when the operating system gives no randomness.
    pub fn random() -> Result<Self> {
        Ok(Secret(BASE64_URL_SAFE_NO_PAD.encode(random::<32>()?)))
    }

    /// The secret itself, to be sent or compared.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is stored of a random secret. Nobody guesses 256 bits, so one round without salt suffices;
    /// passwords and short codes go elsewhere.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Random bytes of the operating system.
///
/// # Errors
/// INTERNAL when there are none.
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    OsRng.try_fill_bytes(&mut bytes).map_err(Error::internal)?;
    Ok(bytes)
}

/// Six random decimal digits.
///
/// # Errors
/// INTERNAL when the operating system gives no randomness.
pub fn random_code() -> Result<Secret> {
    // The remainder of 64 bits favours no digit by more than one in 10^13.
    let number = u64::from_le_bytes(random::<8>()?) % 1_000_000;
    Ok(Secret(format!("{number:06}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_do_not_show_and_do_not_repeat() {
        let (one, other) = (Secret::random().unwrap(), Secret::random().unwrap());
        assert_ne!(one.expose(), other.expose());
        assert_eq!(one.expose().len(), 43);
        assert!(!format!("{one:?}").contains(one.expose()));
        assert_eq!(random_code().unwrap().expose().len(), 6);
    }
}
