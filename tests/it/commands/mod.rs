//! The command line.

mod address;
mod admin;
mod audience;
mod demo;
mod documents;
mod help;
mod lists;
mod migrate;
mod pooler;
mod readme;
mod restore;
mod secrets;
mod settings;
mod standby;
mod start_checks;
mod token;
mod verify;

use serde_json::{Value, json};

use crate::support::program::Program;
use crate::support::{TestDb, scratch_dir};

/// A server over a database of its own, and the directory that its secrets are in.
struct Served {
    program: Program,
    data_dir: std::path::PathBuf,
    database: TestDb,
}

impl Served {
    async fn start(flags: &[&str]) -> Self {
        let database = TestDb::new().await;
        let data_dir = scratch_dir();
        let pools = ["--request-pool-size", "4", "--system-pool-size", "4"];
        let flags = [&["--database-url", database.url()], &pools[..], flags].concat();
        Served {
            program: Program::serve(&data_dir, &flags),
            data_dir,
            database,
        }
    }

    /// The flags that lead a command to this server's database and secrets.
    fn flags(&self) -> [&str; 4] {
        let data_dir = self.data_dir.to_str().expect("a plain name");
        [
            "--database-url",
            self.database.url(),
            "--data-dir",
            data_dir,
        ]
    }

    /// The answer to an operation.
    async fn ask(&self, token: Option<&str>, query: &str) -> Value {
        let url = format!("http://{}/graphql", self.program.address);
        let request = reqwest::Client::new()
            .post(url)
            .json(&json!({"query": query}));
        let request = token
            .into_iter()
            .fold(request, |request, token| request.bearer_auth(token));
        let answer = request.send().await.expect("an answer");
        answer.json().await.expect("JSON")
    }
}

/// What a token says, without a look at its signature.
fn claims(token: &str) -> Value {
    use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
    let payload = token.split('.').nth(1).expect("three parts");
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(payload).expect("base64");
    serde_json::from_slice(&bytes).expect("claims")
}
