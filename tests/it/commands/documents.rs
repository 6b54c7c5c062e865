//! `--documents-only` by itself: what the console sends, and nothing else.

use serde_json::{Value, json};

use crate::support::program::{Program, fail, mindloom};
use crate::support::scratch_dir;

#[tokio::test(flavor = "multi_thread")]
async fn alone_it_answers_the_consoles_documents_and_no_others() {
    let server = Program::serve(&scratch_dir(), &["--documents-only"]);
    let (status, page) = server.get("/console");
    assert_eq!(status, 200, "{page}");
    let (_, documents) = server.get("/console/documents.json");
    let documents: Vec<String> = serde_json::from_str(&documents).expect("a list of documents");
    let plain = |text: &&String| text.starts_with("query") && !text.contains('$');
    let known = documents
        .iter()
        .find(plain)
        .expect("a query without variables");
    let url = format!("http://{}/graphql", server.address);
    let http = reqwest::Client::new();
    for (query, refused) in [(known.as_str(), false), ("{ version }", true)] {
        let answer = http.post(&url).json(&json!({"query": query})).send().await;
        let answer: Value = answer.expect("an answer").json().await.expect("JSON");
        let code = &answer["errors"][0]["extensions"]["code"];
        assert_eq!(code == "PERSISTED_QUERY_ONLY", refused, "{query}: {answer}");
    }
}

#[test]
fn without_any_documents_it_says_what_is_needed() {
    let error = fail(
        mindloom([
            "serve",
            "--bind",
            "127.0.0.1:0",
            "--documents-only",
            "--documents-without-console",
        ])
        .arg("--data-dir")
        .arg(scratch_dir()),
    );
    assert!(error.contains("--documents <DIR|FILE>"), "{error}");
}
