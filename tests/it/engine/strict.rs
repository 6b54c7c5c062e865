//! What no server may guess: documents and values that mean nothing, and conditions that demand
//! nothing, are refused, and not one row is read or written by them.

use mindloom::auth::Caller;
use serde_json::{Value, json};

use crate::support::TestApi;

/// The document does not fit the schema.
const DOCUMENT: &str = "GRAPHQL_VALIDATION_FAILED";
/// A value does not fit.
const VALUE: &str = "BAD_USER_INPUT";

/// Three notes of a user.
async fn notes() -> (TestApi, Caller) {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    api.notes(&ada, &["a", "b", "c"]).await;
    (api, ada)
}

async fn assert_nothing_changed(api: &TestApi, caller: &Caller) {
    let query = "{ notes(orderBy: [{content: ASC}]) { nodes { content } } }";
    let left = api.data(caller, query, json!({})).await;
    let contents = json!([{"content": "a"}, {"content": "b"}, {"content": "c"}]);
    assert_eq!(left["notes"]["nodes"], contents);
}

/// Everything that takes a condition, with this one.
fn uses(definitions: &str, condition: &str) -> Vec<String> {
    let roots = [
        format!("query {definitions} {{ notes(where: {condition}) {{ totalCount }} }}"),
        format!("query {definitions} {{ notesAggregate(where: {condition}) {{ count }} }}"),
        format!(
            "query {definitions} {{ clusters {{ nodes {{ notes(where: {condition}) {{ totalCount }} }} }} }}"
        ),
        format!(
            "mutation {definitions} {{ deleteNotes(where: {condition}, atMost: 1000) {{ affectedCount }} }}"
        ),
        format!(
            "mutation {definitions} {{ updateNotes(where: {condition}, set: {{content: \"gone\"}}, atMost: 1000) {{ affectedCount }} }}"
        ),
        format!(
            "subscription {definitions} {{ notesChanges(where: {condition}) {{ operation }} }}"
        ),
        format!(
            "subscription {definitions} {{ live {{ notes(where: {condition}) {{ totalCount }} }} }}"
        ),
    ];
    roots.into()
}

/// The code with which a document is refused, whatever its kind.
async fn code(api: &TestApi, caller: &Caller, document: &str, variables: &Value) -> String {
    let answer = if document.starts_with("subscription") {
        let refused = api.unsubscribed(caller, document, variables.clone()).await;
        refused.unwrap_or_default()
    } else {
        api.ask(caller, document, variables.clone()).await
    };
    let code = &answer["errors"][0]["extensions"]["code"];
    code.as_str().unwrap_or("none").to_owned()
}

#[tokio::test]
async fn conditions_that_mean_nothing_are_refused() {
    let (api, ada) = notes().await;
    let absent = json!({});
    let x = json!({"x": "a"});
    let cases: &[(&str, &str, &Value, &str)] = &[
        (
            "",
            r#"{id: "0197e9a2-7b3c-7d4e-8f5a-6b7c8d9e0f1a"}"#,
            &absent,
            DOCUMENT,
        ),
        ("", r#"{content: "zzz"}"#, &absent, DOCUMENT),
        ("", r#""x""#, &absent, DOCUMENT),
        ("", r#"[{content: {eq: "a"}}]"#, &absent, DOCUMENT),
        ("", r#"{or: {content: "x"}}"#, &absent, DOCUMENT),
        ("", r#"{not: "x"}"#, &absent, DOCUMENT),
        ("", r#"{cluster: "x"}"#, &absent, DOCUMENT),
        ("", r#"{cluster: 5}"#, &absent, DOCUMENT),
        ("", r#"{bogus: {eq: "x"}}"#, &absent, DOCUMENT),
        ("", r#"{content: {bogus: "x"}}"#, &absent, DOCUMENT),
        ("", r#"{content: {eq: 5}}"#, &absent, DOCUMENT),
        ("", r#"{id: {in: ["x"]}}"#, &absent, DOCUMENT),
        ("", r#"{createdAt: {gt: "yesterday"}}"#, &absent, DOCUMENT),
        (
            "",
            r#"{content: {eq: "a"}, content: {eq: "b"}}"#,
            &absent,
            DOCUMENT,
        ),
        ("", r#"{metadata: {eq: {a: 1, a: 2}}}"#, &absent, DOCUMENT),
        ("($x: String)", "{bogus: $x}", &x, DOCUMENT),
        ("($x: String)", "{content: $x}", &x, DOCUMENT),
        ("($x: String)", "$x", &x, DOCUMENT),
        ("($x: Int)", "{content: {eq: $x}}", &absent, DOCUMENT),
        ("($x: String)", "{content: {in: $x}}", &x, DOCUMENT),
        ("($x: String)", "{content: {in: [$x]}}", &x, DOCUMENT),
        ("($x: String!)", "{id: {eq: $x}}", &x, DOCUMENT),
        ("", "{content: {eq: null}}", &absent, VALUE),
        ("", "{content: {isNull: null}}", &absent, VALUE),
        ("", "{content: null}", &absent, VALUE),
        ("", "{content: {eq: \"a\"}, cluster: null}", &absent, VALUE),
        ("", "{and: null}", &absent, VALUE),
        ("", "{or: null}", &absent, VALUE),
        ("", "{not: null}", &absent, VALUE),
        ("", r#"{metadata: {path: {path: ["a"]}}}"#, &absent, VALUE),
        (
            "",
            r#"{metadata: {path: {path: ["a"], eq: null}}}"#,
            &absent,
            VALUE,
        ),
        ("($x: String)", "{content: {eq: $x}}", &absent, VALUE),
        ("($x: [String!])", "{content: {in: $x}}", &absent, VALUE),
        (
            "($x: String)",
            "{content: {eq: \"a\", startsWith: $x}}",
            &absent,
            VALUE,
        ),
        ("($x: StringFilter)", "{content: $x}", &absent, VALUE),
        (
            "($x: String)",
            "{and: [{content: {eq: $x}}]}",
            &absent,
            VALUE,
        ),
        (
            "($x: NoteWhere!)",
            "{or: [$x, {content: {eq: \"a\"}}]}",
            &absent,
            VALUE,
        ),
        ("($x: String)", "{not: {content: {eq: $x}}}", &absent, VALUE),
        (
            "($x: String)",
            "{cluster: {title: {eq: $x}}}",
            &absent,
            VALUE,
        ),
        (
            "($x: String)",
            "{cluster: {notes: {some: {content: {eq: $x}}}}}",
            &absent,
            VALUE,
        ),
        (
            "($x: JSON)",
            "{metadata: {contains: {a: [$x]}}}",
            &absent,
            VALUE,
        ),
    ];
    let mut wrong = Vec::new();
    for (definitions, condition, variables, expected) in cases {
        for document in uses(definitions, condition) {
            let code = code(&api, &ada, &document, variables).await;
            if code != *expected {
                wrong.push(format!("{document} {variables}: {code}, not {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_nothing_changed(&api, &ada).await;
}

#[tokio::test]
async fn writes_of_every_row_must_say_so() {
    let (api, ada) = notes().await;
    let nothing = [
        "{}",
        "{and: []}",
        "{or: []}",
        "{and: [{}, {}]}",
        "{or: [{content: {eq: \"a\"}}, {}]}",
        "{not: {}}",
        "{not: {not: {}}}",
        "{content: {}}",
        "{cluster: {}}",
        "{cluster: {title: {}}}",
        "{cluster: {notes: {every: {}}}}",
        "{content: {notIn: []}}",
        "{tags: {contains: []}}",
        "{content: {contains: \"\"}}",
        "{content: {startsWith: \"\", endsWith: \"\"}}",
        "{content: {like: \"%\"}}",
        "{content: {ilike: \"%%\"}}",
        "{content: {regex: \".*\"}}",
        "{content: {iregex: \"\"}}",
        "{metadata: {contains: {}}}",
        "{metadata: {contains: []}}",
        "{or: [{content: {eq: \"a\"}}, {content: {like: \"%\"}}]}",
        "{not: {id: {in: []}}}",
        "{not: {and: [{content: {eq: \"a\"}}, {id: {in: []}}]}}",
        "{not: {or: [{id: {in: []}}]}}",
        "{cluster: {not: {id: {in: []}}}}",
        "{not: {cluster: {id: {in: []}}}}",
        "{not: {cluster: {notes: {some: {id: {in: []}}}}}}",
        "{cluster: {notes: {none: {id: {in: []}}}}}",
    ];
    for condition in nothing {
        for document in [
            format!(
                "mutation {{ deleteNotes(where: {condition}, atMost: 1000) {{ affectedCount }} }}"
            ),
            format!(
                "mutation {{ deleteNotes(where: {condition}, atMost: 1000, all: false) {{ affectedCount }} }}"
            ),
            format!(
                "mutation {{ updateNotes(where: {condition}, set: {{content: \"z\"}}, atMost: 1000) {{ affectedCount }} }}"
            ),
        ] {
            assert_eq!(
                code(&api, &ada, &document, &json!({})).await,
                VALUE,
                "{document}"
            );
        }
    }
    // Whether a list is empty is seen in each request, also when the document is known already.
    let delete = "mutation ($keep: [String!]!) { deleteNotes(where: {content: {notIn: $keep}}, atMost: 1000) { affectedCount } }";
    let kept = api
        .data(&ada, delete, json!({"keep": ["a", "b", "c"]}))
        .await;
    assert_eq!(kept["deleteNotes"]["affectedCount"], 0);
    assert_eq!(code(&api, &ada, delete, &json!({"keep": []})).await, VALUE);
    // So is whether a text or a JSON value says anything.
    for (operand, says, nothing) in [
        (
            "($x: String!) { deleteNotes(where: {content: {contains: $x}}",
            json!("zz"),
            json!(""),
        ),
        (
            "($x: String!) { deleteNotes(where: {content: {like: $x}}",
            json!(""),
            json!("%"),
        ),
        (
            "($x: String!) { deleteNotes(where: {content: {iregex: $x}}",
            json!("zz"),
            json!("^"),
        ),
        (
            "($x: JSON!) { deleteNotes(where: {metadata: {contains: $x}}",
            json!({"no": "such"}),
            json!({}),
        ),
        (
            "($x: NoteWhere!) { deleteNotes(where: $x",
            json!({"content": {"like": ""}}),
            json!({"content": {"like": "%"}}),
        ),
        (
            "($x: NoteWhere!) { deleteNotes(where: $x",
            json!({"metadata": {"contains": {"no": 1}}}),
            json!({"metadata": {"contains": {}}}),
        ),
    ] {
        let document = format!("mutation {operand}, atMost: 1000) {{ affectedCount }} }}");
        let done = api.data(&ada, &document, json!({"x": says})).await;
        assert_eq!(done["deleteNotes"]["affectedCount"], 0, "{document}");
        let refused = code(&api, &ada, &document, &json!({"x": nothing})).await;
        assert_eq!(refused, VALUE, "{document} {nothing}");
    }
    let whole = "mutation ($where: NoteWhere!, $all: Boolean!) { deleteNotes(where: $where, all: $all, atMost: 1000) { affectedCount } }";
    for condition in [json!({}), json!({"and": []}), json!({"content": {}})] {
        let variables = json!({"where": condition, "all": false});
        assert_eq!(code(&api, &ada, whole, &variables).await, VALUE);
    }
    assert_nothing_changed(&api, &ada).await;

    // A demand holds whatever `all` says; conditions on reads may demand nothing.
    let one = json!({"where": {"content": {"eq": "a"}}, "all": true});
    let done = api.data(&ada, whole, one).await;
    assert_eq!(done["deleteNotes"]["affectedCount"], 1);
    let read = "{ notes(where: {and: [], content: {notIn: []}}) { totalCount } all: notes(where: null) { totalCount } none: notes(where: {or: []}) { totalCount } }";
    let counts = api.data(&ada, read, json!({})).await;
    assert_eq!(
        counts,
        json!({"notes": {"totalCount": 2}, "all": {"totalCount": 2}, "none": {"totalCount": 0}})
    );
    let done = api
        .data(&ada, whole, json!({"where": {}, "all": true}))
        .await;
    assert_eq!(done["deleteNotes"]["affectedCount"], 2);
}

#[tokio::test]
async fn related_rows_are_a_demand() {
    let (api, ada) = notes().await;
    let make = "mutation { createCluster(input: {title: \"empty\"}) { id } other: createCluster(input: {title: \"full\", notes: {create: [{content: \"d\"}]}}) { id } }";
    api.data(&ada, make, json!({})).await;
    let delete =
        "mutation { deleteClusters(where: {notes: {none: {}}}, atMost: 10) { nodes { title } } }";
    let gone = api.data(&ada, delete, json!({})).await;
    assert_eq!(gone["deleteClusters"]["nodes"], json!([{"title": "empty"}]));
}

#[tokio::test]
async fn values_of_another_type_reach_nothing() {
    let (api, ada) = notes().await;
    let half = json!({"s": 2.5});
    let text = json!({"s": "1000"});
    let null = json!({"s": null});
    let big = json!({"s": 2147483648_i64});
    let cases: &[(&str, &Value, &str)] = &[
        (
            "query ($s: Float) { notes(first: $s) { totalCount } }",
            &half,
            DOCUMENT,
        ),
        (
            "query ($s: Float) { notes(offset: $s) { totalCount } }",
            &half,
            DOCUMENT,
        ),
        (
            "query ($s: Int) { notes(first: $s) { totalCount } }",
            &half,
            VALUE,
        ),
        (
            "query ($s: Int) { notes(first: $s) { totalCount } }",
            &big,
            VALUE,
        ),
        (
            "query ($s: Int) { notes(first: $s) { totalCount } }",
            &text,
            VALUE,
        ),
        (
            "query { notes(first: 2.5) { totalCount } }",
            &null,
            DOCUMENT,
        ),
        (
            "query { notes(first: \"2\") { totalCount } }",
            &null,
            DOCUMENT,
        ),
        (
            "query { notes(first: 2147483648) { totalCount } }",
            &null,
            DOCUMENT,
        ),
        (
            "mutation ($s: String) { deleteNotes(where: {content: {ne: \"z\"}}, atMost: $s) { affectedCount } }",
            &text,
            DOCUMENT,
        ),
        (
            "mutation ($s: Int) { deleteNotes(where: {content: {ne: \"z\"}}, atMost: $s) { affectedCount } }",
            &null,
            VALUE,
        ),
        (
            "mutation ($s: Int = 1000) { deleteNotes(where: {content: {ne: \"z\"}}, atMost: $s) { affectedCount } }",
            &null,
            VALUE,
        ),
        (
            "mutation ($s: Int = null) { deleteNote(id: $s) { id } }",
            &null,
            DOCUMENT,
        ),
        ("mutation { deleteNote(id: 5) { id } }", &null, DOCUMENT),
        ("mutation { deleteNote(id: \"5\") { id } }", &null, DOCUMENT),
        (
            "mutation ($s: UUID!) { deleteNote(id: $s) { id } }",
            &text,
            VALUE,
        ),
        (
            "mutation ($s: JSON) { createNote(input: {content: $s}) { id } }",
            &text,
            DOCUMENT,
        ),
        (
            "mutation { createNote(input: {content: \"d\", content: \"e\"}) { id } }",
            &null,
            DOCUMENT,
        ),
        (
            "mutation { createNote(input: {content: \"d\"}, input: {content: \"e\"}) { id } }",
            &null,
            DOCUMENT,
        ),
        (
            "mutation { createNote(input: {content: \"d\", cluster: \"e\"}) { id } }",
            &null,
            DOCUMENT,
        ),
        (
            "mutation { createNote(input: {content: \"d\", cluster: {}}) { id } }",
            &null,
            DOCUMENT,
        ),
        (
            "mutation { createNote(input: {content: [\"d\"]}) { id } }",
            &null,
            DOCUMENT,
        ),
        (
            "mutation { createNotes(inputs: [{content: \"d\"}, null]) { affectedCount } }",
            &null,
            DOCUMENT,
        ),
        (
            "mutation { createNotes(inputs: [{content: \"d\"}], onConflict: {columns: []}) { affectedCount } }",
            &null,
            VALUE,
        ),
        (
            "mutation { createNote(input: {content: \"d\"}) { id @include(if: true) @include(if: true) } }",
            &null,
            DOCUMENT,
        ),
        (
            "mutation ($s: Boolean = true) { createNote(input: {content: \"d\"}) { id @include(if: $s) } }",
            &null,
            VALUE,
        ),
        (
            "mutation ($s: Boolean = true) { createNote(input: {content: \"d\"}) @skip(if: $s) { id } }",
            &null,
            VALUE,
        ),
        (
            "mutation ($s: Boolean) { createNote(input: {content: \"d\"}) { id @include(if: $s) } }",
            &null,
            DOCUMENT,
        ),
        (
            "subscription { notesChanges(operations: [INSERTED]) { operation } }",
            &null,
            DOCUMENT,
        ),
        (
            "subscription { notesChanges(operations: \"INSERT\") { operation } }",
            &null,
            DOCUMENT,
        ),
        (
            "subscription { notesChanges(after: 5) { operation } }",
            &null,
            DOCUMENT,
        ),
        (
            "subscription ($s: Float) { live { notes(first: $s) { totalCount } } }",
            &half,
            DOCUMENT,
        ),
        (
            "subscription { live { notes(first: 2.5) { totalCount } } }",
            &null,
            DOCUMENT,
        ),
        (
            "subscription { broadcast(channel: 5) { event } }",
            &null,
            DOCUMENT,
        ),
    ];
    let mut wrong = Vec::new();
    for (document, variables, expected) in cases {
        let code = code(&api, &ada, document, variables).await;
        if code != *expected {
            wrong.push(format!("{document} {variables}: {code}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_nothing_changed(&api, &ada).await;
}

#[tokio::test]
async fn values_are_coerced_as_the_specification_says() {
    let (api, ada) = notes().await;
    // A whole number is one however JSON writes it.
    let first = "query ($n: Int) { notes(first: $n) { nodes { content } } }";
    let page = api.data(&ada, first, json!({"n": 2.0})).await;
    assert_eq!(page["notes"]["nodes"].as_array().map(Vec::len), Some(2));
    // One value is a list of one.
    let listed = "query ($c: [String!], $o: [NoteOrderBy!]) { notes(where: {content: {in: $c}}, orderBy: $o) { nodes { content } } }";
    let variables = json!({"c": "b", "o": {"content": "ASC"}});
    let page = api.data(&ada, listed, variables).await;
    assert_eq!(page["notes"]["nodes"], json!([{"content": "b"}]));
    // Defaults stand where nothing is given, inside of other values too.
    let made = "mutation ($inputs: [NoteInput!]! = [{content: \"d\"}, {content: \"e\"}], $m: JSON = 7) { createNotes(inputs: $inputs) { nodes { content } } createNote(input: {content: \"f\", metadata: {m: $m}}) { metadata } }";
    let made = api.data(&ada, made, json!({})).await;
    assert_eq!(
        made["createNotes"]["nodes"],
        json!([{"content": "d"}, {"content": "e"}])
    );
    assert_eq!(made["createNote"]["metadata"]["m"], 7);
    // A field whose variable has no value is not there.
    let bare = "mutation ($m: JSON, $t: [String!]) { createNote(input: {content: \"g\", tags: [\"t\"], metadata: {m: $m, n: 1}}) { metadata } updateNotes(where: {content: {eq: \"g\"}}, set: {content: \"h\", tags: $t}) { nodes { tags } } }";
    let done = api.data(&ada, bare, json!({})).await;
    assert_eq!(done["createNote"]["metadata"].get("m"), None);
    assert_eq!(done["createNote"]["metadata"]["n"], 1);
    assert_eq!(done["updateNotes"]["nodes"], json!([{"tags": ["t"]}]));
}

#[tokio::test]
async fn a_refused_field_leaves_the_others_as_they_are() {
    let (api, ada) = notes().await;
    let make = "mutation { createCluster(input: {title: \"full\", notes: {create: [{content: \"d\"}]}}) { id } }";
    api.data(&ada, make, json!({})).await;
    let query = "query ($x: String) {
        a: cluster(id: \"0197e9a2-7b3c-7d4e-8f5a-6b7c8d9e0f1a\") { notes(where: {content: {eq: $x}}) { nodes { id } } }
        b: clusters { nodes { title notes { nodes { content } } } } }";
    let answer = api.ask(&ada, query, json!({})).await;
    assert_eq!(answer["errors"][0]["path"], json!(["a"]), "{answer}");
    assert_eq!(
        answer["data"],
        json!({"a": null, "b": {"nodes": [{"title": "full", "notes": {"nodes": [{"content": "d"}]}}]}})
    );
}
