//! Questions in other words than the notes that answer them.

use std::collections::HashMap;

use mindloom::demo::corpus;
use serde_json::json;

use super::{SEARCH, names, until_within};
use crate::{
    meaning::questions::questions,
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
    let recall = |mode: &str| found[mode] as f64 / asked.len() as f64;
    let told = format!("of {} questions: {found:?}", asked.len());
    assert!(recall("SEMANTIC") >= 0.9, "{told}");
    let better = recall("TEXT").max(recall("SEMANTIC"));
    assert!(recall("HYBRID") >= better, "{told}");
}
