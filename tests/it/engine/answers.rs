//! How large an answer may become.

use mindloom::auth::Caller;
use serde_json::{Value, json};

use crate::support::TestApi;

const MAX_BYTES: u64 = 256 << 10;

/// What is refused, and that it is refused for its size.
async fn refused(api: &TestApi, caller: &Caller, query: &str) -> Value {
    let (code, message, extensions) = api.error(caller, query, json!({})).await;
    assert_eq!(code, "LIMIT_EXCEEDED", "{query}: {message}");
    assert!(message.contains("ask for"), "{query}: {message}");
    extensions
}

#[tokio::test]
async fn what_is_read_and_what_is_answered_have_a_limit() {
    let mut api = TestApi::new().await;
    api.restart_with(|settings| settings.max_answer_bytes = MAX_BYTES)
        .await;
    let ada = api.test.user("ada@example.org").await;
    let text = "long ".repeat(1_000);
    let texts: Vec<&str> = (0..20).map(|_| text.as_str()).collect();
    api.notes(&ada, &texts).await;

    let once = "{ notes { nodes { content } } }";
    let answer = api.data(&ada, once, json!({})).await;
    assert_eq!(answer["notes"]["nodes"].as_array().map(Vec::len), Some(20));

    // Read several times.
    let fields = |count: usize, of: &dyn Fn(usize) -> String| -> String {
        (0..count).map(|number| of(number) + " ").collect()
    };
    let lists = fields(5, &|n| format!("a{n}: notes {{ nodes {{ content }} }}"));
    // Read once, written several times.
    let aliases = fields(5, &|n| format!("a{n}: content"));
    for query in [
        format!("{{ {lists} }}"),
        format!("{{ notes {{ nodes {{ {aliases} }} }} }}"),
        format!("{{ notes {{ edges {{ node {{ {aliases} }} cursor }} }} }}"),
        // Step by step, beside a custom operation.
        format!("{{ projectStats {{ totalProjects }} {lists} }}"),
        format!("{{ projectStats {{ totalProjects }} notes {{ nodes {{ {aliases} }} }} }}"),
        format!(
            "mutation {{ updateNotes(where: {{content: {{ne: \"x\"}}}}, set: {{tags: [\"new\"]}}, atMost: 100) \
             {{ nodes {{ {aliases} }} }} }}"
        ),
    ] {
        let extensions = refused(&api, &ada, &query).await;
        assert_eq!(extensions["limit"], "answerBytes", "{query}");
        assert_eq!(extensions["allowed"], MAX_BYTES, "{query}");
    }
    // Nothing of a refused mutation stays, and connections go on.
    let seen = api
        .data(&ada, "{ notes { nodes { tags } } }", json!({}))
        .await;
    assert!(!seen.to_string().contains("new"), "{seen}");
}

#[tokio::test]
async fn what_is_said_of_the_schema_has_one_limit_for_all_fields() {
    let api = TestApi::new().await;
    let types = "types { name description fields { name description type { name } } }";
    let fields: String = (0..130)
        .map(|number| format!("a{number}: __schema {{ {types} }} "))
        .collect();
    let extensions = refused(&api, &Caller::anonymous(), &format!("{{ {fields} }}")).await;
    assert_eq!(extensions["limit"], "introspectionBytes");
}
