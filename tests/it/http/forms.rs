//! Requests as forms with files, as the GraphQL multipart request specification has them.

use reqwest::{RequestBuilder, header};
use serde_json::{Value, json};

use super::Server;

const ECHO: &str = "query ($text: String!) { echo(text: $text) }";

/// A form of parts: each has what stands behind `name=`, and its content.
fn form(server: &Server, parts: &[(&str, &[u8])]) -> RequestBuilder {
    let mut body = Vec::new();
    for (name, content) in parts {
        let head = format!("--edge\r\ncontent-disposition: form-data; name={name}\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--edge--\r\n");
    let kind = "multipart/form-data; boundary=edge";
    let request = server.client.post(server.url()).body(body);
    request.header(header::CONTENT_TYPE, kind)
}

/// A form that echoes a file.
fn echo(server: &Server, file: &[u8]) -> RequestBuilder {
    let operations = json!({"query": ECHO, "variables": {"text": null}}).to_string();
    let parts: [(&str, &[u8]); 3] = [
        ("operations", operations.as_bytes()),
        ("map", br#"{"a file": ["variables.text"]}"#),
        (r#""a file"; filename="a.txt""#, file),
    ];
    form(server, &parts)
}

async fn answered(request: RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.expect("an answer");
    let status = answer.status().as_u16();
    (status, answer.json().await.unwrap_or_default())
}

#[tokio::test]
async fn a_file_is_the_text_of_its_variable() {
    let server = Server::start(&[]).await;
    let text = "Two lines,\r\n\"quoted\", and a \\ and ü.";
    let (status, answer) = answered(echo(&server, text.as_bytes())).await;
    assert_eq!((status, &answer), (200, &json!({"data": {"echo": text}})));
    let query = "query ($texts: [String!]!) { first: echo(texts: $texts) }";
    let operations = json!({"query": query, "variables": {"texts": ["one", null]}}).to_string();
    let parts: [(&str, &[u8]); 3] = [
        ("operations", operations.as_bytes()),
        ("map", br#"{"0": ["variables.texts.1"]}"#),
        (r#""0"; filename="b.txt""#, b"two"),
    ];
    let (_, answer) = answered(form(&server, &parts)).await;
    assert_eq!(answer, json!({"data": {"first": "one, two"}}));
}

#[tokio::test]
async fn what_is_no_form_of_a_request_is_refused_with_the_reason() {
    let server = Server::start(&["--max-body-bytes", "10000"]).await;
    let operations = json!({"query": "{ version }"}).to_string();
    let batch = format!("[{operations}]");
    let no_text = echo(&server, b"\xff\xfe");
    let no_request = form(&server, &[("map", b"{}")]);
    let parts: [(&str, &[u8]); 2] = [("operations", batch.as_bytes()), ("map", b"{}")];
    let many = form(&server, &parts);
    let no_edge = form(&server, &[]).header(header::CONTENT_TYPE, "multipart/form-data");
    let large = echo(&server, &[b'x'; 20_000]);
    for (request, status, words) in [
        (no_text, 400, "\"a.txt\" is no text"),
        (no_request, 400, "not a GraphQL request with files"),
        (many, 400, "not a batch"),
        (no_edge, 400, "not a GraphQL request with files"),
        (large, 413, "larger than 10000 bytes"),
    ] {
        let (found, answer) = answered(request).await;
        let message = answer["errors"][0]["message"].as_str().unwrap_or_default();
        assert_eq!(found, status, "{words}: {answer}");
        assert!(message.contains(words), "{words}: {answer}");
    }
}

#[tokio::test]
async fn a_form_of_another_sites_page_must_be_asked_for() {
    let server = Server::start(&[]).await;
    let of_a_page = || echo(&server, b"x").header("sec-fetch-site", "cross-site");
    assert_eq!(answered(of_a_page()).await.0, 403);
    let asked = of_a_page().header("graphql-require-preflight", "1");
    assert_eq!(answered(asked).await.0, 200);
}
