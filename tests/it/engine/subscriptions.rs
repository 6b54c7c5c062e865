use serde_json::json;

use crate::support::{TestApi, next};

#[tokio::test]
async fn changes_come_with_what_was_selected_of_them() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let eve = api.test.user("eve@example.org").await;
    let flat = "subscription { notesChanges { operation record { id content createdAt nodeId } oldRecord { content } changedColumns cursor } }";
    let mut stream = api.subscribe(&ada, flat, json!({})).await;
    let nested = "subscription { notesChanges(operations: [INSERT]) { record { content user { id } cluster { title } } } }";
    let mut nested = api.subscribe(&ada, nested, json!({})).await;
    api.notes(&eve, &["not hers"]).await;
    let made = api
        .data(
            &ada,
            "mutation { createNote(input: {content: \"first\"}) { id content createdAt nodeId } }",
            json!({}),
        )
        .await;
    let insert = next(&mut stream).await;
    let change = &insert["data"]["notesChanges"];
    assert_eq!(change["operation"], "INSERT");
    // A change says what a query says, to the byte.
    assert_eq!(change["record"], made["createNote"]);
    assert_eq!(change["oldRecord"], json!(null));
    let with_relations = next(&mut nested).await;
    assert_eq!(
        with_relations["data"]["notesChanges"]["record"],
        json!({"content": "first", "user": {"id": ada.user_id}, "cluster": null})
    );
    let id = &made["createNote"]["id"];
    api.data(
        &ada,
        "mutation ($id: UUID!) { updateNote(id: $id, set: {content: \"second\"}) { id } }",
        json!({ "id": id }),
    )
    .await;
    let update = next(&mut stream).await;
    let change = &update["data"]["notesChanges"];
    assert_eq!(change["operation"], "UPDATE");
    assert_eq!(change["oldRecord"], json!({"content": "first"}));
    assert!(
        change["changedColumns"]
            .as_array()
            .is_some_and(|c| c.contains(&json!("content")))
    );
    let resume = "subscription ($after: Cursor) { notesChanges(after: $after) { operation record { content } } }";
    let cursor = &insert["data"]["notesChanges"]["cursor"];
    let mut resumed = api
        .subscribe(&ada, resume, json!({ "after": cursor }))
        .await;
    let again = next(&mut resumed).await;
    assert_eq!(
        again["data"]["notesChanges"],
        json!({"operation": "UPDATE", "record": {"content": "second"}})
    );
}

#[tokio::test]
async fn rows_enter_and_leave_a_condition() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let ids = api.notes(&ada, &["draft"]).await;
    let by_tests = "subscription { notesChanges(where: {content: {eq: \"done\"}}) { operation record { content } oldRecord { content } } }";
    let by_sql = "subscription ($like: String!) { notesChanges(where: {content: {startsWith: $like}}) { operation record { content } oldRecord { content } } }";
    let mut streams = [
        api.subscribe(&ada, by_tests, json!({})).await,
        api.subscribe(&ada, by_sql, json!({"like": "do"})).await,
    ];
    let set = "mutation ($id: UUID!, $content: String!) { updateNote(id: $id, set: {content: $content}) { id } }";
    api.data(&ada, set, json!({"id": ids[0], "content": "done"}))
        .await;
    api.data(&ada, set, json!({"id": ids[0], "content": "again"}))
        .await;
    for stream in &mut streams {
        let enter = next(stream).await;
        assert_eq!(
            enter["data"]["notesChanges"],
            json!({"operation": "ENTER", "record": {"content": "done"}, "oldRecord": null})
        );
        let leave = next(stream).await;
        assert_eq!(
            leave["data"]["notesChanges"],
            json!({"operation": "LEAVE", "record": null, "oldRecord": {"content": "done"}})
        );
    }
}

#[tokio::test]
async fn live_queries_answer_again_when_their_data_changed() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let eve = api.test.user("eve@example.org").await;
    let query = "subscription { live { notes(orderBy: [{content: ASC}]) { totalCount nodes { content } } } }";
    let mut stream = api.subscribe(&ada, query, json!({})).await;
    assert_eq!(
        next(&mut stream).await,
        json!({"data": {"live": {"notes": {"totalCount": 0, "nodes": []}}}})
    );
    api.notes(&eve, &["not hers"]).await;
    api.notes(&ada, &["a", "b"]).await;
    assert_eq!(
        next(&mut stream).await,
        json!({"data": {"live": {"notes": {"totalCount": 2, "nodes": [{"content": "a"}, {"content": "b"}]}}}})
    );
}

#[tokio::test]
async fn live_queries_gain_and_lose_what_is_shared() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let ben = api.test.user("ben@example.org").await;
    let made = api
        .data(
            &ada,
            "mutation { createProject(input: {name: \"Mill\"}) { id } }",
            json!({}),
        )
        .await;
    let project = &made["createProject"]["id"];
    let part = "mutation ($project: UUID!) {
        createProjectComponent(input: {projectId: $project, componentType: TEXT, name: \"Sail\"}) { id } }";
    api.data(&ada, part, json!({ "project": project })).await;
    let projects = "subscription { live { projects { nodes { name } } } }";
    let parts = "subscription { live { projectComponents { nodes { name } } } }";
    let mut projects = api.subscribe(&ben, projects, json!({})).await;
    let mut parts = api.subscribe(&ben, parts, json!({})).await;
    let mut expect = async |names: [&[&str]; 2]| {
        let nodes = names
            .map(|names| -> Vec<_> { names.iter().map(|name| json!({ "name": name })).collect() });
        assert_eq!(
            next(&mut projects).await["data"]["live"]["projects"]["nodes"],
            json!(nodes[0])
        );
        assert_eq!(
            next(&mut parts).await["data"]["live"]["projectComponents"]["nodes"],
            json!(nodes[1])
        );
    };
    expect([&[], &[]]).await;
    let share = "mutation ($project: UUID!) {
        inviteCollaborator(projectId: $project, email: \"ben@example.org\") { id state } }";
    let invited = api.data(&ada, share, json!({ "project": project })).await;
    api.test
        .run_as_owner("update auth.users set email_confirmed_at = now()")
        .await
        .expect("Ben proves his address");
    let accept = "mutation ($id: UUID!) { acceptInvitation(id: $id) { id } }";
    let invitation = json!({"id": invited["inviteCollaborator"]["id"]});
    let shared = api.data(&ben, accept, invitation).await;
    expect([&["Mill"], &["Sail"]]).await;
    let end = "mutation ($id: UUID!) { deleteCollaborator(id: $id) { id } }";
    api.data(&ada, end, json!({"id": shared["acceptInvitation"]["id"]}))
        .await;
    expect([&[], &[]]).await;
}
