//! Connection poolers that share sessions are recognised, and nobody is served by half.

use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, User, chown};
use serde_json::{Value, json};
use tokio_postgres::config::Host;

use crate::supabase::server::{SECRET, token};
use crate::support::program::{Program, fail, mindloom};
use crate::support::{TestDb, connect, scratch_dir};

/// A PgBouncer before a test's database, which knows the logins of the two roles.
pub struct Pooler {
    child: Child,
    port: u16,
}

impl Pooler {
    /// Starts one; nothing where there is no PgBouncer, which fails where `CI` is set.
    pub fn start(test: &TestDb, mode: &str) -> Option<Self> {
        if Command::new("pgbouncer").arg("--version").output().is_err() {
            assert!(std::env::var_os("CI").is_none(), "pgbouncer is missing");
            eprintln!("skipped: pgbouncer is missing");
            return None;
        }
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        let directory = scratch_dir();
        let settings = directory.join("pgbouncer.ini");
        let text = format!(
            "[databases]\nowner = {}\nrequests = {}\n\
             [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n\
             pool_mode = {mode}\ndefault_pool_size = 8\nmax_client_conn = 200\n",
            login(test.settings.url.as_ref().expect("an address").as_str()),
            login(
                test.settings
                    .authenticator_url
                    .as_ref()
                    .expect("an address")
                    .as_str()
            ),
        );
        std::fs::write(&settings, text).expect("a file");
        let mut command = Command::new("pgbouncer");
        command
            .arg("-q")
            .arg(&settings)
            .stdin(Stdio::null())
            .stderr(Stdio::null());
        // It does not run as root either.
        if nix::unistd::geteuid().is_root() {
            let account = ["postgres", "nobody"]
                .iter()
                .find_map(|name| User::from_name(name).ok().flatten())
                .expect("an account for servers");
            chown(&settings, Some(account.uid), Some(account.gid)).expect("a file of its own");
            command.uid(account.uid.as_raw()).gid(account.gid.as_raw());
        }
        let child = command.spawn().expect("pgbouncer runs");
        let pooler = Self { child, port };
        let started = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(
                started.elapsed() < Duration::from_secs(20),
                "pgbouncer answers"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(pooler)
    }

    /// The owner's address through it.
    pub fn owner(&self) -> String {
        format!("postgresql://mindloom@127.0.0.1:{}/owner", self.port)
    }

    /// The address of requests through it.
    pub fn requests(&self) -> String {
        format!(
            "postgresql://authenticator@127.0.0.1:{}/requests",
            self.port
        )
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let pid = i32::try_from(self.child.id()).expect("a process id");
        let _ = kill(Pid::from_raw(pid), Signal::SIGINT);
        let _ = self.child.wait();
    }
}

/// How PgBouncer logs in, in its own words.
fn login(url: &str) -> String {
    let config: tokio_postgres::Config = url.parse().expect("an address");
    let host = match config.get_hosts().first() {
        Some(Host::Unix(directory)) => directory.display().to_string(),
        Some(Host::Tcp(host)) => host.clone(),
        None => "127.0.0.1".to_owned(),
    };
    format!(
        "host={host} port={} dbname={} user={} password={}",
        config.get_ports().first().unwrap_or(&5432),
        config.get_dbname().unwrap_or_default(),
        config.get_user().unwrap_or_default(),
        String::from_utf8_lossy(config.get_password().unwrap_or_default()),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_that_shares_sessions_is_refused_by_name() {
    let test = TestDb::new().await;
    let Some(pooler) = Pooler::start(&test, "transaction") else {
        return;
    };
    let (owner, requests) = (pooler.owner(), pooler.requests());
    for (arguments, named) in [
        (vec!["--database-url", &owner], "DATABASE_URL"),
        (
            vec![
                "--database-url",
                test.url(),
                "--authenticator-url",
                &requests,
            ],
            "MINDLOOM_AUTHENTICATOR_URL",
        ),
    ] {
        let started = Instant::now();
        let mut command = mindloom(["serve", "--bind", "127.0.0.1:0"]);
        command.args(arguments).arg("--data-dir").arg(scratch_dir());
        let said = fail(&mut command);
        assert!(said.contains("connection pooler"), "{said}");
        assert!(
            said.contains(&format!("Let {named} lead to PostgreSQL")),
            "{said}"
        );
        assert!(started.elapsed() < Duration::from_secs(20));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_that_keeps_sessions_does() {
    let test = TestDb::new().await;
    let Some(pooler) = Pooler::start(&test, "session") else {
        return;
    };
    let small = [
        "--request-pool-size",
        "2",
        "--system-pool-size",
        "2",
        "--transaction-pool-size",
        "2",
    ];
    let urls = [
        "--database-url",
        test.url(),
        "--authenticator-url",
        &pooler.requests(),
    ];
    let server = Program::serve(&scratch_dir(), &[&small[..], &urls[..]].concat());
    assert_eq!(server.get("/readyz").0, 200);
}

/// Queries and single writes of several people through sessions that they share, all at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_go_through_a_pooler_that_shares_sessions() {
    const ROUNDS: usize = 60;
    let test = TestDb::new().await;
    let Some(pooler) = Pooler::start(&test, "transaction") else {
        return;
    };
    let pooler_url = pooler.requests();
    let secret = std::str::from_utf8(SECRET).expect("text");
    let own = ["--database-url", test.url(), "--jwt-secret", secret];
    let pooled = ["--pooler-url", pooler_url.as_str()];
    let server = Program::serve(&scratch_dir(), &[&own[..], &pooled[..]].concat());
    let mut asked = Vec::new();
    for name in ["ada", "eve", "ida", "oda"] {
        let user = test.user(&format!("{name}@example.org")).await.user_id;
        let token = token("authenticated", user, 600);
        asked.push(tokio::spawn(work(
            server.address.clone(),
            token,
            name,
            ROUNDS,
        )));
    }
    for work in asked {
        work.await.expect("every answer was right");
    }
    let client = connect(&test.settings).await;
    let rows = client.query_one("select count(*) from public.stacks", &[]);
    assert_eq!(rows.await.expect("a count").get::<_, i64>(0), 4 * 60);

    let wrong = pooler.owner();
    let mut command = mindloom([
        "serve",
        "--bind",
        "127.0.0.1:0",
        "--database-url",
        test.url(),
    ]);
    command.args(["--pooler-url", &wrong, "--data-dir"]);
    let said = fail(command.arg(scratch_dir()));
    assert!(said.contains("must log in as authenticator"), "{said}");
}

/// Writes and reads as one person, and sees that nobody else's is there.
async fn work(address: String, token: String, name: &'static str, rounds: usize) {
    let client = reqwest::Client::new();
    let ask = async |query: String| -> Value {
        let request = client
            .post(format!("http://{address}/graphql"))
            .bearer_auth(&token)
            .json(&json!({"query": query}));
        let answer = request.send().await.expect("an answer");
        answer.json().await.expect("JSON")
    };
    for round in 0..rounds {
        let create =
            format!(r#"mutation {{ createStack(input: {{name: "{name} {round}"}}) {{ name }} }}"#);
        let answer = ask(create).await;
        assert_eq!(
            answer["data"]["createStack"]["name"],
            format!("{name} {round}"),
            "{answer}"
        );
        // Another text each time, so that statements are made anew too.
        let read = format!(
            "{{ one: stacks(first: {}) {{ nodes {{ name }} }} notes {{ nodes {{ id }} }} }}",
            100 + round
        );
        let answer = ask(read).await;
        let names = answer["data"]["one"]["nodes"]
            .as_array()
            .unwrap_or_else(|| panic!("{answer}"));
        assert_eq!(names.len(), round + 1, "{answer}");
        let own = |row: &Value| {
            row["name"]
                .as_str()
                .is_some_and(|text| text.starts_with(name))
        };
        assert!(names.iter().all(own), "{answer}");
    }
}
