//! What a document's faults are called.

use serde_json::json;

use crate::support::TestApi;

#[tokio::test]
async fn each_fault_is_told_once_and_as_what_it_is() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let unknown =
        |field: &str, on: &str| format!("Cannot query field \"{field}\" on type \"{on}\".");
    for (document, told) in [
        (
            "{ notes(first: 1) { bogus } }",
            unknown("bogus", "NoteConnection"),
        ),
        ("{ node(id: \"x\") { bogus } }", unknown("bogus", "Node")),
        (
            "{ notes { nodes { ...N } } } fragment N on Note { cluster { bogus } }",
            unknown("bogus", "Cluster"),
        ),
        (
            "{ notes { nodes } }",
            "Field \"nodes\" of type \"NoteConnection\" must have a selection of subfields. \
             Did you mean \"nodes { ... }\"?"
                .to_owned(),
        ),
        (
            "{ notes { nodes { id } }",
            "Syntax error: expected \"}\", found the end of the document".to_owned(),
        ),
    ] {
        let answer = api.ask(&ada, document, json!({})).await;
        let errors = answer["errors"].as_array().expect("errors");
        assert_eq!(errors.len(), 1, "{document}: {answer:#}");
        let message = errors[0]["message"].as_str().unwrap_or_default();
        assert!(message.starts_with(&told), "{document}: {message}");
    }
}

#[tokio::test]
async fn null_for_an_argument_is_not_called_absence() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    for (document, absent) in [
        (
            "mutation { deleteNotes(where: null) { affectedCount } }",
            false,
        ),
        ("mutation { deleteNotes { affectedCount } }", true),
        ("{ notes @include(if: null) { nodes { id } } }", false),
        ("{ notes @include { nodes { id } } }", true),
    ] {
        let answer = api.ask(&ada, document, json!({})).await;
        let errors = answer["errors"].to_string();
        assert_eq!(
            answer["errors"][0]["extensions"]["code"],
            "GRAPHQL_VALIDATION_FAILED"
        );
        assert_eq!(
            errors.contains("not provided"),
            absent,
            "{document}: {errors}"
        );
    }
}
