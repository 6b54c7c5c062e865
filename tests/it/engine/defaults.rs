//! A variable without a value stands for the schema's default where there is one.

use serde_json::json;

use crate::support::TestApi;

#[tokio::test]
async fn a_variable_without_a_value_leaves_an_arguments_default() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let notes = api.notes(&ada, &["one", "two"]).await;
    for (query, kept) in [
        (
            "query($f: Int) { search(query: \"one\", first: $f) { __typename } }",
            2,
        ),
        (
            "mutation($a: Int) { deleteNotes(where: {content: {eq: \"one\"}}, atMost: $a) { affectedCount } }",
            1,
        ),
        (
            "mutation($a: Boolean) { deleteNotes(where: {content: {eq: \"two\"}}, all: $a) { affectedCount } }",
            0,
        ),
    ] {
        api.data(&ada, query, json!({})).await;
        let left = api
            .data(&ada, "{ notes { nodes { id } } }", json!({}))
            .await;
        let left = left["notes"]["nodes"].as_array().map(Vec::len);
        assert_eq!(left, Some(kept), "{query}");
    }
    let upsert = "mutation($u: [NoteColumn!], $i: UUID!) { \
        createNotes(inputs: [{id: $i, content: \"three\"}], onConflict: {columns: [ID], update: $u}) { affectedCount } }";
    for _ in 0..2 {
        api.data(&ada, upsert, json!({"i": notes[0]})).await;
    }
}

#[tokio::test]
async fn the_same_plan_is_not_used_with_and_without_a_value() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    api.notes(&ada, &["one", "two", "three"]).await;
    let delete = "mutation($a: Int) { deleteNotes(where: {content: {ne: \"\"}}, atMost: $a) { affectedCount } }";
    let (code, ..) = api.error(&ada, delete, json!({"a": 2})).await;
    assert_eq!(code, "LIMIT_EXCEEDED");
    let (code, ..) = api.error(&ada, delete, json!({"a": null})).await;
    assert_eq!(code, "BAD_USER_INPUT");
    // The schema's default is 1.
    let (code, _, extensions) = api.error(&ada, delete, json!({})).await;
    assert_eq!(
        (code.as_str(), &extensions["allowed"]),
        ("LIMIT_EXCEEDED", &json!(1))
    );
    let all = api.data(&ada, delete, json!({"a": 3})).await;
    assert_eq!(all["deleteNotes"]["affectedCount"], 3);
}

#[tokio::test]
async fn in_a_condition_it_is_refused_as_ever() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    for condition in ["{content: {eq: $x}}", "{and: [{content: {eq: $x}}]}"] {
        let query =
            format!("query($x: String) {{ notes(where: {condition}) {{ nodes {{ id }} }} }}");
        let (code, message, _) = api.error(&ada, &query, json!({})).await;
        assert_eq!(code, "BAD_USER_INPUT", "{condition}");
        assert!(message.contains("$x has no value"), "{message}");
    }
}
