//! Rates and shares of one caller, on every way in.

use futures_util::future::join_all;
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

use super::{SECRET, token};
use crate::supabase::server::Client;
use crate::support::{TestDb, program::Program, scratch_dir};

struct Server {
    program: Program,
    client: reqwest::Client,
    _test: TestDb,
    anon: String,
}

impl Server {
    async fn start(flags: &[&str]) -> Self {
        let test = TestDb::new().await;
        let flags = [
            &["--database-url", test.url(), "--jwt-secret", SECRET][..],
            flags,
        ]
        .concat();
        let program = Program::serve(&scratch_dir(), &flags);
        Server {
            program,
            client: reqwest::Client::new(),
            anon: token(&test, &["--role", "anon"]),
            _test: test,
        }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.program.address)
    }

    fn graphql(&self, query: &str) -> RequestBuilder {
        let request = self.client.post(self.url("/graphql"));
        request.json(&json!({ "query": query }))
    }

    /// What comes of a request that is sent so often: how many were taken, and the first refusal.
    async fn often(
        &self,
        times: usize,
        request: impl Fn() -> RequestBuilder,
    ) -> (usize, Option<Response>) {
        let (mut taken, mut refused) = (0, None);
        // All at once: one after another might take as long as the rate needs.
        let answers = join_all((0..times).map(|_| request().send())).await;
        for answer in answers {
            let answer = answer.expect("an answer");
            if answer.status() == 429 {
                refused.get_or_insert(answer);
            } else {
                assert!(answer.status().is_success(), "{answer:?}");
                taken += 1;
            }
        }
        (taken, refused)
    }
}

/// The code and the time to come back of a refusal.
async fn refusal(answer: Response) -> (String, u64, u64) {
    let after = answer.headers()["retry-after"]
        .to_str()
        .expect("a number")
        .parse()
        .expect("a number");
    let body: Value = answer.json().await.expect("JSON");
    let extensions = &body["errors"][0]["extensions"];
    let code = extensions["code"].as_str().unwrap_or_default().to_owned();
    (
        code,
        extensions["retryAfterMs"].as_u64().unwrap_or_default(),
        after,
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_have_a_rate() {
    let server = Server::start(&["--requests-per-second", "5"]).await;
    let (taken, refused) = server.often(40, || server.graphql("{ version }")).await;
    assert!((10..39).contains(&taken), "{taken}");
    let (code, retry_after_ms, after) = refusal(refused.expect("a refusal")).await;
    assert_eq!(code, "RATE_LIMITED");
    assert!((1..=200).contains(&retry_after_ms), "{retry_after_ms}");
    assert_eq!(after, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn broadcasts_without_a_socket_have_the_rate_of_a_socket() {
    let server = Server::start(&["--realtime-max-events-per-second", "10"]).await;
    let mutation = r#"mutation { sendBroadcast(channel: "a", event: "e", payload: {}) }"#;
    let sent = || {
        server
            .graphql(mutation)
            .header("accept", "application/graphql-response+json")
    };
    let (taken, refused) = server.often(60, sent).await;
    assert!((10..59).contains(&taken), "{taken}");
    let (code, retry_after_ms, _) = refusal(refused.expect("a refusal")).await;
    assert_eq!(code, "RATE_LIMITED");
    assert!(retry_after_ms > 0);
    let message = json!({"topic": "a", "event": "e", "payload": {}});
    let post = || {
        let request = server.client.post(server.url("/realtime/v1/api/broadcast"));
        let batch = json!({"messages": vec![message.clone(); 10]});
        request.header("apikey", &server.anon).json(&batch)
    };
    let (taken, refused) = server.often(20, post).await;
    assert!(taken < 15, "{taken} batches");
    assert!(
        refused
            .expect("a refusal")
            .headers()
            .contains_key("retry-after")
    );
}

/// What a socket of Supabase's protocol is told that broadcasts from an address.
async fn broadcast_from(server: &Server, client_ip: &str) -> String {
    let query = format!("?vsn=2.0.0&apikey={}", server.anon);
    let address = server.program.address.to_string();
    let client = Client::open_from(&address, &query, client_ip).await;
    let mut client = client.unwrap_or_else(|refused| panic!("{refused:?}"));
    let config = json!({"broadcast": {"ack": true}});
    let join = client.joined("realtime:room", config).await;
    let payload = json!({"type": "broadcast", "event": "e", "payload": {}});
    client
        .push(Some(&join), "realtime:room", "broadcast", payload)
        .await;
    loop {
        let text = client.next_text().await;
        match text[3].as_str() {
            Some("phx_reply") => return text[4]["status"].to_string(),
            Some("system") => return text[4]["message"].to_string(),
            _ => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sockets_without_an_account_share_by_their_address() {
    let flags = ["--realtime-max-events-per-second", "1", "--proxies", "1"];
    let server = Server::start(&flags).await;
    let at_once = join_all([
        broadcast_from(&server, "198.51.100.1"),
        broadcast_from(&server, "198.51.100.1"),
        broadcast_from(&server, "198.51.100.2"),
    ]);
    let [one, same, elsewhere] = at_once.await.try_into().expect("three");
    assert_eq!(elsewhere, "\"ok\"");
    let mut shared = [one, same];
    shared.sort();
    assert_eq!(shared, ["\"Too many messages per second\"", "\"ok\""]);
}

#[tokio::test(flavor = "multi_thread")]
async fn reserved_streams_are_bounded_and_given_up() {
    let flags = ["--max-caller-reservations", "3", "--reservation-ms", "1500"];
    let server = Server::start(&flags).await;
    let reserve = || server.client.put(server.url("/graphql"));
    let (taken, refused) = server.often(10, reserve).await;
    assert_eq!(taken, 3);
    let (code, retry_after_ms, after) = refusal(refused.expect("a refusal")).await;
    assert_eq!(
        (code.as_str(), retry_after_ms, after),
        ("RATE_LIMITED", 1_500, 2)
    );
    let begun = std::time::Instant::now();
    loop {
        let (taken, _) = server.often(1, reserve).await;
        if taken == 1 {
            break;
        }
        assert!(begun.elapsed().as_secs() < 20, "they are given up");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_anonymous_account_writes_at_its_rate() {
    let server = Server::start(&["--stranger-writes-per-second", "2"]).await;
    let signed_in = server
        .graphql("mutation { signInAnonymously { accessToken } }")
        .send()
        .await;
    let signed_in: Value = signed_in.expect("an answer").json().await.expect("JSON");
    let token = signed_in["data"]["signInAnonymously"]["accessToken"].as_str();
    let token = token.unwrap_or_else(|| panic!("{signed_in}")).to_owned();
    let note = || {
        let query = r#"mutation { createNote(input: {content: "a"}) { id } }"#;
        server
            .graphql(query)
            .bearer_auth(&token)
            .header("accept", "application/graphql-response+json")
    };
    let (taken, refused) = server.often(60, note).await;
    assert!((20..59).contains(&taken), "{taken}");
    let (code, retry_after_ms, _) = refusal(refused.expect("a refusal")).await;
    assert_eq!(code, "RATE_LIMITED");
    assert!(retry_after_ms > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_anonymous_account_has_room_for_so_many_rows() {
    let server = Server::start(&["--anonymous-max-rows", "3"]).await;
    let signed_in = server
        .graphql("mutation { signInAnonymously { accessToken } }")
        .send()
        .await;
    let signed_in: Value = signed_in.expect("an answer").json().await.expect("JSON");
    let token = signed_in["data"]["signInAnonymously"]["accessToken"].as_str();
    let token = token.unwrap_or_else(|| panic!("{signed_in}"));
    let mut refusals = Vec::new();
    for _ in 0..5 {
        let query = r#"mutation { createNote(input: {content: "a"}) { id } }"#;
        let answer = server.graphql(query).bearer_auth(token).send().await;
        let answer: Value = answer.expect("an answer").json().await.expect("JSON");
        let extensions = &answer["errors"][0]["extensions"];
        refusals.push((extensions["limit"].clone(), extensions["allowed"].clone()));
    }
    assert_eq!(
        refusals[..3],
        [
            (Value::Null, Value::Null),
            (Value::Null, Value::Null),
            (Value::Null, Value::Null)
        ]
    );
    assert_eq!(
        refusals[3..],
        [
            (json!("quotaRows"), json!(3)),
            (json!("quotaRows"), json!(3))
        ]
    );
}

/// What an anonymous sign-in from an address answers.
async fn signed_in_from(server: &Server, client_ip: &str) -> Value {
    let sign_in = server.graphql("mutation { signInAnonymously { accessToken } }");
    let answer = sign_in.header("x-forwarded-for", client_ip).send().await;
    answer.expect("an answer").json().await.expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn anonymous_accounts_at_an_address_share_its_rate() {
    let flags = ["--stranger-writes-per-second", "1", "--proxies", "1"];
    let server = Server::start(&flags).await;
    let mut tokens = Vec::new();
    for client_ip in ["198.51.100.1", "198.51.100.1", "198.51.100.2"] {
        let answer = signed_in_from(&server, client_ip).await;
        let token = answer["data"]["signInAnonymously"]["accessToken"].as_str();
        tokens.push(token.unwrap_or_else(|| panic!("{answer}")).to_owned());
    }
    let write = |token: &str, client_ip: &str| {
        let fields =
            (0..10).map(|n| format!(r#"a{n}: createNote(input: {{content: "a"}}) {{ id }}"#));
        let query = format!("mutation {{ {} }}", fields.collect::<Vec<_>>().join(" "));
        let request = server.graphql(&query).bearer_auth(token);
        let request = request.header("accept", "application/graphql-response+json");
        request.header("x-forwarded-for", client_ip)
    };
    // The first takes what ten seconds give; nothing is left for the second account there.
    let (taken, _) = server.often(1, || write(&tokens[0], "198.51.100.1")).await;
    assert_eq!(taken, 1);
    let (taken, refused) = server.often(1, || write(&tokens[1], "198.51.100.1")).await;
    assert_eq!(taken, 0);
    let (code, ..) = refusal(refused.expect("a refusal")).await;
    assert_eq!(code, "RATE_LIMITED");
    let (taken, _) = server.often(1, || write(&tokens[2], "198.51.100.2")).await;
    assert_eq!(taken, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_makes_so_many_anonymous_accounts() {
    let flags = ["--anonymous-per-address", "2", "--proxies", "1"];
    let server = Server::start(&flags).await;
    for _ in 0..2 {
        let answer = signed_in_from(&server, "198.51.100.1").await;
        assert!(answer["errors"].is_null(), "{answer}");
    }
    let refused = signed_in_from(&server, "198.51.100.1").await;
    let extensions = &refused["errors"][0]["extensions"];
    assert_eq!(extensions["code"], "RATE_LIMITED", "{refused}");
    assert!(extensions["retryAfterMs"].as_u64() > Some(0), "{refused}");
    let elsewhere = signed_in_from(&server, "198.51.100.2").await;
    assert!(elsewhere["errors"].is_null(), "{elsewhere}");
}
