//! Rows in the bin: out of lists unless asked for, there for whoever names them.

use serde_json::{Value, json};

use crate::support::api::{TestApi, next};

const BIN: &str = "mutation ($id: UUID!) { softDeleteNote(id: $id) { id } }";

/// A user with the notes a, b and c, of which b is in the bin.
async fn notes(api: &TestApi) -> (mindloom::auth::Caller, Vec<Value>) {
    let ada = api.test.user("ada@example.org").await;
    let ids = api.notes(&ada, &["a", "b", "c"]).await;
    api.data(&ada, BIN, json!({"id": ids[1]})).await;
    (ada, ids)
}

fn contents(nodes: &Value) -> String {
    let nodes = nodes.as_array().expect("nodes");
    let of = |node: &Value| node["content"].as_str().unwrap_or("?").to_owned();
    nodes.iter().map(of).collect()
}

#[tokio::test]
async fn lists_leave_the_bin_out_unless_where_names_it() {
    let api = TestApi::new().await;
    let (ada, ids) = notes(&api).await;
    let query = "query ($where: NoteWhere) {
        notes(where: $where, orderBy: [{content: ASC}]) { totalCount nodes { content } }
        notesAggregate(where: $where) { count } }";
    for (wanted, found) in [
        (json!(null), "ac"),
        (json!({}), "ac"),
        (json!({"content": {"ne": "a"}}), "c"),
        (json!({"deletedAt": {"isNull": true}}), "ac"),
        (json!({"deletedAt": {"isNull": false}}), "b"),
        (json!({"deletedAt": {}}), "abc"),
        (
            json!({"or": [{"content": {"eq": "a"}}, {"deletedAt": {"isNull": false}}]}),
            "ab",
        ),
        (json!({"not": {"deletedAt": {"isNull": true}}}), "b"),
        (json!({"not": {"content": {"eq": "a"}}}), "c"),
        (
            json!({"and": [{"content": {"ne": "c"}}, {"deletedAt": {}}]}),
            "ab",
        ),
    ] {
        let data = api.data(&ada, query, json!({"where": wanted})).await;
        assert_eq!(contents(&data["notes"]["nodes"]), found, "{wanted}");
        assert_eq!(data["notes"]["totalCount"], found.len(), "{wanted}");
        assert_eq!(data["notesAggregate"][0]["count"], found.len(), "{wanted}");
    }
    let one = "query ($id: UUID!) { note(id: $id) { content } }";
    let named = api.data(&ada, one, json!({"id": ids[1]})).await;
    assert_eq!(named["note"]["content"], "b", "whoever names it gets it");
    let back = "mutation ($id: UUID!) { restoreNote(id: $id) { deletedAt } }";
    api.data(&ada, back, json!({"id": ids[1]})).await;
    let data = api.data(&ada, query, json!({})).await;
    assert_eq!(contents(&data["notes"]["nodes"]), "abc");
}

#[tokio::test]
async fn relations_and_their_filters_and_orders_leave_the_bin_out() {
    let api = TestApi::new().await;
    let (ada, ids) = notes(&api).await;
    let cluster = |title: &str| json!({"title": title});
    let made = api
        .data(
            &ada,
            "mutation ($inputs: [ClusterInput!]!) { createClusters(inputs: $inputs) { nodes { id } } }",
            json!({"inputs": [cluster("full"), cluster("emptied")]}),
        )
        .await;
    let clusters = &made["createClusters"]["nodes"];
    let put = "mutation ($id: UUID!, $cluster: UUID) { updateNote(id: $id, set: {clusterId: $cluster}) { id } }";
    for (note, cluster) in [(0_usize, 0_usize), (1, 1), (2, 0)] {
        let variables = json!({"id": ids[note], "cluster": clusters[cluster]["id"]});
        api.data(&ada, put, variables).await;
    }
    let inside = api
        .data(
            &ada,
            "{ clusters(orderBy: [{title: ASC}]) { nodes { title
                notes(orderBy: [{content: ASC}]) { totalCount nodes { content } }
                bin: notes(where: {deletedAt: {isNull: false}}) { nodes { content } } } } }",
            json!({}),
        )
        .await;
    let nodes = &inside["clusters"]["nodes"];
    assert_eq!(nodes[0]["notes"], json!({"totalCount": 0, "nodes": []}));
    assert_eq!(nodes[0]["bin"], json!({"nodes": [{"content": "b"}]}));
    assert_eq!(contents(&nodes[1]["notes"]["nodes"]), "ac");
    let find = "query ($where: ClusterWhere) { clusters(where: $where, orderBy: [{title: ASC}]) { nodes { title } } }";
    for (wanted, found) in [
        (json!({"notes": {"some": {}}}), json!([{"title": "full"}])),
        (
            json!({"notes": {"none": {}}}),
            json!([{"title": "emptied"}]),
        ),
        (
            json!({"notes": {"every": {"content": {"ne": "b"}}}}),
            json!([{"title": "emptied"}, {"title": "full"}]),
        ),
        (
            json!({"notes": {"some": {"deletedAt": {}, "content": {"eq": "b"}}}}),
            json!([{"title": "emptied"}]),
        ),
    ] {
        let data = api.data(&ada, find, json!({"where": wanted})).await;
        assert_eq!(data["clusters"]["nodes"], found, "{wanted}");
    }
    let fullest = "{ clusters(orderBy: [{notes: {count: DESC}}], first: 1) { nodes { title } } }";
    let both = "mutation ($id: UUID!, $cluster: UUID) { updateNote(id: $id, set: {clusterId: $cluster}) { id } }";
    // Two in the bin do not outweigh one that is not.
    for (note, cluster) in [(0_usize, 1_usize), (2, 0)] {
        let variables = json!({"id": ids[note], "cluster": clusters[cluster]["id"]});
        api.data(&ada, both, variables).await;
    }
    api.data(&ada, BIN, json!({"id": ids[0]})).await;
    let data = api.data(&ada, fullest, json!({})).await;
    assert_eq!(data["clusters"]["nodes"], json!([{"title": "full"}]));
}

#[tokio::test]
async fn bulk_writes_reach_what_the_list_shows() {
    let api = TestApi::new().await;
    let (ada, ids) = notes(&api).await;
    let change = "mutation ($where: NoteWhere!) { updateNotes(where: $where, all: true, set: {tags: [\"seen\"]}, atMost: 9) {
        affectedCount nodes { content } } }";
    let changed = api.data(&ada, change, json!({"where": {}})).await;
    assert_eq!(changed["updateNotes"]["affectedCount"], 2);
    let one = "query ($id: UUID!) { note(id: $id) { tags } }";
    let binned = api.data(&ada, one, json!({"id": ids[1]})).await;
    assert_eq!(binned["note"]["tags"], json!([]));
    let empty = "mutation { deleteNotes(where: {deletedAt: {isNull: false}}) { affectedCount } }";
    let emptied = api.data(&ada, empty, json!({})).await;
    assert_eq!(emptied["deleteNotes"]["affectedCount"], 1);
    let left = "{ notesAggregate(where: {deletedAt: {}}) { count } }";
    let left = api.data(&ada, left, json!({})).await;
    assert_eq!(left["notesAggregate"][0]["count"], 2);
}

#[tokio::test]
async fn streams_and_live_queries_follow_a_note_into_the_bin_and_back() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let plain =
        "subscription { notesChanges { operation record { content } oldRecord { content } } }";
    let asked = "subscription { notesChanges(where: {deletedAt: {}}) { operation } }";
    let with_words =
        "subscription { notesChanges(where: {content: {like: \"a%\"}}) { operation } }";
    let live = "subscription { live { notes { nodes { content } } } }";
    let mut plain = api.subscribe(&ada, plain, json!({})).await;
    let ids = api.notes(&ada, &["a"]).await;
    // The others begin behind it.
    assert_eq!(
        next(&mut plain).await["data"]["notesChanges"]["operation"],
        "INSERT"
    );
    let mut asked = api.subscribe(&ada, asked, json!({})).await;
    let mut with_words = api.subscribe(&ada, with_words, json!({})).await;
    let mut live = api.subscribe(&ada, live, json!({})).await;
    let shown = |contents: Value| json!({"data": {"live": {"notes": {"nodes": contents}}}});
    assert_eq!(next(&mut live).await, shown(json!([{"content": "a"}])));
    api.data(&ada, BIN, json!({"id": ids[0]})).await;
    assert_eq!(
        next(&mut plain).await["data"]["notesChanges"],
        json!({"operation": "LEAVE", "record": null, "oldRecord": {"content": "a"}})
    );
    assert_eq!(
        next(&mut asked).await["data"]["notesChanges"]["operation"],
        "UPDATE"
    );
    assert_eq!(
        next(&mut with_words).await["data"]["notesChanges"]["operation"],
        "LEAVE"
    );
    assert_eq!(next(&mut live).await, shown(json!([])));
    let back = "mutation ($id: UUID!) { restoreNote(id: $id) { id } }";
    api.data(&ada, back, json!({"id": ids[0]})).await;
    assert_eq!(
        next(&mut plain).await["data"]["notesChanges"],
        json!({"operation": "ENTER", "record": {"content": "a"}, "oldRecord": null})
    );
    assert_eq!(
        next(&mut with_words).await["data"]["notesChanges"]["operation"],
        "ENTER"
    );
    assert_eq!(next(&mut live).await, shown(json!([{"content": "a"}])));
}
