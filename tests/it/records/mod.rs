//! What goes on record by itself, asked for over HTTP of a whole server.

mod activity;
mod alerts;
mod configuration;
mod database;
mod faults;
mod figures;
mod settings;
mod watched;

use std::time::{Duration, Instant};

use mindloom::auth::{Caller, Role, TokenContents, mint};
use serde_json::{Value, json};

use crate::support::{
    TestDb,
    server::{RunningServer, SECRET},
};

const USER_AGENT: &str = "records-tests/1";

/// A server over a database of its own, a person and an administrator.
struct World {
    test: TestDb,
    server: RunningServer,
    http: reqwest::Client,
    ada: Caller,
    root: Caller,
}

impl World {
    async fn start() -> Self {
        Self::with(&[]).await
    }

    async fn with(flags: &[&str]) -> Self {
        let test = TestDb::new().await;
        let ada = test.user("ada@example.org").await;
        let root = test.admin("root@example.org").await;
        let server = RunningServer::start(&test.db, flags).await;
        let http = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .build()
            .expect("a client");
        World {
            test,
            server,
            http,
            ada,
            root,
        }
    }

    /// An operation of somebody, or of nobody.
    fn request(
        &self,
        caller: Option<&Caller>,
        query: &str,
        variables: &Value,
    ) -> reqwest::RequestBuilder {
        let url = format!("http://{}/graphql", self.server.address);
        let body = json!({"query": query, "variables": variables});
        let request = self.http.post(url).json(&body);
        match caller {
            Some(caller) => request.bearer_auth(token(caller)),
            None => request,
        }
    }

    async fn ask(&self, caller: Option<&Caller>, query: &str, variables: Value) -> Value {
        let request = self.request(caller, query, &variables);
        let answer = request.send().await.expect("an answer");
        answer.json().await.expect("JSON")
    }

    /// The data of an operation that must succeed.
    async fn ok(&self, caller: &Caller, query: &str, variables: Value) -> Value {
        let mut answer = self.ask(Some(caller), query, variables).await;
        assert!(answer["errors"].is_null(), "{query}: {answer}");
        answer["data"].take()
    }

    /// The code and the message of the first error.
    async fn refused(&self, caller: &Caller, query: &str, variables: Value) -> (String, String) {
        let answer = self.ask(Some(caller), query, variables).await;
        let error = &answer["errors"][0];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (text(&error["extensions"]["code"]), text(&error["message"]))
    }

    async fn sql(&self, sql: &str) {
        self.test
            .run_as_owner(sql)
            .await
            .unwrap_or_else(|refusal| panic!("{sql}: {refusal:?}"));
    }

    /// Waits until a statement's only value is the expected one.
    async fn until(&self, sql: &str, expected: &str) {
        let started = Instant::now();
        loop {
            let found = self.test.value(sql).await;
            if found.as_deref() == Some(expected) {
                return;
            }
            assert!(
                started.elapsed() < Duration::from_secs(60),
                "{sql}: {found:?}, not {expected}"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Switches the logging of activities on, and waits until the server goes by it.
    async fn log_activity(&self) {
        let on = r#"mutation { updateSystemSettings(input: {logging: {userActivity: true}}) { logging { userActivity } } }"#;
        self.ok(&self.root, on, json!({})).await;
        let started = Instant::now();
        let seen = "select count(*) > 0 from user_activity_logs";
        while self.test.value(seen).await.as_deref() != Some("t") {
            let probe = r#"mutation { createNote(input: {content: "probe"}) { id } }"#;
            self.ok(&self.ada, probe, json!({})).await;
            assert!(started.elapsed() < Duration::from_secs(20), "not logged");
        }
        self.sql("delete from notes; delete from user_activity_logs")
            .await;
    }

    /// All of the rows that records are, as one text.
    async fn dump(&self) -> String {
        let tables = [
            "error_logs",
            "user_activity_logs",
            "performance_metrics",
            "alerts",
        ];
        let mut dump = String::new();
        for table in tables {
            let all = format!("select coalesce(jsonb_agg(to_jsonb(t)), '[]') from {table} t");
            dump.push_str(&self.test.value(&all).await.unwrap_or_default());
        }
        dump
    }
}

fn token(caller: &Caller) -> String {
    let contents = TokenContents {
        role: Role::Authenticated,
        user_id: caller.user_id,
        admin: caller.is_admin(),
        lifetime: Duration::from_secs(600),
    };
    mint(&contents, SECRET.as_bytes(), "mindloom", "authenticated").expect("a token")
}
