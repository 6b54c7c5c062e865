//! Rights that end between two requests, and what those are told who have none.

use base64::{Engine, prelude::BASE64_STANDARD};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};

use super::{World, refusal, token};

/// A bucket in which everybody who is signed in has files of their own under any name, one for everybody, and one of which
/// only signed-in people are told.
const BUCKETS: &str = "
    insert into storage.buckets (id, name, public, file_size_limit) values
      ('shared', 'shared', false, null), ('open', 'open', false, 100), ('closed', 'closed', false, 10);
    create policy \"Own files\" on storage.objects for all to authenticated
      using (bucket_id = 'shared' and owner = (select auth.uid()))
      with check (bucket_id = 'shared' and owner = (select auth.uid()));
    create policy \"Everybody\" on storage.objects for all to public
      using (bucket_id = 'open') with check (bucket_id = 'open')";

async fn world() -> World {
    let world = World::new(&[]).await;
    world.test.run_as_owner(BUCKETS).await.expect("buckets");
    world
}

async fn sent(request: RequestBuilder) -> Response {
    request.send().await.expect("an answer")
}

/// What Alice may upload by, and replace what lies there.
async fn signature(world: &World, path: &str) -> String {
    let sign = world
        .post(&format!("object/upload/sign/{path}"))
        .bearer_auth(&world.alice.token)
        .header("x-upsert", "true");
    let signed: Value = sent(sign).await.json().await.expect("JSON");
    signed["token"].as_str().expect("a token").to_owned()
}

async fn by_signature(world: &World, path: &str, token: &str) -> Response {
    let url = world.url(&format!("object/upload/sign/{path}?token={token}"));
    sent(world.http.put(url).body("by signature")).await
}

/// The same by tus.
async fn by_tus(world: &World, bucket: &str, name: &str, who: (&str, &str)) -> Response {
    let pair = |name: &str, value: &str| format!("{name} {}", BASE64_STANDARD.encode(value));
    let metadata = [pair("bucketName", bucket), pair("objectName", name)].join(",");
    let signed = if who.0 == "x-signature" { "/sign" } else { "" };
    let begin = world
        .post(&format!("upload/resumable{signed}"))
        .header(who.0, who.1)
        .header("tus-resumable", "1.0.0")
        .header("upload-length", "4")
        .header("upload-metadata", metadata);
    sent(begin).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signature_replaces_nothing_that_its_owner_may_not_replace() {
    let world = world().await;
    let signed = signature(&world, "shared/plan.txt").await;
    let theirs = world
        .post("object/shared/plan.txt")
        .bearer_auth(&world.bob.token)
        .body("Bob's");
    assert_eq!(sent(theirs).await.status(), 200);
    let (status, code, _) = refusal(by_signature(&world, "shared/plan.txt", &signed).await).await;
    assert_eq!((status.as_str(), code.as_str()), ("403", "AccessDenied"));
    let (status, ..) = refusal(
        by_tus(
            &world,
            "shared",
            "plan.txt",
            ("x-signature", signed.as_str()),
        )
        .await,
    )
    .await;
    assert_eq!(status, "403");
    let kept = world
        .get("object/shared/plan.txt")
        .bearer_auth(&world.bob.token);
    assert_eq!(sent(kept).await.text().await.expect("text"), "Bob's");
    // What is hers she replaces by it, and it stays hers.
    let signed = signature(&world, "shared/own.txt").await;
    for _ in 0..2 {
        let put = by_signature(&world, "shared/own.txt", &signed).await;
        assert_eq!(put.status(), 200, "{:?}", put.text().await);
    }
    let owner = "select owner::text from storage.objects where name = 'own.txt'";
    assert_eq!(world.text(owner).await, world.alice.id.to_string());
    world.settled().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signature_ends_with_the_account_that_gave_it() {
    let world = world().await;
    let signed = signature(&world, "shared/a.txt").await;
    let other = signature(&world, "shared/b.txt").await;
    let begun = by_tus(&world, "shared", "b.txt", ("x-signature", other.as_str())).await;
    assert_eq!(begun.status(), 201);
    let path = begun.headers()["location"]
        .to_str()
        .expect("text")
        .to_owned();
    let id = world.alice.id;
    let banned =
        format!("update auth.users set banned_until = now() + interval '1 day' where id = '{id}'");
    let gone = format!("delete from auth.users where id = '{id}'");
    for ended in [banned, gone] {
        world.test.run_as_owner(&ended).await.expect(&ended);
        let (status, code, message) =
            refusal(by_signature(&world, "shared/a.txt", &signed).await).await;
        assert_eq!(
            (status.as_str(), code.as_str()),
            ("403", "AccessDenied"),
            "{ended}"
        );
        assert!(message.contains("suspended or gone"), "{message}");
        let go_on = world
            .http
            .patch(format!("http://{}{path}", world.server.address))
            .header("tus-resumable", "1.0.0")
            .header("x-signature", &other)
            .header("upload-offset", "0")
            .header("content-type", "application/offset+octet-stream")
            .body("late");
        assert_eq!(sent(go_on).await.status(), 403, "{ended}");
    }
    assert_eq!(world.count("select count(*) from storage.objects").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_without_an_account_is_for_whoever_began_it() {
    let world = world().await;
    let (anon, service) = (
        format!("Bearer {}", token("anon", None, json!({}))),
        format!("Bearer {}", token("service_role", None, json!({}))),
    );
    let begin = async |who: &str, name: &str| {
        let begun = by_tus(&world, "open", name, ("authorization", who)).await;
        assert_eq!(begun.status(), 201);
        begun.headers()["location"]
            .to_str()
            .expect("text")
            .to_owned()
    };
    let ask = async |method: Method, path: &str| {
        let url = format!("http://{}{path}", world.server.address);
        let request = world.http.request(method, url);
        let request = request
            .header("authorization", &anon)
            .header("tus-resumable", "1.0.0")
            .header("upload-offset", "0")
            .header("content-type", "application/offset+octet-stream");
        sent(request.body("word")).await.status().as_u16()
    };
    let (theirs, servers) = (begin(&anon, "a.txt").await, begin(&service, "b.txt").await);
    let (known, key) = theirs.split_once('.').expect("a key of its own");
    let foreign = [
        known.to_owned(),
        servers.clone(),
        servers.split('.').next().unwrap_or_default().to_owned(),
        format!("{known}.{}", key.chars().rev().collect::<String>()),
        format!("{}.{key}", servers.split('.').next().unwrap_or_default()),
    ];
    for path in &foreign[..] {
        for method in [Method::HEAD, Method::PATCH, Method::DELETE] {
            // The server's own key is for those who have it.
            if *path != servers {
                assert_eq!(ask(method.clone(), path).await, 404, "{method} {path}");
            }
        }
    }
    assert_eq!(ask(Method::HEAD, &theirs).await, 200);
    assert_eq!(ask(Method::PATCH, &theirs).await, 204);
    let names = "select string_agg(name, ' ') from storage.objects";
    assert_eq!(world.text(names).await, "a.txt");
    // All of it is there, which is nobody else's business either.
    assert_eq!(ask(Method::HEAD, known).await, 404);
    assert_eq!(ask(Method::HEAD, &theirs).await, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_shared_cache_keeps_what_is_not_for_everybody() {
    let world = world().await;
    let stated = "public, max-age=60, s-maxage=900";
    let image = super::png();
    for bucket in ["private", "avatars"] {
        let path = format!("object/{bucket}/{}/a.png", world.alice.id);
        let put = world.post(&path).bearer_auth(&world.alice.token);
        let put = put
            .header("cache-control", stated)
            .header("content-type", "image/png")
            .body(image.clone());
        assert_eq!(sent(put).await.status(), 200);
    }
    let told = async |path: &str| {
        let answer = sent(world.get(path).bearer_auth(&world.alice.token)).await;
        assert_eq!(answer.status(), 200, "{path}");
        answer.headers()["cache-control"]
            .to_str()
            .expect("text")
            .to_owned()
    };
    let name = format!("{}/a.png", world.alice.id);
    for path in [
        format!("object/private/{name}"),
        format!("object/authenticated/private/{name}"),
        format!("render/image/authenticated/private/{name}?width=10"),
    ] {
        assert_eq!(told(&path).await, "private, max-age=60", "{path}");
    }
    for (body, way) in [
        (json!({"expiresIn": 60}), "object"),
        (
            json!({"expiresIn": 60, "transform": {"width": 10}}),
            "render/image",
        ),
    ] {
        let sign = world.post(&format!("object/sign/private/{name}"));
        let sign = sign.bearer_auth(&world.alice.token).body(body.to_string());
        let signed: Value = sent(sign).await.json().await.expect("JSON");
        let url = signed["signedURL"].as_str().expect("an address");
        assert!(url.starts_with(&format!("/{way}/sign/")), "{url}");
        assert!(told(&url[1..]).await.starts_with("private, max-age="));
    }
    for path in [
        format!("object/public/avatars/{name}"),
        format!("render/image/public/avatars/{name}?width=10"),
    ] {
        assert_eq!(told(&path).await, stated, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_refusal_has_the_form_of_the_storage() {
    let world = world().await;
    let delete = |path: &str| world.http.delete(world.url(path));
    for (request, status, code) in [
        (world.get("object/private/%FF"), "400", "InvalidKey"),
        (
            world.get("object/public/avatars/%FF.png"),
            "400",
            "InvalidKey",
        ),
        (world.get("bucket?limit=many"), "400", "InvalidRequest"),
        (
            world.get("object/public/avatars/a?download=1&download=2"),
            "400",
            "InvalidRequest",
        ),
        (
            world.post("object/list/private").body("{"),
            "400",
            "InvalidRequest",
        ),
        (
            world.post("object/list/private").body("[1]"),
            "400",
            "InvalidRequest",
        ),
        (world.get("nothing/here"), "404", "NotFound"),
        (delete("object/list/private"), "405", "NotFound"),
    ] {
        let request = request.bearer_auth(&world.alice.token);
        let (told, found, message) = refusal(sent(request).await).await;
        assert_eq!((told.as_str(), found.as_str()), (status, code), "{message}");
    }
}

/// Whoever is shown no bucket cannot tell one that is hidden from one that is not there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hidden_bucket_is_as_none() {
    let world = world().await;
    let service = token("service_role", None, json!({}));
    let put = world
        .post("object/closed/a.txt")
        .bearer_auth(&service)
        .body("words");
    assert_eq!(sent(put).await.status(), 200);
    let anon = token("anon", None, json!({}));
    let bearer = format!("Bearer {anon}");
    let mut told = Vec::new();
    for bucket in ["closed", "nowhere"] {
        let transfer = |name: &str| {
            json!({"bucketId": bucket, "sourceKey": name, "destinationKey": "x"}).to_string()
        };
        let into = json!({"bucketId": "open", "sourceKey": "o.txt", "destinationBucket": bucket, "destinationKey": "x"});
        let own = world
            .post("object/open/o.txt")
            .header("x-upsert", "true")
            .bearer_auth(&anon);
        assert_eq!(sent(own.body("longer than ten bytes")).await.status(), 200);
        let mut answers = Vec::new();
        for request in [
            world.get(&format!("bucket/{bucket}")),
            world.get(&format!("object/{bucket}/a.txt")),
            world.get(&format!("object/public/{bucket}/a.txt")),
            world.get(&format!("object/info/{bucket}/a.txt")),
            world.get(&format!(
                "render/image/authenticated/{bucket}/a.txt?width=1"
            )),
            world
                .post(&format!("object/sign/{bucket}/a.txt"))
                .body("{\"expiresIn\": 9}"),
            world.post(&format!("object/upload/sign/{bucket}/b.txt")),
            // More than the hidden bucket takes.
            world
                .post(&format!("object/{bucket}/b.txt"))
                .body("eleven bytes"),
            world.post("object/move").body(transfer("a.txt")),
            world.post("object/copy").body(transfer("a.txt")),
            world.post("object/move").body(into.to_string()),
            world.post("object/copy").body(into.to_string()),
        ] {
            answers.push(refusal(sent(request.bearer_auth(&anon)).await).await);
        }
        let begun = by_tus(&world, bucket, "c.txt", ("authorization", bearer.as_str())).await;
        answers.push(refusal(begun).await);
        told.push(answers);
    }
    assert_eq!(told[0], told[1]);
    // Those who are shown buckets are told.
    let missing = world
        .get("object/nowhere/a.txt")
        .bearer_auth(&world.alice.token);
    let (_, code, _) = refusal(sent(missing).await).await;
    assert_eq!(code, "NoSuchBucket");
}

/// Strangers share a number of uploads that they may have begun; the operator's own programs, and what they signed, have no
/// such number and take nothing of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn uploads_of_strangers_are_counted_among_themselves() {
    let world = world().await;
    let bearer = |role: &str| format!("Bearer {}", token(role, None, json!({})));
    let (anon, service) = (bearer("anon"), bearer("service_role"));
    let begun = async |by_service: bool| {
        let sql = format!(
            "insert into mindloom.file_uploads (version, bucket_id, name, resumable, by_service, size_bytes, expires_at)
             select gen_random_uuid(), 'open', 'begun', true, {by_service}, 1, now() + interval '1 hour'
             from generate_series(1, 100)"
        );
        world.test.run_as_owner(&sql).await.expect("uploads");
    };
    begun(true).await;
    let begin = async |who: (&str, &str), name: &str| {
        let answer = by_tus(&world, "open", name, who).await;
        answer.status().as_u16()
    };
    let stranger = ("authorization", anon.as_str());
    assert_eq!(begin(stranger, "a.txt").await, 201);
    begun(false).await;
    assert_eq!(begin(stranger, "b.txt").await, 429);
    let servers = ("authorization", service.as_str());
    assert_eq!(begin(servers, "c.txt").await, 201);
    let sign = world
        .post("object/upload/sign/open/d.txt")
        .header("authorization", &service);
    let signed: Value = sent(sign).await.json().await.expect("JSON");
    let signed = signed["token"].as_str().expect("a token");
    assert_eq!(begin(("x-signature", signed), "d.txt").await, 201);
    // An account has a number of its own.
    let alice = format!("Bearer {}", world.alice.token);
    let hers = by_tus(&world, "shared", "e.txt", ("authorization", alice.as_str())).await;
    assert_eq!(hers.status(), 201);
}

/// A bucket's rules hold for what is moved into it by somebody who is not shown it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hidden_bucket_keeps_its_rules() {
    let world = world().await;
    let rules = "
        insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values
          ('pictures', 'pictures', false, null, '{image/*}'), ('small', 'small', false, 3, null);
        create policy \"Anybody puts something there\" on storage.objects for all to anon
          using (bucket_id in ('pictures', 'small')) with check (bucket_id in ('pictures', 'small'))";
    world.test.run_as_owner(rules).await.expect("buckets");
    let anon = token("anon", None, json!({}));
    let put = world
        .post("object/open/o.txt")
        .bearer_auth(&anon)
        .body("words");
    assert_eq!(sent(put).await.status(), 200);
    for (bucket, code) in [("pictures", "InvalidMimeType"), ("small", "EntityTooLarge")] {
        let into = json!({"bucketId": "open", "sourceKey": "o.txt", "destinationBucket": bucket, "destinationKey": "x"});
        for way in ["object/move", "object/copy"] {
            let request = world.post(way).bearer_auth(&anon).body(into.to_string());
            let (_, found, message) = refusal(sent(request).await).await;
            assert_eq!(found, code, "{way} {bucket}: {message}");
        }
        let update = format!("update storage.objects set bucket_id = '{bucket}' returning 1");
        let caller = mindloom::auth::Caller::anonymous();
        let refused = world.test.run_as(&caller, &update).await;
        let refused = refused.expect_err("by no way");
        assert!(
            refused
                .constraint
                .is_some_and(|name| name.starts_with("objects_bucket_"))
        );
    }
}
