//! Files of GraphQL's forms: stored as they come, within the limits of their buckets, and refused before they came.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{Person, World, png};
use crate::support::scratch_dir;

const UPLOAD: &str = "mutation ($bucket: String!, $name: String!, $file: Upload!) {
    uploadFile(bucket: $bucket, name: $name, file: $file) { name metadata } }";
const TWO: &str = "mutation ($folder: String!, $one: Upload!, $two: Upload!) {
    one: uploadFile(bucket: \"private\", name: $folder, file: $one, upsert: true) { metadata }
    two: uploadFile(bucket: \"private\", name: $folder, file: $two, upsert: true) { metadata } }";
/// What may be held of a request, here.
const BODY_MAX: usize = 100_000;

impl World {
    /// A form of these parts, the first of which are `operations` and `map`.
    async fn send_form(&self, who: &Person, form: Form) -> (u16, Value) {
        let request = self
            .http
            .post(format!("http://{}/graphql", self.server.address))
            .bearer_auth(&who.token)
            .multipart(form);
        let answer = request.send().await.expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.json().await.expect("JSON"))
    }

    /// One file for a place of Alice's.
    async fn upload_form(&self, who: &Person, (bucket, name): (&str, &str), file: Part) -> Value {
        let name = format!("{}/{name}", self.alice.id);
        let variables = json!({"bucket": bucket, "name": name, "file": null});
        let form = head(UPLOAD, variables, json!({"0": ["variables.file"]}));
        self.send_form(who, form.part("0", file)).await.1
    }

    /// Two files, the first of which is called `one` and comes first.
    async fn two_forms(&self, query: &str, sizes: [usize; 2]) -> Value {
        let folder = format!("{}/both.txt", self.alice.id);
        let variables = json!({"folder": folder, "one": null, "two": null});
        let map = json!({"a": ["variables.one"], "b": ["variables.two"]});
        let form = head(query, variables, map)
            .part("a", text(sizes[0]))
            .part("b", text(sizes[1]));
        self.send_form(&self.alice, form).await.1
    }
}

fn head(query: &str, variables: Value, map: Value) -> Form {
    let operations = json!({"query": query, "variables": variables});
    Form::new()
        .text("operations", operations.to_string())
        .text("map", map.to_string())
}

fn text(size: usize) -> Part {
    let part = Part::bytes(vec![b'x'; size]).file_name("a.txt");
    part.mime_str("text/plain").expect("a type")
}

/// Bytes that come one by one, as often.
fn slow(times: usize) -> Part {
    let bytes = stream::iter(vec![b"byte".to_vec(); times]).then(|bytes| async move {
        tokio::time::sleep(Duration::from_millis(200)).await;
        Ok::<_, std::io::Error>(bytes)
    });
    Part::stream(reqwest::Body::wrap_stream(bytes)).file_name("slow.txt")
}

/// The code and message of an answer that is a refusal.
fn refusal(answer: &Value) -> (&str, &str) {
    let error = &answer["errors"][0];
    let message = error["message"].as_str();
    let message = message.unwrap_or_else(|| panic!("no error: {answer}"));
    let code = error["extensions"]["code"].as_str();
    (code.unwrap_or_default(), message)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_file_is_told_what_would_be_taken() {
    let world = World::new(&[]).await;
    let limits = "update storage.buckets set file_size_limit = 1000, allowed_mime_types = '{text/plain,image/*}'
        where id = 'private'";
    world.test.run_as_owner(limits).await.expect("limits");
    let large = world
        .upload_form(&world.alice, ("private", "a.txt"), text(2_000))
        .await;
    assert_eq!(refusal(&large).0, "LIMIT_EXCEEDED");
    assert_eq!(large["errors"][0]["extensions"]["limit"], "fileBytes");
    assert_eq!(
        large["errors"][0]["extensions"]["allowed"], 1_000,
        "{large}"
    );
    let page = Part::bytes(b"<html>".to_vec())
        .mime_str("text/html")
        .expect("a type");
    let other = world
        .upload_form(&world.alice, ("private", "a.html"), page)
        .await;
    let (code, message) = refusal(&other);
    assert_eq!(code, "BAD_USER_INPUT");
    assert!(
        message.contains("text/plain, image/*") && message.contains("text/html"),
        "{message}"
    );
    let made = world
        .upload_form(&world.alice, ("private", "a.txt"), text(10))
        .await;
    assert_eq!(made["data"]["uploadFile"]["metadata"]["size"], 10, "{made}");
    let again = world
        .upload_form(&world.alice, ("private", "a.txt"), text(10))
        .await;
    let (code, message) = refusal(&again);
    assert_eq!(code, "CONFLICT");
    assert!(
        message.contains("a.txt") && message.contains("upsert"),
        "{message}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_are_larger_than_requests_may_be() {
    let flag = BODY_MAX.to_string();
    let world = World::new(&["--max-body-bytes", &flag]).await;
    let size = 30 * BODY_MAX;
    let made = world
        .upload_form(&world.alice, ("private", "large.txt"), text(size))
        .await;
    assert_eq!(
        made["data"]["uploadFile"]["metadata"]["size"],
        json!(size),
        "{made}"
    );
    // Several, each larger than what may be held, in the order in which they are taken.
    let both = world.two_forms(TWO, [2 * BODY_MAX, 3 * BODY_MAX]).await;
    let sizes = ["one", "two"].map(|name| both["data"][name]["metadata"]["size"].clone());
    assert_eq!(sizes, [json!(2 * BODY_MAX), json!(3 * BODY_MAX)], "{both}");
    // What comes before its turn is held, as far as a request's body goes.
    let turned = TWO
        .replace("file: $one", "file: $other")
        .replace("file: $two", "file: $one")
        .replace("file: $other", "file: $two");
    let both = world.two_forms(&turned, [BODY_MAX / 2, 3 * BODY_MAX]).await;
    assert_eq!(
        both["data"]["one"]["metadata"]["size"],
        json!(3 * BODY_MAX),
        "{both}"
    );
    let both = world.two_forms(&turned, [2 * BODY_MAX, 10]).await;
    let (code, message) = refusal(&both);
    assert_eq!(code, "LIMIT_EXCEEDED", "{both}");
    assert!(message.contains("in the order"), "{message}");
    world.settled().await;
}

/// The beginning of a form with a file of which nothing more comes.
async fn begun(world: &World, who: &Person, bytes: usize) -> tokio::net::TcpStream {
    let name = format!("{}/begun.txt", world.alice.id);
    let variables = json!({"bucket": "private", "name": name, "file": null});
    let operations = json!({"query": UPLOAD, "variables": variables});
    let body = format!(
        "--edge\r\nContent-Disposition: form-data; name=operations\r\n\r\n{operations}\r\n\
         --edge\r\nContent-Disposition: form-data; name=map\r\n\r\n{{\"0\": [\"variables.file\"]}}\r\n\
         --edge\r\nContent-Disposition: form-data; name=\"0\"; filename=\"a.txt\"\r\n\r\n{}",
        "x".repeat(bytes)
    );
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Length: 10000000\r\n\
         Content-Type: multipart/form-data; boundary=edge\r\n\r\n",
        who.token
    );
    let mut socket = tokio::net::TcpStream::connect(world.server.address)
        .await
        .expect("a connection");
    socket.write_all(head.as_bytes()).await.expect("sent");
    socket.write_all(body.as_bytes()).await.expect("sent");
    socket
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_not_is_told_before_the_file_came() {
    let world = World::new(&[]).await;
    let mut socket = begun(&world, &world.bob, 100).await;
    let mut answer = String::new();
    let read = async {
        let mut buffer = [0; 4096];
        while !answer.contains("\"errors\"") {
            let count = socket.read(&mut buffer).await.expect("an answer");
            assert!(count > 0, "{answer}");
            answer.push_str(&String::from_utf8_lossy(&buffer[..count]));
        }
    };
    let told = tokio::time::timeout(Duration::from_secs(10), read).await;
    told.expect("the rest is not waited for");
    assert!(answer.contains("FORBIDDEN"), "{answer}");
    assert!(answer.contains("no policy lets you"), "{answer}");
    // The same of an address to write to, and of who has not signed in.
    const ADDRESS: &str =
        "mutation { createUploadUrl(bucket: \"nowhere\", name: \"a.txt\") { url } }";
    let told = world.graphql(&world.bob, ADDRESS, json!({})).await;
    assert_eq!(refusal(&told).0, "NOT_FOUND", "{told}");
    let there = ADDRESS.replace("nowhere", "private");
    let told = world.graphql(&world.bob, &there, json!({})).await;
    let (code, message) = refusal(&told);
    assert_eq!(code, "FORBIDDEN");
    assert!(
        message.contains("\"private\"") && message.contains("An administrator"),
        "{message}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_breaks_off_or_is_not_taken_leaves_nothing() {
    let world = World::new(&[]).await;
    for bytes in [100, 3 << 20] {
        let socket = begun(&world, &world.alice, bytes).await;
        // It is received by now: the end of its socket finds it under way.
        let begun = "select count(*) from mindloom.file_uploads";
        let wait = async {
            while world.count(begun).await != 1 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(20), wait).await;
        waited.expect("the file is being received");
        drop(socket);
        world.settled().await;
    }
    let large = Part::bytes([png(), vec![0; 2 << 20]].concat());
    let refused = [
        (("avatars", "large.png"), large, "LIMIT_EXCEEDED"),
        (("avatars", "a.txt"), text(1_000), "BAD_USER_INPUT"),
        (("private", "a//b"), text(1_000), "BAD_USER_INPUT"),
    ];
    for (place, file, code) in refused {
        let answer = world.upload_form(&world.alice, place, file).await;
        assert_eq!(refusal(&answer).0, code, "{place:?}: {answer}");
    }
    world.settled().await;
    assert_eq!(world.count("select count(*) from storage.objects").await, 0);
    assert_eq!(world.contents(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forms_that_make_no_sense_say_why() {
    let world = World::new(&[]).await;
    let name = format!("{}/a.txt", world.alice.id);
    let variables = json!({"bucket": "private", "name": name, "file": null});
    let operations = json!({"query": UPLOAD, "variables": variables}).to_string();
    let form = |map: Value| head(UPLOAD, variables.clone(), map);
    let early = Form::new()
        .text("operations", operations.clone())
        .part("0", text(10))
        .text("map", json!({"0": ["variables.file"]}).to_string());
    let wrong = [
        (
            form(json!({"0": ["variables.file"]})),
            "without the file \"0\"",
        ),
        (
            form(json!({"0": ["variables.other"]})),
            "\"variables.other\"",
        ),
        (form(json!({"0": ["file"]})), "\"file\""),
        (form(json!(["variables.file"])), "map must be"),
        (early, "first comes operations"),
        (
            form(json!({})).part("0", text(10)),
            "The variable $file is null, which is no Upload!",
        ),
        (
            form(json!({"0": vec!["variables.file"; 1_001]})),
            "more than 1000 places",
        ),
    ];
    for (form, words) in wrong {
        let (_, answer) = world.send_form(&world.alice, form).await;
        assert!(refusal(&answer).1.contains(words), "{words}: {answer}");
    }
    let events = world
        .http
        .post(format!("http://{}/graphql", world.server.address))
        .bearer_auth(&world.alice.token)
        .header("accept", "text/event-stream")
        .multipart(form(json!({"0": ["variables.file"]})).part("0", text(10)));
    assert_eq!(events.send().await.expect("an answer").status(), 406);
    world.settled().await;
    assert_eq!(world.count("select count(*) from storage.objects").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_takes_its_time_where_it_holds_no_connection() {
    let world = World::new(&["--operation-timeout-ms", "3000"]).await;
    // A document that is new takes its time, too.
    let place = ("private", "warm.txt");
    world.upload_form(&world.alice, place, text(1)).await;
    let made = world
        .upload_form(&world.alice, ("private", "slow.txt"), slow(25))
        .await;
    assert_eq!(
        made["data"]["uploadFile"]["metadata"]["size"],
        json!(100),
        "{made}"
    );
    // What was written before it waits with its transaction: then the file has the time of an operation.
    let after = UPLOAD.replace(
        "uploadFile(",
        "createNote(input: {content: \"first\"}) { id } uploadFile(",
    );
    let name = format!("{}/late.txt", world.alice.id);
    let variables = json!({"bucket": "private", "name": name, "file": null});
    let form = head(&after, variables, json!({"0": ["variables.file"]}));
    let (_, answer) = world
        .send_form(&world.alice, form.part("0", slow(25)))
        .await;
    assert_eq!(refusal(&answer).0, "TIMEOUT", "{answer}");
    world.settled().await;
    let left =
        "select (select count(*) from storage.objects) * 10 + (select count(*) from public.notes)";
    let warm = world.count("select count(*) from storage.objects where name like '%warm.txt'");
    assert_eq!(world.count(left).await, 10 * (1 + warm.await), "no note");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_that_are_registered_take_files() {
    let folder = scratch_dir();
    std::fs::write(folder.join("upload.graphql"), UPLOAD).expect("written");
    let folder = folder.to_str().expect("a path");
    let world = World::new(&["--documents", folder, "--documents-only"]).await;
    let name = format!("{}/a.txt", world.alice.id);
    let operations = json!({
        "documentId": "upload",
        "variables": {"bucket": "private", "name": name, "file": null},
    });
    let form = Form::new()
        .text("operations", operations.to_string())
        .text("map", r#"{"0": ["variables.file"]}"#)
        .part("0", text(10));
    let (status, made) = world.send_form(&world.alice, form).await;
    assert_eq!(status, 200, "{made}");
    assert_eq!(made["data"]["uploadFile"]["name"], json!(name), "{made}");
    let other = world.two_forms(TWO, [10, 10]).await;
    assert_eq!(refusal(&other).0, "PERSISTED_QUERY_ONLY", "{other}");
}
