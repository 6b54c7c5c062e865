use mindloom::{
    auth::Caller,
    error::{Code, Reason},
};
use serde_json::json;

use crate::support::TestApi;

/// Codes that other parts give, with the tests that hold them.
const ELSEWHERE: [Code; 4] = [
    // tests/it/http
    Code::PersistedQueryNotFound,
    Code::PersistedQueryOnly,
    // tests/it/accounts
    Code::RateLimited,
    // tests/it/realtime
    Code::ResyncRequired,
];

#[test]
fn the_page_of_errors_has_every_code() {
    let page = include_str!("../../../docs/errors.md");
    let listed: Vec<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" |").next())
        .filter(|code| code.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
        .collect();
    let known: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(listed, known);
}

#[test]
fn the_page_of_errors_has_every_reason() {
    let page = include_str!("../../../docs/errors.md");
    let listed: Vec<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("- `")?.split_once("`: "))
        .map(|(reason, _)| reason)
        .collect();
    let mut known: Vec<&str> = Reason::ALL.iter().map(|reason| reason.as_str()).collect();
    known.sort_unstable();
    assert_eq!(listed, known);
}

#[tokio::test]
async fn every_code_of_the_engine_is_given() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let eve = api.test.user("eve@example.org").await;
    let anonymous = Caller::anonymous();
    let nothing = "00000000-0000-0000-0000-000000000000";
    let preferences = "mutation { createUserPreference(input: {selectedModel: OPENAI}) { id } }";
    api.ask(&ada, preferences, json!({})).await;
    let create = "mutation ($input: NoteInput!) { createNote(input: $input) { id } }";
    let cases = [
        (&ada, "{ notes {", json!({}), Code::GraphqlParseFailed),
        (
            &ada,
            "{ nothing }",
            json!({}),
            Code::GraphqlValidationFailed,
        ),
        (
            &anonymous,
            create,
            json!({"input": {"content": "x"}}),
            Code::Unauthenticated,
        ),
        (
            &eve,
            create,
            json!({"input": {"content": "x", "userId": ada.user_id}}),
            Code::Forbidden,
        ),
        (
            &ada,
            "mutation { restoreNote(id: \"00000000-0000-0000-0000-000000000000\") { id } }",
            json!({}),
            Code::NotFound,
        ),
        (
            &ada,
            create,
            json!({"input": {"content": ""}}),
            Code::BadUserInput,
        ),
        (
            &ada,
            create,
            json!({"input": {"content": 5}}),
            Code::BadUserInput,
        ),
        (
            &ada,
            create,
            json!({"input": {"content": "x", "clusterId": nothing}}),
            Code::BadUserInput,
        ),
        (
            &ada,
            "{ note(id: \"no id\") { id } }",
            json!({}),
            Code::GraphqlValidationFailed,
        ),
        (
            &ada,
            "query ($id: UUID!) { note(id: $id) { id } }",
            json!({"id": "no id"}),
            Code::BadUserInput,
        ),
        (&ada, preferences, json!({}), Code::Conflict),
        (
            &ada,
            "{ notes(first: 100000) { totalCount } }",
            json!({}),
            Code::LimitExceeded,
        ),
    ];
    let mut given = Vec::new();
    for (caller, query, variables, expected) in cases {
        let (code, message, extensions) = api.error(caller, query, variables).await;
        assert_eq!(code, expected.as_str(), "{query}: {message}");
        for secret in [
            "select ",
            "SELECT ",
            "insert into",
            "public.",
            "/src/",
            "postgres",
        ] {
            let told = format!("{message} {extensions}");
            assert!(!told.contains(secret), "{query} tells {secret}: {told}");
        }
        given.push(expected);
    }
    given.extend([Code::Timeout, Code::Unavailable, Code::Internal]);
    given.extend(ELSEWHERE);
    for code in Code::ALL {
        assert!(given.contains(&code), "{code} has no test");
    }
}

#[tokio::test]
async fn a_violated_rule_names_its_field_and_says_what_is_allowed() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let create = "mutation ($input: NoteInput!) { createNote(input: $input) { id } }";
    let long = "x".repeat(50_001);
    let (code, message, extensions) = api
        .error(&ada, create, json!({"input": {"content": long}}))
        .await;
    assert_eq!(code, "BAD_USER_INPUT");
    assert_eq!(extensions["fields"], json!(["content"]));
    assert_eq!(extensions["type"], "Note");
    assert!(
        message.contains("50,000") || message.contains("50000"),
        "{message}"
    );
}

/// PostgreSQL tells the type, and the field is the only one that has it.
#[tokio::test]
async fn a_text_that_its_type_cannot_hold_names_its_field() {
    let mut api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let client = api.test.db.system().await.expect("a connection");
    let limits = "alter table public.stacks alter column name type varchar(7)";
    client.batch_execute(limits).await.expect("a shorter type");
    drop(client);
    api.restart_with(|_| {}).await;
    let create = "mutation { createStack(input: {name: \"too long\"}) { id } }";
    let (code, message, extensions) = api.error(&ada, create, json!({})).await;
    assert_eq!(code, "BAD_USER_INPUT");
    assert_eq!(message, "name may have at most 7 characters");
    assert_eq!(extensions["fields"], json!(["name"]));
    assert_eq!(extensions["type"], "Stack");
}

#[tokio::test]
async fn what_takes_too_long_is_a_timeout() {
    let mut api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let ids = api.notes(&ada, &["locked"]).await;
    api.restart_with(|settings| settings.statement_timeout_ms = 300)
        .await;
    let client = api.test.db.system().await.expect("a connection");
    client
        .batch_execute("begin; lock table public.notes in access exclusive mode")
        .await
        .expect("a lock");
    let update = "mutation ($id: UUID!) { updateNote(id: $id, set: {content: \"x\"}) { id } }";
    let (code, message, _) = api.error(&ada, update, json!({"id": ids[0]})).await;
    client
        .batch_execute("rollback")
        .await
        .expect("the lock is gone");
    assert_eq!(code, "TIMEOUT", "{message}");
}

#[tokio::test]
async fn a_database_that_is_away_is_unavailable() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    api.test.db.close();
    let (code, message, _) = api.error(&ada, "{ notes { totalCount } }", json!({})).await;
    assert_eq!(code, "UNAVAILABLE", "{message}");
    // What needs no database is answered all the same.
    let version = api.data(&ada, "{ version __typename }", json!({})).await;
    assert_eq!(version["version"], env!("CARGO_PKG_VERSION"));
}

#[tokio::test]
async fn a_fault_of_the_server_tells_its_id_and_nothing_else() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let client = api.test.db.system().await.expect("a connection");
    client
        .batch_execute("alter table public.notes rename column content to renamed")
        .await
        .expect("a broken table");
    let (code, message, extensions) = api
        .error(&ada, "{ notes { nodes { content } } }", json!({}))
        .await;
    assert_eq!(code, "INTERNAL");
    assert_eq!(message, "Something went wrong on the server");
    let mut facts: Vec<&String> = extensions
        .as_object()
        .map(|o| o.keys().collect())
        .unwrap_or_default();
    facts.sort();
    assert_eq!(facts, ["code", "requestId"]);
}

#[tokio::test]
async fn a_field_that_fails_leaves_the_others() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let ids = api.notes(&ada, &["here"]).await;
    let query = "query ($id: UUID!, $bad: ID!) { good: note(id: $id) { content } bad: node(id: $bad) { nodeId } also: notes { totalCount } }";
    let answer = api
        .ask(&ada, query, json!({"id": ids[0], "bad": "no id"}))
        .await;
    assert_eq!(
        answer["data"],
        json!({"good": {"content": "here"}, "bad": null, "also": {"totalCount": 1}})
    );
    assert_eq!(answer["errors"][0]["path"], json!(["bad"]));
    assert_eq!(answer["errors"].as_array().map(Vec::len), Some(1));
    assert_eq!(answer["errors"][0]["locations"][0]["line"], 1);
}

#[tokio::test]
async fn a_row_that_stays_locked_is_a_conflict_before_it_is_a_timeout() {
    let mut api = TestApi::new().await;
    api.restart_with(|settings| settings.lock_timeout_ms = 1_000)
        .await;
    let ada = api.test.user("ada@example.org").await;
    let id = api.notes(&ada, &["held"]).await.remove(0);
    let holder = api.test.db.system().await.expect("a connection");
    holder
        .batch_execute("begin; select from public.notes for update")
        .await
        .expect("a lock");
    let update = "mutation ($id: UUID!) { updateNote(id: $id, set: {content: \"new\"}) { id } }";
    // In one round trip, and step by step.
    let twice = "mutation ($id: UUID!) { a: updateNote(id: $id, set: {content: \"new\"}) { id } \
                                     b: deleteNote(id: $id) { id } }";
    for query in [update, twice] {
        let (code, message, _) = api.error(&ada, query, json!({ "id": id })).await;
        assert_eq!(code, "CONFLICT", "{message}");
        assert!(
            message.contains("is changing the same row"),
            "{query}: {message}"
        );
    }
    holder.batch_execute("rollback").await.expect("let go");
    api.data(&ada, update, json!({ "id": id })).await;
}
