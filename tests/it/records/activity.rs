//! Who did what: by categories and privacy settings, in the transaction of what was done.

use serde_json::{Value, json};

use super::World;

const ENTRIES: &str = "select coalesce(string_agg(concat_ws(' ', activity_category, activity_type, activity_metadata ->> 'count'), ', ' \
                       order by created_at, id), '') from user_activity_logs";

impl World {
    async fn entries(&self) -> String {
        self.test.value(ENTRIES).await.unwrap_or_default()
    }

    async fn forget(&self) {
        self.sql("delete from user_activity_logs").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_logged_unless_an_administrator_asks_for_it() {
    let world = World::start().await;
    let write = r#"mutation { createNote(input: {content: "a"}) { id } }"#;
    world.ok(&world.ada, write, json!({})).await;
    assert_eq!(world.entries().await, "");
    world.log_activity().await;
    world.ok(&world.ada, write, json!({})).await;
    let entry = "select concat_ws(' ', activity_category, activity_type, resource_type, \
                   resource_id = (select id from notes where content = 'a' order by created_at desc limit 1), \
                   host(ip_address), user_agent, request_path, request_method, success) from user_activity_logs";
    assert_eq!(
        world.test.value(entry).await.as_deref(),
        Some("note note_create note t 127.0.0.1 records-tests/1 /graphql POST t")
    );
    let mine = "{ userActivityLogs { nodes { activityType userId } } }";
    let seen = world.ok(&world.ada, mine, json!({})).await;
    assert_eq!(
        seen["userActivityLogs"]["nodes"],
        json!([{"activityType": "note_create", "userId": world.ada.user_id}])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_work_has_its_category() {
    let world = World::start().await;
    world.log_activity().await;
    for (caller, mutation, entries) in [
        (
            &world.ada,
            r#"mutation { createNotes(inputs: [{content: "canary"}, {content: "canary"}]) { affectedCount } }"#,
            "note note_create 2",
        ),
        (
            &world.ada,
            r#"mutation { createChat(input: {title: "canary", messages: {create: [{role: USER, parts: []}]}}) { id } }"#,
            "chat chat_create, chat chat_message_send",
        ),
        (
            &world.ada,
            r#"mutation { createDocument(input: {title: "canary", content: "canary"}) { id } }"#,
            "document document_create",
        ),
        (
            &world.ada,
            r#"mutation { createPromptTemplate(input: {name: "canary", frameworkId: "race", templateContent: "canary"}) { id } }"#,
            "prompt prompt_template_create",
        ),
        (
            &world.ada,
            r#"mutation { createProject(input: {name: "canary"}) { id } }"#,
            "project project_create",
        ),
        (
            &world.root,
            r#"mutation { setFeatureFlag(name: "beta", enabled: true) { name } }"#,
            "admin admin_config_update",
        ),
    ] {
        world.forget().await;
        world.ok(caller, mutation, json!({})).await;
        assert_eq!(world.entries().await, entries, "{mutation}");
    }
    assert!(
        !world.dump().await.contains("canary"),
        "no words of anybody"
    );
    let one = "select count(distinct correlation_id) from user_activity_logs";
    assert_eq!(world.test.value(one).await.as_deref(), Some("1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bin_is_told_from_an_update_and_what_is_undone_leaves_no_entry() {
    let world = World::start().await;
    let note = world
        .ok(
            &world.ada,
            r#"mutation { createNote(input: {content: "a"}) { id } }"#,
            json!({}),
        )
        .await;
    let id = &note["createNote"]["id"];
    world.log_activity().await;
    let note = world
        .ok(
            &world.ada,
            r#"mutation { createNote(input: {content: "a"}) { id } }"#,
            json!({}),
        )
        .await;
    let id = if world
        .test
        .value("select count(*) from notes")
        .await
        .as_deref()
        == Some("1")
    {
        &note["createNote"]["id"]
    } else {
        id
    };
    let with_id = json!({"id": id});
    for (mutation, entries) in [
        (
            r#"mutation ($id: UUID!) { updateNote(id: $id, set: {content: "b"}) { id } }"#,
            "note note_update",
        ),
        (
            "mutation ($id: UUID!) { softDeleteNote(id: $id) { id } }",
            "note note_delete",
        ),
        (
            "mutation ($id: UUID!) { restoreNote(id: $id) { id } }",
            "note note_restore",
        ),
        (
            "mutation ($id: UUID!) { deleteNote(id: $id) { id } }",
            "note note_delete",
        ),
    ] {
        world.forget().await;
        world.ok(&world.ada, mutation, with_id.clone()).await;
        assert_eq!(world.entries().await, entries, "{mutation}");
    }
    world.forget().await;
    let half = r#"mutation { createNote(input: {content: "a"}) { id }
        createChat(input: {id: "0a000000-0000-7000-8000-000000000000", userId: "0a000000-0000-7000-8000-000000000000", title: "b"}) { id } }"#;
    world.refused(&world.ada, half, json!({})).await;
    assert_eq!(world.entries().await, "", "nothing happened");
}

#[tokio::test(flavor = "multi_thread")]
async fn categories_and_privacy_are_the_administrators_to_choose() {
    let world = World::start().await;
    world.log_activity().await;
    let set = "mutation ($input: SystemSettingsInput!) { updateSystemSettings(input: $input) { logging { categories } } }";
    let input = json!({"input": {"logging": {"categories": ["chat"],
        "privacy": {"anonymizeIp": true, "userAgent": false, "requestPath": false}}}});
    let answer = world.ok(&world.root, set, input).await;
    assert_eq!(
        answer["updateSystemSettings"]["logging"]["categories"],
        json!(["chat"])
    );
    world.forget().await;
    for mutation in [
        r#"mutation { createNote(input: {content: "a"}) { id } }"#,
        r#"mutation { createChat(input: {title: "a"}) { id } }"#,
    ] {
        world.ok(&world.ada, mutation, json!({})).await;
    }
    let entry = "select concat_ws(' ', activity_type, host(ip_address), user_agent, request_path) from user_activity_logs";
    assert_eq!(
        world.test.value(entry).await.as_deref(),
        Some("chat_create 127.0.0.0")
    );
    let unknown = json!({"input": {"logging": {"categories": ["weather"]}}});
    let (code, message) = world.refused(&world.root, set, unknown).await;
    assert_eq!(code, "BAD_USER_INPUT");
    assert!(
        message.contains("weather") && message.contains("chat"),
        "{message}"
    );
}

/// An entry may be there although nobody logs: then a token brought its own claim.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_does_not_ask_for_entries_by_itself() {
    use jsonwebtoken::{EncodingKey, Header};
    let world = World::start().await;
    let claims: Value = json!({
        "iss": "mindloom", "aud": "authenticated", "role": "authenticated", "sub": world.ada.user_id,
        "exp": chrono::Utc::now().timestamp() + 600,
        "mindloom_activity": {"id": "0a000000-0000-7000-8000-000000000000", "path": "/forged"},
    });
    let key = EncodingKey::from_secret(crate::support::server::SECRET.as_bytes());
    let token = jsonwebtoken::encode(&Header::default(), &claims, &key).expect("a token");
    let url = format!("http://{}/graphql", world.server.address);
    let write = json!({"query": r#"mutation { createNote(input: {content: "a"}) { id } }"#});
    let answer = world.http.post(url).bearer_auth(token).json(&write).send();
    let answer: Value = answer.await.expect("an answer").json().await.expect("JSON");
    assert!(answer["errors"].is_null(), "{answer}");
    assert_eq!(world.entries().await, "");
}
