//! Who is not let in, and messages that are none.

use reqwest::header;
use serde_json::{Value, json};

use super::{Assistant, World};

fn message(method: &str, params: Value) -> Value {
    json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
}

#[tokio::test]
async fn a_token_is_good_until_it_is_revoked_or_over() {
    let world = World::start().await;
    let list = message("tools/list", json!({}));
    let (status, body) = world.post(None, &list).await;
    assert_eq!(status, 401, "{body}");
    assert!(body.contains("createPersonalAccessToken"), "{body}");
    let unknown = format!("mlt_{}", "A".repeat(43));
    assert_eq!(world.post(Some(&unknown), &list).await.0, 401);
    assert!(
        Assistant::try_connect(&world.url(), &unknown)
            .await
            .is_err()
    );

    let (token, id) = world.token(&world.ada, json!(["READ"])).await;
    assert_eq!(world.post(Some(&token), &list).await.0, 200);
    let used = "select count(*) from auth.personal_access_tokens where last_used_at is not null";
    assert_eq!(world.server.one::<i64>(used, &[]).await, 1);
    // It opens nothing else, and whoever tries hears what to do.
    let refused = world
        .server
        .error(Some(&token), "{ me { id } }", json!({}))
        .await;
    let said = refused["message"].as_str().unwrap_or_default();
    assert!(
        said.contains("opens /mcp and nothing else: sign in"),
        "{refused}"
    );
    let assistant = Assistant::connect(&world.url(), &token).await;
    let revoke = "mutation ($id: UUID!) { revokePersonalAccessToken(id: $id) }";
    world
        .server
        .ok(Some(&world.ada.access), revoke, json!({ "id": id }))
        .await;
    assert_eq!(world.post(Some(&token), &list).await.0, 401, "at once");
    assert!(assistant.call("list_notes", json!({})).await.is_err());

    let (token, _) = world.token(&world.ada, json!(["READ"])).await;
    let past = "update auth.personal_access_tokens set expires_at = now() - interval '1 second'";
    world.server.sql(past, &[]).await;
    assert_eq!(world.post(Some(&token), &list).await.0, 401, "it is over");

    let (token, _) = world.token(&world.ben, json!(["READ"])).await;
    let ban = "update auth.users set banned_until = now() + interval '1 day' where email = 'ben@example.org'";
    world.server.sql(ban, &[]).await;
    let (status, body) = world.post(Some(&token), &list).await;
    assert_eq!(status, 403, "{body}");
    let gone = "delete from auth.users where email = 'ben@example.org'";
    world.server.sql(gone, &[]).await;
    assert_eq!(world.post(Some(&token), &list).await.0, 401);
}

#[tokio::test]
async fn a_sessions_token_opens_it_too_and_an_administrators_assistant_is_none() {
    let world = World::start().await;
    let list = message("tools/list", json!({}));
    let (status, body) = world.post(Some(&world.ada.access), &list).await;
    assert_eq!(status, 200, "{body}");
    assert!(body.contains("create_note"));
    let root = world.server.admin().await;
    let errors = "{ jobSchedules { totalCount } }";
    let seen = world.server.ok(Some(&root.access), errors, json!({})).await;
    assert_ne!(
        seen["jobSchedules"]["totalCount"], 0,
        "an administrator sees schedules"
    );
    let (token, _) = world.token(&root, json!(["WRITE"])).await;
    let opened = world
        .server
        .accounts
        .open_personal_token(&token)
        .await
        .expect("it is good");
    assert_eq!(
        opened.claims["app_metadata"],
        json!({}),
        "{:?}",
        opened.claims
    );
    assert!(!opened.claims.contains_key("session_id"));
}

#[tokio::test]
async fn messages_that_are_none_are_refused_in_the_protocols_words() {
    let world = World::start().await;
    let (token, _) = world.token(&world.ada, json!(["READ", "WRITE"])).await;
    let assistant = Assistant::connect(&world.url(), &token).await;
    let unknown = assistant.call("drop_tables", json!({})).await;
    assert!(unknown.expect_err("an error").contains("drop_tables"));
    let refused = assistant.refusal("read_note", json!({"id": "no id"})).await;
    assert!(refused.contains("BAD_USER_INPUT"), "{refused}");
    let refused = assistant.refusal("read_note", json!({})).await;
    assert!(refused.contains("BAD_USER_INPUT"), "{refused}");
    let refused = assistant
        .refusal("search", json!({"query": "x", "filter": "y"}))
        .await;
    assert!(refused.contains("filter"), "{refused}");
    let too_long = "x".repeat(50_001);
    let refused = assistant
        .refusal("create_note", json!({ "content": too_long }))
        .await;
    assert!(refused.contains("BAD_USER_INPUT"), "{refused}");

    let post = |body: String| {
        let request = world.server.http.post(world.url()).bearer_auth(&token);
        let request = request
            .header(header::ACCEPT, "application/json, text/event-stream")
            .header(header::CONTENT_TYPE, "application/json");
        async move {
            let response = request.body(body).send().await.expect("an answer");
            let status = response.status().as_u16();
            let said: Value = response.json().await.expect("JSON");
            (status, said["error"]["code"].clone())
        }
    };
    assert_eq!(post("{".into()).await, (400, json!(-32_700)));
    assert_eq!(post("[]".into()).await, (400, json!(-32_600)));
    assert_eq!(post("{\"a\": 1}".into()).await, (400, json!(-32_600)));
    assert_eq!(post("x".repeat(20 << 20)).await.0, 413);
    let (_, body) = world
        .post(Some(&token), &message("no/such", json!({})))
        .await;
    assert!(body.contains("-32601"), "{body}");
    let get = world
        .server
        .http
        .get(world.url())
        .bearer_auth(&token)
        .send()
        .await;
    assert_eq!(get.expect("an answer").status().as_u16(), 405);
}

#[tokio::test]
async fn pages_are_let_in_by_the_servers_own_address_alone() {
    let world = World::start().await;
    let (token, _) = world.token(&world.ada, json!(["READ"])).await;
    let list = message("tools/list", json!({})).to_string();
    let from = |origin: &'static str, host: Option<&'static str>| {
        let request = world.server.http.post(world.url()).bearer_auth(&token);
        let mut request = request
            .header(header::ACCEPT, "application/json, text/event-stream")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ORIGIN, origin)
            .body(list.clone());
        if let Some(host) = host {
            request = request.header(header::HOST, host);
        }
        async move { request.send().await.expect("an answer").status().as_u16() }
    };
    assert_eq!(from("https://evil.example", None).await, 403);
    assert_eq!(
        from("http://localhost:6274", None).await,
        200,
        "a page of this machine"
    );
    // A name of somebody's that leads here: page and host agree, and neither is this server's.
    assert_eq!(
        from("http://evil.example:4000", Some("evil.example:4000")).await,
        403
    );
}
