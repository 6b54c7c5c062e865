//! `functions.invoke`, and tables that are asked for by REST.

use std::convert::Infallible;

use axum::{
    Json, Router,
    body::{Body, Bytes},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse},
    routing::{get, post},
};
use futures_util::stream;
use serde_json::{Value, json};

use super::Keys;
use crate::accounts::server::{Options, Server};

/// A server of functions.
async fn upstream() -> &'static str {
    let router = Router::new()
        .route("/fn/hello", post(hello))
        .route("/fn/hello/deep/er", get(async || "deep"))
        .route("/fn/page", get(async || Html("<script>alert(1)</script>")))
        .route("/fn/stream", get(streamed))
        .route(
            "/fn/away",
            get(async || axum::response::Redirect::to("https://evil.example")),
        )
        .route(
            "/fn/slow",
            get(async || std::future::pending::<String>().await),
        )
        .route(
            "/fn/wrong",
            get(async || (StatusCode::IM_A_TEAPOT, "no coffee")),
        );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    Box::leak(format!("http://{address}/fn/").into_boxed_str())
}

async fn hello(headers: HeaderMap, body: Bytes) -> impl IntoResponse {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    Json(json!({
        "authorization": text("authorization"),
        "connection": text("x-hop"),
        "length": body.len(),
        "kind": text("content-type"),
        "client": text("x-forwarded-for"),
        "host": text("x-forwarded-host"),
        "claims": [text("forwarded"), text("x-real-ip"), text("x-forwarded-proto")],
    }))
}

async fn streamed() -> impl IntoResponse {
    let pieces = stream::iter(["data: 1\n\n", "data: 2\n\n"].map(Ok::<_, Infallible>));
    (
        [(header::CONTENT_TYPE, "text/event-stream")],
        Body::from_stream(pieces),
    )
}

#[tokio::test]
async fn functions_are_handed_over_with_the_callers_token() {
    let options = Options {
        functions_url: upstream().await,
        ..Options::default()
    };
    let server = Server::with(options).await;
    let ada = server.member("ada@example.org").await;
    let at = |path: &str| format!("{}/functions/v1/{path}", server.url);
    let call = |path: &str| server.http.get(at(path)).bearer_auth(&ada.access);
    let sent = server
        .http
        .post(at("hello?x=1"))
        .bearer_auth(&ada.access)
        .header("connection", "x-hop")
        .header("x-hop", "of this connection")
        .header("x-forwarded-for", "192.0.2.7")
        .header("x-forwarded-host", "evil.example")
        .header("x-forwarded-proto", "https")
        .header("forwarded", "for=192.0.2.7")
        .header("x-real-ip", "192.0.2.7")
        .json(&json!({"name": "Ada"}));
    let answer = sent.send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    let seen: Value = answer.json().await.expect("JSON");
    assert_eq!(
        seen,
        json!({"authorization": format!("Bearer {}", ada.access), "connection": null, "length": 14,
               "kind": "application/json", "client": "127.0.0.1",
               "host": server.url.trim_start_matches("http://"), "claims": [null, null, null]})
    );
    let text = async |path: &str| {
        let answer = call(path).send().await.expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.text().await.expect("text"))
    };
    assert_eq!(text("hello/deep/er").await, (200, "deep".to_owned()));
    assert_eq!(text("wrong").await, (418, "no coffee".to_owned()));
    assert_eq!(
        text("stream").await,
        (200, "data: 1\n\ndata: 2\n\n".to_owned())
    );
    let page = call("page").send().await.expect("an answer");
    assert_eq!(page.headers()["content-type"], "text/plain; charset=utf-8");
    assert_eq!(text("away").await.0, 303, "the token does not follow");
    for path in ["..%2Fsecret", "no.name", "hello%2F..%2F..%2Fsecret"] {
        assert_eq!(text(path).await.0, 404, "{path}");
    }
    let slow = call("slow").send().await.expect("an answer");
    assert_eq!(slow.status(), 504);
    assert_eq!(slow.headers()["x-relay-error"], "true");
    let huge = server
        .http
        .post(at("hello"))
        .bearer_auth(&ada.access)
        .body(vec![b'x'; (64 << 10) + 1]);
    assert_eq!(huge.send().await.expect("an answer").status(), 413);
    let bare = server.http.get(at("hello")).send().await;
    assert_eq!(bare.expect("an answer").status(), 401);
    let wrong = server.http.get(at("hello")).bearer_auth("nonsense");
    assert_eq!(wrong.send().await.expect("an answer").status(), 401);
}

#[tokio::test]
async fn what_is_not_there_says_so_in_its_clients_form() {
    let server = Server::start().await;
    let keys = Keys::of(&server).await;
    let ask = async |path: &str| {
        let request = server.http.get(format!("{}/{path}", server.url));
        let answer = request.bearer_auth(&keys.anon).send().await;
        let answer = answer.expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.json::<Value>().await.expect("JSON"))
    };
    let (status, body) = ask("functions/v1/hello").await;
    assert_eq!((status, &body["code"]), (404, &json!("NOT_FOUND")));
    assert!(
        body["message"]
            .as_str()
            .is_some_and(|text| text.contains("MINDLOOM_FUNCTIONS_URL"))
    );
    for path in ["rest/v1/notes?select=*", "rest/v1/rpc/anything", "rest/v1/"] {
        let (status, body) = ask(path).await;
        assert_eq!(status, 404, "{path}");
        assert_eq!(body["code"], "PGRST125");
        assert!(
            body["message"]
                .as_str()
                .is_some_and(|text| text.contains("/graphql"))
        );
        assert!(body.get("details").is_some() && body.get("hint").is_some());
    }
}
