//! The keys that tokens are verified with. Each has one algorithm, whatever a token's header says: a
//! public key is never tried as an HMAC secret.

use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse},
};

/// One key and the only algorithm it verifies.
#[derive(Clone)]
pub struct VerificationKey {
    /// The key's name; a token that names another one is not verified with it.
    pub kid: Option<String>,
    /// The only algorithm that this key verifies.
    pub algorithm: Algorithm,
    /// The key.
    pub key: DecodingKey,
}

impl std::fmt::Debug for VerificationKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("VerificationKey")
            .field("kid", &self.kid)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

/// A JWKS document that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// It is no JWKS document.
    #[error("the JWKS document cannot be read")]
    Document(#[from] serde_json::Error),
    /// It has no key of a kind that this server verifies.
    #[error("the JWKS document has no key for RS256, ES256 or EdDSA")]
    Empty,
    /// Its file cannot be read.
    #[error("the JWKS file {} cannot be read", path.display())]
    File {
        /// The file.
        path: std::path::PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// It cannot be fetched.
    #[error("the JWKS document cannot be fetched")]
    Fetch(#[from] reqwest::Error),
    /// Keys of others are believed for named issuers only.
    #[error(
        "MINDLOOM_JWKS needs MINDLOOM_JWT_ISSUER: without it every token of that issuer's other customers would be valid here"
    )]
    IssuerMissing,
}

impl VerificationKey {
    /// The server's own secret: HS256. It has no `kid`, so tokens may name any.
    pub fn secret(secret: &[u8]) -> Self {
        VerificationKey {
            kid: None,
            algorithm: Algorithm::HS256,
            key: DecodingKey::from_secret(secret),
        }
    }

    /// The usable keys of a JWKS document: RSA for RS256, P-256 for ES256, Ed25519 for EdDSA. Others, and
    /// keys meant for encryption, are passed over.
    ///
    /// # Errors
    /// When the document is none, or no key of it can be used.
    pub fn from_jwks(document: &[u8]) -> Result<Vec<Self>, KeyError> {
        let set: JwkSet = serde_json::from_slice(document)?;
        let keys: Vec<_> = set.keys.iter().filter_map(Self::from_jwk).collect();
        if keys.is_empty() {
            Err(KeyError::Empty)
        } else {
            Ok(keys)
        }
    }

    /// The key of one JWK, or nothing when its kind or use is another.
    pub fn from_jwk(jwk: &Jwk) -> Option<Self> {
        if matches!(jwk.common.public_key_use, Some(PublicKeyUse::Encryption)) {
            return None;
        }
        let algorithm = match &jwk.algorithm {
            AlgorithmParameters::RSA(_) => Algorithm::RS256,
            AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => {
                Algorithm::ES256
            }
            AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => {
                Algorithm::EdDSA
            }
            _ => return None,
        };
        let named = match jwk.common.key_algorithm {
            None => algorithm,
            Some(KeyAlgorithm::RS256) => Algorithm::RS256,
            Some(KeyAlgorithm::ES256) => Algorithm::ES256,
            Some(KeyAlgorithm::EdDSA) => Algorithm::EdDSA,
            Some(_) => return None,
        };
        if named != algorithm {
            return None;
        }
        let key = DecodingKey::from_jwk(jwk).ok()?;
        Some(VerificationKey {
            kid: jwk.common.key_id.clone(),
            algorithm,
            key,
        })
    }

    /// Whether a token whose header says `algorithm` and `kid` may have been signed with this key.
    pub fn fits(&self, algorithm: Algorithm, kid: Option<&str>) -> bool {
        let named = match (kid, &self.kid) {
            (Some(asked), Some(own)) => asked == own,
            _ => true,
        };
        self.algorithm == algorithm && named
    }
}
