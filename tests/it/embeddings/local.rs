//! The whole way with the model of this machine.

use std::time::Instant;

use serde_json::json;

use super::{embedded, found, until};
use crate::support::{TestApi, TestDb};

#[tokio::test]
async fn a_note_is_found_by_what_it_means() {
    let api = TestApi::with(TestDb::new().await, &["--embedding-model", "local"]).await;
    let ada = api.test.user("ada@example.org").await;
    api.notes(
        &ada,
        &[
            "Tomato plants need a deep soak early in the morning when it is warm.",
            "The quarterly budget has to be approved by the board.",
            "Rust's borrow checker refused the second mutable reference.",
        ],
    )
    .await;
    embedded(&api, "local").await;
    for (query, start) in [
        ("How often should I water vegetables in summer?", "Tomato"),
        ("When do the directors decide about money?", "The quarterly"),
        ("compiler error about ownership", "Rust"),
    ] {
        let all = found(&api, &ada, query).await;
        assert!(all[0].starts_with(start), "{query}: {all:?}");
    }
    // A note that is saved now is found within seconds, even here.
    let started = Instant::now();
    api.notes(&ada, &["My bicycle has a flat tyre again."])
        .await;
    embedded(&api, "local").await;
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
    assert!(found(&api, &ada, "puncture on my bike").await[0].starts_with("My bicycle"));
    let both = json!({"query": "bicycle", "mode": "HYBRID", "first": 1});
    let data = api.data(&ada, super::SEARCH, both).await;
    assert!(super::names(&data)[0].starts_with("My bicycle"));
}

/// A note that takes the model some seconds.
fn long_note(person: usize) -> String {
    let line = format!("Person {person} wrote down how the greenhouse was built, plank by plank. ");
    line.chars().cycle().take(49_000).collect()
}

#[tokio::test]
async fn a_short_note_waits_for_nobodys_long_ones() {
    let api = TestApi::with(TestDb::new().await, &["--embedding-model", "local"]).await;
    let ada = api.test.user("ada@example.org").await;
    // The model is there from now on.
    api.notes(&ada, &["The kettle whistles."]).await;
    embedded(&api, "local").await;
    for person in 0..4 {
        let someone = api.test.user(&format!("p{person}@example.org")).await;
        api.notes(&someone, &[&long_note(person)]).await;
    }
    let running =
        "select count(*) from public.job_queue where job_type = $1 and status = 'processing'";
    until(&api, running, "embeddings.embed_rest", 2).await;
    api.notes(&ada, &["My bicycle has a flat tyre again."])
        .await;
    let own = "select count(*) from public.embeddings e join auth.users u on u.id = e.user_id
        where u.email = 'ada@example.org' and e.model = $1 and not e.is_stale";
    until(&api, own, "local", 2).await;
    let client = api.test.db.system().await.expect("a connection");
    let long = "select count(*) from public.embeddings e join auth.users u on u.id = e.user_id
        where u.email like 'p%' and not e.is_stale";
    let long: i64 = client.query_one(long, &[]).await.expect("a count").get(0);
    assert!(long < 2, "{long} of four long notes were embedded before");
}
