//! Pages of other origins: what they are told on every route, and who is not concerned.

use reqwest::{Method, header};
use serde_json::Value;

use super::Server;

const APP: &str = "https://app.example.com";

async fn from(
    server: &Server,
    method: Method,
    path: &str,
    origin: Option<&str>,
) -> (u16, Value, header::HeaderMap) {
    let mut request = server
        .client
        .request(method.clone(), format!("http://{}{path}", server.address));
    if let Some(origin) = origin {
        request = request.header(header::ORIGIN, origin);
    }
    if method == Method::OPTIONS {
        request = request.header("access-control-request-method", "POST");
    }
    if method == Method::POST {
        request = request
            .header(header::CONTENT_TYPE, "application/json")
            .body(r#"{"query": "{ version }"}"#);
    }
    let response = request.send().await.expect("an answer");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    (status, response.json().await.unwrap_or_default(), headers)
}

#[tokio::test]
async fn pages_that_may_not_call_are_told_which_setting_would_let_them() {
    let server = Server::start(&["--allowed-origins", APP]).await;
    for path in [
        "/graphql",
        "/graphiql",
        "/realtime/v1/api/broadcast",
        "/healthz",
    ] {
        for method in [Method::GET, Method::POST, Method::OPTIONS] {
            for origin in [
                "https://evil.example",
                "null",
                "https://app.example.com.evil.example",
            ] {
                let (status, body, headers) =
                    from(&server, method.clone(), path, Some(origin)).await;
                assert_eq!(status, 403, "{method} {path} of {origin}");
                let text = body.to_string();
                assert!(text.contains("--allowed-origins"), "{text}");
                assert!(text.contains("FORBIDDEN"), "{text}");
                assert!(!headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN));
            }
        }
    }
}

#[tokio::test]
async fn allowed_pages_and_programs_are_answered() {
    let server = Server::start(&["--allowed-origins", APP]).await;
    let own = format!("http://{}", server.address);
    for origin in [
        Some(APP),
        Some("http://localhost:5173"),
        Some(own.as_str()),
        None,
    ] {
        let (status, body, headers) = from(&server, Method::POST, "/graphql", origin).await;
        assert_eq!(
            (status, &body["data"]["version"]),
            (200, &Value::from("0")),
            "{origin:?}"
        );
        let allowed = headers
            .get(header::ACCESS_CONTROL_ALLOW_ORIGIN)
            .map(|value| value.to_str().unwrap_or_default());
        assert_eq!(allowed, origin);
        let (status, ..) = from(&server, Method::OPTIONS, "/graphql", origin).await;
        assert_eq!(status, 200, "a preflight of {origin:?}");
    }
    let open = Server::start(&["--allowed-origins", "*"]).await;
    let (status, ..) = from(
        &open,
        Method::POST,
        "/graphql",
        Some("https://evil.example"),
    )
    .await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn the_pages_behind_mails_are_nobodys_to_refuse() {
    let server = Server::start(&["--allowed-origins", APP]).await;
    // The stand-in has no such page, so it is reached when it is not there.
    for path in ["/auth/v1/verify", "/auth/v1/callback"] {
        let (status, ..) = from(&server, Method::POST, path, Some("null")).await;
        assert_eq!(status, 404, "{path}");
    }
}

#[tokio::test]
async fn no_answer_is_to_be_sniffed() {
    let server = Server::start(&[]).await;
    for (method, path, origin, status) in [
        (Method::POST, "/graphql", None, 200),
        (Method::PATCH, "/graphql", None, 405),
        (Method::GET, "/graphql", None, 400),
        (Method::GET, "/no/such/path", None, 404),
        (Method::POST, "/graphql", Some("https://evil.example"), 403),
        (Method::OPTIONS, "/graphql", Some("http://localhost:1"), 200),
    ] {
        let (found, _, headers) = from(&server, method.clone(), path, origin).await;
        assert_eq!(found, status, "{method} {path}");
        let sniffing = headers.get(header::X_CONTENT_TYPE_OPTIONS);
        assert_eq!(
            sniffing.map(|value| value.as_bytes()),
            Some(&b"nosniff"[..]),
            "{method} {path}"
        );
    }
}
