//! The server as the program starts it: what holds for every route, whichever part it belongs to.

use std::net::TcpListener;

use reqwest::{RequestBuilder, header};
use serde_json::{Value, json};

use crate::support::{
    TestDb,
    program::{Program, mindloom, succeed},
    scratch_dir,
};

const APP: &str = "https://app.example.com";
const TOKEN: &str = "a token of the figures";

/// The program over a database of a test.
struct Served {
    program: Program,
    data_dir: std::path::PathBuf,
    client: reqwest::Client,
    _database: TestDb,
}

impl Served {
    async fn start(flags: &[&str]) -> Self {
        let database = TestDb::new().await;
        let data_dir = scratch_dir();
        let flags = [&["--database-url", database.url()][..], flags].concat();
        let program = Program::serve(&data_dir, &flags);
        Served {
            program,
            data_dir,
            client: reqwest::Client::new(),
            _database: database,
        }
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.client
            .get(format!("http://{}{path}", self.program.address))
    }

    fn ask(&self, query: &str) -> RequestBuilder {
        let url = format!("http://{}/graphql", self.program.address);
        let asked = self.client.post(url).json(&json!({"query": query}));
        asked.header(header::ACCEPT, "application/graphql-response+json")
    }

    fn token(&self, role: &str) -> String {
        let mut command = mindloom(["token", "--role", role, "--data-dir"]);
        succeed(command.arg(&self.data_dir)).trim().to_owned()
    }
}

async fn read(request: RequestBuilder) -> (u16, String) {
    let response = request.send().await.expect("an answer");
    (
        response.status().as_u16(),
        response.text().await.expect("a text"),
    )
}

/// An address of this machine that nobody has yet.
pub(super) fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_not_everybodys() {
    let silent = Served::start(&[]).await;
    let (status, text) = read(silent.get("/metrics")).await;
    assert_eq!(status, 404, "{text}");
    assert!(
        text.contains("--metrics-bind") && text.contains("--metrics-token"),
        "{text}"
    );
    let figures = "mindloom_realtime_log_size_bytes";
    let own = free_address();
    let apart = Served::start(&["--metrics-bind", &own]).await;
    assert_eq!(read(apart.get("/metrics")).await.0, 404);
    let at_own = apart.client.get(format!("http://{own}/metrics"));
    let answer = at_own.send().await.expect("an answer");
    assert_eq!(answer.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert!(answer.text().await.expect("a text").contains(figures));
    let own = free_address();
    let guarded = Served::start(&["--metrics-bind", &own, "--metrics-token", TOKEN]).await;
    let at_own = || guarded.client.get(format!("http://{own}/metrics"));
    let beside = || guarded.get("/metrics");
    for asked in [&at_own as &dyn Fn() -> RequestBuilder, &beside] {
        assert_eq!(read(asked()).await.0, 401);
        assert_eq!(
            read(asked().bearer_auth("another token, as long")).await.0,
            401
        );
        assert_eq!(
            read(asked().header(header::AUTHORIZATION, TOKEN)).await.0,
            401
        );
        let (status, text) = read(asked().bearer_auth(TOKEN)).await;
        assert!(status == 200 && text.contains(figures), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_part_refuses_foreign_pages_and_sniffing() {
    let served = Served::start(&["--allowed-origins", APP]).await;
    let anon = served.token("anon");
    let socket = format!("/realtime/v1/websocket?apikey={anon}");
    let upgrade = |origin: Option<&str>| {
        let request = served
            .get(&socket)
            .header(header::CONNECTION, "upgrade")
            .header(header::UPGRADE, "websocket")
            .header(header::SEC_WEBSOCKET_VERSION, "13")
            .header(header::SEC_WEBSOCKET_KEY, "dGhlIHNhbXBsZSBub25jZQ==");
        origin.into_iter().fold(request, |request, origin| {
            request.header(header::ORIGIN, origin)
        })
    };
    for (origin, expected) in [
        (None, 101),
        (Some(APP), 101),
        (Some("https://evil.example"), 403),
    ] {
        let answer = upgrade(origin).send().await.expect("an answer");
        assert_eq!(answer.status(), expected, "{origin:?}");
    }
    let broadcast = |origin: &str| {
        let url = format!(
            "http://{}/realtime/v1/api/broadcast",
            served.program.address
        );
        let message = json!({"messages": [{"topic": "room", "event": "e", "payload": {}}]});
        let request = served.client.post(url).bearer_auth(&anon).json(&message);
        request.header(header::ORIGIN, origin)
    };
    assert_eq!(read(broadcast(APP)).await.0, 202);
    let (status, text) = read(broadcast("https://evil.example")).await;
    assert!(
        status == 403 && text.contains("--allowed-origins"),
        "{text}"
    );
    for path in [
        "/healthz",
        "/readyz",
        "/metrics",
        "/console",
        "/console/notes",
        "/graphiql",
        "/.well-known/jwks.json",
        "/auth/v1/verify?type=magic_link&token=x",
        "/auth/v1/callback",
        "/auth/v1/export",
        "/realtime/v1/websocket",
        "/realtime/v1/api/broadcast",
        "/nothing",
    ] {
        let answer = served.get(path).send().await.expect("an answer");
        let sniffing = answer.headers().get(header::X_CONTENT_TYPE_OPTIONS);
        assert_eq!(
            sniffing.map(|value| value.as_bytes()),
            Some(&b"nosniff"[..]),
            "{path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schema_is_told_to_the_roles_that_may_ask() {
    const QUESTIONS: [&str; 5] = [
        "{ __schema { queryType { name } } }",
        "{ __type(name: \"Note\") { name } }",
        "{ ... { oauthProviders __schema { queryType { name } } } }",
        "{ ...F } fragment F on Query { __type(name: \"Note\") { fields { name } } }",
        "{ healthCheck: __schema { types { name } } }",
    ];
    let served = Served::start(&["--introspection", "service_role"]).await;
    let service = served.token("service_role");
    for question in QUESTIONS {
        let (status, text) = read(served.ask(question)).await;
        let answer: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(status, 403, "{question}: {answer}");
        assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN");
        assert!(
            text.contains("--introspection") && !text.contains("\"data\""),
            "{text}"
        );
        let (status, text) = read(served.ask(question).bearer_auth(&service)).await;
        assert!(
            status == 200 && !text.contains("\"errors\""),
            "{question}: {text}"
        );
    }
    let (_, text) = read(served.ask("{ __typename oauthProviders }")).await;
    assert_eq!(
        text,
        r#"{"data":{"__typename":"Query","oauthProviders":[]}}"#
    );
    // A name that is nearly right.
    for (misspelt, meant) in [
        ("{ oauthProvider }", "oauthProviders"),
        ("{ notes { node { id } } }", "nodes"),
    ] {
        let (_, text) = read(served.ask(misspelt)).await;
        assert!(text.contains("errors") && !text.contains(meant), "{text}");
        let (_, text) = read(served.ask(misspelt).bearer_auth(&service)).await;
        assert!(text.contains(meant), "the operator is told: {text}");
    }
    let nobody = Served::start(&["--introspection", "none"]).await;
    let service = nobody.token("service_role");
    assert_eq!(
        read(nobody.ask(QUESTIONS[0]).bearer_auth(service)).await.0,
        403
    );
}

/// The head of what is answered to a handshake.
async fn handshake(served: &Served, path: &str, protocol: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let address = &served.program.address;
    let mut stream = tokio::net::TcpStream::connect(address)
        .await
        .expect("a connection");
    let asked = format!(
        "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n{protocol}\r\n"
    );
    stream.write_all(asked.as_bytes()).await.expect("sent");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.expect("an answer"));
    }
    String::from_utf8(head).expect("text")
}

#[tokio::test(flavor = "multi_thread")]
async fn handshakes_are_answered_in_the_spelling_of_the_rfc() {
    let served = Served::start(&[]).await;
    let graphql = handshake(
        &served,
        "/graphql",
        "sec-websocket-protocol: graphql-ws, graphql-transport-ws\r\n",
    )
    .await;
    let socket = format!("/realtime/v1/websocket?apikey={}", served.token("anon"));
    let supabase = handshake(&served, &socket, "").await;
    for head in [&graphql, &supabase] {
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        assert!(
            head.contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"),
            "{head}"
        );
        assert!(
            head.contains("\r\nConnection: ") && head.contains("\r\nUpgrade: websocket\r\n"),
            "{head}"
        );
    }
    assert!(
        graphql.contains("\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n"),
        "{graphql}"
    );
}
