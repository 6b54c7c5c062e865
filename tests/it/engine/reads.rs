use serde_json::json;

use crate::support::TestApi;

#[tokio::test]
async fn rows_are_read_with_their_relations_in_both_directions() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let made = api
        .data(
            &ada,
            r#"mutation { createCluster(input: {title: "Looms", notes: {create: [
                 {content: "warp"}, {content: "weft"}, {content: "heddle"}]}})
               { id title noteCount notes(orderBy: [{content: ASC}], first: 2) { totalCount
                 nodes { content cluster { title } } pageInfo { hasNextPage hasPreviousPage } } } }"#,
            json!({}),
        )
        .await;
    assert_eq!(
        made["createCluster"]["notes"],
        json!({"totalCount": 3, "nodes": [
            {"content": "heddle", "cluster": {"title": "Looms"}},
            {"content": "warp", "cluster": {"title": "Looms"}}],
            "pageInfo": {"hasNextPage": true, "hasPreviousPage": false}})
    );
    assert_eq!(made["createCluster"]["noteCount"], 3);
    let read = api
        .data(
            &ada,
            "query ($id: UUID!) { cluster(id: $id) { title notes(orderBy: [{content: DESC}]) { edges { node { content } } } }
               notes(where: {cluster: {title: {startsWith: \"Lo\"}}, content: {in: [\"warp\", \"weft\"]}}, orderBy: [{cluster: {title: ASC}}, {content: ASC}]) { nodes { content } } }",
            json!({"id": made["createCluster"]["id"]}),
        )
        .await;
    assert_eq!(
        read,
        json!({"cluster": {"title": "Looms", "notes": {"edges": [
            {"node": {"content": "weft"}}, {"node": {"content": "warp"}}, {"node": {"content": "heddle"}}]}},
            "notes": {"nodes": [{"content": "warp"}, {"content": "weft"}]}})
    );
}

#[tokio::test]
async fn others_rows_do_not_exist() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let eve = api.test.user("eve@example.org").await;
    let ids = api.notes(&ada, &["mine"]).await;
    let read = api
        .data(
            &eve,
            "query ($id: UUID!) { note(id: $id) { content } notes { totalCount nodes { content } }
               notesAggregate { count } }",
            json!({"id": ids[0]}),
        )
        .await;
    assert_eq!(
        read,
        json!({"note": null, "notes": {"totalCount": 0, "nodes": []}, "notesAggregate": [{"count": 0}]})
    );
}

#[tokio::test]
async fn pages_go_forward_and_backward_by_cursor() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    api.notes(&ada, &["a", "b", "c", "d", "e"]).await;
    let page = "query ($first: Int, $after: Cursor, $last: Int, $before: Cursor) {
        notes(orderBy: [{content: ASC}], first: $first, after: $after, last: $last, before: $before) {
          nodes { content } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";
    let first = api.data(&ada, page, json!({"first": 2})).await;
    assert_eq!(
        first["notes"]["nodes"],
        json!([{"content": "a"}, {"content": "b"}])
    );
    let end = &first["notes"]["pageInfo"]["endCursor"];
    let second = api
        .data(&ada, page, json!({"first": 2, "after": end}))
        .await;
    assert_eq!(
        second["notes"]["nodes"],
        json!([{"content": "c"}, {"content": "d"}])
    );
    assert_eq!(second["notes"]["pageInfo"]["hasNextPage"], true);
    assert_eq!(second["notes"]["pageInfo"]["hasPreviousPage"], true);
    let start = &second["notes"]["pageInfo"]["startCursor"];
    let back = api
        .data(&ada, page, json!({"last": 1, "before": start}))
        .await;
    assert_eq!(back["notes"]["nodes"], json!([{"content": "b"}]));
    assert_eq!(back["notes"]["pageInfo"]["hasPreviousPage"], true);
    let (code, message, _) = api
        .error(
            &ada,
            "query ($after: Cursor) { notes(orderBy: [{content: DESC}], after: $after) { nodes { id } } }",
            json!({"after": end}),
        )
        .await;
    assert_eq!(code, "BAD_USER_INPUT", "{message}");
}

#[tokio::test]
async fn fragments_directives_and_aliases_follow_the_specification() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let ids = api.notes(&ada, &["only"]).await;
    let query = "query Q($yes: Boolean!, $id: UUID!) {
        __typename
        a: note(id: $id) { ...Body kind: __typename ... on Node { nodeId } skipped: content @skip(if: $yes) }
        again: note(id: $id) @include(if: $yes) { content }
        gone: note(id: $id) @skip(if: $yes) { content }
        __type(name: \"Note\") { name }
      }
      fragment Body on Note { content user { id } }";
    let cold = api
        .bytes(&ada, query, json!({"yes": true, "id": ids[0]}))
        .await;
    let warm = api
        .bytes(&ada, query, json!({"yes": true, "id": ids[0]}))
        .await;
    assert_eq!(cold, warm);
    let answer: serde_json::Value = serde_json::from_slice(&cold).expect("JSON");
    let data = &answer["data"];
    assert_eq!(data["__typename"], "Query");
    assert_eq!(data["a"]["content"], "only");
    assert_eq!(data["a"]["kind"], "Note");
    assert_eq!(data["a"]["user"]["id"], json!(ada.user_id));
    assert_eq!(data["again"], json!({"content": "only"}));
    assert!(data.get("gone").is_none() && data["a"].get("skipped").is_none());
    assert_eq!(data["__type"], json!({"name": "Note"}));
    let node =
        "query ($nodeId: ID!) { node(id: $nodeId) { __typename nodeId ... on Note { content } } }";
    let found = api
        .data(&ada, node, json!({"nodeId": data["a"]["nodeId"]}))
        .await;
    assert_eq!(found["node"]["content"], "only");
    assert_eq!(found["node"]["nodeId"], data["a"]["nodeId"]);
}

#[tokio::test]
async fn a_cursor_belongs_to_the_vector_of_its_order() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    api.notes(&ada, &["a", "b", "c"]).await;
    let page = "query ($to: Vector!, $after: Cursor) {
        notes(orderBy: [{embedding: {nearestTo: $to}}, {content: ASC}], first: 2, after: $after) {
          nodes { content } pageInfo { endCursor } } }";
    let (one, other) = (vec![0.5; 1536], vec![0.25; 1536]);
    let first = api.data(&ada, page, json!({ "to": one })).await;
    let end = &first["notes"]["pageInfo"]["endCursor"];
    let second = api.data(&ada, page, json!({"to": one, "after": end})).await;
    assert_eq!(second["notes"]["nodes"], json!([{"content": "c"}]));
    let (code, message, _) = api
        .error(&ada, page, json!({"to": other, "after": end}))
        .await;
    assert_eq!(code, "BAD_USER_INPUT");
    assert!(message.contains("belongs to another order"), "{message}");
}

#[tokio::test]
async fn pages_know_whether_rows_lie_before_and_behind_them() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let eve = api.test.user("eve@example.org").await;
    api.notes(&eve, &["a", "z"]).await;
    let ids = api.notes(&ada, &["b", "c", "d", "e"]).await;
    let page = "query ($orderBy: [NoteOrderBy!], $first: Int, $after: Cursor, $last: Int, $before: Cursor, $offset: Int) {
        notes(orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before, offset: $offset) {
          nodes { content } pageInfo { hasPreviousPage hasNextPage startCursor endCursor } } }";
    let plain = json!([{"content": "ASC"}]);
    let mixed = json!([{"cluster": {"title": "DESC_NULLS_LAST"}}, {"content": "ASC"}]);
    let around = async |order: &serde_json::Value, mut window: serde_json::Value| {
        window["orderBy"] = order.clone();
        let mut data = api.data(&ada, page, window).await;
        let info = data["notes"]["pageInfo"].take();
        let flags = (
            info["hasPreviousPage"].as_bool(),
            info["hasNextPage"].as_bool(),
        );
        (
            flags,
            info["startCursor"].clone(),
            info["endCursor"].clone(),
        )
    };
    let (yes, no) = (Some(true), Some(false));
    let mut cursors = Vec::new();
    for order in [&plain, &mixed] {
        let (flags, _, b) = around(order, json!({"first": 1})).await;
        assert_eq!(flags, (no, yes));
        let (flags, e, _) = around(order, json!({"last": 1})).await;
        assert_eq!(flags, (yes, no));
        let (flags, ..) = around(order, json!({"first": 2, "after": b})).await;
        assert_eq!(flags, (yes, yes));
        let (flags, ..) = around(order, json!({"last": 2, "before": e})).await;
        assert_eq!(flags, (yes, yes));
        let (flags, ..) = around(order, json!({"first": 2, "after": e})).await;
        assert_eq!(flags, (yes, no), "behind the last row");
        for (offset, expected) in [(0, (no, yes)), (1, (yes, yes)), (9, (yes, no))] {
            let (flags, ..) = around(order, json!({"first": 2, "offset": offset})).await;
            assert_eq!(flags, expected, "offset {offset}");
        }
        cursors.push((order, b, e));
    }
    for id in [&ids[0], &ids[3]] {
        let delete = "mutation ($id: UUID!) { deleteNote(id: $id) { id } }";
        api.data(&ada, delete, json!({ "id": id })).await;
    }
    for (order, b, e) in cursors {
        let (flags, ..) = around(order, json!({"first": 1, "after": b})).await;
        assert_eq!(flags, (no, yes), "the row of the cursor is gone");
        let (flags, ..) = around(order, json!({"last": 1, "before": e})).await;
        assert_eq!(flags, (yes, no), "the row of the cursor is gone");
    }
}

#[tokio::test]
async fn pages_of_relations_know_what_lies_before_them() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let inputs = json!([
        {"title": "one", "notes": {"create": [{"content": "a"}, {"content": "b"}]}},
        {"title": "two", "notes": {"create": [{"content": "c"}]}},
    ]);
    let create = "mutation ($inputs: [ClusterInput!]!) { createClusters(inputs: $inputs)
        { nodes { notes(orderBy: [{content: ASC}], first: 1) { pageInfo { endCursor } } } } }";
    let made = api.data(&ada, create, json!({ "inputs": inputs })).await;
    let a = &made["createClusters"]["nodes"][0]["notes"]["pageInfo"]["endCursor"];
    let read = api
        .data(
            &ada,
            "query ($after: Cursor) { clusters(orderBy: [{title: ASC}]) { nodes {
               notes(orderBy: [{content: ASC}], after: $after) { nodes { content } pageInfo { hasPreviousPage } } } } }",
            json!({ "after": a }),
        )
        .await;
    let page = |content: &str, previous: bool| json!({"notes": {"nodes": [{"content": content}], "pageInfo": {"hasPreviousPage": previous}}});
    assert_eq!(
        read["clusters"]["nodes"],
        json!([page("b", true), page("c", false)])
    );
}
