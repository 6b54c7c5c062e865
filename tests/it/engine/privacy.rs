use mindloom::auth::Caller;
use serde_json::json;

use crate::support::TestApi;

/// Whatever is asked about rows that the caller may not see, the answer is the one of an empty table.
#[tokio::test]
async fn nothing_about_others_rows_can_be_learned() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let eve = api.test.user("eve@example.org").await;
    let questions = [
        "{ notes { totalCount nodes { id } pageInfo { hasNextPage endCursor } } }",
        "{ notes(where: {content: {like: \"%secret%\"}}) { totalCount } }",
        "{ notes(where: {not: {content: {eq: \"nothing\"}}}) { totalCount } }",
        "{ notes(where: {cluster: {title: {startsWith: \"S\"}}}) { totalCount } }",
        "{ notes(orderBy: [{cluster: {title: DESC}}, {content: ASC}], last: 1) { nodes { id } } }",
        "{ notes(orderBy: [{stackNotes: {count: DESC}}]) { nodes { id } } }",
        "{ clusters(where: {notes: {some: {content: {contains: \"secret\"}}}}) { totalCount } }",
        "{ clusters(where: {notes: {every: {content: {contains: \"secret\"}}}}) { nodes { id } } }",
        "{ notesAggregate { count min { content } max { createdAt } } }",
        "{ notesAggregate(groupBy: [{column: CLUSTER_ID}]) { group { clusterId } count } }",
        "{ users(where: {email: {eq: \"ada@example.org\"}}) { totalCount } }",
        "{ search(query: \"secret\") { score } }",
        "{ stacks { nodes { stackNotes { totalCount } } } }",
    ];
    let mut before = Vec::new();
    for question in questions {
        before.push(api.bytes(&eve, question, json!({})).await);
    }
    let anonymous = Caller::anonymous();
    let nobody_before = api.bytes(&anonymous, questions[0], json!({})).await;
    let made = api
        .data(
            &ada,
            "mutation { createCluster(input: {title: \"Secrets\", notes: {create: [{content: \"a secret\"}, {content: \"another secret\"}]}}) { id notes { nodes { id nodeId } } } }",
            json!({}),
        )
        .await;
    for (question, before) in questions.iter().zip(before) {
        let after = api.bytes(&eve, question, json!({})).await;
        assert_eq!(
            String::from_utf8_lossy(&after),
            String::from_utf8_lossy(&before),
            "{question}"
        );
    }
    assert_eq!(
        api.bytes(&anonymous, questions[0], json!({})).await,
        nobody_before
    );
    let note = &made["createCluster"]["notes"]["nodes"][0];
    let by_name = api
        .data(
            &eve,
            "query ($id: UUID!, $nodeId: ID!) { note(id: $id) { id } node(id: $nodeId) { nodeId } similarNotes(noteId: $id) { similarity } }",
            json!({"id": note["id"], "nodeId": note["nodeId"]}),
        )
        .await;
    assert_eq!(
        by_name,
        json!({"note": null, "node": null, "similarNotes": []})
    );
    // A row cannot be tied to another's, which would tell whether that exists.
    let create =
        "mutation ($id: UUID!) { createNote(input: {content: \"x\", clusterId: $id}) { id } }";
    let (real, real_message, _) = api
        .error(&eve, create, json!({"id": made["createCluster"]["id"]}))
        .await;
    let unknown = json!({"id": "00000000-0000-0000-0000-000000000001"});
    let (none, none_message, _) = api.error(&eve, create, unknown).await;
    assert_eq!((real, real_message), (none, none_message));
}
