//! Buckets as administrators make, change, empty and delete them, with their own tokens; and everybody else.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Person, World, refusal, token};

const CREATE: &str = "mutation ($input: BucketInput!) { createBucket(input: $input) { id public fileSizeLimit allowedMimeTypes } }";
const CHANGE: &str = "mutation { updateBucket(id: \"drafts\", set: {public: true}) { public } }";
const EMPTY: &str = "mutation { emptyBucket(id: \"drafts\") }";
const DELETE: &str = "mutation { deleteBucket(id: \"drafts\") { id } }";

async fn root(world: &World) -> Person {
    let caller = world.test.admin("root@example.org").await;
    let id = caller.user_id.expect("a user's id");
    let claims = json!({"app_metadata": {"role": "admin"}});
    Person {
        token: token("authenticated", Some(id), claims),
        caller,
        id,
    }
}

/// What an administrator did with buckets, in order: what, which, the details.
async fn audited(world: &World, root: &Person) -> Vec<Value> {
    const LOOK: &str =
        "{ auditEntries(where: {targetType: {eq: \"buckets\"}}, orderBy: [{id: ASC}]) {
      nodes { action targetId actorEmail details } } }";
    let seen = world.graphql(root, LOOK, json!({})).await;
    let nodes = seen["data"]["auditEntries"]["nodes"].as_array();
    nodes.unwrap_or_else(|| panic!("{seen}")).clone()
}

fn input() -> Value {
    json!({"input": {"id": "drafts", "name": "drafts", "fileSizeLimit": "1000", "allowedMimeTypes": ["text/plain"]}})
}

async fn put(world: &World, who: &Person, bytes: &str) -> reqwest::Response {
    let put = world
        .post(&format!("object/drafts/{}/a.txt", who.id))
        .bearer_auth(&who.token)
        .header("content-type", "text/plain")
        .body(bytes.to_owned());
    put.send().await.expect("an answer")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn administrators_make_change_empty_and_delete_buckets() {
    let world = World::new(&[]).await;
    let root = root(&world).await;
    let made = world.graphql(&root, CREATE, input()).await;
    assert_eq!(
        made["data"]["createBucket"],
        json!({"id": "drafts", "public": false, "fileSizeLimit": "1000", "allowedMimeTypes": ["text/plain"]}),
        "{made}"
    );
    let policy = "create policy \"Drafts\" on storage.objects for all to authenticated
        using (bucket_id = 'drafts' and owner = (select auth.uid()))
        with check (bucket_id = 'drafts' and owner = (select auth.uid()))";
    world.test.run_as_owner(policy).await.expect("a policy");
    let small = put(&world, &world.alice, "words").await;
    assert_eq!(small.status(), 200, "{:?}", small.text().await);
    let large = put(&world, &world.bob, &"x".repeat(2_000)).await;
    assert_eq!(large.status(), 400);
    assert_eq!(refusal(large).await.1, "EntityTooLarge");
    // Whose files these are stays with the policies.
    let seen = world
        .graphql(&root, "{ objects { totalCount } }", json!({}))
        .await;
    assert_eq!(seen["data"]["objects"]["totalCount"], 0, "{seen}");
    let changed = world.graphql(&root, CHANGE, json!({})).await;
    assert_eq!(changed["data"]["updateBucket"]["public"], true, "{changed}");
    let full = world.graphql(&root, DELETE, json!({})).await;
    assert_eq!(
        full["errors"][0]["extensions"]["code"], "CONFLICT",
        "{full}"
    );
    let emptied = world.graphql(&root, EMPTY, json!({})).await;
    assert_eq!(emptied["data"]["emptyBucket"], "1", "{emptied}");
    let deleted = world.graphql(&root, DELETE, json!({})).await;
    assert_eq!(deleted["data"]["deleteBucket"]["id"], "drafts", "{deleted}");
    world.settled().await;
    assert_eq!(world.contents(), 0, "bytes go with their rows");
    let did = audited(&world, &root).await;
    let acts: Vec<&str> = did
        .iter()
        .filter_map(|act| act["action"].as_str())
        .collect();
    assert_eq!(acts, ["insert", "update", "empty", "delete"], "{did:?}");
    for act in &did {
        assert_eq!(
            (&act["targetId"], &act["actorEmail"]),
            (&json!("drafts"), &json!("root@example.org"))
        );
    }
    assert_eq!(
        did[1]["details"]["changed"]["public"],
        json!({"from": false, "to": true})
    );
    assert_eq!(did[2]["details"], json!({"files": 1}));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_bucket_takes_is_said_in_media_types() {
    let world = World::new(&[]).await;
    let root = root(&world).await;
    for types in [
        json!(["nonsense"]),
        json!(["image/png", "<script>"]),
        json!(["image/png\nimage"]),
        json!([""]),
        json!(vec!["image/png"; 101]),
    ] {
        let mut input = input();
        input["input"]["allowedMimeTypes"] = types;
        let refused = world.graphql(&root, CREATE, input).await;
        let error = &refused["errors"][0];
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{refused}");
        let message = error["message"].as_str().unwrap_or_default();
        assert!(
            message.contains("media types, such as image/png"),
            "{message}"
        );
    }
    for types in [
        json!([]),
        json!(["image/*", "text/plain;charset=utf-8", "*/*"]),
        Value::Null,
    ] {
        let mut input = input();
        input["input"]["allowedMimeTypes"] = types;
        let made = world.graphql(&root, CREATE, input).await;
        assert_eq!(made["data"]["createBucket"]["id"], "drafts", "{made}");
        let deleted = world.graphql(&root, DELETE, json!({})).await;
        assert_eq!(deleted["data"]["deleteBucket"]["id"], "drafts", "{deleted}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_over_the_protocol_of_storage() {
    let world = World::new(&[]).await;
    let root = root(&world).await;
    let ask = async |who: &Person, method: Method, path: &str, body: Value| {
        let request = world.http.request(method, world.url(path));
        let request = request.bearer_auth(&who.token).body(body.to_string());
        request.send().await.expect("an answer")
    };
    let bucket = json!({"id": "drafts", "name": "drafts", "public": false});
    let refused = ask(&world.bob, Method::POST, "bucket", bucket.clone()).await;
    assert_eq!(refusal(refused).await.1, "AccessDenied");
    let made = ask(&root, Method::POST, "bucket", bucket).await;
    assert_eq!(made.status(), 200, "{:?}", made.text().await);
    for (method, body) in [
        (Method::PUT, json!({"public": true})),
        (Method::DELETE, json!({})),
    ] {
        let refused = ask(&world.bob, method, "bucket/drafts", body).await;
        let (_, code, message) = refusal(refused).await;
        assert_eq!(code, "AccessDenied");
        assert!(message.contains("administrators"), "{message}");
    }
    let policy = "create policy \"Drafts\" on storage.objects for insert to authenticated
        with check (bucket_id = 'drafts')";
    world.test.run_as_owner(policy).await.expect("a policy");
    let small = put(&world, &world.alice, "words").await;
    assert_eq!(small.status(), 200, "{:?}", small.text().await);
    // Others empty it of what they may remove, which here is nothing.
    for (who, left) in [(&world.bob, 1), (&root, 0)] {
        let emptied = ask(who, Method::POST, "bucket/drafts/empty", json!({})).await;
        assert_eq!(emptied.status(), 200, "{:?}", emptied.text().await);
        let count = "select count(*) from storage.objects where bucket_id = 'drafts'";
        assert_eq!(world.count(count).await, left);
    }
    for (method, body) in [
        (Method::PUT, json!({"public": true})),
        (Method::DELETE, json!({})),
    ] {
        let done = ask(&root, method, "bucket/drafts", body).await;
        assert_eq!(done.status(), 200, "{:?}", done.text().await);
    }
    let acts = audited(&world, &root).await;
    assert_eq!(acts.len(), 4, "{acts:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bucket_is_emptied_with_the_second_factor_that_its_table_demands() {
    let world = World::new(&[]).await;
    let mut root = root(&world).await;
    let made = world.graphql(&root, CREATE, input()).await;
    assert!(made.get("errors").is_none(), "{made}");
    for table in ["storage.objects", "storage.buckets"] {
        let demand = async |wanted: bool| {
            let sql = format!("select private.require_aal2('{table}', {wanted})");
            world.test.run_as_owner(&sql).await.expect("a demand");
        };
        demand(true).await;
        let refused = world.graphql(&root, EMPTY, json!({})).await;
        let error = &refused["errors"][0];
        assert_eq!(error["extensions"]["code"], "FORBIDDEN", "{refused}");
        let message = error["message"].as_str().unwrap_or_default();
        assert!(message.contains("second factor"), "{message}");
        demand(false).await;
        let emptied = world.graphql(&root, EMPTY, json!({})).await;
        assert_eq!(emptied["data"]["emptyBucket"], "0", "{emptied}");
    }
    let demand = "select private.require_aal2('storage.objects', true)";
    world.test.run_as_owner(demand).await.expect("a demand");
    let claims = json!({"app_metadata": {"role": "admin"}, "aal": "aal2"});
    root.token = token("authenticated", Some(root.id), claims);
    let emptied = world.graphql(&root, EMPTY, json!({})).await;
    assert_eq!(emptied["data"]["emptyBucket"], "0", "{emptied}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_no_administrator_is_told_so() {
    let world = World::new(&[]).await;
    let root = root(&world).await;
    let made = world.graphql(&root, CREATE, input()).await;
    assert!(made.get("errors").is_none(), "{made}");
    for (query, variables) in [(CREATE, input()), (EMPTY, json!({}))] {
        let refused = world.graphql(&world.alice, query, variables).await;
        let error = &refused["errors"][0];
        assert_eq!(error["extensions"]["code"], "FORBIDDEN", "{refused}");
    }
    // Rows that a caller may not write are, to writes, not there.
    for query in [CHANGE, DELETE] {
        let refused = world.graphql(&world.alice, query, json!({})).await;
        let field = if query == CHANGE {
            "updateBucket"
        } else {
            "deleteBucket"
        };
        let nothing = refused["data"][field].is_null();
        assert!(nothing, "{refused}");
    }
    let kept = "select count(*) from storage.buckets where id = 'drafts' and not public";
    assert_eq!(world.count(kept).await, 1);
    let missing = EMPTY.replace("drafts", "nowhere");
    let told = world.graphql(&root, &missing, json!({})).await;
    let message = told["errors"][0]["message"].as_str().unwrap_or_default();
    assert!(message.contains("There is no bucket \"nowhere\""), "{told}");
}
