//! Embeddings by the local model: of a short text, of a thousand notes, and from a note saved to the note found.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use mindloom::{
    app::App,
    auth::{Caller, RequestContext, Role, Route},
    config::{ModelName, Settings},
    graphql::Request,
    models::Urgency,
    request_id::RequestId,
};
use serde_json::{Value, json};

use super::stand::Stand;

const TEXTS: usize = 200;
const NOTES: usize = 1_000;
const SAVED: usize = 40;
const WAIT_MAX: Duration = Duration::from_secs(120);

const SENTENCES: [&str; 8] = [
    "The starter was fed twice and doubled within four hours in the warm kitchen.",
    "We agreed to review the budget for the second quarter on Thursday.",
    "The borrow checker refused the second mutable reference to the cache.",
    "Blossoms of the old apple tree froze in the last night of April.",
    "Her knee felt better after the shorter runs on soft ground.",
    "The ferry to the island leaves at half past six and takes no cars.",
    "Interviews showed that nobody finds the export in the settings.",
    "A lens with a wider aperture would have saved the pictures of the concert.",
];

/// Runs the part and returns its rows.
pub async fn run(stand: &Stand, share: usize) -> Vec<Value> {
    let bench = Bench::start(stand).await;
    let rows = vec![
        bench.short(TEXTS / share).await,
        bench.thousand(NOTES / share).await,
        bench.saved_to_found((SAVED / share).max(3)).await,
        json!({"part": "embeddings", "what": "memory of the process", "mib": rss_mib()}),
    ];
    bench.app.leave();
    bench.app.stop(Duration::from_secs(10)).await;
    rows
}

struct Bench {
    app: App,
    person: Caller,
}

impl Bench {
    /// A server with the local model over the stand's database, and somebody who writes.
    async fn start(stand: &Stand) -> Self {
        let directory =
            std::env::temp_dir().join(format!("mindloom-bench-embeddings-{}", std::process::id()));
        let name = directory.to_str().expect("a plain name");
        std::fs::create_dir_all(&directory).expect("a directory");
        let secret = "a secret of at least thirty-two bytes";
        let flags = [
            ["--data-dir", name],
            ["--jwt-secret", secret],
            ["--embedding-model", "local"],
        ];
        let settings = Settings::from_flags(flags.concat()).expect("settings");
        let app = App::start(&settings, stand.db.clone())
            .await
            .expect("a server");
        let client = stand.db.system().await.expect("a connection");
        let sql =
            "insert into auth.users (email) values ('bench.embeddings@example.org') returning id";
        let id: uuid::Uuid = client.query_one(sql, &[]).await.expect("a person").get(0);
        let claims = json!({"sub": id, "role": "authenticated"});
        let claims = claims.as_object().cloned().unwrap_or_default();
        Bench {
            app,
            person: Caller::from_claims(Role::Authenticated, claims),
        }
    }

    async fn short(&self, count: usize) -> Value {
        let model = self.app.state.embeddings.model(&ModelName::local());
        let model = model.expect("the local model");
        let mut took = Vec::new();
        for number in 0..count + 5 {
            let text = format!("{} {number}", SENTENCES[number % SENTENCES.len()]);
            let started = Instant::now();
            model
                .embed(&[&text], Urgency::Query)
                .await
                .expect("a vector");
            took.push(started.elapsed());
        }
        // The first ones load the model.
        let took = &mut took[5..];
        took.sort_unstable();
        json!({"part": "embeddings", "what": "short text", "count": count,
            "p50_ms": ms(took[took.len() / 2]), "p99_ms": ms(took[took.len() * 99 / 100])})
    }

    /// Notes of about 300 characters, from the statement that writes them to the last vector.
    async fn thousand(&self, count: usize) -> Value {
        let client = self.app.state.db.system().await.expect("a connection");
        let texts: Vec<String> = (0..count)
            .map(|number| {
                let sentences = (0..4).map(|more| SENTENCES[(number * 5 + more * 3) % 8]);
                format!("{number}: {}", sentences.collect::<Vec<_>>().join(" "))
            })
            .collect();
        let started = Instant::now();
        let sql = "insert into public.notes (user_id, content) select $1, text from unnest($2::text[]) text";
        client
            .execute(sql, &[&self.person.user_id, &texts])
            .await
            .expect("notes");
        self.embedded().await;
        json!({"part": "embeddings", "what": "notes saved to all embedded", "count": count,
            "s": started.elapsed().as_secs_f64()})
    }

    async fn embedded(&self) {
        let started = Instant::now();
        loop {
            let client = self.app.state.db.system().await.expect("a connection");
            let sql = "select count(*) from public.embeddings where is_stale";
            let waiting: i64 = client.query_one(sql, &[]).await.expect("a count").get(0);
            if waiting == 0 {
                return;
            }
            assert!(started.elapsed() < WAIT_MAX, "{waiting} texts still wait");
            drop(client);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// From before a note is saved, to when a search by meaning answers with it first.
    async fn saved_to_found(&self, count: usize) -> Value {
        let mut took = Vec::new();
        for number in 0..count {
            let text = format!(
                "Reminder {number}: pick up parcel {} at the harbour",
                number * 7_919
            );
            let started = Instant::now();
            let make = "mutation ($text: String!) { createNote(input: {content: $text}) { id } }";
            let made = self.ask(make, json!({ "text": text })).await;
            let id = made["data"]["createNote"]["id"].clone();
            assert!(id.is_string(), "{made}");
            let find = "query ($text: String!) { search(query: $text, mode: SEMANTIC, first: 1) { item { ... on Note { id } } } }";
            loop {
                let found = self.ask(find, json!({ "text": text })).await;
                if found["data"]["search"][0]["item"]["id"] == id {
                    break;
                }
                assert!(started.elapsed() < WAIT_MAX, "{found}");
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            took.push(started.elapsed());
            // The next one finds an idle server.
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        took.sort_unstable();
        json!({"part": "embeddings", "what": "note saved to found", "count": count,
            "p50_ms": ms(took[took.len() / 2]), "max_ms": ms(took[took.len() - 1])})
    }

    async fn ask(&self, query: &str, variables: Value) -> Value {
        let request = Request {
            query: query.into(),
            variables: variables.as_object().cloned().unwrap_or_default(),
            ..Request::default()
        };
        let context = RequestContext {
            caller: Arc::new(self.person.clone()),
            request_id: RequestId::generate(),
            client_ip: None,
            user_agent: None,
            route: Route::default(),
            idempotency_key: None,
        };
        let answer = self.app.graphql.execute(&request, &context).await;
        serde_json::from_slice(&answer.body).expect("JSON")
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// Resident memory of this process, in MiB.
fn rss_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kib.unwrap_or_default() / 1_024.0
}
