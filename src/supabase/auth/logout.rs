//! `POST /logout?scope=…`

use axum::{extract::State, http::StatusCode, response::IntoResponse as _};

use super::{Auth, Outcome, Refused, asked::Asked};
use crate::accounts::Scope;

/// Ends this session, the others, or all of them.
pub(super) async fn logout(State(auth): State<Auth>, asked: Asked) -> Outcome {
    let scope = match asked.query("scope").as_deref() {
        None | Some("global") => Scope::Global,
        Some("local") => Scope::Local,
        Some("others") => Scope::Others,
        Some(other) => {
            return Err(Refused::invalid(format!(
                "Unsupported logout scope {other:?}"
            )));
        }
    };
    let member = auth.member(&asked).await?;
    auth.accounts
        .sign_out(&member.caller, scope, &member.from)
        .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
