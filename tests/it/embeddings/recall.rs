//! Questions in other words than the notes that answer them.

use std::collections::HashMap;

use mindloom::demo::corpus;
use serde_json::json;

use super::{SEARCH, names, until_within};
use crate::{
    meaning::questions::{questions, terse_questions},
    support::{TestApi, TestDb},
};

const NOTES: usize = 2_000;
const EMBEDDED_WITHIN_S: u64 = 900;

#[tokio::test]
async fn questions_find_the_notes_that_answer_them() {
    let api = TestApi::with(TestDb::new().await, &["--embedding-model", "local"]).await;
    let ada = api.test.user("ada@example.org").await;
    let notes = corpus::notes(NOTES);
    let texts: Vec<&str> = notes.iter().map(|note| note.text.as_str()).collect();
    let client = api.test.db.system().await.expect("a connection");
    let write =
        "insert into public.notes (user_id, content) select $1, text from unnest($2::text[]) text";
    client
        .execute(write, &[&ada.user_id, &texts])
        .await
        .expect("notes");
    drop(client);
    let waiting = "select count(*) from public.embeddings where model = $1 and is_stale";
    until_within(&api, waiting, "local", 0, EMBEDDED_WITHIN_S).await;

    let keyed = notes
        .iter()
        .filter_map(|note| Some((note.key?, note.text.as_str())));
    let by_key: HashMap<&str, &str> = keyed.collect();
    let asked = questions();
    let mut found: HashMap<&str, usize> = HashMap::new();
    for question in &asked {
        let answer = by_key[question.key];
        for mode in ["TEXT", "SEMANTIC", "HYBRID"] {
            let variables = json!({"query": question.text, "mode": mode, "first": 10});
            let data = api.data(&ada, SEARCH, variables).await;
            let is_there = names(&data).iter().any(|text| text == answer);
            *found.entry(mode).or_default() += usize::from(is_there);
        }
    }
    // The bound that is usual leaves out no answer that is found without it, and much of what has nothing to do with
    // the question.
    let bounded = "query ($query: String!, $least: Float) {
        search(query: $query, mode: SEMANTIC, first: 200, minSimilarity: $least) { score item { ... on Note { content } } } }";
    let mut weakest: Vec<(f64, &str)> = Vec::new();
    let (mut all, mut kept) = (0, 0);
    let terse = terse_questions();
    for question in asked.iter().chain(&terse) {
        let ask = |least: Option<f64>| {
            let variables = json!({"query": question.text, "least": least});
            api.data(&ada, bounded, variables)
        };
        let (free, usual) = (ask(Some(-1.0)).await, ask(None).await);
        let place = names(&free)
            .iter()
            .position(|text| text == by_key[question.key]);
        if let Some(place) = place.filter(|place| *place < 10) {
            let score = free["search"][place]["score"].as_f64();
            weakest.push((score.expect("a score"), question.text));
        }
        assert_eq!(names(&usual)[..], names(&free)[..names(&usual).len()]);
        all += names(&free).len();
        kept += names(&usual).len();
    }
    weakest.sort_by(|a, b| a.0.total_cmp(&b.0));
    println!(
        "{kept} of {all} results are kept; the weakest answers: {:?}",
        &weakest[..5]
    );
    assert!(weakest[0].0 > 0.15, "{:?}", &weakest[..5]);

    let recall = |mode: &str| found[mode] as f64 / asked.len() as f64;
    let told = format!("of {} questions: {found:?}", asked.len());
    assert!(recall("SEMANTIC") >= 0.9, "{told}");
    let better = recall("TEXT").max(recall("SEMANTIC"));
    assert!(recall("HYBRID") >= better, "{told}");
}
