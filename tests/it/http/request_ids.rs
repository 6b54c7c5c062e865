//! Every request has an id, which its answer, its lines in the log and its faults have in common.

use nix::sys::signal::Signal;
use reqwest::Response;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Server, sockets::Client};
use crate::support::{
    TestDb,
    program::{Program, mindloom, succeed},
    scratch_dir,
};

const HEADER: &str = "x-request-id";

fn id_of(answer: &Response) -> String {
    let mut ids = answer.headers().get_all(HEADER).iter();
    let id = ids.next().expect("an id").to_str().expect("text");
    assert_eq!(ids.next(), None, "one id alone");
    id.to_owned()
}

#[tokio::test]
async fn a_sane_id_is_echoed_and_another_is_made_anew() {
    let server = Server::start(&[]).await;
    let ask = async |sent: Option<&[u8]>| {
        let request = server.post(&json!({"query": "{ version }"}));
        let request = match sent {
            Some(sent) => request.header(HEADER, sent),
            None => request,
        };
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
        id_of(&answer)
    };
    for sane in [
        "a",
        "Root=1-67891233-abcdef012345678912345678",
        &"x".repeat(128),
    ] {
        assert_eq!(ask(Some(sane.as_bytes())).await, sane);
    }
    let long = "x".repeat(129);
    let hostile = [
        &b""[..],
        b"two words",
        b"a\tb",
        b"\"}, {\"level\": \"ERROR\"",
        b"\xff\xfe",
        long.as_bytes(),
    ];
    let mut made = vec![ask(None).await];
    for sent in hostile {
        made.push(ask(Some(sent)).await);
    }
    for id in &made {
        let id: Uuid = id.parse().expect("an id of the server's own");
        assert_eq!(id.get_version_num(), 7);
    }
    made.sort();
    made.dedup();
    assert_eq!(made.len(), 1 + hostile.len(), "each has its own");
}

#[tokio::test]
async fn refusals_handshakes_and_other_routes_have_one_too() {
    let server = Server::start(&["--allowed-origins", "https://app.example.com"]).await;
    let at = |path: &str| {
        server
            .client
            .get(format!("http://{}{path}", server.address))
    };
    let handshake = at("/graphql")
        .header("connection", "upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
        .header("sec-websocket-protocol", "graphql-transport-ws");
    let foreign = at("/graphql").header("origin", "https://evil.example");
    for (request, status) in [
        (handshake, 101),
        (foreign, 403),
        (at("/nowhere"), 404),
        (
            at("/graphql?query=%7B%20version%20%7D").bearer_auth("none"),
            401,
        ),
    ] {
        let answer = request.header(HEADER, "mine").send().await;
        let answer = answer.expect("an answer");
        assert_eq!(
            (answer.status().as_u16(), id_of(&answer)),
            (status, "mine".to_owned())
        );
    }
    let page = at("/graphql?query=%7B%20version%20%7D").header("origin", "https://app.example.com");
    let answer = page.send().await.expect("an answer");
    let exposed = answer.headers()["access-control-expose-headers"].to_str();
    let mut exposed = exposed.expect("text").split(',');
    assert!(exposed.any(|name| name == HEADER), "pages may read it");
}

/// A server whose notes have lost a column, which is a fault in whatever reads it.
async fn faulty() -> (Program, TestDb, String) {
    let (database, data_dir) = (TestDb::new().await, scratch_dir());
    let flags = ["--database-url", database.url()];
    let program = Program::serve(&data_dir, &flags);
    let client = database.db.system().await.expect("a connection");
    let broken = "alter table public.notes rename column content to renamed";
    client.batch_execute(broken).await.expect("a broken table");
    let mut command = mindloom(["token", "--role", "service_role", "--data-dir"]);
    let token = succeed(command.arg(&data_dir)).trim().to_owned();
    (program, database, token)
}

const FAULTY: &str = "{ notes { nodes { content } } }";

/// The lines of the log about faults of a request.
fn faults(log: &str, id: &str) -> Vec<Value> {
    log.lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|entry| entry["message"] == "internal error" && entry["request_id"] == id)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_is_found_in_the_log_by_the_id_of_its_request() {
    let (program, _database, token) = faulty().await;
    let url = format!("http://{}/graphql", program.address);
    let asked = reqwest::Client::new().post(url).bearer_auth(&token);
    let asked = asked.json(&json!({"query": FAULTY}));
    let answer = asked.header(HEADER, "fault-of-a-test").send().await;
    let answer = answer.expect("an answer");
    assert_eq!(id_of(&answer), "fault-of-a-test");
    let answer: Value = answer.json().await.expect("JSON");
    let told = &answer["errors"][0]["extensions"];
    assert_eq!(
        told,
        &json!({"code": "INTERNAL", "requestId": "fault-of-a-test"})
    );

    // Operations of a socket have ids of their own.
    let mut socket = Client::at(&program.address, json!({"authorization": token})).await;
    let mut ids = Vec::new();
    for operation in ["1", "2"] {
        socket.subscribe(operation, FAULTY).await;
        let told = socket.next().await;
        let error = &told["payload"]["errors"][0]["extensions"];
        assert_eq!(error["code"], "INTERNAL", "{told}");
        ids.push(error["requestId"].as_str().expect("an id").to_owned());
        assert_eq!(socket.next().await["type"], "complete");
    }
    assert_ne!(ids[0], ids[1]);
    ids.push("fault-of-a-test".to_owned());
    let log = program.log_at_end(Signal::SIGTERM);
    for id in &ids {
        let faults = faults(&log, id);
        assert_eq!(faults.len(), 1, "{id} in {log}");
        assert!(faults[0]["error"].is_string(), "with its cause: {faults:?}");
    }
}
