//! Why the server gave nothing, told without anything that it or the person said.

use std::{error::Error as StdError, time::Duration};

use rmcp::{
    ServiceError,
    service::ClientInitializeError,
    transport::streamable_http_client::{
        AuthRequiredError, HttpStatusError, InsufficientScopeError, StreamableHttpError,
    },
};

use super::connection::ANSWER_MAX_BYTES;
use crate::error::{Code, Error};

type HttpError = StreamableHttpError<reqwest_of_rmcp::Error>;

/// See the module.
pub(super) enum Fault {
    /// It does not take the token.
    TokenRefused,
    /// The token may not do this.
    NotAllowed,
    /// It is asked too often.
    Busy,
    /// It answered with another status.
    Status(u16),
    /// It does not answer.
    Unreachable(&'static str),
    /// It took too long.
    Slow(Duration),
    /// It answers more than is read of one answer.
    TooLarge,
    /// Its list of tools did not come to its end. What is too long to be read looks the same where it comes as an event.
    Unlisted,
    /// It does not speak the protocol as it should.
    Broken(&'static str),
    /// It refused a call, with its reason: for the model.
    Refused(String),
}

impl Fault {
    /// Why there is no connection.
    pub fn of_opening(error: &ClientInitializeError) -> Self {
        match error {
            ClientInitializeError::TransportError { error, .. } => {
                Self::of_transport(&*error.error)
            }
            ClientInitializeError::JsonRpcError(_) => Fault::Broken("it refused to begin"),
            ClientInitializeError::ConnectionClosed(_) => {
                Fault::Unreachable("the connection was lost")
            }
            _ => Fault::Broken("it did not begin as the protocol wants it"),
        }
    }

    /// Why there is no result.
    pub fn of_call(error: &ServiceError) -> Self {
        match error {
            ServiceError::McpError(said) => Fault::Refused(said.message.to_string()),
            ServiceError::TransportSend(error) => Self::of_transport(&*error.error),
            ServiceError::TransportClosed => Fault::Unreachable("the connection was lost"),
            ServiceError::UnexpectedResponse => {
                Fault::Broken("it answered what was not asked, or wants to be asked in another way")
            }
            _ => Fault::Broken("it broke the call off"),
        }
    }

    /// Why there is no list of tools.
    pub fn of_list(error: &ServiceError) -> Self {
        match Self::of_call(error) {
            Fault::TooLarge | Fault::Unreachable(_) => Fault::Unlisted,
            fault => fault,
        }
    }

    fn of_transport(error: &(dyn StdError + 'static)) -> Self {
        let mut next = Some(error);
        while let Some(error) = next {
            if error.is::<AuthRequiredError>() {
                return Fault::TokenRefused;
            }
            if error.is::<InsufficientScopeError>() {
                return Fault::NotAllowed;
            }
            if let Some(known) = error.downcast_ref::<HttpStatusError>() {
                return Self::of_status(known.status);
            }
            if let Some(known) = error.downcast_ref::<HttpError>()
                && let Some(fault) = Self::of_http(known)
            {
                return fault;
            }
            next = error.source();
        }
        Fault::Unreachable("the connection was lost")
    }

    fn of_http(error: &HttpError) -> Option<Self> {
        Some(match error {
            HttpError::HttpStatus(known) => Self::of_status(known.status),
            HttpError::Client(error) if error.is_timeout() => {
                Fault::Unreachable("it took too long")
            }
            HttpError::Client(error) if error.is_connect() => {
                Fault::Unreachable("no connection can be made")
            }
            HttpError::Client(error) => match error.status() {
                Some(status) => Self::of_status(status.as_u16()),
                None => Fault::Unreachable("the connection was lost"),
            },
            // The status is told in words alone, before what the server said.
            HttpError::UnexpectedServerResponse(said) => {
                let status = said.strip_prefix("HTTP ").and_then(|rest| rest.get(..3));
                match status.and_then(|status| status.parse().ok()) {
                    Some(status) => Self::of_status(status),
                    None => Fault::Broken("its answer is not one of the protocol"),
                }
            }
            HttpError::ResponseBodyTooLarge { .. } => Fault::TooLarge,
            HttpError::SessionExpired => Fault::Unreachable("its session was over"),
            HttpError::AuthRequired(_) => Fault::TokenRefused,
            HttpError::InsufficientScope(_) => Fault::NotAllowed,
            HttpError::UnexpectedContentType(_) | HttpError::Deserialize(_) | HttpError::Sse(_) => {
                Fault::Broken("its answer is not one of the protocol")
            }
            _ => return None,
        })
    }

    fn of_status(status: u16) -> Self {
        match status {
            401 => Fault::TokenRefused,
            403 => Fault::NotAllowed,
            429 => Fault::Busy,
            status => Fault::Status(status),
        }
    }

    /// Whether the connection is better made anew.
    pub fn is_of_connection(&self) -> bool {
        !matches!(self, Fault::Refused(_) | Fault::NotAllowed | Fault::Busy)
    }

    /// As whoever asked may read it.
    pub fn error(&self, host: &str, provider: &str) -> Error {
        let unavailable = |said: String| Error::new(Code::Unavailable, said);
        match self {
            Fault::TokenRefused => Error::forbidden(format!(
                "{host} refuses the token: save another one with saveApiConfiguration(provider: \"{provider}\", apiKey: …)"
            ))
            .with("reason", "API_KEY_REFUSED"),
            Fault::NotAllowed => Error::forbidden(format!(
                "{host} does not let the token do this: give it the rights there that this needs"
            )),
            Fault::Busy => Error::new(
                Code::RateLimited,
                format!("{host} is asked too often: try again later"),
            ),
            Fault::Status(status) => unavailable(format!("{host} answered with status {status}")),
            Fault::Unreachable(why) => unavailable(format!("{host} does not answer: {why}")),
            Fault::Slow(after) => unavailable(format!(
                "{host} does not answer: nothing came within {} seconds",
                after.as_secs()
            )),
            Fault::TooLarge => unavailable(format!(
                "{host} answers more than is read of one answer ({} MiB)",
                ANSWER_MAX_BYTES >> 20
            )),
            Fault::Unlisted => unavailable(format!(
                "The tools of {host} cannot be used: its list of them broke off, or is longer than the {} MiB that are read",
                ANSWER_MAX_BYTES >> 20
            )),
            Fault::Broken(why) => unavailable(format!("{host} cannot be understood: {why}")),
            Fault::Refused(_) => unavailable(format!("{host} refused to tell its tools")),
        }
    }
}
