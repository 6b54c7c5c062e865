//! GraphQL over HTTP: what is accepted, what is refused, and how.

use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{Server, token};

/// What one packet of the network carries, about.
const PACKET_BYTES: usize = 1_024;
const GRAPHQL: &str = "application/graphql-response+json";

/// Status and body of an answer.
async fn read(request: reqwest::RequestBuilder) -> (u16, Value) {
    let response = request.send().await.expect("an answer");
    let status = response.status().as_u16();
    (status, response.json().await.unwrap_or(Value::Null))
}

fn code(body: &Value) -> &str {
    body["errors"][0]["extensions"]["code"]
        .as_str()
        .unwrap_or_default()
}

#[tokio::test]
async fn answers_come_in_the_media_type_that_is_asked_for() {
    let server = Server::start(&[]).await;
    let content_type = async |accept: Option<&str>| {
        let mut request = server.post(&json!({"query": "{ version }"}));
        if let Some(accept) = accept {
            request = request.header(header::ACCEPT, accept);
        }
        let response = request.send().await.expect("an answer");
        (
            response.status().as_u16(),
            response.headers()[header::CONTENT_TYPE]
                .to_str()
                .unwrap_or_default()
                .to_owned(),
        )
    };
    let json = (200, "application/json; charset=utf-8".to_owned());
    assert_eq!(content_type(None).await, json);
    assert_eq!(content_type(Some("*/*")).await, json);
    assert_eq!(content_type(Some("application/json")).await, json);
    assert_eq!(
        content_type(Some(GRAPHQL)).await,
        (200, format!("{GRAPHQL}; charset=utf-8"))
    );
    assert_eq!(content_type(Some("text/html")).await.0, 406);
}

#[tokio::test]
async fn errors_of_documents_have_the_status_of_their_media_type() {
    let server = Server::start(&[]).await;
    for (query, expected) in [("{", "GRAPHQL_PARSE_FAILED"), ("{ nothing }", "")] {
        let old = read(server.post(&json!({"query": query}))).await;
        let new = read(
            server
                .post(&json!({"query": query}))
                .header(header::ACCEPT, GRAPHQL),
        )
        .await;
        assert_eq!((old.0, new.0), (200, 400), "{query}");
        assert!(new.1.get("data").is_none() && new.1["errors"].is_array());
        assert_eq!(code(&new.1), expected);
    }
}

#[tokio::test]
async fn only_json_is_taken() {
    let server = Server::start(&[]).await;
    let body = json!({"query": "mutation { touch }"}).to_string();
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=utf-16",
        "application/graphql",
    ] {
        let request = server
            .client
            .post(server.url())
            .header(header::CONTENT_TYPE, content_type)
            .body(body.clone());
        assert_eq!(read(request).await.0, 415, "{content_type}");
    }
    // Forms are taken, see `forms`; JSON under their name is none.
    let form = server.client.post(server.url()).body(body.clone());
    let form = form.header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
    assert_eq!(read(form).await.0, 400);
    assert_eq!(
        read(server.client.post(server.url()).body(body.clone()))
            .await
            .0,
        415,
        "no type at all"
    );
    for malformed in [
        "",
        "{",
        "3",
        "\"x\"",
        "{}",
        r#"{"query": 3}"#,
        r#"{"query": "{ version }", "variables": []}"#,
        r#"{"query": "{ version }", "query": "{ version }"}"#,
        "[]",
    ] {
        let request = server
            .client
            .post(server.url())
            .header(header::CONTENT_TYPE, "application/json")
            .body(malformed);
        let (status, body) = read(request).await;
        assert_eq!(
            (status, code(&body)),
            (400, "BAD_USER_INPUT"),
            "{malformed}"
        );
    }
    assert_eq!(
        read(server.client.request(Method::PATCH, server.url()))
            .await
            .0,
        405
    );
}

#[tokio::test]
async fn a_get_reads_and_never_writes() {
    let server = Server::start(&[]).await;
    let get = |query: &str| server.client.get(server.url()).query(&[("query", query)]);
    assert_eq!(
        read(get("{ version }")).await,
        (200, json!({"data": {"version": "0"}}))
    );
    let variables = [
        ("query", "query Q($ms: Int!) { wait(ms: $ms) }"),
        ("variables", r#"{"ms": 1}"#),
        ("operationName", "Q"),
    ];
    assert_eq!(
        read(server.client.get(server.url()).query(&variables))
            .await
            .1,
        json!({"data": {"wait": 1}})
    );
    let refused = get("mutation { touch }").send().await.expect("an answer");
    assert_eq!(refused.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(refused.headers()[header::ALLOW], "POST");
    let two = [
        ("query", "query A { version } mutation B { touch }"),
        ("operationName", "B"),
    ];
    assert_eq!(
        read(server.client.get(server.url()).query(&two)).await.0,
        405
    );
    assert_eq!(read(server.client.get(server.url())).await.0, 400);
    for twice in [
        [("query", "{ version }"), ("query", "{ version }")],
        [("query", "{ version }"), ("query", "")],
    ] {
        let (status, body) = read(server.client.get(server.url()).query(&twice)).await;
        assert_eq!((status, code(&body)), (400, "BAD_USER_INPUT"), "{body}");
    }
}

#[tokio::test]
async fn what_is_no_request_is_told_without_names_of_types() {
    let server = Server::start(&[]).await;
    for body in [json!(5), json!("{ version }"), json!(null)] {
        let (status, answer) = read(server.post(&body)).await;
        assert_eq!(status, 400, "{answer}");
        let message = answer["errors"][0]["message"].as_str().unwrap_or_default();
        assert!(message.contains("an object with a query"), "{message}");
        assert!(!message.contains("struct"), "{message}");
    }
}

#[tokio::test]
async fn a_browsers_cross_site_get_is_refused() {
    let server = Server::start(&["--allowed-origins", "https://app.example.com"]).await;
    let get = || {
        server
            .client
            .get(server.url())
            .query(&[("query", "{ version }")])
            .header("sec-fetch-site", "cross-site")
    };
    assert_eq!(read(get()).await.0, 403);
    assert_eq!(
        read(get().header("origin", "https://evil.example")).await.0,
        403
    );
    assert_eq!(
        read(get().header("graphql-require-preflight", "1")).await.0,
        200
    );
    assert_eq!(
        read(get().header("origin", "https://app.example.com"))
            .await
            .0,
        200
    );
}

#[tokio::test]
async fn preflights_allow_the_configured_origins_alone() {
    let server = Server::start(&["--allowed-origins", "https://app.example.com"]).await;
    let preflight = async |origin: &str| {
        let request = server
            .client
            .request(Method::OPTIONS, server.url())
            .header("origin", origin);
        let request = request.header("access-control-request-method", "POST");
        let response = request
            .header(
                "access-control-request-headers",
                "authorization,content-type",
            )
            .send()
            .await;
        let headers = response.expect("an answer").headers().clone();
        headers
            .get("access-control-allow-origin")
            .map(|value| value.to_str().unwrap_or_default().to_owned())
    };
    assert_eq!(
        preflight("https://app.example.com").await.as_deref(),
        Some("https://app.example.com")
    );
    assert_eq!(preflight("https://evil.example").await, None);
    assert_eq!(
        preflight("http://localhost:5173").await.as_deref(),
        Some("http://localhost:5173")
    );
}

#[tokio::test]
async fn batches_are_taken_when_asked_for_and_not_longer_than_allowed() {
    let one = json!({"query": "{ version }"});
    let off = Server::start(&[]).await;
    assert_eq!(read(off.post(&json!([one]))).await.0, 400);
    let server = Server::start(&["--max-batch", "2"]).await;
    let (status, answers) = read(server.post(&json!([one, {"query": "{"}]))).await;
    assert_eq!(
        (status, &answers[0], code(&answers[1])),
        (
            200,
            &json!({"data": {"version": "0"}}),
            "GRAPHQL_PARSE_FAILED"
        )
    );
    let (status, refused) = read(server.post(&json!([one, one, one]))).await;
    assert_eq!((status, code(&refused)), (400, "LIMIT_EXCEEDED"));
}

#[tokio::test]
async fn long_answers_are_compressed_as_the_client_accepts() {
    let server = Server::start(&[]).await;
    let answer = async |length: usize, accepted: &str| {
        let query =
            json!({"query": "query ($n: Int!) { text(length: $n) }", "variables": {"n": length}});
        let response = server
            .post(&query)
            .header(header::ACCEPT_ENCODING, accepted)
            .send()
            .await
            .expect("an answer");
        let encoding = response.headers().get(header::CONTENT_ENCODING).cloned();
        (
            encoding.map(|value| value.to_str().unwrap_or_default().to_owned()),
            response.bytes().await.expect("a body").len(),
        )
    };
    for coding in ["gzip", "br"] {
        let (encoding, length) = answer(100_000, coding).await;
        assert_eq!(encoding.as_deref(), Some(coding));
        assert!(length < 2_000, "{coding}: {length}");
        assert_eq!(answer(100, coding).await.0, None, "a short answer");
    }
    for (accepted, expected) in [
        ("br, gzip, zstd", Some("br")),
        ("gzip, deflate, br, zstd", Some("br")),
        ("gzip, deflate, zstd", Some("gzip")),
        ("zstd, gzip;q=0.1", Some("gzip")),
        ("br;q=0.5, gzip;q=0.8, zstd;q=1", Some("gzip")),
        ("gzip;q=0, br", Some("br")),
        ("zstd", None),
        ("identity", None),
    ] {
        assert_eq!(
            answer(100_000, accepted).await.0.as_deref(),
            expected,
            "{accepted}"
        );
    }
}

#[tokio::test]
async fn compressed_bodies_are_unpacked_and_bounded() {
    let server = Server::start(&["--max-body-bytes", "100000"]).await;
    let gzip = |body: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut encoder, body).expect("memory");
        encoder.finish().expect("memory")
    };
    let post = |body: Vec<u8>| {
        let request = server
            .client
            .post(server.url())
            .header(header::CONTENT_TYPE, "application/json");
        request.header(header::CONTENT_ENCODING, "gzip").body(body)
    };
    assert_eq!(
        read(post(gzip(br#"{"query": "{ version }"}"#))).await.0,
        200
    );
    let bomb = gzip(&vec![b' '; 50_000_000]);
    assert!(bomb.len() < 100_000);
    let begin = Instant::now();
    let (status, body) = read(post(bomb)).await;
    assert_eq!((status, code(&body)), (413, "LIMIT_EXCEEDED"));
    assert!(begin.elapsed() < Duration::from_secs(2));
    assert_eq!(read(post(b"not gzip".to_vec())).await.0, 400);
}

#[tokio::test]
async fn hostile_bodies_are_refused_at_once() {
    let server = Server::start(&[]).await;
    let begin = Instant::now();
    let large = server
        .client
        .post(server.url())
        .header(header::CONTENT_TYPE, "application/json");
    assert_eq!(
        read(large.body(vec![b' '; 10 << 20])).await.0,
        StatusCode::PAYLOAD_TOO_LARGE.as_u16()
    );
    let list = json!({"query": "{ version }", "variables": {"ids": vec![0; 1_000_000]}});
    let (status, body) = read(server.post(&list)).await;
    assert_eq!(
        (
            status,
            code(&body),
            &body["errors"][0]["extensions"]["limit"]
        ),
        (400, "LIMIT_EXCEEDED", &json!("list"))
    );
    let aliases: String = (0..10_000).map(|n| format!("a{n}: version ")).collect();
    let deep = format!("{}{}", "{ a ".repeat(500), "}".repeat(500));
    for query in [format!("{{ {aliases} }}"), deep] {
        let (status, body) = read(
            server
                .post(&json!({"query": query}))
                .header(header::ACCEPT, GRAPHQL),
        )
        .await;
        assert_eq!((status, code(&body)), (400, "LIMIT_EXCEEDED"));
    }
    assert!(
        begin.elapsed() < Duration::from_secs(3),
        "{:?}",
        begin.elapsed()
    );
}

#[tokio::test]
async fn slow_operations_and_slow_bodies_end() {
    let server = Server::start(&["--operation-timeout-ms", "50", "--body-timeout-ms", "200"]).await;
    let (status, body) = read(server.post(&json!({"query": "{ wait(ms: 5000) }"}))).await;
    assert_eq!((status, code(&body)), (504, "TIMEOUT"));
    let mut socket = tokio::net::TcpStream::connect(server.address)
        .await
        .expect("a connection");
    let head = "POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{";
    socket.write_all(head.as_bytes()).await.expect("written");
    let mut answer = [0; 12];
    socket.read_exact(&mut answer).await.expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 408");
}

#[tokio::test]
async fn documents_are_named_by_their_hash() {
    let server = Server::start(&[]).await;
    let hash = "1dee97279832c351624025387be36873845c282288b1f0a51ccf63e6b5f7549f";
    let named = json!({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": hash}}});
    let (status, body) = read(server.post(&named)).await;
    assert_eq!((status, code(&body)), (200, "PERSISTED_QUERY_NOT_FOUND"));
    assert_eq!(body["errors"][0]["message"], "PersistedQueryNotFound");
    assert_eq!(
        read(server.post(&named).header(header::ACCEPT, GRAPHQL))
            .await
            .0,
        404
    );
    let mut sent = named.clone();
    sent["query"] = json!("{ version }");
    assert_eq!(
        read(server.post(&sent)).await.1,
        json!({"data": {"version": "0"}})
    );
    assert_eq!(
        read(server.post(&named)).await.1,
        json!({"data": {"version": "0"}})
    );
    let id = format!("sha256:{hash}");
    assert_eq!(read(server.post(&json!({"documentId": id}))).await.0, 200);
    assert_eq!(
        read(server.client.get(server.url()).query(&[("documentId", id)]))
            .await
            .0,
        200
    );
    sent["query"] = json!("{ whoami }");
    assert_eq!(read(server.post(&sent)).await.0, 400);
}

#[tokio::test]
async fn the_allow_list_refuses_every_other_document() {
    let file = crate::support::scratch_dir().join("documents.json");
    std::fs::write(&file, json!({"version": "{ version }"}).to_string()).expect("written");
    let server = Server::start(&[
        "--documents",
        file.to_str().expect("a plain path"),
        "--documents-only",
    ])
    .await;
    assert_eq!(
        read(server.post(&json!({"documentId": "version"}))).await.1,
        json!({"data": {"version": "0"}})
    );
    assert_eq!(
        read(server.post(&json!({"query": "{ version }"}))).await.0,
        200
    );
    let (status, body) = read(
        server
            .post(&json!({"query": "{ whoami }"}))
            .bearer_auth(token()),
    )
    .await;
    assert_eq!((status, code(&body)), (403, "PERSISTED_QUERY_ONLY"));
}

#[tokio::test]
async fn the_pages_are_served_with_everything_they_need() {
    let server = Server::start(&[]).await;
    let get = |path: &str| {
        let url = format!("http://{}{path}", server.address);
        server.client.get(url)
    };
    for root in ["/console", "/graphiql"] {
        let page = get(root).send().await.expect("an answer");
        assert_eq!(page.status(), StatusCode::OK);
        let policy = page.headers()[header::CONTENT_SECURITY_POLICY].to_str();
        assert!(policy.unwrap_or_default().contains("default-src 'self'"));
        assert_eq!(page.headers()[header::CACHE_CONTROL], "no-cache");
        let html = page.text().await.expect("a page");
        let assets: Vec<_> = html
            .split('"')
            .filter(|part| part.starts_with(&format!("{root}/assets/")))
            .collect();
        assert!(assets.len() >= 2, "{html}");
        for asset in assets {
            let plain = get(asset).header(header::ACCEPT_ENCODING, "identity");
            let plain = plain.send().await.expect("an answer");
            let kept = "public, max-age=31536000, immutable";
            assert_eq!(plain.headers()[header::CACHE_CONTROL], kept);
            assert!(!plain.headers().contains_key(header::CONTENT_ENCODING));
            let plain = plain.bytes().await.expect("a file");
            for coding in ["gzip", "br"] {
                // What is smaller than a packet is not packed again for those who read no Brotli.
                if plain.len() < PACKET_BYTES && coding == "gzip" {
                    continue;
                }
                let packed = get(asset).header(header::ACCEPT_ENCODING, coding);
                let packed = packed.send().await.expect("an answer");
                assert_eq!(packed.status(), StatusCode::OK);
                assert_eq!(packed.headers()[header::CONTENT_ENCODING], coding);
                let length = packed.bytes().await.expect("a file").len();
                assert!(length < plain.len(), "{asset} {coding}: {length} bytes");
            }
        }
        let missing = get(&format!("{root}/assets/none.js")).send().await;
        assert_eq!(missing.expect("an answer").status(), StatusCode::NOT_FOUND);
    }
    let view = get("/console/notes").send().await.expect("an answer");
    assert_eq!(view.status(), StatusCode::OK, "the page itself shows it");
    let policy = &view.headers()[header::CONTENT_SECURITY_POLICY];
    assert!(
        !policy.to_str().expect("text").contains("unsafe"),
        "{policy:?}"
    );
}

#[tokio::test]
async fn an_address_without_anything_says_so() {
    let server = Server::start(&[]).await;
    let address = format!("http://{}/rest/v1/notes", server.address);
    let (status, body) = read(server.client.get(address)).await;
    assert_eq!((status, &body["code"]), (404, &json!("NOT_FOUND")));
    assert!(
        body["message"]
            .as_str()
            .is_some_and(|text| text.contains("/graphql"))
    );
}
