//! Embeddings: kept current, searched, changed to another model, and what goes wrong with them.

mod brought;
mod changed;
mod command;
mod faults;
mod kept;
mod live;
mod local;
mod missing;
mod recall;
mod records;
mod turns;

use std::time::{Duration, Instant};

use mindloom::auth::Caller;
use serde_json::{Value, json};

use crate::{
    models::provider::FakeProvider,
    support::{TestApi, TestDb},
};

const SEARCH: &str = "query ($query: String!, $mode: SearchMode! = SEMANTIC, $kinds: [SearchKind!], $first: Int! = 20) {
    search(query: $query, mode: $mode, kinds: $kinds, first: $first) {
      kind title score item { __typename ... on Note { content } ... on Document { title } ... on Artifact { title } } } }";

/// A server with a provider's model, which is this fake.
async fn served(provider: &FakeProvider) -> TestApi {
    served_over(TestDb::new().await, provider, "compatible:fake").await
}

async fn served_over(test: TestDb, provider: &FakeProvider, model: &str) -> TestApi {
    TestApi::with(test, &flags(provider, model)).await
}

fn flags<'a>(provider: &'a FakeProvider, model: &'a str) -> [&'a str; 4] {
    [
        "--embedding-model",
        model,
        "--compatible-base-url",
        &provider.url,
    ]
}

/// What a search by meaning finds, best first: the texts of notes, the titles of the others.
async fn found(api: &TestApi, caller: &Caller, query: &str) -> Vec<String> {
    let data = api.data(caller, SEARCH, json!({ "query": query })).await;
    names(&data)
}

fn names(data: &Value) -> Vec<String> {
    let results = data["search"].as_array().expect("a list");
    let name = |result: &Value| {
        let item = &result["item"];
        let text = item["content"].as_str().or(item["title"].as_str());
        text.expect("a text").to_owned()
    };
    results.iter().map(name).collect()
}

/// Waits until every text has a fresh vector of a model.
async fn embedded(api: &TestApi, model: &str) {
    let waiting = "select count(*) from public.search_index s where not exists (select from public.embeddings e
        where e.entity_id = s.entity_id and e.entity_type = s.entity_type and e.model = $1 and not e.is_stale)";
    until(api, waiting, model, 0).await;
}

/// Waits until a statement counts so many.
async fn until(api: &TestApi, sql: &str, parameter: &str, wanted: i64) {
    until_within(api, sql, parameter, wanted, 30).await;
}

/// The same for what takes longer, in seconds.
async fn until_within(api: &TestApi, sql: &str, parameter: &str, wanted: i64, within_s: u64) {
    let started = Instant::now();
    loop {
        let client = api.test.db.system().await.expect("a connection");
        let row = client.query_one(sql, &[&parameter]).await.expect("a count");
        let count: i64 = row.get(0);
        if count == wanted {
            return;
        }
        if started.elapsed() > Duration::from_secs(within_s) {
            let jobs = "select coalesce(jsonb_agg(jsonb_build_array(job_type, status, attempts, error)), '[]') from public.job_queue";
            let jobs: Value = client.query_one(jobs, &[]).await.expect("the jobs").get(0);
            panic!("{sql} ({parameter}) is {count}, not {wanted}; jobs: {jobs}");
        }
        drop(client);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
