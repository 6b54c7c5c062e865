//! `POST /admin/generate_link` and `POST /invite`

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::form_urlencoded::Serializer;

use super::users::email_exists;
use crate::{
    accounts::{WayBack, admin_links::LinkWanted, secret::Secret, verification::Purpose},
    supabase::auth::{Auth, Outcome, Refused, answer::answer, asked::Asked, purposes},
};

#[derive(Deserialize)]
struct Form {
    r#type: Option<String>,
    email: Option<String>,
    new_email: Option<String>,
    password: Option<Secret>,
    data: Option<Map<String, Value>>,
    redirect_to: Option<String>,
}

/// A link for a mail of the caller's own; nothing is sent.
pub(super) async fn generate(State(auth): State<Auth>, asked: Asked) -> Outcome {
    let admin = auth.admin(&asked).await?;
    let form: Form = asked.json()?;
    let purpose = match form.r#type.as_deref() {
        Some("signup") => Purpose::ConfirmEmail,
        Some("invite") => Purpose::Invite,
        Some("magiclink") => Purpose::MagicLink,
        Some("recovery") => Purpose::RecoverPassword,
        Some("email_change_new") => Purpose::ChangeEmail,
        Some("email_change_current") => {
            return Err(Refused::invalid(
                "The present address is told of a change and need not confirm it; email_change_new makes the link",
            ));
        }
        _ => return Err(Refused::invalid("Invalid email action link type requested")),
    };
    let redirect_to = form.redirect_to.filter(|to| !to.is_empty());
    let wanted = LinkWanted {
        purpose,
        email: form.email.unwrap_or_default(),
        new_email: form.new_email,
        password: form.password,
        user_metadata: form.data.unwrap_or_default(),
        way_back: WayBack::to(redirect_to.or_else(|| asked.redirect_to())),
    };
    let link = auth
        .accounts
        .admin_link(&admin.caller, wanted, &admin.from)
        .await
        .map_err(email_exists)?;
    let kind = purposes::name(link.purpose);
    let redirect_to = link.redirect_to.unwrap_or_default();
    let query = Serializer::new(String::new())
        .append_pair("token", link.token.expose())
        .append_pair("type", kind)
        .append_pair("redirect_to", &redirect_to)
        .finish();
    let issuer = auth.accounts.issuer();
    let mut shown = auth.whole_user(&link.user).await?;
    shown["action_link"] = json!(format!("{issuer}/verify?{query}"));
    shown["email_otp"] = json!(link.code.expose());
    shown["hashed_token"] = json!(link.token.expose());
    shown["redirect_to"] = json!(redirect_to);
    shown["verification_type"] = json!(form.r#type);
    Ok(answer(&shown))
}

#[derive(Deserialize)]
struct Invitation {
    email: Option<String>,
    data: Option<Map<String, Value>>,
}

/// An account and a mail that lets its owner in.
pub(super) async fn invite(State(auth): State<Auth>, asked: Asked) -> Outcome {
    let admin = auth.admin(&asked).await?;
    let form: Invitation = asked.json()?;
    let user = auth
        .accounts
        .admin_invite(
            &admin.caller,
            &form.email.unwrap_or_default(),
            form.data.unwrap_or_default(),
            WayBack::to(asked.redirect_to()),
            &admin.from,
        )
        .await
        .map_err(email_exists)?;
    Ok(answer(&auth.whole_user(&user).await?))
}
