use serde_json::json;

use crate::support::TestApi;

#[tokio::test]
async fn a_row_is_made_changed_and_deleted() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let made = api
        .data(
            &ada,
            "mutation ($input: NoteInput!) { createNote(input: $input) { id content userId createdAt metadata } }",
            json!({"input": {"content": "first words", "metadata": {"importance": "high"}}}),
        )
        .await;
    let note = &made["createNote"];
    assert_eq!(note["userId"], json!(ada.user_id));
    let changed = api
        .data(
            &ada,
            "mutation ($id: UUID!) { updateNote(id: $id, set: {content: \"other\", merge: {metadata: {source: \"web\"}}}) { content metadata user { id } } }",
            json!({"id": note["id"]}),
        )
        .await;
    assert_eq!(changed["updateNote"]["content"], "other");
    assert_eq!(changed["updateNote"]["metadata"]["source"], "web");
    assert_eq!(changed["updateNote"]["metadata"]["importance"], "high");
    let gone = api
        .data(
            &ada,
            "mutation ($id: UUID!) { deleteNote(id: $id) { content user { id } } again: deleteNote(id: $id) { id } }",
            json!({"id": note["id"]}),
        )
        .await;
    assert_eq!(
        gone,
        json!({"deleteNote": {"content": "other", "user": {"id": ada.user_id}}, "again": null})
    );
}

#[tokio::test]
async fn writes_of_many_rows_have_a_limit() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    api.notes(&ada, &["a", "b", "c"]).await;
    let (code, message, _) = api
        .error(
            &ada,
            "mutation { deleteNotes(where: {}, all: true) { affectedCount } }",
            json!({}),
        )
        .await;
    assert_eq!(code, "LIMIT_EXCEEDED", "{message}");
    let update = "mutation { updateNotes(where: {content: {ne: \"b\"}}, set: {content: \"z\"}, atMost: 2) { affectedCount nodes { content } } }";
    let done = api.data(&ada, update, json!({})).await;
    assert_eq!(
        done["updateNotes"],
        json!({"affectedCount": 2, "nodes": [{"content": "z"}, {"content": "z"}]})
    );
    let left = api.data(&ada, "{ notes { totalCount } }", json!({})).await;
    assert_eq!(left, json!({"notes": {"totalCount": 3}}));
}

#[tokio::test]
async fn an_operation_happens_all_or_not_at_all() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let (code, message, extensions) = api
        .error(
            &ada,
            "mutation { one: createNote(input: {content: \"stays away\"}) { id } two: createNote(input: {content: \"\"}) { id } }",
            json!({}),
        )
        .await;
    assert_eq!(code, "BAD_USER_INPUT", "{message}");
    assert_eq!(extensions["fields"], json!(["content"]));
    let left = api.data(&ada, "{ notes { totalCount } }", json!({})).await;
    assert_eq!(left, json!({"notes": {"totalCount": 0}}));
}

#[tokio::test]
async fn ten_thousand_rows_are_one_statement() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let inputs: Vec<_> = (0..10_000)
        .map(|n| {
            if n % 2 == 0 {
                json!({"content": format!("note {n}"), "tags": ["even", "bulk"]})
            } else {
                json!({"content": format!("note {n}")})
            }
        })
        .collect();
    let made = api
        .data(
            &ada,
            "mutation ($inputs: [NoteInput!]!) { createNotes(inputs: $inputs) { affectedCount } }",
            json!({"inputs": inputs}),
        )
        .await;
    assert_eq!(made["createNotes"]["affectedCount"], 10_000);
    let tagged = api
        .data(
            &ada,
            "{ notes(where: {tags: {contains: [\"even\"]}}) { totalCount } }",
            json!({}),
        )
        .await;
    assert_eq!(tagged["notes"]["totalCount"], 5_000);
}

#[tokio::test]
async fn another_users_row_cannot_be_written() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let eve = api.test.user("eve@example.org").await;
    let ids = api.notes(&ada, &["mine"]).await;
    let changed = api
        .data(&eve, "mutation ($id: UUID!) { updateNote(id: $id, set: {content: \"hers\"}) { id } deleteNote(id: $id) { id } }", json!({"id": ids[0]}))
        .await;
    assert_eq!(changed, json!({"updateNote": null, "deleteNote": null}));
    let anonymous = mindloom::auth::Caller::anonymous();
    let (code, message, _) = api
        .error(
            &anonymous,
            "mutation { createNote(input: {content: \"nobody's\"}) { id } }",
            json!({}),
        )
        .await;
    assert_eq!(code, "UNAUTHENTICATED", "{message}");
}

#[tokio::test]
async fn many_rows_are_made_with_rows_around_them() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let create =
        "mutation ($inputs: [ClusterInput!]!) { createClusters(inputs: $inputs) { affectedCount
        nodes { title notes(orderBy: [{content: ASC}]) { nodes { content userId } } } } }";
    let inputs = json!([
        {"title": "one", "notes": {"create": [{"content": "a"}, {"content": "b"}]}},
        {"title": "alone"},
        {"title": "two", "notes": {"create": [{"content": "c"}]}},
    ]);
    let made = api.data(&ada, create, json!({ "inputs": inputs })).await;
    let note = |content: &str| json!({"content": content, "userId": ada.user_id});
    assert_eq!(
        made["createClusters"],
        json!({"affectedCount": 3, "nodes": [
            {"title": "one", "notes": {"nodes": [note("a"), note("b")]}},
            {"title": "alone", "notes": {"nodes": []}},
            {"title": "two", "notes": {"nodes": [note("c")]}}]})
    );
    let made = api
        .data(
            &ada,
            "mutation { createNotes(inputs: [
               {content: \"second\", cluster: {create: {title: \"three\"}}},
               {content: \"first\"}]) { nodes { content cluster { title } } } }",
            json!({}),
        )
        .await;
    assert_eq!(
        made["createNotes"]["nodes"],
        json!([{"content": "second", "cluster": {"title": "three"}},
               {"content": "first", "cluster": null}])
    );
}

#[tokio::test]
async fn a_related_row_is_either_named_or_made() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let (code, message, _) = api
        .error(
            &ada,
            "mutation { createNote(input: {content: \"a\", clusterId: \"00000000-0000-0000-0000-000000000001\",
               cluster: {create: {title: \"one\"}}}) { id } }",
            json!({}),
        )
        .await;
    assert_eq!(code, "BAD_USER_INPUT");
    assert_eq!(
        message,
        "clusterId is given, and so is the row that it would name"
    );
}

#[tokio::test]
async fn many_rows_with_rows_around_them_are_made_all_or_not_at_all() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let create = "mutation ($inputs: [ClusterInput!]!, $onConflict: ClusterOnConflict)
        { createClusters(inputs: $inputs, onConflict: $onConflict) { affectedCount } }";
    let with_note =
        |content: &str| json!({"title": "new", "notes": {"create": [{"content": content}]}});
    let empty = json!({"inputs": [with_note("good"), with_note("")]});
    let (code, message, _) = api.error(&ada, create, empty).await;
    assert_eq!(code, "BAD_USER_INPUT", "{message}");
    let many = vec![with_note("one"); 5_001];
    let (code, message, extensions) = api.error(&ada, create, json!({ "inputs": many })).await;
    assert_eq!(code, "LIMIT_EXCEEDED", "{message}");
    assert_eq!(extensions["limit"], "relatedRows");
    let conflict = json!({"inputs": [with_note("good")], "onConflict": {"columns": ["ID"]}});
    let (code, message, _) = api.error(&ada, create, conflict).await;
    assert_eq!(code, "BAD_USER_INPUT");
    assert!(message.contains("onConflict"), "{message}");
    let left = api
        .data(
            &ada,
            "{ notes { totalCount } clusters { totalCount } }",
            json!({}),
        )
        .await;
    assert_eq!(
        left,
        json!({"notes": {"totalCount": 0}, "clusters": {"totalCount": 0}})
    );
}

#[tokio::test]
async fn floats_in_json_keep_their_last_digit() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let texts = [
        "1.7976931348623157e308",
        "5e-324",
        "123456789.12345679",
        "0.30000000000000004",
        "7.0420557077594588669468784357561207962098443483187940792729600000e59",
    ];
    let list = format!("[{}]", texts.join(", "));
    let variables: serde_json::Value =
        serde_json::from_str(&format!("{{\"metadata\": {list}}}")).expect("JSON");
    let create = format!(
        "mutation ($metadata: JSON) {{ variable: createNote(input: {{content: \"a\", metadata: {{list: $metadata}}}}) {{ id }}
           literal: createNote(input: {{content: \"b\", metadata: {{list: {list}}}}}) {{ id }} }}"
    );
    api.data(&ada, &create, variables).await;
    let answer = api
        .bytes(&ada, "{ notes { nodes { metadata } } }", json!({}))
        .await;
    let answer = String::from_utf8(answer).expect("text");
    let lists: Vec<&str> = answer
        .split(['[', ']'])
        .filter(|part| part.starts_with(|c: char| c.is_ascii_digit()))
        .collect();
    assert_eq!(lists.len(), 2, "{answer}");
    for list in lists {
        let read = list.split(',').map(|text| text.trim().parse::<f64>());
        for (text, read) in texts.iter().zip(read) {
            assert_eq!(text.parse::<f64>(), read, "{text}");
        }
    }
}
