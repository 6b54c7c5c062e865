//! What stands at the addresses that people type: the server's own, and that of GraphQL.

use reqwest::{Response, header};
use serde_json::Value;

use super::Server;

/// As Chromium asks for a page.
const BROWSER: &str =
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";

/// The answer at a path, redirects not followed.
async fn visit(server: &Server, path: &str, accept: &str) -> Response {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let request = client
        .build()
        .expect("a client")
        .get(format!("http://{}{path}", server.address))
        .header(header::ACCEPT, accept);
    request.send().await.expect("an answer")
}

#[tokio::test]
async fn browsers_are_led_to_the_console_and_to_graphiql() {
    let server = Server::start(&[]).await;
    for (path, page) in [("/", "/console"), ("/graphql", "/graphiql")] {
        for accept in [BROWSER, "text/html"] {
            let answer = visit(&server, path, accept).await;
            assert_eq!(answer.status(), 303, "{path} {accept}");
            assert_eq!(answer.headers()[header::LOCATION], page);
            let mut vary = answer.headers().get_all(header::VARY).iter();
            assert!(vary.any(|vary| vary == "accept"), "{path} {accept}");
        }
    }
}

#[tokio::test]
async fn programs_are_told_what_is_where() {
    let server = Server::start(&[]).await;
    for accept in ["*/*", "application/json"] {
        let answer = visit(&server, "/", accept).await;
        assert_eq!(answer.status(), 200);
        let directory: Value = answer.json().await.expect("JSON");
        assert_eq!(directory["graphql"], "/graphql", "{directory}");
        assert_eq!(directory["console"], "/console", "{directory}");
        assert_eq!(directory["graphiql"], "/graphiql", "{directory}");
    }
}

/// In a browser too; and a program learns what is missing.
#[tokio::test]
async fn a_query_in_the_address_is_answered() {
    let server = Server::start(&[]).await;
    let answer = visit(&server, "/graphql?query={__typename}", BROWSER).await;
    assert_eq!(answer.status(), 200);
    let body = answer.text().await.expect("a body");
    assert!(body.contains("__typename"), "{body}");
    let answer = visit(&server, "/graphql", "application/json").await;
    assert_eq!(answer.status(), 400);
}
