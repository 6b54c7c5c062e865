//! Mails that let somebody in: `POST /otp`, `/magiclink`, `/recover` and `/resend`, `GET /reauthenticate`. Their answers
//! are the same whether or not the address has an account.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Auth, Outcome, Refused, answer::done, asked::Asked, signup::no_phone};
use crate::accounts::{Challenge, WayBack, verification::Purpose};

#[derive(Deserialize)]
struct Form {
    email: Option<String>,
    phone: Option<String>,
    create_user: Option<bool>,
    data: Option<Map<String, Value>>,
    r#type: Option<String>,
}

#[derive(Deserialize)]
struct Flow {
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
}

impl Asked {
    /// How the client wants to be come back to.
    pub(super) fn way_back(&self) -> Result<WayBack, Refused> {
        let flow: Flow = self.json()?;
        Ok(WayBack {
            redirect_to: self.redirect_to(),
            challenge: challenge(flow.code_challenge, flow.code_challenge_method)?,
        })
    }
}

/// What a client tells of its secret, by the method it names.
pub(super) fn challenge(
    challenge: Option<String>,
    method: Option<String>,
) -> Result<Option<Challenge>, Refused> {
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    match (given(challenge), given(method)) {
        (None, None) => Ok(None),
        (Some(challenge), Some(method)) if method.eq_ignore_ascii_case("s256") => {
            Ok(Some(Challenge::s256(&challenge)?))
        }
        (Some(challenge), Some(method)) if method.eq_ignore_ascii_case("plain") => {
            Ok(Some(Challenge::plain(&challenge)?))
        }
        _ => Err(Refused::invalid(
            "PKCE flow requires code_challenge_method and code_challenge",
        )),
    }
}

/// A code and a link that sign in; for a newcomer, who has an account by that, unless `create_user` is false.
pub(super) async fn otp(State(auth): State<Auth>, asked: Asked) -> Outcome {
    let form: Form = asked.json()?;
    let data = form.data.clone().unwrap_or_default();
    let create = form.create_user.unwrap_or(true).then_some(data);
    send(&auth, &asked, form, Purpose::MagicLink, create).await
}

/// A code and a link for whoever forgot the password.
pub(super) async fn recover(State(auth): State<Auth>, asked: Asked) -> Outcome {
    let form: Form = asked.json()?;
    send(&auth, &asked, form, Purpose::RecoverPassword, None).await
}

/// The confirmation of a sign-up again.
pub(super) async fn resend(State(auth): State<Auth>, asked: Asked) -> Outcome {
    let form: Form = asked.json()?;
    match form.r#type.as_deref() {
        Some("signup") => send(&auth, &asked, form, Purpose::ConfirmEmail, None).await,
        Some("email_change") => {
            let email = form.email.unwrap_or_default();
            let from = auth.stranger(&asked);
            auth.accounts
                .resend_email_change(&email, asked.way_back()?, &from)
                .await?;
            Ok(done())
        }
        Some("sms" | "phone_change") => Err(no_phone()),
        _ => Err(Refused::invalid(
            "Missing one of these types: signup, email_change, sms, phone_change",
        )),
    }
}

async fn send(
    auth: &Auth,
    asked: &Asked,
    form: Form,
    purpose: Purpose,
    create: Option<Map<String, Value>>,
) -> Outcome {
    let email = form.email.filter(|email| !email.is_empty());
    let Some(email) = email else {
        return Err(match form.phone {
            Some(phone) if !phone.is_empty() => no_phone(),
            _ => Refused::invalid("One of email or phone must be set"),
        });
    };
    let from = auth.stranger(asked);
    auth.accounts
        .request_mail(purpose, &email, create, asked.way_back()?, &from)
        .await?;
    Ok(done())
}

/// A code that stands in for the password.
pub(super) async fn reauthenticate(State(auth): State<Auth>, asked: Asked) -> Outcome {
    let member = auth.member(&asked).await?;
    auth.accounts
        .request_reauthentication(&member.caller, &member.from)
        .await?;
    Ok(done())
}
