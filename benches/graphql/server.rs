//! The server in a process of its own.

use std::{
    net::{SocketAddr, TcpListener},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use mindloom::postgres::Database;
use serde_json::json;

use crate::{Failure, database::authenticator_url, load::Connection, sample};

const SECRET: &str = "the secret of the benchmark, 32 bytes and more";
const READY_MAX: Duration = Duration::from_secs(60);

/// The running server.
pub struct Server {
    process: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// How long it took until it answered, with the database up and migrated.
    pub started_in_ms: f64,
    tokens: Vec<String>,
    service: String,
}

impl Server {
    /// Starts the server on the database and waits until it is ready.
    pub async fn start(database: &Database) -> Result<Self, Failure> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let begun = Instant::now();
        let process = Command::new(env!("CARGO_BIN_EXE_mindloom"))
            .args(["serve", "--bind", &address.to_string()])
            .args(["--requests-per-second", "0"])
            .env("DATABASE_URL", database.url())
            .env("MINDLOOM_AUTHENTICATOR_URL", authenticator_url(database)?)
            .env("MINDLOOM_JWT_SECRET", SECRET)
            .stdout(Stdio::null())
            .stdin(Stdio::null())
            .spawn()?;
        let mut server = Server {
            process,
            address,
            started_in_ms: 0.0,
            tokens: Vec::new(),
            service: service_token()?,
        };
        loop {
            match server.ready().await {
                Ok(()) => break,
                Err(error) if begun.elapsed() > READY_MAX => return Err(error),
                Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        }
        server.started_in_ms = begun.elapsed().as_secs_f64() * 1e3;
        server.tokens = (1..=sample::USERS).map(token).collect::<Result<_, _>>()?;
        Ok(server)
    }

    async fn ready(&self) -> Result<(), Failure> {
        let mut connection = Connection::open(self.address).await?;
        connection
            .exchange(b"GET /readyz HTTP/1.1\r\nhost: bench\r\n\r\n")
            .await?;
        Ok(())
    }

    /// Writes a request with a GraphQL document, sent by a user; `variables` is JSON.
    pub fn request(&self, user: u32, document: &str, variables: &str, out: &mut Vec<u8>) {
        write_request(self.token(user), document, variables, out);
    }

    /// The same, sent by the operator's own program.
    pub fn service_request(&self, document: &str, variables: &str, out: &mut Vec<u8>) {
        write_request(&self.service, document, variables, out);
    }

    /// The access token of a user.
    pub fn token(&self, user: u32) -> &str {
        &self.tokens[user as usize - 1]
    }

    /// The most memory that the process has held, in megabytes.
    pub fn peak_memory_mb(&self) -> Result<f64, Failure> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .ok_or("no VmHWM")?;
        let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kilobytes / 1024.0)
    }

    /// Stops the server.
    pub async fn stop(mut self) -> Result<(), Failure> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn write_request(token: &str, document: &str, variables: &str, out: &mut Vec<u8>) {
    use std::io::Write;
    let document = json!(document);
    let size = r#"{"query":,"variables":}"#.len() + variables.len() + document.to_string().len();
    out.clear();
    // Writing to a vector cannot fail.
    let _ = write!(
        out,
        "POST /graphql HTTP/1.1\r\nhost: bench\r\naccept: application/json\r\n\
         content-type: application/json\r\nauthorization: Bearer {token}\r\n\
         content-length: {size}\r\n\r\n{{\"query\":{document},\"variables\":{variables}}}"
    );
}

/// An access token of a user.
fn token(user: u32) -> Result<String, Failure> {
    let claims = json!({
        "sub": sample::user_id(user),
        "role": "authenticated",
        "aud": "authenticated",
        "email": format!("user{user}@example.org"),
        "iat": 1_700_000_000,
        "exp": 4_000_000_000u64,
        "app_metadata": {},
        "user_metadata": {},
    });
    signed(&claims)
}

/// The token of the operator's own program.
fn service_token() -> Result<String, Failure> {
    signed(&json!({
        "role": "service_role",
        "aud": "authenticated",
        "iat": 1_700_000_000,
        "exp": 4_000_000_000u64,
    }))
}

fn signed(claims: &serde_json::Value) -> Result<String, Failure> {
    let key = jsonwebtoken::EncodingKey::from_secret(SECRET.as_bytes());
    let header = jsonwebtoken::Header::default();
    Ok(jsonwebtoken::encode(&header, claims, &key)?)
}
