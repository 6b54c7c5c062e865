//! The page behind the links in mails. Reading it changes nothing: scanners follow links, people press
//! buttons.

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse as _, Redirect, Response},
};
use url::Url;

use crate::{
    accounts::verification::{Brought, Purpose},
    error::Error,
    http::set_status,
};

/// Asks to press the button that uses the token. `kind` is what the link calls its purpose.
pub(super) fn confirm(purpose: Purpose, kind: &str, token: &str) -> String {
    let (title, button) = match purpose {
        Purpose::ChangeEmail | Purpose::ConfirmEmail => ("Confirm your address", "Confirm"),
        Purpose::Invite => ("You are invited", "Accept"),
        Purpose::RecoverPassword => ("Set a new password", "Continue"),
        Purpose::MagicLink | Purpose::Reauthenticate => ("Sign in", "Sign in"),
    };
    let form = format!(
        "<form method=\"post\" action=\"verify\">\
         <input type=\"hidden\" name=\"type\" value=\"{}\">\
         <input type=\"hidden\" name=\"token\" value=\"{}\">\
         <button>{button}</button></form>",
        escape(kind),
        escape(token)
    );
    page(title, &form)
}

/// Says a sentence.
pub(super) fn message(title: &str, text: &str) -> String {
    page(title, &format!("<p>{}</p>", escape(text)))
}

/// Where a browser goes with what it brings: a code in the address; a session's tokens in the fragment, which no server
/// sees or logs.
pub(super) fn on_the_way(mut back: Url, brought: &Brought, kind: Option<&str>) -> Url {
    let session = match brought {
        Brought::Code(code) => {
            back.query_pairs_mut().append_pair("code", code.expose());
            return back;
        }
        Brought::Session(session) => session,
    };
    let mut fragment = url::form_urlencoded::Serializer::new(String::new());
    fragment
        .append_pair("access_token", session.access_token.expose())
        .append_pair("refresh_token", session.refresh_token.expose())
        .append_pair("token_type", "bearer")
        .append_pair("expires_in", &session.expires_in.to_string())
        .append_pair("expires_at", &session.expires_at.to_string());
    if let Some(kind) = kind {
        fragment.append_pair("type", kind);
    }
    // By this auth-js knows the fragment for one of its server's.
    fragment.append_pair("sb", "");
    back.set_fragment(Some(&fragment.finish()));
    back
}

/// A page as an answer. Its address holds a token: it must not leak by a referrer, a cache or a frame.
pub(super) fn html(status: StatusCode, page: String) -> Response {
    private((status, Html(page)).into_response())
}

/// Sends a browser on, likewise.
pub(super) fn to(target: &Url) -> Response {
    private(Redirect::to(target.as_str()).into_response())
}

/// Why somebody who followed a link does not get on.
pub(super) fn refusal(error: &Error) -> Response {
    let mut response = html(
        StatusCode::OK,
        message("This did not work", error.message()),
    );
    set_status(&mut response, error);
    response
}

fn private(mut response: Response) -> Response {
    const HEADERS: [(HeaderName, &str); 4] = [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
        ),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in HEADERS {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
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
        let page = confirm(
            Purpose::MagicLink,
            "magic_link",
            "\"><script>alert(1)</script>",
        );
        assert!(!page.contains("<script"), "{page}");
    }
}
