//! graphql-js as the judge: random documents over the whole schema, half of them spoilt, are accepted
//! here exactly if they are accepted there.

use std::{collections::BTreeMap, path::Path, time::Instant};

use mindloom::{
    actions,
    config::Settings,
    engine::input::{Scope, check_variables},
    graphql::{Limits, build_schemas, read_model, validation::validate},
    schema::Schema,
};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    http::node::{is_installed, run},
    support::{TestDb, scratch_dir},
};

/// Of each of the two schemas.
const DOCUMENTS: u64 = 10_500;
/// Another number makes other documents.
const SEED: u64 = 20_260_901;

/// A document with its variables, and what graphql-js says of them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Judged {
    seed: u64,
    query: String,
    operation_name: Option<String>,
    variables: Map<String, Value>,
    refused: Option<String>,
}

#[tokio::test(flavor = "multi_thread")]
async fn graphql_js_judges_every_document_alike() {
    if !is_installed().await {
        return;
    }
    let test = TestDb::new().await;
    let model = read_model(&test.db).await.expect("the model");
    let (users, service) = build_schemas(&model, &actions::registry()).expect("the schemas");
    let directory = scratch_dir();
    let (of_users, of_service) = tokio::join!(
        documents(&directory, "users", &users),
        documents(&directory, "service", &service),
    );
    let mut wrong = BTreeMap::new();
    for (schema, documents) in [(&users, of_users), (&service, of_service)] {
        assert_eq!(documents.len() as u64, DOCUMENTS);
        compare(schema, &documents, &mut wrong);
    }
    let count: usize = wrong.values().map(Vec::len).sum();
    let examples: Vec<String> = wrong
        .values()
        .map(|all| format!("{} times: {}", all.len(), all[0]))
        .collect();
    assert!(
        wrong.is_empty(),
        "{count} documents are judged otherwise\n{}",
        examples.join("\n\n")
    );
}

/// Documents over a schema.
async fn documents(directory: &Path, name: &str, schema: &Schema) -> Vec<Judged> {
    let (sdl, out) = (
        directory.join(format!("{name}.graphql")),
        directory.join(format!("{name}.jsonl")),
    );
    std::fs::write(&sdl, schema.sdl()).expect("the schema is written");
    let path = |path: &Path| path.to_str().expect("a plain path").to_owned();
    let (sdl, count, seed, out) = (
        path(&sdl),
        DOCUMENTS.to_string(),
        SEED.to_string(),
        path(&out),
    );
    run("judge/make.mjs", &[&sdl, &count, &seed, &out]).await;
    let text = std::fs::read_to_string(out).expect("the documents are there");
    let documents = text.lines().map(serde_json::from_str);
    documents.collect::<Result<_, _>>().expect("documents")
}

/// Collects the documents that are judged otherwise, by what is said of them.
fn compare(schema: &Schema, documents: &[Judged], wrong: &mut BTreeMap<String, Vec<String>>) {
    let accepted = documents.iter().filter(|judged| judged.refused.is_none());
    let accepted = accepted.count();
    let share = accepted as f64 / documents.len() as f64;
    assert!((0.35..0.75).contains(&share), "{accepted} are accepted");
    let limits = limits();
    let begun = Instant::now();
    for judged in documents {
        let ours = refusal(schema, &limits, judged);
        if ours.is_some() != judged.refused.is_some() {
            let kind = format!("ours: {ours:?}, graphql-js: {:?}", judged.refused);
            let variables = Value::from(judged.variables.clone());
            let seed = judged.seed;
            let shown = format!("{kind}\nseed {seed}: {}\n{variables}", judged.query);
            let key: String = kind
                .chars()
                .filter(|c| !c.is_ascii_digit())
                .take(60)
                .collect();
            wrong.entry(key).or_default().push(shown);
        }
    }
    let bytes: usize = documents.iter().map(|judged| judged.query.len()).sum();
    println!(
        "{} documents of {bytes} bytes in {:?}",
        documents.len(),
        begun.elapsed()
    );
}

/// The usual ones, which none of the documents reaches.
fn limits() -> Limits {
    let settings = Settings::from_flags(Vec::<String>::new()).expect("the flags");
    Limits::new(settings.limits)
}

/// Why a document or its variables are refused here.
fn refusal(schema: &Schema, limits: &Limits, judged: &Judged) -> Option<String> {
    let document = match validate(&schema.rules, limits, &judged.query) {
        Ok((document, _)) => document,
        Err(faults) => {
            let fault = faults.first();
            return Some(fault.map_or("no reason".to_owned(), |f| f.error.to_string()));
        }
    };
    let mut operations = document.operations.iter();
    let operation = match &judged.operation_name {
        Some(asked) => operations.find(|(name, _)| name.is_some_and(|name| name == asked.as_str())),
        None if operations.len() == 1 => operations.next(),
        None => None,
    };
    let Some((_, operation)) = operation else {
        return Some("no operation".to_owned());
    };
    let scope = Scope {
        types: &schema.types,
        definitions: &operation.node.variable_definitions,
        variables: &judged.variables,
    };
    let checked = check_variables(scope, &mut Vec::new());
    checked.err().map(|error| error.to_string())
}
