//! What no client would send, and what goes wrong on the way.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{World, png, refusal, token};

/// A body that breaks off, with what it was said to have.
async fn broken_off(world: &World, name: &str, sent: &[u8], said: usize) {
    let mut socket = tokio::net::TcpStream::connect(world.server.address)
        .await
        .expect("a connection");
    let head = format!(
        "POST /storage/v1/object/private/{}/{name} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\
         Content-Type: text/plain\r\nContent-Length: {said}\r\n\r\n",
        world.alice.id, world.alice.token
    );
    socket.write_all(head.as_bytes()).await.expect("sent");
    socket.write_all(sent).await.expect("sent");
    socket.shutdown().await.expect("closed");
    let mut rest = Vec::new();
    // The answer, if there is one: the connection is over when it is over.
    drop(socket.read_to_end(&mut rest).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_breaks_off_leaves_nothing() {
    let world = World::new(&[
        "--body-timeout-ms",
        "700",
        "--upload-min-bytes-per-s",
        "1000000",
    ])
    .await;
    let megabytes = vec![b'x'; 2 << 20];
    broken_off(&world, "cut.txt", &megabytes[..100], 1_000).await;
    broken_off(&world, "cut large.txt", &megabytes, 10 << 20).await;
    let slow = stream::iter([b"a".to_vec(), b"b".to_vec()]).then(|bytes| async move {
        tokio::time::sleep(Duration::from_millis(900)).await;
        Ok::<_, std::io::Error>(bytes)
    });
    let slow = world
        .put("slow.txt", reqwest::Body::wrap_stream(slow), "text/plain")
        .await;
    assert_eq!(slow.status(), 408);
    world.settled().await;
    assert_eq!(world.count("select count(*) from storage.objects").await, 0);
    assert_eq!(world.contents(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_and_headers_that_make_no_sense() {
    let world = World::new(&[]).await;
    let id = world.alice.id;
    for (name, code) in [
        ("a%00b".to_owned(), "InvalidKey"),
        ("a%0Ab".to_owned(), "InvalidKey"),
        ("a%5Cb".to_owned(), "InvalidKey"),
        ("a//b".to_owned(), "InvalidKey"),
        ("x".repeat(1_025), "InvalidKey"),
        ("%C3%BC".repeat(500), "InvalidKey"),
    ] {
        let path = format!("object/private/{id}/{name}");
        let request = world.post(&path).bearer_auth(&world.alice.token).body("x");
        let (status, found, message) = refusal(request.send().await.expect("an answer")).await;
        assert_eq!(
            (status.as_str(), found.as_str()),
            ("400", code),
            "{name}: {message}"
        );
    }
    // Clients of HTTP take such steps out of addresses; in a body they stay.
    assert_eq!(
        world.put("here.txt", "here", "text/plain").await.status(),
        200
    );
    for target in ["../x", "a/./b", "a/"] {
        let transfer = json!({
            "bucketId": "private",
            "sourceKey": format!("{id}/here.txt"),
            "destinationKey": format!("{id}/{target}"),
        });
        let moved = world.post("object/move").bearer_auth(&world.alice.token);
        let moved = moved.body(transfer.to_string()).send().await;
        let (_, code, _) = refusal(moved.expect("an answer")).await;
        assert_eq!(code, "InvalidKey", "{target}");
    }
    // Both forms of a letter are one name.
    let put = world.put("U%CC%88.txt", "decomposed", "text/plain").await;
    assert_eq!(put.status(), 200);
    let path = format!("object/private/{id}/%C3%9C.txt");
    let got = world
        .get(&path)
        .bearer_auth(&world.alice.token)
        .send()
        .await
        .expect("an answer");
    assert_eq!(got.text().await.expect("text"), "decomposed");
    // A type that would be another header, metadata that is none.
    let path = format!("object/private/{id}/meta");
    let request = world
        .post(&path)
        .bearer_auth(&world.alice.token)
        .header("x-metadata", "!")
        .body("x");
    let (_, code, _) = refusal(request.send().await.expect("an answer")).await;
    assert_eq!(code, "InvalidRequest");
    let request = world.post(&path).bearer_auth("nonsense").body("x");
    let (status, code, _) = refusal(request.send().await.expect("an answer")).await;
    assert_eq!((status.as_str(), code.as_str()), ("403", "AccessDenied"));
    let form = world.post(&path).bearer_auth(&world.alice.token);
    let form = form
        .header("content-type", "multipart/form-data; boundary=x")
        .body("--x\r\nnothing");
    let (_, code, _) = refusal(form.send().await.expect("an answer")).await;
    assert_eq!(code, "InvalidRequest");
    world.settled().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parts_conditions_and_names_of_downloads() {
    let world = World::new(&[]).await;
    let path = format!("object/private/{}/ten.txt", world.alice.id);
    assert_eq!(
        world
            .put("ten.txt", "0123456789", "text/plain")
            .await
            .status(),
        200
    );
    let get = |headers: &[(&'static str, &str)]| {
        let mut request = world.get(&path).bearer_auth(&world.alice.token);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        async move { request.send().await.expect("an answer") }
    };
    let whole = get(&[]).await;
    let tag = whole.headers()["etag"].to_str().expect("text").to_owned();
    let modified = whole.headers()["last-modified"]
        .to_str()
        .expect("text")
        .to_owned();
    assert_eq!(whole.headers()["content-length"], "10");
    assert_eq!(whole.headers()["accept-ranges"], "bytes");
    for (range, status, content_range, body) in [
        ("bytes=2-4", 206, Some("bytes 2-4/10"), "234"),
        ("bytes=-3", 206, Some("bytes 7-9/10"), "789"),
        ("bytes=8-", 206, Some("bytes 8-9/10"), "89"),
        ("bytes=0-1,4-5", 200, None, "0123456789"),
        ("bytes=4-2", 200, None, "0123456789"),
    ] {
        let part = get(&[("range", range)]).await;
        let told = part
            .headers()
            .get("content-range")
            .map(|value| value.to_str().expect("text").to_owned());
        assert_eq!(
            (part.status().as_u16(), told.as_deref()),
            (status, content_range),
            "{range}"
        );
        assert_eq!(part.text().await.expect("text"), body, "{range}");
    }
    let beyond = get(&[("range", "bytes=10-")]).await;
    assert_eq!(beyond.status(), 416);
    assert_eq!(beyond.headers()["content-range"], "bytes */10");
    let other = get(&[("range", "bytes=0-1"), ("if-range", "\"another\"")]).await;
    assert_eq!(other.status(), 200);
    assert_eq!(
        get(&[("range", "bytes=0-1"), ("if-range", &tag)])
            .await
            .status(),
        206
    );
    for known in [&*tag, "*", &format!("\"x\", W/{tag}")] {
        assert_eq!(
            get(&[("if-none-match", known)]).await.status(),
            304,
            "{known}"
        );
    }
    assert_eq!(get(&[("if-none-match", "\"x\"")]).await.status(), 200);
    assert_eq!(get(&[("if-modified-since", &modified)]).await.status(), 304);
    let compressed = get(&[("accept-encoding", "gzip, br")]).await;
    assert!(
        compressed.headers().get("content-encoding").is_none(),
        "parts of it can be asked for"
    );
    let head = world
        .http
        .head(world.url(&path))
        .bearer_auth(&world.alice.token);
    let head = head.send().await.expect("an answer");
    assert_eq!(head.status(), 200);
    assert_eq!(head.headers()["content-length"], "10");
    let named = world
        .get(&format!("{path}?download=%22%0D%0AX:%20y"))
        .bearer_auth(&world.alice.token);
    let named = named.send().await.expect("an answer");
    let told = named.headers()["content-disposition"]
        .to_str()
        .expect("text");
    assert_eq!(
        told,
        "attachment; filename=\"___X: y\"; filename*=UTF-8''%22%0D%0AX%3A%20y"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_is_uploaded_runs_here() {
    let world = World::new(&[]).await;
    for (name, kind, body) in [
        ("page.html", "text/html", "<script>alert(1)</script>"),
        (
            "drawing.svg",
            "image/svg+xml",
            "<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"><script/></svg>",
        ),
        (
            "hidden.png",
            "image/png",
            "<!DOCTYPE html><script>alert(1)</script>",
        ),
        ("code.js", "text/javascript", "alert(1)"),
    ] {
        assert_eq!(world.put(name, body, kind).await.status(), 200, "{name}");
        let path = format!("object/private/{}/{name}", world.alice.id);
        let got = world
            .get(&path)
            .bearer_auth(&world.alice.token)
            .send()
            .await
            .expect("an answer");
        let header = |name: &str| {
            got.headers()
                .get(name)
                .map(|value| value.to_str().expect("text").to_owned())
        };
        assert!(
            header("content-disposition").is_some_and(|told| told.starts_with("attachment")),
            "{name}"
        );
        assert!(
            header("content-security-policy").is_some_and(|told| told.contains("sandbox")),
            "{name}"
        );
        assert_eq!(
            header("x-content-type-options").as_deref(),
            Some("nosniff"),
            "{name}"
        );
    }
    let path = format!("object/info/private/{}/hidden.png", world.alice.id);
    let info = world
        .get(&path)
        .bearer_auth(&world.alice.token)
        .send()
        .await
        .expect("an answer");
    let info: Value = info.json().await.expect("JSON");
    assert_eq!(info["content_type"], "text/html", "it is what it is");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_overwrites_gets_one_or_the_other() {
    let world = World::new(&[]).await;
    let body = |letter: u8| vec![letter; 700_000];
    assert_eq!(
        world
            .put("both.txt", body(b'a'), "text/plain")
            .await
            .status(),
        200
    );
    let path = format!("object/private/{}/both.txt", world.alice.id);
    let write = async |letter: u8| {
        for _ in 0..8 {
            let put = world.put("both.txt", body(letter), "text/plain").await;
            assert_eq!(put.status(), 200, "{:?}", put.text().await);
        }
    };
    let read = async {
        for _ in 0..40 {
            let got = world
                .get(&path)
                .bearer_auth(&world.alice.token)
                .send()
                .await
                .expect("an answer");
            assert_eq!(got.status(), 200);
            let bytes = got.bytes().await.expect("all of it");
            assert_eq!(bytes.len(), 700_000);
            assert!(
                bytes.iter().all(|byte| *byte == bytes[0]),
                "never a mixture"
            );
        }
    };
    tokio::join!(write(b'b'), write(b'c'), read);
    world.settled().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn quotas_hold_for_all_files_together() {
    let world = World::new(&["--user-max-file-bytes", "1000", "--max-file-bytes", "900"]).await;
    let (_, code, _) = refusal(world.put("a", vec![b'a'; 901], "text/plain").await).await;
    assert_eq!(code, "EntityTooLarge", "no file may be so large");
    assert_eq!(
        world.put("a", vec![b'a'; 600], "text/plain").await.status(),
        200
    );
    let (status, _, message) = refusal(world.put("b", vec![b'b'; 600], "text/plain").await).await;
    assert_eq!(status, "413");
    assert!(
        message.contains("may have 1000 bytes together"),
        "{message}"
    );
    // Two at once pass the look at what is there, and one of them the row.
    let (one, two) = tokio::join!(
        world.put("b", vec![b'b'; 300], "text/plain"),
        world.put("c", vec![b'c'; 300], "text/plain")
    );
    let passed = [one.status().as_u16(), two.status().as_u16()];
    assert_eq!(
        passed.iter().filter(|status| **status == 200).count(),
        1,
        "{passed:?}"
    );
    let path = format!("object/private/{}/a", world.alice.id);
    let removed = world
        .http
        .delete(world.url(&path))
        .bearer_auth(&world.alice.token);
    assert_eq!(removed.send().await.expect("an answer").status(), 200);
    assert_eq!(
        world.put("d", vec![b'd'; 600], "text/plain").await.status(),
        200
    );
    assert_eq!(
        world
            .count("select size_bytes from mindloom.file_usage")
            .await,
        900
    );
    world.settled().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bombs_and_lies_do_not_go_off() {
    let world = World::new(&["--image-max-pixels", "3000"]).await;
    let face = format!("object/avatars/{}/face.png", world.alice.id);
    let put = world.post(&face).bearer_auth(&world.alice.token);
    let put = put
        .header("content-type", "image/png")
        .body(png())
        .send()
        .await
        .expect("an answer");
    assert_eq!(put.status(), 200);
    let rendered = world.get(&format!(
        "render/image/public/avatars/{}/face.png?width=10",
        world.alice.id
    ));
    let (_, code, message) = refusal(rendered.send().await.expect("an answer")).await;
    assert_eq!(code, "InvalidRequest");
    assert!(message.contains("resolution is too large"), "{message}");
    // A body that unpacks to more than it is does not: files are kept as they come.
    let put = world.post(&format!("object/private/{}/packed", world.alice.id));
    let put = put
        .bearer_auth(&world.alice.token)
        .header("content-encoding", "gzip")
        .body("as it is");
    assert_eq!(put.send().await.expect("an answer").status(), 200);
    let length = world
        .count(
            "select (metadata ->> 'size')::bigint from storage.objects where name like '%packed'",
        )
        .await;
    assert_eq!(length, 8);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bucket_that_goes_takes_uploads_with_it() {
    let world = World::new(&[]).await;
    let service = token("service_role", None, json!({}));
    let (send, receive) = tokio::sync::oneshot::channel::<()>();
    let body = stream::once(async { Ok::<_, std::io::Error>(vec![b'x'; 10_000]) }).chain(
        stream::once(async move {
            receive.await.map_err(std::io::Error::other)?;
            Ok(b"the end".to_vec())
        }),
    );
    let request = world.post("object/made/a.txt").bearer_auth(&service);
    let make = world
        .post("bucket")
        .bearer_auth(&service)
        .body("{\"id\": \"made\", \"name\": \"made\"}");
    assert_eq!(make.send().await.expect("an answer").status(), 200);
    let request = request
        .header("content-type", "text/plain")
        .body(reqwest::Body::wrap_stream(body));
    let uploading = tokio::spawn(request.send());
    while world
        .count("select count(*) from mindloom.file_uploads")
        .await
        == 0
    {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let gone = world
        .http
        .delete(world.url("bucket/made"))
        .bearer_auth(&service);
    assert_eq!(gone.send().await.expect("an answer").status(), 200);
    send.send(()).expect("the upload goes on");
    let (status, code, _) = refusal(uploading.await.expect("no panic").expect("an answer")).await;
    assert_eq!((status.as_str(), code.as_str()), ("404", "NoSuchBucket"));
    world.settled().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_names_no_folder_removes_nothing() {
    let world = World::new(&[]).await;
    let put = world.put("kept.txt", "words", "text/plain").await;
    assert_eq!(put.status(), 200);
    let id = world.alice.id;
    for prefixes in [
        json!(["//"]),
        json!(["///", "/", ""]),
        json!([format!("/{id}//")]),
    ] {
        let url = format!("http://{}/storage/v1/object/private", world.server.address);
        let removed = world
            .http
            .delete(url)
            .bearer_auth(&world.alice.token)
            .header("content-type", "application/json")
            .body(json!({ "prefixes": prefixes }).to_string())
            .send()
            .await
            .expect("an answer");
        assert_eq!(removed.status(), 200);
        assert_eq!(removed.text().await.expect("text"), "[]");
    }
    assert_eq!(world.count("select count(*) from storage.objects").await, 1);
}
