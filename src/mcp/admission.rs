//! Who may come in: a token that somebody gave to their assistant, or that of a session.

use std::sync::Arc;

use axum::{
    Json,
    http::{HeaderValue, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::Mcp;
use crate::{
    accounts::is_personal_token,
    auth::{Caller, RequestContext, Role},
    error::{Code, Error, Result},
    http::{set_status, token},
};

/// Who calls, and what they may do.
#[derive(Clone)]
pub(super) struct Visitor {
    pub context: RequestContext,
    pub may_write: bool,
}

impl Mcp {
    /// Lets a request in.
    ///
    /// # Errors
    /// FORBIDDEN for pages of origins that the server does not know; UNAUTHENTICATED without a good token;
    /// RATE_LIMITED.
    pub(super) async fn admit(&self, parts: &Parts) -> Result<Visitor> {
        if !self.http.knows_origin(&parts.headers) {
            return Err(Error::forbidden(
                "Pages of this origin may not call this server; if they should, MINDLOOM_ALLOWED_ORIGINS names the \
                 origin, or MINDLOOM_PUBLIC_URL the address at which people reach the server",
            ));
        }
        match self.recognise(parts).await {
            Ok((caller, may_write)) => {
                let context = self.http.surroundings(parts, caller);
                self.http.count_request(&context)?;
                Ok(Visitor { context, may_write })
            }
            Err(refused) => {
                // Whoever tries tokens counts as nobody in particular, by their address.
                let nobody = Arc::new(Caller::anonymous());
                let context = self.http.surroundings(parts, nobody);
                self.http.count_request(&context)?;
                Err(refused)
            }
        }
    }

    /// The caller whom the token names, and whether it lets them write.
    async fn recognise(&self, parts: &Parts) -> Result<(Arc<Caller>, bool)> {
        let Some(token) = token::of_headers(&parts.headers)? else {
            return Err(needs_token());
        };
        let verifier = self.http.verifier();
        if is_personal_token(token) {
            let access = self.state.accounts.open_personal_token(token).await?;
            return Ok((verifier.vouched(access.claims)?, access.may_write));
        }
        let caller = verifier.verify(token).await?;
        match caller.role {
            Role::Authenticated => Ok((caller, true)),
            Role::Anon | Role::ServiceRole => Err(needs_token()),
        }
    }
}

fn needs_token() -> Error {
    let said = "Send a personal access token, as `Authorization: Bearer mlt_…`; the GraphQL mutation \
                createPersonalAccessToken makes one";
    Error::new(Code::Unauthenticated, said)
}

/// What an assistant is told that may not come in.
pub(super) fn refusal(error: &Error) -> Response {
    let body = json!({"code": error.code().as_str(), "message": error.message(), "error": error.message()});
    let mut response = Json(body).into_response();
    set_status(&mut response, error);
    if error.code() == Code::Unauthenticated {
        let headers = response.headers_mut();
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}
