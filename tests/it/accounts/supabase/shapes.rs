//! What is on the wire, and what no package sends.

use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use super::Keys;
use crate::accounts::{
    flows::PASSWORD,
    server::{Options, Server},
};

/// The status and body of an answer.
async fn answered(request: RequestBuilder) -> (StatusCode, Value) {
    let answer = request.send().await.expect("an answer");
    let status = answer.status();
    let text = answer.text().await.expect("text");
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    (status, body)
}

impl Server {
    fn auth(&self, method: Method, path: &str) -> RequestBuilder {
        self.http
            .request(method, format!("{}/auth/v1/{path}", self.url))
    }

    fn posted(&self, path: &str, body: &Value) -> RequestBuilder {
        self.auth(Method::POST, path).json(body)
    }
}

#[tokio::test]
async fn errors_have_the_form_of_the_version_that_was_asked_for() {
    let server = Server::start().await;
    let wrong = json!({"email": "ada@example.org", "password": "wrong"});
    let sent = || server.posted("token?grant_type=password", &wrong);
    let first = sent().send().await.expect("an answer");
    assert_eq!(first.status(), 400);
    assert_eq!(first.headers()["x-sb-error-code"], "invalid_credentials");
    assert!(!first.headers().contains_key("x-supabase-api-version"));
    let body: Value = first.json().await.expect("JSON");
    assert_eq!(
        body,
        json!({"code": 400, "error_code": "invalid_credentials", "msg": "Invalid login credentials"})
    );
    for version in ["2024-01-01", "2026-11-27"] {
        let newer = sent().header("x-supabase-api-version", version);
        let newer = newer.send().await.expect("an answer");
        assert_eq!(newer.headers()["x-supabase-api-version"], "2024-01-01");
        let body: Value = newer.json().await.expect("JSON");
        assert_eq!(
            body,
            json!({"code": "invalid_credentials", "message": "Invalid login credentials"})
        );
    }
    let none = sent().header("x-supabase-api-version", "newest");
    let (_, body) = answered(none).await;
    assert_eq!(body["code"], 400);
}

#[tokio::test]
async fn bodies_are_json_of_a_bounded_size_whatever_their_type_says() {
    let server = Server::start().await;
    let raw = |body: &'static str, kind: &'static str| {
        server
            .auth(Method::POST, "token?grant_type=password")
            .header("content-type", kind)
            .body(body)
    };
    for body in [
        "{",
        "[]",
        "\"text\"",
        "email=a@b.c&password=x",
        "{\"email\": 7}",
    ] {
        let (status, answer) = answered(raw(body, "application/json")).await;
        assert_eq!(status, 400, "{body}");
        assert_eq!(answer["error_code"], "bad_json", "{body}: {answer}");
    }
    let plain = raw("{\"email\": \"a@b.c\", \"password\": \"x\"}", "text/plain");
    let (_, answer) = answered(plain).await;
    assert_eq!(answer["error_code"], "invalid_credentials");
    let form = raw(
        "grant_type=password&email=a",
        "application/x-www-form-urlencoded",
    );
    assert_eq!(answered(form).await.1["error_code"], "bad_json");
    let huge = server
        .auth(Method::POST, "signup")
        .body("x".repeat((1 << 20) + 1));
    let (status, answer) = answered(huge).await;
    assert_eq!(status, 413);
    assert_eq!(answer["error_code"], "request_entity_too_large");
    let (status, answer) = answered(server.auth(Method::POST, "token?grant_type=magic")).await;
    assert_eq!(
        (status.as_u16(), &answer["msg"]),
        (400, &json!("unsupported_grant_type"))
    );
    let (status, _) = answered(server.auth(Method::GET, "token")).await;
    assert_eq!(status, 405);
    let (status, _) = answered(server.auth(Method::POST, "logout?scope=nobody")).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn whoever_needs_a_session_is_told_what_is_wrong_with_theirs() {
    let server = Server::start().await;
    let keys = Keys::of(&server).await;
    let ada = server.member("ada@example.org").await;
    let user = |token: &str| server.auth(Method::GET, "user").bearer_auth(token);
    let (status, body) = answered(user(&ada.access)).await;
    assert_eq!(
        (status.as_u16(), &body["email"]),
        (200, &json!("ada@example.org"))
    );
    let code = async |request: RequestBuilder| {
        let (status, body) = answered(request).await;
        let code = body["error_code"].as_str().unwrap_or_default().to_owned();
        (status.as_u16(), code)
    };
    let bare = server
        .auth(Method::GET, "user")
        .header("apikey", &keys.anon);
    assert_eq!(code(bare).await, (401, "no_authorization".to_owned()));
    assert_eq!(code(user("nonsense")).await, (403, "bad_jwt".to_owned()));
    assert_eq!(code(user(&keys.anon)).await, (403, "bad_jwt".to_owned()));
    assert_eq!(code(user(&keys.service)).await, (403, "bad_jwt".to_owned()));
    server.sql("delete from auth.sessions", &[]).await;
    assert_eq!(
        code(user(&ada.access)).await,
        (403, "session_not_found".to_owned())
    );
    // An old token is no hindrance for whoever signs in.
    let form = json!({"email": "ada@example.org", "password": PASSWORD});
    let again = server
        .posted("token?grant_type=password", &form)
        .header("apikey", &keys.anon)
        .bearer_auth(&ada.access);
    assert_eq!(answered(again).await.0, 200);
}

#[tokio::test]
async fn too_many_attempts_are_told_with_the_code_and_the_time() {
    let options = Options {
        attempts_per_account: 2,
        mails_per_account: 1,
        ..Options::default()
    };
    let server = Server::with(options).await;
    let wrong = json!({"email": "ada@example.org", "password": "wrong"});
    for _ in 0..2 {
        let (status, _) = answered(server.posted("token?grant_type=password", &wrong)).await;
        assert_eq!(status, 400);
    }
    let sent = server.posted("token?grant_type=password", &wrong);
    let limited = sent.send().await.expect("an answer");
    assert_eq!(limited.status(), 429);
    assert!(limited.headers().contains_key("retry-after"));
    let body: Value = limited.json().await.expect("JSON");
    assert_eq!(body["error_code"], "over_request_rate_limit");
    let form = json!({"email": "bob@example.org", "password": PASSWORD});
    assert_eq!(answered(server.posted("signup", &form)).await.0, 200);
    let (status, body) = answered(server.posted("signup", &form)).await;
    assert_eq!(status, 429);
    assert_eq!(body["error_code"], "over_email_send_rate_limit");
}

#[tokio::test]
async fn the_settings_say_which_ways_in_there_are() {
    let server = Server::start().await;
    let (status, settings) = answered(server.auth(Method::GET, "settings")).await;
    assert_eq!(status, 200);
    assert_eq!(settings["external"]["email"], true);
    assert_eq!(settings["external"]["anonymous_users"], true);
    assert_eq!(settings["external"]["phone"], false);
    assert_eq!(settings["disable_signup"], false);
    assert_eq!(settings["mailer_autoconfirm"], false);
    let (status, health) = answered(server.auth(Method::GET, "health")).await;
    assert_eq!((status.as_u16(), &health["name"]), (200, &json!("GoTrue")));
}
