//! What a request of this protocol asks, and who sends it.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{StatusCode, Uri, request::Parts},
};
use serde::de::DeserializeOwned;

use super::{Auth, Refused};
use crate::{
    accounts::Client,
    auth::{Caller, Role},
    error::{Code, Error, Reason},
    http::{server::body::TimedOut, token},
};

/// A request whose body has arrived. Whatever its media type says, the body is JSON: there are no cookies, so a form of
/// another site has nothing to borrow.
pub(super) struct Asked {
    pub(super) parts: Parts,
    pub(super) body: Bytes,
}

/// Somebody with a session.
pub(super) struct Member {
    pub(super) caller: Arc<Caller>,
    pub(super) from: Client,
}

impl FromRequest<Auth> for Asked {
    type Rejection = Refused;

    async fn from_request(request: Request, auth: &Auth) -> Result<Self, Refused> {
        let (parts, body) = request.into_parts();
        let nobody = auth.http.surroundings_of_nobody(&parts);
        auth.http.count_request(&nobody)?;
        let request = Request::from_parts(parts.clone(), body);
        let body = Bytes::from_request(request, auth).await.map_err(|error| {
            if TimedOut::caused(&error) {
                let message = "The body did not arrive in time";
                return Refused::new(StatusCode::REQUEST_TIMEOUT, "request_timeout", message);
            }
            match error.status() {
                StatusCode::PAYLOAD_TOO_LARGE => Refused::new(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    "request_entity_too_large",
                    format!(
                        "Request body too large (max {} bytes)",
                        super::BODY_MAX_BYTES
                    ),
                ),
                status => Refused::new(status, "bad_json", "Could not read the request's body"),
            }
        })?;
        auth.check_key(&parts).await?;
        Ok(Asked { parts, body })
    }
}

impl Asked {
    /// The body; where there is none, that of an empty object.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, Refused> {
        let body = if self.body.is_empty() {
            b"{}"
        } else {
            &self.body[..]
        };
        serde_json::from_slice(body).map_err(|error| {
            let message = format!("Could not parse request body as JSON: {error}");
            Refused::new(StatusCode::BAD_REQUEST, "bad_json", message)
        })
    }

    /// A parameter of the address; an empty one is none.
    pub(super) fn query(&self, name: &str) -> Option<String> {
        parameter(&self.parts.uri, name)
    }

    /// Where to go in the end: in the address, or in a header of that name.
    pub(super) fn redirect_to(&self) -> Option<String> {
        self.query("redirect_to").or_else(|| {
            let header = self.parts.headers.get("redirect_to")?;
            header.to_str().ok().map(str::to_owned)
        })
    }
}

/// A parameter of an address; an empty one is none.
pub(super) fn parameter(uri: &Uri, name: &str) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(uri.query()?.as_bytes());
    pairs
        .find(|(key, value)| key == name && !value.is_empty())
        .map(|(_, value)| value.into_owned())
}

impl Auth {
    /// A key that is none of this server's is told at once: else everything would seem to work until somebody signs in.
    async fn check_key(&self, parts: &Parts) -> Result<(), Refused> {
        let wrong = |error: Error| match error.code() {
            Code::Unauthenticated => Refused::new(
                StatusCode::UNAUTHORIZED,
                "invalid_api_key",
                "Invalid API key: `mindloom keys api` prints this server's",
            ),
            _ => error.into(),
        };
        let Some(key) = token::of_apikey(&parts.headers).map_err(wrong)? else {
            return Ok(());
        };
        let verified = self.http.verifier().verify(key).await;
        verified.map(drop).map_err(wrong)
    }

    /// Where a request comes from that needs no token: whoever signs in has none, and an old one is no hindrance.
    pub(super) fn stranger(&self, asked: &Asked) -> Client {
        Client::from(&self.http.surroundings_of_nobody(&asked.parts))
    }

    /// Who sends a request that needs a session.
    pub(super) async fn member(&self, asked: &Asked) -> Result<Member, Refused> {
        let member = self.bearer(asked).await?;
        match member.caller.user_id {
            Some(_) => Ok(member),
            None => Err(bad_jwt("invalid claim: missing sub claim")),
        }
    }

    /// Who sends a request that administrators and the operator's own programs may send.
    pub(super) async fn admin(&self, asked: &Asked) -> Result<Member, Refused> {
        let member = self.bearer(asked).await?;
        if member.caller.role == Role::Anon {
            let error = Error::forbidden("User not allowed").because(Reason::NotAdmin);
            return Err(error.into());
        }
        Ok(member)
    }

    async fn bearer(&self, asked: &Asked) -> Result<Member, Refused> {
        let missing = || {
            Refused::new(
                StatusCode::UNAUTHORIZED,
                "no_authorization",
                "This endpoint requires a valid Bearer token",
            )
        };
        let token = token::of_authorization(&asked.parts.headers);
        let token = token.map_err(|_| missing())?.ok_or_else(missing)?;
        let caller = self.http.verifier().verify(token).await;
        let caller = caller.map_err(|error| match (error.code(), error.reason()) {
            (Code::Unauthenticated, None) => bad_jwt(format!(
                "invalid JWT: unable to parse or verify signature, {}",
                error.message()
            )),
            _ => error.into(),
        })?;
        let context = self.http.surroundings(&asked.parts, caller);
        let from = Client::from(&context);
        Ok(Member {
            caller: context.caller,
            from,
        })
    }
}

fn bad_jwt(message: impl Into<String>) -> Refused {
    Refused::new(StatusCode::FORBIDDEN, "bad_jwt", message)
}
