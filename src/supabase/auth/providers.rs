//! Sign-ins through others: `GET /authorize`, `GET /callback`, and the identities of an account.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use serde_json::json;
use uuid::Uuid;

use super::{
    Auth, Outcome, Refused,
    answer::{answer, done},
    asked::Asked,
    mails::challenge,
    pages,
};
use crate::{
    accounts::{
        WayBack,
        oauth::{Callback, Departure},
    },
    auth::Caller,
    error::Error,
};

/// Sends the browser to a provider.
pub(super) async fn authorize(State(auth): State<Auth>, asked: Asked) -> Outcome {
    let from = auth.stranger(&asked);
    let (provider, departure) = departure(&asked)?;
    let begun = auth
        .accounts
        .begin_oauth(&provider, departure, None, &from)
        .await?;
    Ok(pages::to(&begun))
}

/// Tells where to send the browser so that a provider is linked to the account.
pub(super) async fn link(State(auth): State<Auth>, asked: Asked) -> Outcome {
    let member = auth.member(&asked).await?;
    let (provider, departure) = departure(&asked)?;
    let caller: &Caller = &member.caller;
    let begun = auth
        .accounts
        .begin_oauth(&provider, departure, Some(caller), &member.from)
        .await?;
    Ok(answer(&json!({ "url": begun })))
}

fn departure(asked: &Asked) -> Result<(String, Departure), Refused> {
    let provider = asked
        .query("provider")
        .ok_or_else(|| Refused::invalid("Unsupported provider: provider could not be found"))?;
    let query = asked.parts.uri.query().unwrap_or_default();
    let challenge = challenge(
        asked.query("code_challenge"),
        asked.query("code_challenge_method"),
    )?;
    let departure = Departure {
        way_back: WayBack {
            redirect_to: asked.redirect_to(),
            challenge,
        },
        parameters: url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect(),
    };
    Ok((provider, departure))
}

/// Where providers send the browser back to.
pub(super) async fn callback(State(auth): State<Auth>, asked: Asked) -> Response {
    let from = auth.stranger(&asked);
    let callback = Callback {
        state: asked.query("state"),
        code: asked.query("code"),
        error: asked.query("error"),
    };
    match auth.accounts.finish_oauth(callback, &from).await {
        Ok(arrived) => pages::to(&match arrived.brought {
            Some(brought) => pages::on_the_way(arrived.back, &brought, None),
            None => arrived.back,
        }),
        Err(error) => pages::refusal(&error),
    }
}

/// Takes an identity from the account.
pub(super) async fn unlink(
    State(auth): State<Auth>,
    Path(identity): Path<String>,
    asked: Asked,
) -> Outcome {
    let member = auth.member(&asked).await?;
    let identity: Uuid = identity.parse().map_err(|_| {
        Refused::invalid("identity_id must be an UUID").with_status(StatusCode::NOT_FOUND)
    })?;
    if member.caller.user_id == Some(identity) {
        let message = "The mail address of an account is changed by updateUser and not unlinked";
        return Err(Error::bad_input(message).into());
    }
    auth.accounts
        .unlink_identity(&member.caller, identity, &member.from)
        .await?;
    Ok(done())
}
