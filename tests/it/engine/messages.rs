//! What people are told when something is refused: each case is tried, and its code and message stand in
//! `messages.txt`.

use std::fmt::Write;

use mindloom::auth::Caller;
use serde_json::{Value, json};

use crate::support::{TestApi, assert_golden};

const NOTHING: &str = "00000000-0000-4000-8000-000000000000";
const CREATE_NOTE: &str = "mutation ($input: NoteInput!) { createNote(input: $input) { id } }";
const SET_NOTE: &str =
    "mutation ($id: UUID!, $set: NoteSet!) { updateNote(id: $id, set: $set) { id } }";
const READ_NOTES: &str =
    "query ($where: NoteWhere, $orderBy: [NoteOrderBy!], $first: Int, $after: Cursor) {
  notes(where: $where, orderBy: $orderBy, first: $first, after: $after) { nodes { id } } }";

/// What is tried, its document and its variables.
type Case = (&'static str, &'static str, Value);

#[tokio::test]
async fn what_is_refused_says_what_is_wrong_and_what_is_allowed() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let eve = api.test.user("eve@example.org").await;
    let note = api.notes(&ada, &["here"]).await.swap_remove(0);
    let preferences = "mutation { createUserPreference(input: {selectedModel: OPENAI}) { id } }";
    api.data(&ada, preferences, json!({})).await;
    let mut told = String::new();
    for (title, cases) in [
        ("Rules of the tables", rules(&note, preferences)),
        ("Values of variables", variables(&note)),
        ("Reads", reads()),
        ("Writes", writes(&note)),
    ] {
        let _ = writeln!(told, "## {title}");
        for (what, query, variables) in cases {
            tell(&api, &ada, (what, query, variables), &mut told).await;
        }
    }
    let _ = writeln!(told, "## Other callers");
    let anonymous = Caller::anonymous();
    let own = json!({"input": {"content": "x"}});
    tell(
        &api,
        &anonymous,
        ("writing without a token", CREATE_NOTE, own),
        &mut told,
    )
    .await;
    let others = json!({"input": {"content": "x", "userId": ada.user_id}});
    tell(
        &api,
        &eve,
        ("a row of somebody else", CREATE_NOTE, others),
        &mut told,
    )
    .await;
    assert_golden("engine/messages.txt", &told);
}

async fn tell(api: &TestApi, caller: &Caller, (what, query, variables): Case, told: &mut String) {
    let (code, message, _) = api.error(caller, query, variables).await;
    let _ = writeln!(told, "{what}\n    {code}: {message}");
}

fn rules(note: &Value, preferences: &'static str) -> Vec<Case> {
    let input = |field: &str, value: Value| json!({"input": {"content": "x", field: value}});
    vec![
        ("an empty text", CREATE_NOTE, input("content", "".into())),
        (
            "a long text",
            CREATE_NOTE,
            input("content", "x".repeat(50_001).into()),
        ),
        (
            "a tag without letters",
            CREATE_NOTE,
            input("tags", json!(["fine", ""])),
        ),
        (
            "too many tags",
            CREATE_NOTE,
            input("tags", json!(vec!["tag"; 21])),
        ),
        (
            "metadata that is a list",
            CREATE_NOTE,
            input("metadata", json!([1])),
        ),
        (
            "a cluster that does not exist",
            CREATE_NOTE,
            input("clusterId", NOTHING.into()),
        ),
        (
            "an id that is taken",
            CREATE_NOTE,
            input("id", note.clone()),
        ),
        ("what there can be one of", preferences, json!({})),
        (
            "null for what is needed",
            SET_NOTE,
            json!({"id": note, "set": {"content": null}}),
        ),
        (
            "a number that its type cannot hold",
            "mutation { createCluster(input: {title: \"x\", confidenceScore: \"10\"}) { id } }",
            json!({}),
        ),
        (
            "a week that ends before it begins",
            "mutation { createInsight(input: {title: \"x\", content: \"x\", weekStart: \"2026-02-08T00:00:00Z\", weekEnd: \"2026-02-01T00:00:00Z\"}) { id } }",
            json!({}),
        ),
    ]
}

fn variables(note: &Value) -> Vec<Case> {
    let filter = |field: &str, value: Value| json!({"where": {field: value}});
    vec![
        ("a variable that is left out", CREATE_NOTE, json!({})),
        (
            "null for a variable that needs a value",
            CREATE_NOTE,
            json!({"input": null}),
        ),
        (
            "a field that is misspelt",
            CREATE_NOTE,
            json!({"input": {"contnet": "x"}}),
        ),
        (
            "a field that is left out",
            "mutation ($stack: StackInput!) { createStack(input: $stack) { id } }",
            json!({"stack": {}}),
        ),
        (
            "a number for a text",
            CREATE_NOTE,
            json!({"input": {"content": 5}}),
        ),
        ("a text for an object", CREATE_NOTE, json!({"input": "x"})),
        (
            "an enum value that is misspelt",
            READ_CLUSTERS,
            json!({"status": "ACCPETED"}),
        ),
        (
            "an enum value in lower case",
            READ_CLUSTERS,
            json!({"status": "accepted"}),
        ),
        (
            "an enum value that is none",
            READ_CLUSTERS,
            json!({"status": "LOST"}),
        ),
        (
            "an order that is misspelt",
            READ_NOTES,
            json!({"orderBy": [{"createdAt": "DECS"}]}),
        ),
        (
            "a field to order by that is misspelt",
            READ_NOTES,
            json!({"orderBy": [{"createAt": "DESC"}]}),
        ),
        (
            "a condition that is misspelt",
            READ_NOTES,
            filter("content", json!({"contain": "x"})),
        ),
        (
            "what is no UUID",
            SET_NOTE,
            json!({"id": "no id", "set": {"content": "x"}}),
        ),
        (
            "what is no UUID in a list",
            READ_NOTES,
            filter("id", json!({"in": [note, "no id"]})),
        ),
        (
            "what is no moment",
            READ_NOTES,
            filter("createdAt", json!({"gte": "yesterday"})),
        ),
    ]
}

const READ_CLUSTERS: &str =
    "query ($status: ClusterStatus) { clusters(where: {status: {eq: $status}}) { nodes { id } } }";

fn reads() -> Vec<Case> {
    vec![
        (
            "a page that is too long",
            READ_NOTES,
            json!({"first": 100_000}),
        ),
        ("a negative page", READ_NOTES, json!({"first": -1})),
        (
            "what is no cursor",
            READ_NOTES,
            json!({"after": "nonsense"}),
        ),
        (
            "first and last",
            "{ notes(first: 1, last: 1) { nodes { id } } }",
            json!({}),
        ),
        (
            "an order without a field",
            READ_NOTES,
            json!({"orderBy": [{}]}),
        ),
        (
            "an order by two fields at once",
            READ_NOTES,
            json!({"orderBy": [{"id": "ASC", "content": "ASC"}]}),
        ),
        (
            "null as a value to compare with",
            READ_NOTES,
            json!({"where": {"content": {"eq": null}}}),
        ),
        (
            "what is no regular expression",
            READ_NOTES,
            json!({"where": {"content": {"regex": "("}}}),
        ),
        (
            "what is no node id",
            "{ node(id: \"nonsense\") { __typename } }",
            json!({}),
        ),
        (
            "a text for a moment in a group",
            "{ notesAggregate(groupBy: [{column: CONTENT, truncate: DAY}]) { count } }",
            json!({}),
        ),
    ]
}

fn writes(note: &Value) -> Vec<Case> {
    vec![
        (
            "a change of nothing",
            SET_NOTE,
            json!({"id": note, "set": {}}),
        ),
        (
            "more rows than atMost",
            "mutation { a: createNote(input: {content: \"second\"}) { id } updateNotes(where: {}, all: true, set: {content: \"x\"}, atMost: 1) { affectedCount } }",
            json!({}),
        ),
        (
            "a note that is not there",
            "mutation ($id: UUID!) { restoreNote(id: $id) { id } }",
            json!({"id": NOTHING}),
        ),
        (
            "a subscription over plain HTTP",
            "subscription { notesChanges { operation } }",
            json!({}),
        ),
    ]
}
