//! The page behind the links in mails. Reading it changes nothing: scanners follow links, people press
//! buttons.

use crate::accounts::{Issued, verification::Purpose};

/// Asks to press the button that uses the token.
pub(super) fn confirm(purpose: Purpose, token: &str) -> String {
    let (title, button) = match purpose {
        Purpose::ChangeEmail | Purpose::ConfirmEmail => ("Confirm your address", "Confirm"),
        Purpose::RecoverPassword => ("Set a new password", "Continue"),
        Purpose::MagicLink | Purpose::Reauthenticate => ("Sign in", "Sign in"),
    };
    let form = format!(
        "<form method=\"post\" action=\"verify\">\
         <input type=\"hidden\" name=\"type\" value=\"{}\">\
         <input type=\"hidden\" name=\"token\" value=\"{}\">\
         <button>{button}</button></form>",
        purpose.as_str(),
        escape(token)
    );
    page(title, &form)
}

/// Says a sentence.
pub(super) fn message(title: &str, text: &str) -> String {
    page(title, &format!("<p>{}</p>", escape(text)))
}

/// Where the browser goes with its session: the tokens travel in the fragment, which no server sees or logs.
pub(super) fn with_session(
    redirect_to: &str,
    session: &Issued,
    purpose: Purpose,
) -> Option<String> {
    let mut url: url::Url = redirect_to.parse().ok()?;
    let fragment = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("access_token", session.access_token.expose())
        .append_pair("refresh_token", session.refresh_token.expose())
        .append_pair("token_type", "bearer")
        .append_pair("expires_in", &session.expires_in.to_string())
        .append_pair("expires_at", &session.expires_at.to_string())
        .append_pair("type", purpose.as_str())
        .finish();
    url.set_fragment(Some(&fragment));
    Some(url.into())
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"robots\" content=\"noindex\">\
         <title>{title}</title><style>\
         body{{font:18px/1.5 system-ui,sans-serif;max-width:26rem;margin:18vh auto;padding:0 1rem;\
         color-scheme:light dark}}\
         button{{font:inherit;padding:.5rem 1.5rem;cursor:pointer}}\
         </style></head><body><h1>{title}</h1>{body}</body></html>",
        title = escape(title)
    )
}

fn escape(text: &str) -> String {
    text.chars().fold(
        String::with_capacity(text.len()),
        |mut escaped, character| {
            match character {
                '&' => escaped.push_str("&amp;"),
                '<' => escaped.push_str("&lt;"),
                '>' => escaped.push_str("&gt;"),
                '"' => escaped.push_str("&quot;"),
                '\'' => escaped.push_str("&#39;"),
                other => escaped.push(other),
            }
            escaped
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_the_address_is_escaped() {
        let page = confirm(Purpose::MagicLink, "\"><script>alert(1)</script>");
        assert!(!page.contains("<script"), "{page}");
    }
}
