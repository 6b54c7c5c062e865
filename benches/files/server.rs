//! The binary as a server, and what one person asks of it.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{SystemTime, UNIX_EPOCH},
};

use futures_util::{StreamExt, stream};
use nix::{sys::signal::Signal, unistd::Pid};
use serde_json::{Value, json};
use uuid::Uuid;

const SECRET: &str = "a secret of at least thirty-two bytes";
const BUCKET: &str = "
    create table mindloom.bench_commits (id uuid primary key);
    insert into storage.buckets (id, name) values ('bench', 'bench');
    create policy \"Folders are their owners'\" on storage.objects for all to authenticated
      using (bucket_id = 'bench' and (storage.foldername(name))[1] = (select auth.uid()::text))
      with check (bucket_id = 'bench' and (storage.foldername(name))[1] = (select auth.uid()::text))";

pub struct Server {
    child: Child,
    address: String,
    pub database_url: String,
    user: Uuid,
    pub token: String,
    http: reqwest::Client,
}

impl Server {
    /// Starts it over a directory that is removed with the machine's temporary files.
    pub async fn start() -> Self {
        let directory = std::env::temp_dir().join(format!("mindloom-files-{}", std::process::id()));
        let mut child = command("serve", &directory)
            .args([
                "--bind",
                "127.0.0.1:0",
                "--log-format",
                "json",
                "--embedding-model",
                "off",
            ])
            .args([
                "--max-file-bytes",
                "1099511627776",
                "--requests-per-second",
                "0",
            ])
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let log = BufReader::new(child.stderr.take().expect("its log"));
        let (send, receive) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            for line in log.lines().map_while(Result::ok) {
                let entry: Value = serde_json::from_str(&line).unwrap_or_default();
                if let Some(address) = entry["address"].as_str() {
                    let _ = send.send(address.to_owned());
                }
            }
        });
        let address = receive.recv().expect("it answers");
        let url = command("database-url", &directory)
            .output()
            .expect("an address");
        let url = String::from_utf8(url.stdout).expect("text");
        let database_url = url.trim().to_owned();
        let (client, connection) = tokio_postgres::connect(&database_url, tokio_postgres::NoTls)
            .await
            .expect("a database");
        tokio::spawn(connection);
        let user = Uuid::new_v4();
        client.batch_execute(BUCKET).await.expect("a bucket");
        let insert =
            format!("insert into auth.users (id, email) values ('{user}', 'bench@example.org')");
        client.batch_execute(&insert).await.expect("somebody");
        Server {
            token: token(user),
            child,
            address,
            database_url,
            user,
            http: reqwest::Client::new(),
        }
    }

    pub fn url(&self, name: &str) -> String {
        format!(
            "http://{}/storage/v1/object/bench/{}/{name}",
            self.address, self.user
        )
    }

    pub async fn put(&self, name: &str, bytes: Vec<u8>) {
        let put = self.http.post(self.url(name)).bearer_auth(&self.token);
        let put = put.body(bytes).send().await.expect("an answer");
        assert_eq!(put.status(), 200, "{:?}", put.text().await);
    }

    pub async fn put_large(&self, name: &str, megabytes: usize) {
        let chunk = bytes::Bytes::from(vec![3_u8; 1 << 20]);
        let body =
            stream::iter((0..megabytes).map(move |_| Ok::<_, std::io::Error>(chunk.clone())));
        let put = self.http.post(self.url(name)).bearer_auth(&self.token);
        let put = put
            .body(reqwest::Body::wrap_stream(body))
            .send()
            .await
            .expect("an answer");
        assert_eq!(put.status(), 200, "{:?}", put.text().await);
    }

    pub async fn get_large(&self, name: &str) {
        let got = self
            .http
            .get(self.url(name))
            .bearer_auth(&self.token)
            .send()
            .await
            .expect("an answer");
        let mut bytes = got.bytes_stream();
        while let Some(chunk) = bytes.next().await {
            drop(chunk.expect("bytes"));
        }
    }

    pub async fn sign(&self, names: &[String]) {
        let paths: Vec<String> = names
            .iter()
            .map(|name| format!("{}/{name}", self.user))
            .collect();
        let url = format!("http://{}/storage/v1/object/sign/bench", self.address);
        let body = json!({"expiresIn": 600, "paths": paths}).to_string();
        let signed = self
            .http
            .post(url)
            .bearer_auth(&self.token)
            .body(body)
            .send()
            .await
            .expect("an answer");
        assert_eq!(signed.status(), 200);
        drop(signed.bytes().await.expect("all of it"));
    }

    /// The most memory that it had so far.
    pub fn memory_bytes(&self) -> u64 {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it runs");
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = peak.and_then(|peak| peak.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        kilobytes.expect("a size") * 1_024
    }

    pub fn stop(mut self) {
        let id = i32::try_from(self.child.id()).expect("a process id");
        nix::sys::signal::kill(Pid::from_raw(id), Signal::SIGTERM).expect("it runs");
        self.child.wait().expect("it is a child");
    }
}

fn command(name: &str, directory: &PathBuf) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mindloom"));
    command
        .arg(name)
        .arg("--data-dir")
        .arg(directory)
        .args(["--jwt-secret", SECRET]);
    command.stdin(Stdio::null());
    command
}

fn token(user: Uuid) -> String {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970")
        .as_secs();
    let claims = json!({"role": "authenticated", "aud": "authenticated", "sub": user, "iat": now, "exp": now + 7_200});
    let key = jsonwebtoken::EncodingKey::from_secret(SECRET.as_bytes());
    jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).expect("a token")
}
