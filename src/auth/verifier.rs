//! Verifies tokens. Verified ones are kept, so that a request costs a look-up and not a signature.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use jsonwebtoken::{Algorithm, Validation, errors::ErrorKind};
use moka::sync::Cache;
use parking_lot::RwLock;
use serde_json::{Map, Value};

use super::{
    ACTING_CLAIM, ACTIVITY_CLAIM, Caller, Role, Sessions,
    jwks::JwksSource,
    keys::{KeyError, VerificationKey},
    quota::Quotas,
};
use crate::{
    config::CallerSettings,
    error::{Code, Error, Reason, Result},
};

/// Tokens are about 300 to 1,500 bytes; headers beyond 8 KiB are refused by most proxies anyway.
const TOKEN_MAX_BYTES: usize = 8 << 10;
/// How personal access tokens begin: so that people, and programs that look for lost secrets, know one when they see it.
pub const PERSONAL_TOKEN_PREFIX: &str = "mlt_";
/// Verified tokens kept: about 1 KiB each with their claims.
const VERIFIED_MAX: u64 = 20_000;
/// The year 9999, in seconds since 1970.
const END_MAX: f64 = 253_402_300_799.0;
/// How long a verified token is believed without looking at its signature again.
const VERIFIED_FOR: Duration = Duration::from_secs(300);

/// Makes callers of tokens.
#[derive(Debug)]
pub struct Verifier {
    own: RwLock<Arc<[VerificationKey]>>,
    foreign: RwLock<Arc<[VerificationKey]>>,
    jwks: Option<JwksSource>,
    rules: Rules,
    verified: Cache<Box<str>, Arc<Caller>>,
    sessions: Arc<Sessions>,
}

#[derive(Debug)]
struct Rules {
    /// The issuers of the settings; where there are none, any.
    issuers: Vec<String>,
    /// The names under which this server issues tokens, where the settings name issuers: only a token that its own
    /// keys verify may carry one.
    own_issuers: Vec<String>,
    audience: String,
    leeway: Duration,
    quotas: Quotas,
}

/// Whose key verifies a token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Signer {
    /// This server's.
    Own,
    /// Another's, from the JWKS document.
    Foreign,
}

/// Why one key did not verify a token.
enum Refusal {
    /// No key fits the token's header: perhaps the keys are out of date.
    UnknownKey,
    /// The token is not to be believed.
    Invalid(Error),
}

impl Verifier {
    /// A verifier with the server's own keys (see [`VerificationKey::secret`]). Foreign keys are read by
    /// [`Verifier::refresh`].
    ///
    /// # Errors
    /// When a JWKS document is named and no issuer is.
    pub fn new(own: Vec<VerificationKey>, settings: &CallerSettings) -> Result<Self, KeyError> {
        if settings.jwks.is_some() && settings.jwt_issuer.is_empty() {
            return Err(KeyError::IssuerMissing);
        }
        let verified = Cache::builder()
            .max_capacity(VERIFIED_MAX)
            .time_to_live(VERIFIED_FOR)
            .build();
        Ok(Verifier {
            own: RwLock::new(own.into()),
            foreign: RwLock::new(Arc::new([])),
            jwks: settings.jwks.clone().map(JwksSource::new).transpose()?,
            rules: Rules {
                issuers: settings.jwt_issuer.clone(),
                own_issuers: Vec::new(),
                audience: settings.jwt_audience.clone(),
                leeway: Duration::from_secs(settings.jwt_leeway_s),
                quotas: Quotas::new(settings),
            },
            verified,
            sessions: Arc::default(),
        })
    }

    /// The same where this server issues tokens, too, under these names. No other issuer's keys may speak for it, so that
    /// whoever signs for a service beside this one cannot make this one's users of its own.
    #[must_use]
    pub fn with_own_issuers(mut self, issuers: impl IntoIterator<Item = String>) -> Self {
        self.rules.own_issuers.extend(issuers);
        self
    }

    /// The sessions that end before their tokens do.
    pub fn sessions(&self) -> &Arc<Sessions> {
        &self.sessions
    }

    /// How much later than `exp` a token is still believed.
    pub fn leeway(&self) -> Duration {
        self.rules.leeway
    }

    /// Replaces the server's own keys, for example when they are rotated.
    pub fn set_own_keys(&self, keys: Vec<VerificationKey>) {
        *self.own.write() = keys.into();
        self.verified.invalidate_all();
    }

    /// The caller of a verified token. One with which an administrator looks at data as somebody else is not let in here.
    ///
    /// # Errors
    /// UNAUTHENTICATED, with what is wrong with the token in words.
    pub async fn verify(&self, token: &str) -> Result<Arc<Caller>> {
        let caller = self.verify_reader(token).await?;
        match caller.acting {
            None => Ok(caller),
            Some(_) => Err(refuse(
                "A token for looking at data as somebody else is good for GraphQL alone",
            )),
        }
    }

    /// The same where nothing is changed for a caller whom an administrator acts as: see [`Caller::acting`].
    ///
    /// # Errors
    /// As [`Self::verify`].
    pub async fn verify_reader(&self, token: &str) -> Result<Arc<Caller>> {
        if let Some(caller) = self.verified.get(token) {
            return self.still_valid(caller);
        }
        if token.len() > TOKEN_MAX_BYTES {
            return Err(refuse("The token is longer than 8 KiB"));
        }
        if token.starts_with(PERSONAL_TOKEN_PREFIX) {
            return Err(refuse(
                "This is a personal access token, which opens /mcp and nothing else: sign in, and send the access token \
                 that signing in gives",
            ));
        }
        let caller = match self.check(token) {
            Ok(caller) => caller,
            Err(Refusal::Invalid(error)) => return Err(error),
            Err(Refusal::UnknownKey) => {
                self.refresh_for_unknown_key().await;
                self.check(token).map_err(Refusal::into_error)?
            }
        };
        let caller = self.still_valid(Arc::new(caller))?;
        self.verified.insert(token.into(), Arc::clone(&caller));
        Ok(caller)
    }

    /// Reads or fetches the JWKS document if that is due. Call it once before serving and then now and then:
    /// it decides by itself whether there is anything to do.
    ///
    /// # Errors
    /// When the document cannot be had; the keys known so far stay in force.
    pub async fn refresh(&self) -> Result<(), KeyError> {
        let Some(jwks) = &self.jwks else {
            return Ok(());
        };
        if let Some(keys) = jwks.due(false).await? {
            self.set_foreign_keys(keys);
        }
        Ok(())
    }

    async fn refresh_for_unknown_key(&self) {
        let Some(jwks) = &self.jwks else { return };
        match jwks.due(true).await {
            Ok(Some(keys)) => self.set_foreign_keys(keys),
            Ok(None) => {}
            Err(error) => tracing::warn!(
                error = &error as &dyn std::error::Error,
                "keys could not be refreshed"
            ),
        }
    }

    fn set_foreign_keys(&self, keys: Vec<VerificationKey>) {
        *self.foreign.write() = keys.into();
        self.verified.invalidate_all();
    }

    fn still_valid(&self, caller: Arc<Caller>) -> Result<Arc<Caller>> {
        let expired = caller
            .expires_at
            .is_none_or(|at| at + self.rules.leeway <= SystemTime::now());
        if expired {
            return Err(refuse("The token has expired"));
        }
        if self.sessions.is_over(&caller) {
            return Err(refuse("The session of the token has ended").because(Reason::SessionEnded));
        }
        Ok(caller)
    }

    fn check(&self, token: &str) -> Result<Caller, Refusal> {
        let header = jsonwebtoken::decode_header(token)
            .map_err(|_| Refusal::Invalid(refuse("The token is not a JWT this server can read")))?;
        let kid = header.kid.as_deref();
        let keys =
            [(Signer::Own, &self.own), (Signer::Foreign, &self.foreign)].map(|(signer, keys)| {
                let keys = keys.read();
                (signer, Arc::clone(&keys))
            });
        let keys = keys
            .iter()
            .flat_map(|(signer, keys)| keys.iter().map(|key| (*signer, key)));
        let mut failure = Refusal::UnknownKey;
        for (signer, key) in keys.filter(|(_, key)| key.fits(header.alg, kid)) {
            match jsonwebtoken::decode::<Map<String, Value>>(
                token,
                &key.key,
                &self.validation(key.algorithm, signer),
            ) {
                // Nobody else says who an administrator of this server is.
                Ok(verified)
                    if signer == Signer::Foreign && verified.claims.contains_key(ACTING_CLAIM) =>
                {
                    let said =
                        "Tokens for looking at data as somebody else are this server's to issue";
                    return Err(Refusal::Invalid(refuse(said)));
                }
                Ok(verified) => return self.caller(verified.claims).map_err(Refusal::Invalid),
                // Another key without a name may still be the one.
                Err(error) => failure = Refusal::Invalid(describe(error.kind())),
            }
        }
        Err(failure)
    }

    fn validation(&self, algorithm: Algorithm, signer: Signer) -> Validation {
        let mut validation = Validation::new(algorithm);
        validation.leeway = self.rules.leeway.as_secs();
        validation.validate_nbf = true;
        validation.set_audience(&[&self.rules.audience]);
        if !self.rules.issuers.is_empty() {
            let own = self
                .rules
                .own_issuers
                .iter()
                .filter(|_| signer == Signer::Own);
            let believed: Vec<&String> = self.rules.issuers.iter().chain(own).collect();
            validation.set_issuer(&believed);
            validation.set_required_spec_claims(&["exp", "iss"]);
        }
        validation
    }

    /// The caller whom claims describe that the server itself made just now.
    ///
    /// # Errors
    /// UNAUTHENTICATED when they describe nobody.
    pub fn vouched(&self, claims: Map<String, Value>) -> Result<Arc<Caller>> {
        self.still_valid(Arc::new(self.caller(claims)?))
    }

    fn caller(&self, mut claims: Map<String, Value>) -> Result<Caller> {
        let role = claims
            .get("role")
            .and_then(Value::as_str)
            .and_then(Role::from_name);
        let role = role.ok_or_else(|| {
            refuse("The token's role must be anon, authenticated or service_role")
        })?;
        // Supabase's API keys (anon, service_role) carry no audience; where there is one it has been checked.
        if role == Role::Authenticated && !claims.contains_key("aud") {
            return Err(refuse("The token names no audience (aud)"));
        }
        // The standard allows fractions of a second, and nothing forbids times beyond what clocks can count.
        let ends = claims
            .get("exp")
            .and_then(Value::as_f64)
            .filter(|ends| (0.0..=END_MAX).contains(ends));
        let ends = ends.ok_or_else(|| refuse("The token's end (exp) is no time of this age"))?;
        claims.insert("exp".to_owned(), Value::from(ends as u64));
        claims.remove(ACTIVITY_CLAIM);
        if role == Role::Authenticated {
            self.rules.quotas.put(&mut claims);
        }
        let caller = Caller::from_claims(role, claims);
        if role == Role::Authenticated && caller.user_id.is_none() {
            return Err(refuse("The token names no user: sub must be a UUID"));
        }
        Ok(caller)
    }
}

impl Refusal {
    fn into_error(self) -> Error {
        match self {
            Refusal::UnknownKey => {
                refuse("The token is signed with a key or algorithm this server does not accept")
            }
            Refusal::Invalid(error) => error,
        }
    }
}

fn refuse(message: &'static str) -> Error {
    Error::new(Code::Unauthenticated, message)
}

fn describe(kind: &ErrorKind) -> Error {
    refuse(match kind {
        ErrorKind::ExpiredSignature => "The token has expired",
        ErrorKind::ImmatureSignature => "The token is not valid yet",
        ErrorKind::InvalidAudience => "The token is for another audience (aud)",
        ErrorKind::InvalidIssuer => {
            "The token is of an issuer (iss) that this server does not accept"
        }
        ErrorKind::MissingRequiredClaim(claim) if claim == "exp" => "The token names no end (exp)",
        ErrorKind::MissingRequiredClaim(_) => "The token names no issuer (iss)",
        ErrorKind::InvalidSignature => "The token's signature is wrong",
        _ => "The token is not a JWT this server can read",
    })
}
