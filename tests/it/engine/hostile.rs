//! Documents made to hurt are refused at once.

use std::time::{Duration, Instant};

use mindloom::{auth::Caller, graphql::Request};
use serde_json::{Value, json};

use crate::support::{TestApi, TestDb, api::context, program::Program, scratch_dir};

/// Far above what a refusal takes, even unoptimised on a busy machine; far below what running would.
const PATIENCE: Duration = Duration::from_secs(2);

#[tokio::test]
async fn hostile_documents_are_refused() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let mut wrong = Vec::new();
    for (what, document) in documents() {
        wrong.extend(fault(&api, &ada, what, &document, json!({})).await);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn hostile_documents_take_no_memory() {
    // Within what the documents and their answers take while they travel.
    const GROWTH_MAX_BYTES: u64 = 64 << 20;
    let test = TestDb::new().await;
    let server = Program::serve(&scratch_dir(), &["--database-url", test.url()]);
    let client = reqwest::Client::new();
    let ask = async |document: &str| {
        let request = client.post(format!("http://{}/graphql", server.address));
        request.json(&json!({ "query": document })).send().await
    };
    let answer = ask("{ version notes { nodes { id } } }").await;
    assert!(answer.is_ok_and(|answer| answer.status().is_success()));
    let before = server.peak_memory_bytes();
    for (what, document) in documents() {
        for _ in 0..5 {
            // A body over the limit is answered before it is read to its end.
            let answer = ask(&document).await;
            assert!(answer.is_ok() || what == "size", "{what}: {answer:?}");
        }
        let growth = server.peak_memory_bytes() - before;
        assert!(growth < GROWTH_MAX_BYTES, "{what}: {growth} bytes");
    }
}

#[tokio::test]
async fn hostile_variables_are_refused() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let document = "query ($where: NoteWhere) { notes(where: $where) { nodes { id } } }";
    let all = |name: &str, count: usize| json!({ "where": { name: vec![json!({ "id": { "isNull": false } }); count] } });
    let deep = (0..100).fold(json!({}), |inner, _| json!({ "not": inner }));
    let related = (0..60).fold(json!({}), |inner, n| match n % 2 {
        0 => json!({ "cluster": inner }),
        _ => json!({ "notes": { "some": inner } }),
    });
    let variables = [
        // As many as the transports let through in one list.
        ("a wide condition", all("and", 10_000)),
        ("another", all("or", 10_000)),
        ("a deep condition", json!({ "where": deep })),
        (
            "conditions on conditions of relations",
            json!({ "where": { "cluster": related } }),
        ),
    ];
    let mut wrong = Vec::new();
    for (what, variables) in variables {
        wrong.extend(fault(&api, &ada, what, document, variables).await);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn patterns_that_cost_too_much_are_refused_wherever_they_stand() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    api.notes(&ada, &["lorem ipsum"]).await;
    let many = (0..8_000).map(|n| format!("{n:06}")).collect::<Vec<_>>();
    let long = "x".repeat(501);
    let patterns = [
        ("regex", r"(.+)(.+)(.+)\1\2\3$"),
        ("iregex", "((a?){50}){20}b"),
        ("regex", &many.join("|")),
        ("iregex", "(?=.*a)b"),
        ("like", &long),
        ("ilike", &long),
        ("contains", &long),
        ("endsWith", &long),
    ];
    let documents = [
        "query ($where: NoteWhere!) { notes(where: $where) { nodes { id } } }",
        "query ($where: NoteWhere!) { notesAggregate(where: $where) { count } }",
        "query ($where: NoteWhere!) { clusters(where: {notes: {some: $where}}) { nodes { id } } }",
        "query ($where: NoteWhere!) { clusters { nodes { notes(where: $where) { totalCount } } } }",
        "mutation ($where: NoteWhere!) { updateNotes(where: $where, set: {content: \"x\"}) { affectedCount } }",
        "mutation ($where: NoteWhere!) { deleteNotes(where: $where) { affectedCount } }",
    ];
    let mut wrong = Vec::new();
    for document in documents {
        for (operator, pattern) in patterns {
            let variables = json!({"where": {"content": {operator: pattern}}});
            let answer = api.ask(&ada, document, variables).await;
            if codes(&answer) != ["BAD_USER_INPUT"] {
                wrong.push(format!("{document} {operator}: {answer}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // In the document itself, and in a condition on changes.
    let literal = r#"{ notes(where: {content: {regex: "(a)\\1"}}) { nodes { id } } }"#;
    let (code, message, _) = api.error(&ada, literal, json!({})).await;
    assert_eq!(code, "BAD_USER_INPUT");
    assert!(message.contains("it refers back to a group"), "{message}");
    let changes =
        r#"subscription { notesChanges(where: {content: {regex: "(a)\\1"}}) { operation } }"#;
    let request = Request {
        query: changes.into(),
        ..Request::default()
    };
    let refused = api.graphql.subscribe(request, context(&ada)).await.err();
    let refused = refused.expect("a refusal").body;
    assert!(String::from_utf8_lossy(&refused).contains("it refers back to a group"));
    let found =
        r#"{ notes(where: {content: {regex: "^l[a-z]+ (ipsum|dolor){1,5}$"}}) { totalCount } }"#;
    let found = api.data(&ada, found, json!({})).await;
    assert_eq!(found["notes"]["totalCount"], 1);
}

#[tokio::test]
async fn unknown_variables_and_long_lists_do_no_harm() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let document = "query ($ids: [UUID!]) { notes(where: {id: {in: $ids}}) { nodes { id } } }";
    let ids: Vec<String> = (0..20_000)
        .map(|_| uuid::Uuid::new_v4().to_string())
        .collect();
    let mut variables = json!({ "ids": ids });
    for n in 0..10_000 {
        variables[format!("unknown{n}")] = json!(n);
    }
    let begun = Instant::now();
    let answer = api.ask(&ada, document, variables).await;
    let answered = answer["data"]["notes"]["nodes"] == json!([]);
    assert!(answered || codes(&answer) == ["LIMIT_EXCEEDED"], "{answer}");
    assert!(begun.elapsed() < PATIENCE, "{:?}", begun.elapsed());
}

/// What is wrong with how a document was refused, if anything is.
async fn fault(
    api: &TestApi,
    caller: &Caller,
    what: &str,
    document: &str,
    variables: Value,
) -> Option<String> {
    const REFUSALS: [&str; 4] = [
        "GRAPHQL_PARSE_FAILED",
        "GRAPHQL_VALIDATION_FAILED",
        "LIMIT_EXCEEDED",
        "BAD_USER_INPUT",
    ];
    let begun = Instant::now();
    let answer = api.ask(caller, document, variables).await;
    let took = begun.elapsed();
    let codes = codes(&answer);
    let refused = !codes.is_empty() && codes.iter().all(|code| REFUSALS.contains(code));
    let size = answer.to_string().len();
    if refused && took < PATIENCE && size < 100_000 {
        return None;
    }
    let answer: String = answer.to_string().chars().take(300).collect();
    Some(format!("{what}: {took:?}, {size} bytes: {answer}"))
}

/// Documents that would take long, or much memory, if they were run or only looked at carelessly.
fn documents() -> Vec<(&'static str, String)> {
    let aliases: String = (0..10_000).map(|n| format!("a{n}: version ")).collect();
    let typenames: String = (0..10_000).map(|n| format!("a{n}: __typename ")).collect();
    let rows: String = (0..10_000)
        .map(|n| format!("a{n}: notes {{ nodes {{ id }} }} "))
        .collect();
    let fragments: String = (0..200)
        .map(|n| format!("fragment F{n} on Query {{ ...F{} ...F{} }} ", n + 1, n + 1))
        .collect();
    let directives = "@include(if: true) ".repeat(10_000);
    let operations = |count: usize| -> String {
        let operations = (0..count).map(|n| format!("query Q{n}($a: String) {{ ...F }} "));
        operations.collect()
    };
    let values = "{content: {eq: $a}} ".repeat(450);
    let fields: String = (0..20).map(|n| format!("a{n}: contant ")).collect();
    vec![
        ("aliases", format!("{{ {aliases} }}")),
        ("aliases of __typename", format!("{{ {typenames} }}")),
        ("aliases of lists", format!("{{ {rows} }}")),
        (
            "depth",
            format!(
                "{{ clusters {{ nodes {} }} }}",
                nested("{ notes { nodes { cluster ", "{ id }", " } } }", 170)
            ),
        ),
        (
            "selections without fields",
            nested("{ ", "version", " }", 500),
        ),
        ("open braces", "{ a ".repeat(100_000)),
        (
            "lists in lists",
            format!(
                "{{ notes(where: {{content: {{in: {}}}}}) {{ nodes {{ id }} }} }}",
                nested("[", "", "]", 5_000)
            ),
        ),
        (
            "conditions",
            format!(
                "{{ notes(where: {}) {{ nodes {{ id }} }} }}",
                nested("{not: ", "{}", "}", 500)
            ),
        ),
        (
            "a cycle of fragments",
            "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }".to_owned(),
        ),
        (
            "fragments that double",
            format!("{{ ...F0 }} {fragments} fragment F200 on Query {{ version }}"),
        ),
        ("directives", format!("{{ version {directives} }}")),
        (
            "operations that share much",
            format!(
                "{} fragment F on Query {{ notes(where: {{or: [{values}]}}) {{ totalCount }} }}",
                operations(400)
            ),
        ),
        (
            "operations of which each is wrong",
            format!(
                "{} fragment F on Query {{ notes {{ nodes {{ {fields} }} }} }}",
                operations(700)
            ),
        ),
        (
            "names that are nearly right",
            format!("{{ notes {{ nodes {{ {} }} }} }}", "contant ".repeat(4_500)),
        ),
        (
            "input fields that stand twice",
            format!(
                "{{ notes(where: {{{}}}) {{ totalCount }} }}",
                "content: {eq: \"a\"} ".repeat(1_600)
            ),
        ),
        ("size", format!("{{ version }} # {}", "x".repeat(10 << 20))),
    ]
}

fn nested(before: &str, inside: &str, after: &str, depth: usize) -> String {
    format!("{}{inside}{}", before.repeat(depth), after.repeat(depth))
}

/// The codes of an answer's errors.
fn codes(answer: &Value) -> Vec<&str> {
    let errors = answer["errors"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    errors
        .iter()
        .map(|error| error["extensions"]["code"].as_str().expect("a code"))
        .collect()
}
