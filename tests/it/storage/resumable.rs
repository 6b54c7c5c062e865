//! Uploads that go on where they stopped: tus-js-client, unmodified, over a connection that breaks at random bytes; and
//! the protocol itself.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use base64::{Engine, prelude::BASE64_STANDARD};
use futures_util::future::join_all;
use rand::Rng;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};
use sha2::Sha256;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    process::Command,
};

use super::{World, refusal};
use crate::support::packages;

/// A proxy that breaks each of so many connections after a random number of bytes on their way up.
async fn breaking(target: SocketAddr, breaks: usize, up_to: usize) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("its address");
    let left = Arc::new(AtomicUsize::new(breaks));
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let breaks = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(1)
            });
            let allowed = match breaks {
                Ok(_) => rand::rng().random_range(200..up_to),
                Err(_) => usize::MAX,
            };
            tokio::spawn(pass(client, target, allowed));
        }
    });
    address
}

async fn pass(client: TcpStream, target: SocketAddr, mut allowed: usize) {
    let server = TcpStream::connect(target).await.expect("the server");
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let down =
        tokio::spawn(async move { drop(tokio::io::copy(&mut from_server, &mut to_client).await) });
    let mut buffer = vec![0; 16 << 10];
    while let Ok(count @ 1..) = from_client.read(&mut buffer).await {
        let passed = count.min(allowed);
        if to_server.write_all(&buffer[..passed]).await.is_err() || passed < count {
            break;
        }
        allowed -= passed;
    }
    // Both halves are dropped: either side sees the connection end.
    down.abort();
}

async fn drive(
    world: &World,
    through: SocketAddr,
    name: &str,
    size: usize,
    signature: Option<&str>,
) -> Value {
    let output = Command::new("node")
        .arg("tus.mjs")
        .current_dir(packages::folder("tests/js/supabase"))
        .env("MINDLOOM_URL", format!("http://{through}"))
        .env("TOKEN", &world.alice.token)
        .env("SIGNATURE", signature.unwrap_or_default())
        .env("NAME", name)
        .env("SIZE", size.to_string())
        .output()
        .await
        .expect("node runs");
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{out}\n{err}");
    serde_json::from_str(&out).expect("JSON")
}

async fn sum_of(world: &World, name: &str) -> String {
    let path = format!("object/private/{name}");
    let got = world
        .get(&path)
        .bearer_auth(&world.alice.token)
        .send()
        .await
        .expect("an answer");
    assert_eq!(got.status(), 200);
    hex::encode(Sha256::digest(got.bytes().await.expect("all of it")))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tus_js_client_goes_on_after_every_break() {
    if !packages::npm(&packages::folder("tests/js/supabase")) {
        return;
    }
    let world = World::new(&[]).await;
    let through = breaking(world.server.address, 25, 1_500_000).await;
    let name = format!("{}/large.bin", world.alice.id);
    let told = drive(&world, through, &name, 15_000_004, None).await;
    assert!(told["interruptions"].as_u64() > Some(5), "{told}");
    assert_eq!(
        sum_of(&world, &name).await,
        told["sum"].as_str().unwrap_or_default()
    );
    given_up(&world).await;
    // The same name again is an upsert, through a signature too.
    let sign = world
        .post(&format!("object/upload/sign/private/{name}"))
        .bearer_auth(&world.alice.token);
    let sign: Value = sign
        .header("x-upsert", "true")
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    let through = breaking(world.server.address, 5, 500_000).await;
    let told = drive(&world, through, &name, 3_000_000, sign["token"].as_str()).await;
    assert_eq!(
        sum_of(&world, &name).await,
        told["sum"].as_str().unwrap_or_default()
    );
    given_up(&world).await;
}

/// Uploads whose beginning the client never heard of go when their time is over.
async fn given_up(world: &World) {
    let late = "update mindloom.file_uploads set expires_at = now() - interval '1 second'";
    world.test.run_as_owner(late).await.expect("late");
    let job = "select private.enqueue_job('storage.remove_files', '{}')";
    world.test.run_as_owner(job).await.expect("a job");
    world.settled().await;
}

struct Tus<'a>(&'a World);

impl Tus<'_> {
    async fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Response {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let url = format!("http://{}{path}", self.0.server.address);
        let mut request = self
            .0
            .http
            .request(method, url)
            .bearer_auth(&self.0.alice.token);
        request = request.header("tus-resumable", "1.0.0");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(body).send().await.expect("an answer")
    }

    /// Begins an upload; gives its path.
    async fn begin(&self, name: &str, length: usize, more: &[(&str, &str)]) -> Response {
        let pair = |name: &str, value: &str| format!("{name} {}", BASE64_STANDARD.encode(value));
        let name = format!("{}/{name}", self.0.alice.id);
        let metadata = [pair("bucketName", "private"), pair("objectName", &name)].join(",");
        let length = length.to_string();
        let own = [
            ("upload-length", length.as_str()),
            ("upload-metadata", metadata.as_str()),
        ];
        self.ask(
            "POST",
            "/storage/v1/upload/resumable",
            &[&own[..], more].concat(),
            Vec::new(),
        )
        .await
    }

    async fn patch(
        &self,
        path: &str,
        offset: &str,
        bytes: &[u8],
        more: &[(&str, &str)],
    ) -> Response {
        let own = [
            ("upload-offset", offset),
            ("content-type", "application/offset+octet-stream"),
        ];
        self.ask("PATCH", path, &[&own[..], more].concat(), bytes.to_vec())
            .await
    }
}

fn header(response: &Response, name: &str) -> String {
    let value = response
        .headers()
        .get(name)
        .map(|value| value.to_str().expect("text"));
    value.unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_protocol_is_tus_1_0() {
    let world = World::new(&["--max-file-bytes", "100"]).await;
    let tus = Tus(&world);
    let begun = tus.begin("ten.bin", 10, &[]).await;
    assert_eq!(begun.status(), 201);
    let path = header(&begun, "location");
    assert!(!header(&begun, "upload-expires").is_empty());
    let first = tus.patch(&path, "0", b"01234", &[]).await;
    assert_eq!(
        (first.status().as_u16(), header(&first, "upload-offset")),
        (204, "5".into())
    );
    let stands = tus.ask("HEAD", &path, &[], Vec::new()).await;
    assert_eq!(
        (
            header(&stands, "upload-offset"),
            header(&stands, "upload-length")
        ),
        ("5".into(), "10".into())
    );
    assert_eq!(header(&stands, "cache-control"), "no-store");
    assert_eq!(tus.patch(&path, "3", b"34567", &[]).await.status(), 409);
    let sum = format!("sha1 {}", BASE64_STANDARD.encode(Sha1::digest(b"other")));
    assert_eq!(
        tus.patch(&path, "5", b"56789", &[("upload-checksum", &sum)])
            .await
            .status(),
        460
    );
    assert_eq!(tus.patch(&path, "5", b"567890", &[]).await.status(), 413);
    let wrong = tus
        .ask(
            "PATCH",
            &path,
            &[("upload-offset", "5"), ("content-type", "text/plain")],
            b"56789".to_vec(),
        )
        .await;
    assert_eq!(wrong.status(), 415);
    let sum = format!("sha1 {}", BASE64_STANDARD.encode(Sha1::digest(b"56789")));
    let last = tus
        .patch(&path, "5", b"56789", &[("upload-checksum", &sum)])
        .await;
    assert_eq!(
        (last.status().as_u16(), header(&last, "upload-offset")),
        (204, "10".into())
    );
    let object = format!("object/private/{}/ten.bin", world.alice.id);
    let got = world
        .get(&object)
        .bearer_auth(&world.alice.token)
        .send()
        .await
        .expect("an answer");
    assert_eq!(got.text().await.expect("text"), "0123456789");
    // Whoever lost the last answer learns that all is there.
    let stands = tus.ask("HEAD", &path, &[], Vec::new()).await;
    assert_eq!(header(&stands, "upload-offset"), "10");
    world.settled().await;

    let again = tus.begin("ten.bin", 10, &[]).await;
    assert_eq!(again.status(), 409, "there is such a file");
    assert_eq!(tus.begin("large.bin", 101, &[]).await.status(), 413);
    let gone = header(&tus.begin("gone.bin", 10, &[]).await, "location");
    tus.patch(&gone, "0", b"01", &[]).await;
    let theirs = world
        .http
        .head(format!("http://{}{gone}", world.server.address))
        .bearer_auth(&world.bob.token);
    assert_eq!(
        theirs
            .header("tus-resumable", "1.0.0")
            .send()
            .await
            .expect("an answer")
            .status(),
        404
    );
    assert_eq!(
        tus.ask("DELETE", &gone, &[], Vec::new()).await.status(),
        204
    );
    assert_eq!(tus.ask("HEAD", &gone, &[], Vec::new()).await.status(), 404);
    let empty = tus.begin("empty.bin", 0, &[]).await;
    assert_eq!(empty.status(), 201);
    let other = world
        .post("upload/resumable")
        .bearer_auth(&world.alice.token)
        .header("tus-resumable", "0.2.2");
    let other = other.send().await.expect("an answer");
    assert_eq!(
        (other.status().as_u16(), header(&other, "tus-version")),
        (412, "1.0.0".into())
    );
    let (_, code, _) = refusal(world.put("x", vec![0_u8; 101], "text/plain").await).await;
    assert_eq!(code, "EntityTooLarge");
    world.settled().await;
}

/// Of two that go on at once one counts, and nothing is mixed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_at_once_are_one() {
    let world = World::new(&[]).await;
    let tus = Tus(&world);
    let path = header(&tus.begin("both.bin", 400_000, &[]).await, "location");
    let (a, b) = (vec![b'a'; 200_000], vec![b'b'; 200_000]);
    let (one, two) = tokio::join!(
        tus.patch(&path, "0", &a, &[]),
        tus.patch(&path, "0", &b, &[])
    );
    let statuses = [one.status().as_u16(), two.status().as_u16()];
    assert!(
        statuses.contains(&204) && statuses.contains(&409),
        "{statuses:?}"
    );
    let first = if statuses[0] == 204 { b'a' } else { b'b' };
    assert_eq!(tus.patch(&path, "200000", &a, &[]).await.status(), 204);
    let object = format!("object/private/{}/both.bin", world.alice.id);
    let got = world
        .get(&object)
        .bearer_auth(&world.alice.token)
        .send()
        .await
        .expect("an answer");
    let got = got.bytes().await.expect("all of it");
    assert_eq!(
        (got[0], got[199_999], got[200_000], got.len()),
        (first, first, b'a', 400_000)
    );
    world.settled().await;
    let info = world
        .get(&object.replace("object/", "object/info/"))
        .bearer_auth(&world.alice.token);
    let info: Value = info
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    assert_eq!(info["metadata"], json!({}));
}

/// Of many that are begun at once no more are begun than of as many one by one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_are_begun_at_once_than_may_be_unfinished() {
    let world = World::new(&[]).await;
    let begun = format!(
        "insert into mindloom.file_uploads (version, bucket_id, name, owner, resumable, size_bytes, expires_at)
         select gen_random_uuid(), 'private', 'begun', '{}', true, 1, now() + interval '1 hour'
         from generate_series(1, 95)",
        world.alice.id
    );
    world.test.run_as_owner(&begun).await.expect("uploads");
    let tus = Tus(&world);
    let names: Vec<String> = (0..20).map(|number| format!("{number}.bin")).collect();
    let answers = join_all(names.iter().map(|name| tus.begin(name, 10, &[]))).await;
    let mut statuses: Vec<u16> = answers.iter().map(|one| one.status().as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [[201_u16; 5].as_slice(), &[429; 15]].concat());
    let count = "select count(*) from mindloom.file_uploads where resumable";
    assert_eq!(world.count(count).await, 100);
}
