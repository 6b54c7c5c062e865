//! Who may do what with files, by trying it over HTTP: each role, each kind of bucket, each verb. The golden file is
//! `tests/it/storage/access.txt`.

use std::fmt::Write as _;

use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{World, token};
use crate::support::assert_golden;

/// Kinds of buckets beside `private`, where folders are their owners'.
const KINDS: &str = "
    insert into storage.buckets (id, name, public) values
      ('shown', 'shown', true), ('open', 'open', false), ('closed', 'closed', false);
    create policy \"Everybody\" on storage.objects for all to public
      using (bucket_id = 'open') with check (bucket_id = 'open');
    create policy \"Owners of public files\" on storage.objects for all to authenticated
      using (bucket_id = 'shown' and owner_id = (select auth.uid()::text))
      with check (bucket_id = 'shown' and owner = (select auth.uid()))";

/// What a response comes to.
async fn outcome(request: RequestBuilder) -> &'static str {
    let response: Response = request.send().await.expect("an answer");
    let status = response.status();
    let body = response.bytes().await.expect("a body");
    if status.is_success() {
        return match serde_json::from_slice::<Value>(&body) {
            // Nothing was seen, or nothing was removed.
            Ok(Value::Array(rows)) if rows.is_empty() => "nothing",
            Ok(Value::Array(rows))
                if rows[0]["signedURL"].is_null() && rows[0].get("path").is_some() =>
            {
                "nothing"
            }
            _ => "yes",
        };
    }
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    match body["code"].as_str() {
        Some("NoSuchKey" | "NoSuchBucket") => "hidden",
        Some("AccessDenied") => "refused",
        Some("KeyAlreadyExists") => "exists",
        Some("InvalidSignature") => "unsigned",
        _ => panic!("{status} {body}"),
    }
}

async fn fresh(world: &World, bucket: &str, name: &str) {
    let client = world.test.db.system().await.expect("a connection");
    let gone = "delete from storage.objects where bucket_id = $1";
    client
        .execute(gone, &[&bucket])
        .await
        .expect("an empty bucket");
    drop(client);
    let service = token("service_role", None, json!({}));
    let mine = if bucket == "closed" {
        &service
    } else {
        &world.alice.token
    };
    let put = world
        .post(&format!("object/{bucket}/{name}"))
        .bearer_auth(mine)
        .body("bytes");
    let put = put.send().await.expect("an answer");
    assert_eq!(put.status(), 200, "{:?}", put.text().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_role_on_every_kind_of_bucket() {
    let world = World::new(&[]).await;
    world.test.run_as_owner(KINDS).await.expect("buckets");
    let people = [
        ("without a token", None),
        ("anon", Some(token("anon", None, json!({})))),
        ("its owner", Some(world.alice.token.clone())),
        ("another user", Some(world.bob.token.clone())),
        ("service_role", Some(token("service_role", None, json!({})))),
    ];
    let mut found = String::from(
        "# What a request comes to. yes: done; nothing: an answer without files; hidden: as if it were not there;\n\
         # refused: the policies refuse; exists: it may not be replaced without x-upsert.\n",
    );
    for bucket in ["private", "shown", "open", "closed"] {
        for (who, token) in &people {
            let mut line = format!("{bucket:<8} {who:<16}");
            for verb in VERBS {
                let name = format!("{}/file.txt", world.alice.id);
                fresh(&world, bucket, &name).await;
                let request = verb_request(&world, verb, bucket, &name);
                let request = match token {
                    Some(token) => request.bearer_auth(token),
                    None => request,
                };
                let _ = write!(line, " {verb}={}", outcome(request).await);
            }
            let _ = writeln!(found, "{line}");
        }
    }
    assert_golden("storage/access.txt", &found);
    world.settled().await;
}

const VERBS: [&str; 13] = [
    "download",
    "public",
    "info",
    "list",
    "sign",
    "sign-many",
    "upload",
    "upsert",
    "sign-upload",
    "copy",
    "move",
    "remove",
    "empty",
];

fn verb_request(world: &World, verb: &str, bucket: &str, name: &str) -> RequestBuilder {
    let folder = name.split('/').next().unwrap_or_default();
    let other = format!("{folder}/{}.txt", Uuid::new_v4());
    let transfer =
        json!({"bucketId": bucket, "sourceKey": name, "destinationKey": other}).to_string();
    match verb {
        "download" => world.get(&format!("object/{bucket}/{name}")),
        "public" => world.get(&format!("object/public/{bucket}/{name}")),
        "info" => world.get(&format!("object/info/{bucket}/{name}")),
        "list" => world
            .post(&format!("object/list/{bucket}"))
            .body(json!({"prefix": folder}).to_string()),
        "sign" => world
            .post(&format!("object/sign/{bucket}/{name}"))
            .body(r#"{"expiresIn": 60}"#),
        "sign-many" => world
            .post(&format!("object/sign/{bucket}"))
            .body(json!({"expiresIn": 60, "paths": [name]}).to_string()),
        "upload" => world.post(&format!("object/{bucket}/{other}")).body("new"),
        "upsert" => world
            .post(&format!("object/{bucket}/{name}"))
            .header("x-upsert", "true")
            .body("new"),
        "sign-upload" => world.post(&format!("object/upload/sign/{bucket}/{other}")),
        "copy" => world.post("object/copy").body(transfer),
        "move" => world.post("object/move").body(transfer),
        "remove" => world
            .http
            .delete(world.url(&format!("object/{bucket}")))
            .body(json!({"prefixes": [name]}).to_string()),
        _ => world.post(&format!("bucket/{bucket}/empty")),
    }
}
