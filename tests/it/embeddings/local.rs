//! The whole way with the model of this machine.

use std::time::Instant;

use serde_json::json;

use super::{embedded, found};
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
