//! `/verify`: a link of a mail, which leads to a page with a button, and what a client sends that has the token or the
//! digits itself.

use axum::{
    extract::{Query, State},
    http::{StatusCode, Uri, header},
    response::Response,
};
use serde::Deserialize;
use url::Url;

use super::{Auth, Outcome, Refused, asked::Asked, pages, purposes};
use crate::{
    accounts::{
        Client, normal_email,
        secret::Secret,
        verification::{Proof, Purpose},
    },
    error::Error,
};

#[derive(Deserialize)]
struct Link {
    r#type: String,
    token: Secret,
}

#[derive(Deserialize)]
struct Form {
    r#type: Option<String>,
    token: Option<Secret>,
    token_hash: Option<Secret>,
    email: Option<String>,
    phone: Option<String>,
}

/// `GET /verify`: shows a button; the token is neither used nor looked at.
pub(super) async fn show(uri: Uri) -> Response {
    let link = Query::<Link>::try_from_uri(&uri).ok();
    let purpose = link
        .as_ref()
        .and_then(|link| purposes::of_type(&link.r#type)?.first());
    match (&link, purpose) {
        (Some(Query(link)), Some(purpose)) => {
            let page = pages::confirm(*purpose, &link.r#type, link.token.expose());
            pages::html(StatusCode::OK, page)
        }
        _ => incomplete("This link is incomplete."),
    }
}

/// `POST /verify`: the button of the page sends a form, a client JSON.
pub(super) async fn verify(State(auth): State<Auth>, asked: Asked) -> Outcome {
    let kind = asked.parts.headers.get(header::CONTENT_TYPE);
    let is_form = kind.is_some_and(|kind| {
        kind.as_bytes()
            .starts_with(b"application/x-www-form-urlencoded")
    });
    match is_form {
        true => Ok(follow(&auth, &asked).await),
        false => exchange(&auth, &asked).await,
    }
}

async fn follow(auth: &Auth, asked: &Asked) -> Response {
    let link = url::form_urlencoded::parse(&asked.body);
    let (mut kind, mut token) = (String::new(), None);
    for (name, value) in link {
        match &*name {
            "type" => kind = value.into_owned(),
            "token" => token = Some(Secret::new(value)),
            _ => {}
        }
    }
    let (Some(token), Some(purposes)) = (token, purposes::of_type(&kind)) else {
        return incomplete("This form is incomplete.");
    };
    match auth.follow(purposes, &token, &auth.stranger(asked)).await {
        Ok(Some(target)) => pages::to(&target),
        Ok(None) => pages::html(
            StatusCode::OK,
            pages::message("Done", "You can close this page and sign in."),
        ),
        Err(error) => pages::refusal(&error),
    }
}

async fn exchange(auth: &Auth, asked: &Asked) -> Outcome {
    let form: Form = asked.json()?;
    let given = |secret: Option<Secret>| secret.filter(|secret| !secret.expose().is_empty());
    let (token, token_hash) = (given(form.token), given(form.token_hash));
    let kind = form.r#type.unwrap_or_default();
    if kind.is_empty() {
        return Err(Refused::invalid("Verify requires a verification type"));
    }
    if form.phone.is_some_and(|phone| !phone.is_empty()) {
        return Err(super::signup::no_phone());
    }
    let purposes = purposes::of_type(&kind)
        .ok_or_else(|| Refused::invalid("Unsupported verification type"))?;
    let email = form.email.as_deref().map(normal_email).transpose()?;
    let proof = match (&token, &token_hash, &email) {
        (Some(code), None, Some(email)) => Proof::Code { email, code },
        (None, Some(token), None) => Proof::Token(token),
        (Some(_), None, None) => {
            return Err(Refused::invalid(
                "Only an email address or phone number should be provided on verify",
            ));
        }
        (None, Some(_), Some(_)) => {
            return Err(Refused::invalid(
                "Only the token_hash and type should be provided",
            ));
        }
        _ => {
            return Err(Refused::invalid(
                "Verify requires either a token or a token hash",
            ));
        }
    };
    let from = auth.stranger(asked);
    let session = auth.accounts.verify(purposes, proof, &from).await?;
    auth.session(&session).await
}

impl Auth {
    /// Where a browser goes from a link; nothing where whoever asked for the mail named no address.
    async fn follow(
        &self,
        purposes: &[Purpose],
        token: &Secret,
        from: &Client,
    ) -> Result<Option<Url>, Error> {
        let followed = self.accounts.follow_link(purposes, token, from).await?;
        let Some(back) = followed.redirect_to else {
            return Ok(None);
        };
        let back = back.parse().map_err(Error::internal)?;
        let kind = purposes::name(followed.purpose);
        Ok(Some(pages::on_the_way(back, &followed.brought, Some(kind))))
    }
}

fn incomplete(text: &str) -> Response {
    pages::html(StatusCode::BAD_REQUEST, pages::message("Sign in", text))
}
