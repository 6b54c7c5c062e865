//! Signed addresses: whoever has one may read, or write, one file for a time.
//!
//! A signature is an HMAC under a key of its own. What is asked for again within a slot of time gets the same address,
//! so that caches of browsers and proxies know it.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use uuid::Uuid;

use super::{Result, StorageError, images::Transform};

/// The header that all signatures share, as that of a JSON Web Token: some clients look into it.
const HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";
/// Of the time that an address is to be good for, it is at most one such part longer.
const SLOT_PARTS: u64 = 10;
/// The longest slot, in seconds.
const SLOT_MAX_S: u64 = 86_400;
/// The longest time that an address may be good for, in seconds: a hundred years.
const EXPIRES_MAX_S: u64 = 100 * 366 * 86_400;

/// Makes and reads signatures.
#[derive(Clone)]
pub(super) struct Signer {
    keyed: Hmac<Sha256>,
}

/// What a signature allows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "scope", rename_all = "lowercase")]
pub enum Grant {
    /// Reading one file.
    Download {
        /// Bucket and name.
        url: String,
        /// Nothing but the image in another size, where that was asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        transform: Option<Transform>,
    },
    /// Writing one file.
    Upload {
        /// Bucket and name.
        url: String,
        /// As whom it is written.
        by: SignedBy,
        /// Whether it may replace one.
        upsert: bool,
    },
}

/// Who signed an upload: the policies are asked about them once more when its bytes come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedBy {
    /// Their role, as PostgreSQL names it.
    pub role: String,
    /// Their account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<Uuid>,
    /// Whether they had shown a second factor: `aal2` then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aal: Option<String>,
    /// Whether they were administrators: a program with a token of an administrator's is none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub admin: bool,
}

#[derive(Serialize, Deserialize)]
struct Payload {
    #[serde(flatten)]
    grant: Grant,
    exp: u64,
}

impl Signer {
    /// Signatures under a key derived from the server's secret; servers that share it read each other's.
    pub(super) fn new(secret: &[u8]) -> Self {
        let mut key = [0; 64];
        let derived = Hkdf::<Sha256>::new(None, secret).expand(b"mindloom files v1", &mut key);
        debug_assert!(derived.is_ok(), "64 bytes are within what HKDF gives");
        Signer {
            keyed: Hmac::<Sha256>::new(&key.into()),
        }
    }

    /// A signature that is good for `expires_in_s` seconds, and hardly longer.
    pub(super) fn sign(&self, grant: Grant, expires_in_s: u64) -> Result<String> {
        self.sign_at(grant, expires_in_s, now_s())
    }

    fn sign_at(&self, grant: Grant, expires_in_s: u64, now_s: u64) -> Result<String> {
        if !(1..=EXPIRES_MAX_S).contains(&expires_in_s) {
            return Err(StorageError::invalid_parameter(
                "expiresIn must be a number of seconds from 1 to a hundred years",
            ));
        }
        let slot = (expires_in_s / SLOT_PARTS).clamp(1, SLOT_MAX_S);
        let payload = Payload {
            grant,
            exp: (now_s + expires_in_s).div_ceil(slot) * slot,
        };
        let payload = serde_json::to_vec(&payload)
            .map_err(|error| StorageError::from(crate::error::Error::internal(error)))?;
        let mut token = format!("{HEADER}.{}", URL_SAFE_NO_PAD.encode(payload));
        let mut mac = self.keyed.clone();
        mac.update(token.as_bytes());
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(mac.finalize().into_bytes(), &mut token);
        Ok(token)
    }

    /// What is known of a version only to those to whom the server told it, for whom it is no account that says that the
    /// upload is theirs.
    pub(super) fn key_of(&self, version: Uuid) -> String {
        let mut mac = self.keyed.clone();
        mac.update(b"upload ");
        mac.update(version.as_bytes());
        hex::encode(&mac.finalize().into_bytes()[..16])
    }

    /// Whether a key is that of a version.
    pub(super) fn is_key_of(&self, key: &str, version: Uuid) -> bool {
        let mut mac = self.keyed.clone();
        mac.update(b"upload ");
        mac.update(version.as_bytes());
        let given = hex::decode(key).unwrap_or_default();
        given.len() == 16 && mac.verify_truncated_left(&given).is_ok()
    }

    /// What a signature allows, and until when, in seconds since 1970.
    ///
    /// # Errors
    /// When it was not made here, or is too old.
    pub(super) fn verify(&self, token: &str) -> Result<(Grant, u64)> {
        self.verify_at(token, now_s())
    }

    fn verify_at(&self, token: &str, now_s: u64) -> Result<(Grant, u64)> {
        let invalid = || StorageError::invalid_signature("Invalid signature");
        let (signed, tag) = token.rsplit_once('.').ok_or_else(invalid)?;
        let tag = URL_SAFE_NO_PAD.decode(tag).map_err(|_| invalid())?;
        let mut mac = self.keyed.clone();
        mac.update(signed.as_bytes());
        mac.verify_slice(&tag).map_err(|_| invalid())?;
        let payload = signed.rsplit('.').next().unwrap_or_default();
        let payload = URL_SAFE_NO_PAD.decode(payload).map_err(|_| invalid())?;
        let payload: Payload = serde_json::from_slice(&payload).map_err(|_| invalid())?;
        if payload.exp <= now_s {
            return Err(StorageError::expired_signature());
        }
        Ok((payload.grant, payload.exp))
    }
}

fn now_s() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map(|since| since.as_secs()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(url: &str) -> Grant {
        Grant::Download {
            url: url.to_owned(),
            transform: None,
        }
    }

    #[test]
    fn a_signature_is_good_for_its_time_and_the_same_within_a_slot() {
        let signer = Signer::new(b"a secret");
        let sign = |now| signer.sign_at(reading("b/a"), 3_600, now).expect("signed");
        let token = sign(1_000_000);
        assert_eq!(token, sign(1_000_001), "caches know it");
        assert_ne!(token, sign(1_000_000 + 720));
        let (grant, exp) = signer.verify_at(&token, 1_003_599).expect("good");
        assert_eq!(grant, reading("b/a"));
        assert!((1_003_600..=1_003_960).contains(&exp), "{exp}");
        let late = signer.verify_at(&token, exp).expect_err("too late");
        assert_eq!(late.code, "InvalidJWT");
    }

    #[test]
    fn nobody_else_signs() {
        let signer = Signer::new(b"a secret");
        let token = signer.sign_at(reading("b/a"), 60, 100).expect("signed");
        let other = Signer::new(b"another").verify_at(&token, 100);
        assert_eq!(other.expect_err("another key").code, "InvalidSignature");
        let mut parts: Vec<&str> = token.split('.').collect();
        let forged =
            URL_SAFE_NO_PAD.encode(r#"{"scope":"download","url":"b/secret","exp":9999999999}"#);
        parts[1] = &forged;
        for token in ["", "a", "a.b", "a.b.c", &parts.join(".")] {
            let refused = signer.verify_at(token, 100).expect_err("refused");
            assert_eq!(refused.code, "InvalidSignature", "{token}");
        }
    }

    #[test]
    fn a_version_is_known_by_its_key_alone() {
        let signer = Signer::new(b"a secret");
        let (version, other) = (Uuid::now_v7(), Uuid::now_v7());
        let key = signer.key_of(version);
        assert!(signer.is_key_of(&key, version));
        assert!(!signer.is_key_of(&key, other));
        assert!(!Signer::new(b"another").is_key_of(&key, version));
        for wrong in ["", "00", &key[..30], &format!("{key}00"), "zz"] {
            assert!(!signer.is_key_of(wrong, version), "{wrong}");
        }
    }

    #[test]
    fn no_time_at_all_and_no_endless_one() {
        let signer = Signer::new(b"a secret");
        for seconds in [0, EXPIRES_MAX_S + 1, u64::MAX] {
            let refused = signer.sign(reading("b/a"), seconds).expect_err("refused");
            assert_eq!(refused.code, "InvalidParameter");
        }
    }
}
