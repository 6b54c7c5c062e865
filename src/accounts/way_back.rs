//! How a sign-in that goes through a mail or a provider comes back to the client that asked for it.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;

use super::{Accounts, secret::Secret};
use crate::error::{Error, Result};

/// What of a client's secret is told in advance (RFC 7636): its SHA-256, in base64url without padding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge(String);

/// Where a link leads in the end, and what it brings.
#[derive(Debug, Clone, Default)]
pub struct WayBack {
    /// The client's address; without one a page says that all is done.
    pub redirect_to: Option<String>,
    /// With a challenge the link brings a code, which the client exchanges; without one it brings the session.
    pub challenge: Option<Challenge>,
}

impl Challenge {
    /// A challenge of the method S256.
    ///
    /// # Errors
    /// BAD_USER_INPUT when it is no SHA-256.
    pub fn s256(text: &str) -> Result<Self> {
        let well_formed = BASE64_URL_SAFE_NO_PAD
            .decode(text)
            .is_ok_and(|digest| digest.len() == 32);
        if well_formed {
            return Ok(Challenge(text.to_owned()));
        }
        Err(Error::bad_input(
            "codeChallenge is the SHA-256 of the code verifier in base64url without padding",
        )
        .with("field", "codeChallenge"))
    }

    /// A challenge of the method plain, which is the secret itself: what pages send that may not compute a digest,
    /// because they did not come by https.
    ///
    /// # Errors
    /// BAD_USER_INPUT when it is shorter or longer than RFC 7636 has it.
    pub fn plain(text: &str) -> Result<Self> {
        if !(43..=128).contains(&text.len()) {
            return Err(Error::bad_input("A code verifier has 43 to 128 characters")
                .with("field", "codeChallenge"));
        }
        Ok(Challenge(digest(text)))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl WayBack {
    /// To an address, with the session.
    pub fn to(redirect_to: Option<String>) -> Self {
        WayBack {
            redirect_to,
            challenge: None,
        }
    }
}

impl Accounts {
    /// The same way, to an allowed address; without one to the application's, where the operator named it.
    pub(super) fn check_way_back(&self, asked: WayBack) -> Result<WayBack> {
        let redirect_to = match asked.redirect_to {
            Some(url) => Some(self.check_redirect(&url)?),
            None => self.settings.site_url.as_ref().map(ToString::to_string),
        };
        Ok(WayBack {
            redirect_to,
            ..asked
        })
    }
}

/// Whether this is the secret behind a stored challenge.
pub(super) fn is_behind(verifier: &Secret, challenge: &str) -> bool {
    let computed = digest(verifier.expose());
    computed.as_bytes().ct_eq(challenge.as_bytes()).into()
}

fn digest(text: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_methods_are_met_by_the_secret_alone() {
        let verifier = "a-verifier-that-only-this-client-knows-0123456789";
        let s256 = Challenge::s256(&digest(verifier)).expect("a challenge");
        let plain = Challenge::plain(verifier).expect("a challenge");
        assert_eq!(s256, plain);
        assert!(is_behind(&Secret::new(verifier), s256.as_str()));
        assert!(!is_behind(&Secret::new("another"), s256.as_str()));
        assert!(Challenge::s256(verifier).is_err());
        assert!(Challenge::plain("short").is_err());
    }
}
