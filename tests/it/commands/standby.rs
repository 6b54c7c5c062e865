//! A database that takes no changes is served for reading, and a standby that took over is served whole.

use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use mindloom::db::Db;
use mindloom::error::Code;
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, User};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::realtime::world::{next, service, start, subscription};
use crate::supabase::server::{SECRET, token};
use crate::support::program::{Program, eventually, fail, mindloom, succeed};
use crate::support::{OwnCluster, TestDb, connect, scratch_dir};

const READ: &str = "{ stacks { nodes { name } } }";
const WRITE: &str = r#"mutation { createStack(input: {name: "new"}) { id } }"#;

/// Asks a server as a user.
async fn ask(server: &Program, token: &str, query: &str) -> Value {
    let request = reqwest::Client::new()
        .post(format!("http://{}/graphql", server.address))
        .bearer_auth(token)
        .json(&json!({"query": query}));
    let answer = request.send().await.expect("an answer");
    answer.json().await.expect("JSON")
}

/// A server for a database, whose secret is that of the tests' tokens.
fn serve(url: &str) -> Program {
    let secret = std::str::from_utf8(SECRET).expect("text");
    Program::serve(
        &scratch_dir(),
        &["--database-url", url, "--jwt-secret", secret],
    )
}

fn error_of(answer: &Value) -> (&str, &str) {
    let error = &answer["errors"][0];
    (
        error["extensions"]["code"].as_str().unwrap_or_default(),
        error["message"].as_str().unwrap_or_default(),
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_set_to_read_only_is_served_for_reading() {
    let test = TestDb::new().await;
    let user = test.user("ada@example.org").await.user_id.expect("an id");
    let client = connect(&test.settings).await;
    client
        .batch_execute(
            "do $$ begin execute format('alter database %I set default_transaction_read_only = on', current_database()); end $$",
        )
        .await
        .expect("read-only from the next connection on");
    let server = serve(test.url());
    assert!(
        server.log().contains("it is served for reading"),
        "{}",
        server.log()
    );
    assert_eq!(server.get("/readyz").0, 200);
    let token = token("authenticated", Some(user), 600);
    let answer = ask(&server, &token, READ).await;
    assert_eq!(answer, json!({"data": {"stacks": {"nodes": []}}}));
    let sign_in = r#"mutation { signInAnonymously { accessToken } }"#;
    for mutation in [WRITE, sign_in] {
        let answer = ask(&server, &token, mutation).await;
        let (code, message) = error_of(&answer);
        assert_eq!(code, "UNAVAILABLE", "{answer}");
        assert!(message.contains("takes no changes now"), "{answer}");
    }
    let warnings = server.log().matches("\"WARN\"").count();
    assert!(warnings < 5, "said once: {}", server.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn migrations_that_are_missing_in_a_read_only_database_are_named() {
    let test = TestDb::empty().await;
    let client = connect(&test.settings).await;
    client
        .batch_execute(
            "do $$ begin execute format('alter database %I set default_transaction_read_only = on', current_database()); end $$",
        )
        .await
        .expect("read-only from the next connection on");
    let mut command = mindloom([
        "serve",
        "--bind",
        "127.0.0.1:0",
        "--database-url",
        test.url(),
    ]);
    let said = fail(command.arg("--data-dir").arg(scratch_dir()));
    assert!(said.contains("migrations are missing in it"), "{said}");
    assert!(said.contains("m0001_foundation"), "{said}");
}

/// A standby of a cluster; ends with this value.
struct Standby {
    child: Child,
    socket: PathBuf,
}

impl Standby {
    fn of(cluster: &OwnCluster) -> Self {
        let root = scratch_dir();
        let (data, socket) = (root.join("standby"), root.join("s"));
        std::fs::create_dir(&socket).expect("a directory");
        let mut backup = cluster.program("pg_basebackup");
        backup.args([
            "-R",
            "-X",
            "stream",
            "-c",
            "fast",
            "-d",
            &cluster.url("postgres"),
            "-D",
        ]);
        succeed(backup.arg(&data));
        let own = format!(
            "unix_socket_directories = '{}'\nlisten_addresses = ''\n",
            socket.display()
        );
        let settings = data.join("postgresql.auto.conf");
        let before = std::fs::read_to_string(&settings).expect("settings");
        std::fs::write(&settings, before + &own).expect("settings");
        let mut command = cluster.program("postgres");
        command.arg("-D").arg(&data).stdin(Stdio::null());
        command.env("LC_ALL", "C");
        let log = std::fs::File::create(root.join("log")).expect("a log");
        command.stderr(log.try_clone().expect("a log")).stdout(log);
        if nix::unistd::geteuid().is_root() {
            let account = User::from_name("postgres").ok().flatten();
            let account = account.or_else(|| User::from_name("nobody").ok().flatten());
            let account = account.expect("an account for servers");
            let owned = format!("{}:{}", account.uid, account.gid);
            succeed(Command::new("chown").args(["-R", &owned]).arg(&root));
            command.uid(account.uid.as_raw()).gid(account.gid.as_raw());
        }
        let child = command.current_dir("/").spawn().expect("a standby");
        let pid_file = data.join("postmaster.pid");
        eventually("a standby answers", || {
            let text = std::fs::read_to_string(&pid_file).unwrap_or_default();
            text.lines()
                .nth(7)
                .is_some_and(|line| line.trim() == "ready" || line.trim() == "standby")
        });
        Self { child, socket }
    }

    /// An address of the cluster, at the standby.
    fn url(&self, of_cluster: &str) -> String {
        let (login, rest) = of_cluster.split_once('@').expect("a login");
        let (_, database) = rest.split_once('/').expect("a database");
        let socket = self
            .socket
            .to_str()
            .expect("a plain name")
            .replace('/', "%2F");
        let port = rest.split_once(':').map_or("5432", |(_, port)| port);
        let port = port.split('/').next().unwrap_or("5432");
        format!("{login}@{socket}:{port}/{database}")
    }
}

impl Drop for Standby {
    fn drop(&mut self) {
        let pid = i32::try_from(self.child.id()).expect("a process id");
        let _ = kill(Pid::from_raw(pid), Signal::SIGINT);
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_standby_is_served_for_reading_until_it_takes_over() {
    let cluster = OwnCluster::durable().await;
    let settings = cluster.in_database("mindloom");
    let owner = connect(&settings).await;
    migration::up(owner, None).await.expect("migrations");
    let client = connect(&settings).await;
    let user = "insert into auth.users (email) values ('ada@example.org') returning id";
    let user: Uuid = client.query_one(user, &[]).await.expect("a user").get(0);
    let db = Db::connect(&settings).await.expect("the database answers");
    let realtime = start(&db).await;
    let watched = realtime.hub.subscribe(subscription("stacks", &service()));
    let mut stacks = watched.await.expect("a subscription");
    let row = "insert into public.stacks (user_id, name) values ($1, $2)";
    client.execute(row, &[&user, &"old"]).await.expect("a row");
    let cursor = next(&mut stacks).await.cursor().to_string();
    realtime.stop();
    db.close();

    let standby = Standby::of(&cluster);
    let url = standby.url(&cluster.url("mindloom"));
    let server = serve(&url);
    assert_eq!(server.get("/readyz").0, 200);
    let token = token("authenticated", Some(user), 600);
    let answer = ask(&server, &token, READ).await;
    assert_eq!(
        answer,
        json!({"data": {"stacks": {"nodes": [{"name": "old"}]}}})
    );
    let answer = ask(&server, &token, WRITE).await;
    assert_eq!(error_of(&answer).0, "UNAVAILABLE", "{answer}");
    assert!(
        error_of(&answer).1.contains("takes no changes now"),
        "{answer}"
    );

    let of_standby = mindloom::config::DatabaseSettings {
        url: Some(url.parse().expect("an address")),
        authenticator_url: None,
        ..settings
    };
    let client = connect(&of_standby).await;
    let promoted = client.query_one("select pg_promote()", &[]).await;
    assert!(promoted.expect("an answer").get::<_, bool>(0));
    let answer = ask(&server, &token, WRITE).await;
    assert!(answer["errors"].is_null(), "{answer}");

    let db = Db::connect(&of_standby)
        .await
        .expect("the database answers");
    let realtime = start(&db).await;
    let mut again = subscription("stacks", &service());
    again.after = Some(cursor);
    let refused = realtime.hub.subscribe(again).await.err();
    assert_eq!(
        refused.map(|error| error.code()),
        Some(Code::ResyncRequired)
    );
    let watched = realtime.hub.subscribe(subscription("stacks", &service()));
    let mut stacks = watched.await.expect("a subscription");
    client.execute(row, &[&user, &"new"]).await.expect("a row");
    let event = next(&mut stacks).await;
    assert!(event.record().expect("a row").text().contains("\"new\""));
    realtime.stop();
}
