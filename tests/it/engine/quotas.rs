//! Quotas of accounts hold on every way in, and deleting gives room back.

use mindloom::auth::{Caller, Role};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::TestApi;

/// The same caller with a quota, as the verifier of tokens gives one.
fn with_quota(caller: &Caller, quota: Value) -> Caller {
    let mut claims = (*caller.claims).clone();
    claims.insert("mindloom_quota".to_owned(), quota);
    Caller::from_claims(caller.role, claims)
}

/// What a write came to: the code, the limit and what it allows; nothing when it was done.
async fn refused(
    api: &TestApi,
    caller: &Caller,
    query: &str,
    variables: Value,
) -> Option<(String, String, u64)> {
    let answer = api.ask(caller, query, variables).await;
    let extensions = answer["errors"].get(0)?["extensions"].clone();
    let text = |name: &str| extensions[name].as_str().unwrap_or_default().to_owned();
    Some((
        text("code"),
        text("limit"),
        extensions["allowed"].as_u64().unwrap_or_default(),
    ))
}

const NOTE: &str = "mutation { createNote(input: {content: \"a\"}) { id } }";
const NOTES: &str = "mutation ($inputs: [NoteInput!]!, $onConflict: NoteOnConflict) {
    createNotes(inputs: $inputs, onConflict: $onConflict) { affectedCount } }";

#[tokio::test]
async fn rows_are_bounded_however_they_are_written() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let bounded = with_quota(&ada, json!({"rows": 5, "bytes": null}));
    let full = Some(("LIMIT_EXCEEDED".to_owned(), "quotaRows".to_owned(), 5));
    let notes = |count: usize| json!({"inputs": vec![json!({"content": "b"}); count]});
    assert_eq!(
        refused(&api, &bounded, NOTES, notes(6)).await,
        full,
        "in bulk"
    );
    assert_eq!(refused(&api, &bounded, NOTES, notes(4)).await, None);
    let nested = "mutation { createNote(input: {content: \"c\", cluster: {create: {title: \"d\"}}}) { id } }";
    assert_eq!(
        refused(&api, &bounded, nested, json!({})).await,
        full,
        "two at once, nested"
    );
    let id = Uuid::new_v4();
    let upsert = json!({"inputs": [{"id": id, "content": "e"}], "onConflict": {"columns": ["ID"]}});
    assert_eq!(refused(&api, &bounded, NOTES, upsert).await, None);
    let other = json!({"inputs": [{"id": Uuid::new_v4(), "content": "f"}], "onConflict": {"columns": ["ID"]}});
    assert_eq!(
        refused(&api, &bounded, NOTES, other).await,
        full,
        "an upsert that inserts"
    );
    let chat = "mutation { createChat(input: {title: \"g\"}) { id } }";
    assert_eq!(
        refused(&api, &bounded, chat, json!({})).await,
        full,
        "another table"
    );
    let delete =
        format!("mutation {{ deleteNotes(where: {{id: {{eq: \"{id}\"}}}}) {{ affectedCount }} }}");
    assert_eq!(refused(&api, &bounded, &delete, json!({})).await, None);
    assert_eq!(
        refused(&api, &bounded, chat, json!({})).await,
        None,
        "there is room again"
    );
    assert_eq!(refused(&api, &bounded, NOTE, json!({})).await, full);
    assert_eq!(
        refused(&api, &ada, NOTES, notes(20)).await,
        None,
        "no quota, no limit"
    );
    let service = Caller {
        role: Role::ServiceRole,
        ..ada.clone()
    };
    assert_eq!(refused(&api, &service, NOTE, json!({})).await, None);
    let eve = with_quota(
        &api.test.user("eve@example.org").await,
        json!({"rows": 5, "bytes": null}),
    );
    assert_eq!(
        refused(&api, &eve, NOTES, notes(5)).await,
        None,
        "another's quota"
    );
}

#[tokio::test]
async fn bytes_are_bounded_by_inserts_and_updates() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let bounded = with_quota(&ada, json!({"rows": null, "bytes": 30_000}));
    let full = Some(("LIMIT_EXCEEDED".to_owned(), "quotaBytes".to_owned(), 30_000));
    // Random, because what is stored is compressed.
    let text = |bytes: usize| -> String {
        std::iter::repeat_with(|| Uuid::new_v4().simple().to_string())
            .take(bytes / 32)
            .collect()
    };
    let note = |bytes: usize| json!({"inputs": [{"content": text(bytes)}]});
    assert_eq!(refused(&api, &bounded, NOTES, note(40_000)).await, full);
    assert_eq!(refused(&api, &bounded, NOTES, note(4_000)).await, None);
    let update = "mutation ($set: NoteSet!) { updateNotes(where: {content: {isNull: false}}, set: $set, atMost: 10) { affectedCount } }";
    let set = |bytes: usize| json!({"set": {"content": text(bytes)}});
    assert_eq!(refused(&api, &bounded, update, set(40_000)).await, full);
    for _ in 0..20 {
        let again = refused(&api, &bounded, update, set(4_000)).await;
        assert_eq!(again, None, "what was written over is not there any more");
    }
}

#[tokio::test]
async fn files_count_as_rows_do() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let bounded = with_quota(&ada, json!({"rows": 3, "bytes": null}));
    let project = "mutation { createProject(input: {name: \"p\"}) { id } }";
    let project = api.data(&bounded, project, json!({})).await["createProject"]["id"].take();
    let user = ada.user_id.expect("a user's id");
    let path = |number: u32| {
        format!(
            "{user}/{}/{number}_a.mp3",
            project.as_str().unwrap_or_default()
        )
    };
    let upload = async |number: u32| {
        let sql = format!(
            "insert into storage.objects (bucket_id, name) values ('audio-recordings', '{}')",
            path(number)
        );
        api.test.run_as(&bounded, &sql).await
    };
    for number in 1..=2 {
        upload(number).await.expect("there is room");
    }
    let refused = upload(3).await.expect_err("no more room");
    assert_eq!(
        (refused.code.as_str(), refused.constraint.as_deref()),
        ("ML001", Some("quotaRows"))
    );
    let delete = format!("delete from storage.objects where name = '{}'", path(1));
    api.test.run_as(&bounded, &delete).await.expect("deleted");
    upload(3).await.expect("there is room again");
}
