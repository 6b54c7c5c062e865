//! Why sockets are closed.

use std::borrow::Cow;

use axum::extract::ws::{CloseFrame, Message};

/// A control frame carries 125 bytes, two of which are the code.
const REASON_MAX_BYTES: usize = 123;

/// A code and what it means, for the client's log.
#[derive(Debug)]
pub(super) struct Close {
    pub(super) code: u16,
    reason: Cow<'static, str>,
}

impl Close {
    const fn new(code: u16, reason: &'static str) -> Self {
        Close {
            code,
            reason: Cow::Borrowed(reason),
        }
    }

    pub(super) const IDLE: Self = Self::new(1001, "Idle: no operation for a long time");
    pub(super) const SILENT: Self = Self::new(1001, "No answer to pings");
    pub(super) const TOO_BIG: Self = Self::new(1009, "Message too big");
    pub(super) const RESTART: Self = Self::new(1012, "Service restart");
    pub(super) const STALLED: Self =
        Self::new(1013, "Client reads too slowly: reconnect and resume");
    pub(super) const UNAUTHORIZED: Self = Self::new(4401, "Unauthorized");
    pub(super) const EXPIRED: Self = Self::new(4403, "Forbidden: the token has expired");
    pub(super) const SESSION_OVER: Self = Self::new(4403, "Forbidden: the session has ended");
    pub(super) const OTHER_CALLER: Self = Self::new(
        4403,
        "Forbidden: the new token grants something else; reconnect",
    );
    pub(super) const PROTOCOL: Self = Self::new(4406, "Subprotocol not acceptable");
    pub(super) const INIT_TIMEOUT: Self = Self::new(4408, "Connection initialisation timeout");
    pub(super) const INIT_TWICE: Self = Self::new(4429, "Too many initialisation requests");

    pub(super) fn invalid(message: impl Into<Cow<'static, str>>) -> Self {
        Close {
            code: 4400,
            reason: message.into(),
        }
    }

    pub(super) fn forbidden(message: &str) -> Self {
        Close {
            code: 4403,
            reason: format!("Forbidden: {message}").into(),
        }
    }

    pub(super) fn duplicate(id: &str) -> Self {
        Close {
            code: 4409,
            reason: format!("Subscriber for {id} already exists").into(),
        }
    }

    pub(super) fn into_message(self) -> Message {
        let mut reason = self.reason.into_owned();
        while reason.len() > REASON_MAX_BYTES {
            reason.pop();
        }
        Message::Close(Some(CloseFrame {
            code: self.code,
            reason: reason.into(),
        }))
    }
}
