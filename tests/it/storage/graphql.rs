//! Files through GraphQL: as forms, by signed addresses, as rows, and recordings with what is heard in them.

use std::time::Duration;

use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use super::{Person, World, png};

impl World {
    pub(super) async fn graphql(&self, who: &Person, query: &str, variables: Value) -> Value {
        let request = self
            .http
            .post(format!("http://{}/graphql", self.server.address));
        let request = request
            .bearer_auth(&who.token)
            .header("content-type", "application/json");
        let body = json!({"query": query, "variables": variables}).to_string();
        let answer = request.body(body).send().await.expect("an answer");
        answer.json().await.expect("JSON")
    }

    async fn form(&self, who: &Person, query: &str, variables: Value, bytes: Vec<u8>) -> Value {
        let operations = json!({"query": query, "variables": variables}).to_string();
        let file = Part::bytes(bytes)
            .file_name("a.png")
            .mime_str("image/png")
            .expect("a type");
        let form = Form::new()
            .text("operations", operations)
            .text("map", r#"{"0": ["variables.file"]}"#)
            .part("0", file);
        let request = self
            .http
            .post(format!("http://{}/graphql", self.server.address));
        let answer = request
            .bearer_auth(&who.token)
            .multipart(form)
            .send()
            .await
            .expect("an answer");
        answer.json().await.expect("JSON")
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_come_as_forms_and_go_by_address() {
    const UPLOAD: &str = "mutation ($name: String!, $file: Upload!) {
      uploadFile(bucket: \"private\", name: $name, file: $file, metadata: {from: \"a form\"}) { name bucketId userMetadata metadata }
    }";
    let world = World::new(&[]).await;
    let name = format!("{}/face.png", world.alice.id);
    let variables = json!({"name": name, "file": null});
    let made = world
        .form(&world.alice, UPLOAD, variables.clone(), png())
        .await;
    let file = &made["data"]["uploadFile"];
    assert_eq!(file["name"], json!(name), "{made}");
    assert_eq!(file["userMetadata"], json!({"from": "a form"}));
    assert_eq!(
        (&file["metadata"]["mimetype"], &file["metadata"]["size"]),
        (&json!("image/png"), &json!(png().len()))
    );
    let refused = world
        .form(&world.bob, UPLOAD, variables.clone(), png())
        .await;
    assert_eq!(
        refused["errors"][0]["extensions"]["code"], "FORBIDDEN",
        "{refused}"
    );
    let stolen = json!({"name": name, "file": "upload:0197e9a2-7b3c-7d4e-8f5a-6b7c8d9e0f1a"});
    let refused = world.graphql(&world.alice, UPLOAD, stolen).await;
    assert_eq!(
        refused["errors"][0]["extensions"]["code"], "BAD_USER_INPUT",
        "{refused}"
    );

    const SIGN: &str = "mutation ($names: [String!]!, $name: String!) {
      createSignedUrl(bucket: \"private\", name: $name, download: \"ü.png\") { url }
      createSignedUrls(bucket: \"private\", names: $names) { name url }
    }";
    let variables = json!({"name": name, "names": [name, "nothing"]});
    let signed = world.graphql(&world.alice, SIGN, variables.clone()).await;
    let urls = &signed["data"]["createSignedUrls"];
    assert_eq!(urls[1], json!({"name": "nothing", "url": null}), "{signed}");
    for url in [&signed["data"]["createSignedUrl"]["url"], &urls[0]["url"]] {
        let url = at(&world, url);
        let got = world.http.get(url).send().await.expect("an answer");
        assert_eq!(got.bytes().await.expect("all of it"), png());
    }
    let hidden = world.graphql(&world.bob, SIGN, variables).await;
    assert_eq!(
        hidden["errors"][0]["extensions"]["code"], "NOT_FOUND",
        "{hidden}"
    );

    const UP: &str =
        "mutation ($name: String!) { createUploadUrl(bucket: \"private\", name: $name) { url } }";
    let name = format!("{}/with a space#?.txt", world.alice.id);
    let made = world.graphql(&world.alice, UP, json!({"name": name})).await;
    let url = at(&world, &made["data"]["createUploadUrl"]["url"]);
    let put = world
        .http
        .put(url)
        .body("sent by anybody")
        .send()
        .await
        .expect("an answer");
    assert_eq!(put.status(), 200, "{:?}", put.text().await);
    let refused = world.graphql(&world.bob, UP, json!({"name": name})).await;
    assert_eq!(
        refused["errors"][0]["extensions"]["code"], "FORBIDDEN",
        "{refused}"
    );

    let rows = world.graphql(&world.alice, "{ objects(orderBy: [{name: ASC}]) { nodes { name uploader { id } bucket { public } } } }", json!({})).await;
    let nodes = rows["data"]["objects"]["nodes"].as_array().expect("rows");
    assert_eq!(nodes.len(), 2, "{rows}");
    assert_eq!(
        nodes[1],
        json!({"name": name, "uploader": {"id": world.alice.id}, "bucket": {"public": false}})
    );
    let none = world
        .graphql(&world.bob, "{ objects { totalCount } }", json!({}))
        .await;
    assert_eq!(none["data"]["objects"]["totalCount"], 0);
    world.settled().await;
}

/// Where the test's server answers an address that names its public URL.
fn at(world: &World, url: &Value) -> String {
    let url = url.as_str().expect("an address");
    let path = url
        .split_once("/storage/v1")
        .expect("an address of a file")
        .1;
    format!("http://{}/storage/v1{path}", world.server.address)
}

/// A second of silence: 8,000 samples of 16 bits.
pub(super) fn wav() -> Vec<u8> {
    let bytes = 16_000_u32;
    let mut file = b"RIFF".to_vec();
    file.extend((36 + bytes).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend(8_000_u32.to_le_bytes());
    file.extend(bytes.to_le_bytes());
    file.extend(b"\x02\0\x10\0data");
    file.extend(bytes.to_le_bytes());
    file.resize(file.len() + bytes as usize, 0);
    file
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn recordings_tell_what_their_files_say_and_take_them_along() {
    const RECORD: &str = "mutation ($project: UUID!, $path: String!) {
      createAudioRecording(input: {projectId: $project, storagePath: $path, fileName: \"a.wav\", mimeType: \"audio/wav\", sizeBytes: 16044}) { id }
    }";
    const LOOK: &str = "query ($id: UUID!) { audioRecording(id: $id) { durationSeconds sampleRateHz channelCount } }";
    let world = World::new(&[]).await;
    let project = world
        .graphql(
            &world.alice,
            "mutation { createProject(input: {name: \"p\"}) { id } }",
            json!({}),
        )
        .await;
    let project = project["data"]["createProject"]["id"]
        .as_str()
        .expect("a project")
        .to_owned();
    let path = format!("{}/{project}/1700000000_a.wav", world.alice.id);
    let variables = json!({"project": project, "path": path});
    let refused = world.graphql(&world.alice, RECORD, variables.clone()).await;
    let message = refused["errors"][0]["message"].as_str().unwrap_or_default();
    assert!(message.contains("upload it first"), "{refused}");
    let put = world
        .post(&format!("object/audio-recordings/{path}"))
        .bearer_auth(&world.alice.token);
    let put = put
        .header("content-type", "audio/wav")
        .body(wav())
        .send()
        .await
        .expect("an answer");
    assert_eq!(put.status(), 200, "{:?}", put.text().await);
    let made = world.graphql(&world.alice, RECORD, variables).await;
    let id = made["data"]["createAudioRecording"]["id"].clone();
    assert!(id.is_string(), "{made}");
    let expected = json!({"durationSeconds": "1.000", "sampleRateHz": 8_000, "channelCount": 1});
    let mut told = Value::Null;
    for _ in 0..500 {
        told = world.graphql(&world.alice, LOOK, json!({"id": id})).await["data"]["audioRecording"]
            .take();
        if told == expected {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(told, expected);
    let gone = world
        .graphql(
            &world.alice,
            "mutation ($id: UUID!) { deleteProject(id: $id) { id } }",
            json!({"id": project}),
        )
        .await;
    assert!(gone.get("errors").is_none(), "{gone}");
    world.settled().await;
    assert_eq!(world.contents(), 0, "a recording takes its file along");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_of_public_buckets_have_an_address_that_lasts() {
    const UPLOAD: &str = "mutation ($name: String!, $file: Upload!) {
      uploadFile(bucket: \"avatars\", name: $name, file: $file) { id publicUrl } }";
    const LOOK: &str =
        "{ objects(orderBy: [{bucketId: ASC}]) { nodes { bucketId publicUrl url } } }";
    const WEAR: &str = "mutation ($id: UUID!, $url: String!) { updateUser(id: $id, set: {avatarUrl: $url}) { avatarUrl } }";
    let world = World::new(&[]).await;
    let name = format!("{}/my face.png", world.alice.id);
    let variables = json!({"name": name, "file": null});
    let made = world.form(&world.alice, UPLOAD, variables, png()).await;
    let url = &made["data"]["uploadFile"]["publicUrl"];
    assert!(url.is_string(), "{made}");
    let got = world.http.get(at(&world, url)).send().await;
    let got = got.expect("an answer").bytes().await;
    assert_eq!(got.expect("all of it"), png());
    assert_eq!(
        world.put("secret.png", png(), "image/png").await.status(),
        200
    );
    let seen = world.graphql(&world.alice, LOOK, json!({})).await;
    let nodes = &seen["data"]["objects"]["nodes"];
    assert_eq!(&nodes[0]["publicUrl"], url, "{seen}");
    assert_ne!(&nodes[0]["url"], url);
    assert_eq!(
        (&nodes[1]["bucketId"], &nodes[1]["publicUrl"]),
        (&json!("private"), &Value::Null)
    );
    let variables = json!({"id": world.alice.id, "url": url});
    let worn = world.graphql(&world.alice, WEAR, variables).await;
    assert_eq!(&worn["data"]["updateUser"]["avatarUrl"], url, "{worn}");
}

/// A second of a tone, recorded by Chromium: recorded.md says how.
const RECORDED: &[u8] = include_bytes!("recorded.webm");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_browser_recorded_tells_its_length() {
    const RECORD: &str = "mutation ($project: UUID!, $path: String!) {
      createAudioRecording(input: {projectId: $project, storagePath: $path, fileName: \"a.webm\", mimeType: \"audio/webm\", sizeBytes: 2701}) { id }
    }";
    const LOOK: &str = "query ($id: UUID!) { audioRecording(id: $id) { durationSeconds sampleRateHz channelCount } }";
    let world = World::new(&[]).await;
    let project = "mutation { createProject(input: {name: \"p\"}) { id } }";
    let project = world.graphql(&world.alice, project, json!({})).await;
    let project = project["data"]["createProject"]["id"].as_str();
    let project = project.expect("a project");
    let path = format!("{}/{project}/1700000000_a.webm", world.alice.id);
    let put = world.post(&format!("object/audio-recordings/{path}"));
    let put = put
        .bearer_auth(&world.alice.token)
        .header("content-type", "audio/webm;codecs=opus")
        .body(RECORDED);
    assert_eq!(put.send().await.expect("an answer").status(), 200);
    let variables = json!({"project": project, "path": path});
    let made = world.graphql(&world.alice, RECORD, variables).await;
    let id = made["data"]["createAudioRecording"]["id"].clone();
    assert!(id.is_string(), "{made}");
    let look = async || {
        let seen = world.graphql(&world.alice, LOOK, json!({ "id": id })).await;
        seen["data"]["audioRecording"].clone()
    };
    let mut told = look().await;
    for _ in 0..500 {
        if !told["durationSeconds"].is_null() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        told = look().await;
    }
    let length = told["durationSeconds"].as_str().unwrap_or_default();
    let length: f64 = length.parse().unwrap_or_else(|_| panic!("{told}"));
    assert!((0.9..=1.3).contains(&length), "{told}");
    assert_eq!(
        (&told["sampleRateHz"], &told["channelCount"]),
        (&json!(48_000), &json!(2))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bucket_keeps_its_rules_whoever_moves_a_file_into_it() {
    let world = World::new(&[]).await;
    for (name, bytes, kind) in [
        ("words.txt", b"words".to_vec(), "text/plain"),
        ("dots.png", png(), "image/png"),
    ] {
        assert_eq!(world.put(name, bytes, kind).await.status(), 200);
    }
    // She may write there whatever the bucket takes: it is the rule that refuses, not a policy.
    let bucket = "
        insert into storage.buckets (id, name, public, allowed_mime_types)
          values ('pictures', 'pictures', true, '{image/*}');
        create policy \"Pictures are their owners'\" on storage.objects for all to authenticated
          using (bucket_id = 'pictures' and (storage.foldername(name))[1] = (select auth.uid()::text))
          with check (bucket_id = 'pictures' and (storage.foldername(name))[1] = (select auth.uid()::text))";
    world.test.run_as_owner(bucket).await.expect("a bucket");
    let moved = async |name: &str| {
        const MOVE: &str = "mutation ($id: UUID!) { updateObject(id: $id, set: {bucketId: \"pictures\"}) { id bucketId } }";
        let id = format!("select id::text from storage.objects where name like '%/{name}'");
        let id = world.text(&id).await;
        world.graphql(&world.alice, MOVE, json!({ "id": id })).await
    };
    let refused = moved("words.txt").await;
    let error = &refused["errors"][0];
    assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{refused}");
    assert_eq!(
        error["message"], "The bucket \"pictures\" does not take files of the type text/plain",
        "{refused}"
    );
    let taken = moved("dots.png").await;
    assert_eq!(taken["errors"], Value::Null, "{taken}");
    assert_eq!(taken["data"]["updateObject"]["bucketId"], "pictures");
    let buckets = "select string_agg(bucket_id, ' ' order by name) from storage.objects";
    assert_eq!(world.text(buckets).await, "pictures private");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_stands_in_no_more_places_than_a_request_may_be_long() {
    let world = World::new(&["--max-body-bytes", "100000"]).await;
    let places = vec!["#__graphql_file__:0"; 50];
    let variables = json!({"file": null, "more": places});
    let query = "query ($file: String, $more: [String!]) { notes(where: {content: {in: $more}}) { nodes { id } } }";
    let answer = world
        .form(&world.alice, query, variables, vec![b'x'; 10_000])
        .await;
    assert_eq!(
        answer["errors"][0]["extensions"]["code"], "LIMIT_EXCEEDED",
        "{answer}"
    );
}

/// A project of Alice's with a recording of hers; gives the recording's id.
async fn recording(world: &World) -> String {
    const RECORD: &str = "mutation ($project: UUID!, $path: String!) {
      createAudioRecording(input: {projectId: $project, storagePath: $path, fileName: \"a.wav\", mimeType: \"audio/wav\", sizeBytes: 16044}) { id url }
    }";
    let project = "mutation { createProject(input: {name: \"p\"}) { id } }";
    let project = world.graphql(&world.alice, project, json!({})).await;
    let project = &project["data"]["createProject"]["id"];
    let path = format!(
        "{}/{}/1700000000_a b.wav",
        world.alice.id,
        project.as_str().expect("an id")
    );
    let put = world.post(&format!("object/audio-recordings/{path}"));
    let put = put
        .bearer_auth(&world.alice.token)
        .header("content-type", "audio/wav")
        .body(wav());
    assert_eq!(put.send().await.expect("an answer").status(), 200);
    let variables = json!({"project": project, "path": path});
    let made = world.graphql(&world.alice, RECORD, variables).await;
    let made = &made["data"]["createAudioRecording"];
    heard(world, &made["url"]).await;
    made["id"].as_str().expect("a recording").to_owned()
}

async fn heard(world: &World, url: &Value) {
    let got = world
        .http
        .get(at(world, url))
        .send()
        .await
        .expect("an answer");
    assert_eq!(got.status(), 200);
    assert_eq!(got.bytes().await.expect("all of it"), wav());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_tell_where_their_files_are_read() {
    const LOOK: &str = "query ($s: Int!) {
      audioRecordings { nodes { url later: url(expiresIn: $s) fileName project { recordings { nodes { url } } } } }
      objects { nodes { name url(expiresIn: 60) bucket { id } } }
    }";
    let world = World::new(&[]).await;
    let id = recording(&world).await;
    let share = format!(
        "insert into public.collaborators (project_id, user_id, role)
         select project_id, '{}', 'viewer' from public.audio_recordings",
        world.bob.id
    );
    world.test.run_as_owner(&share).await.expect("shared");
    for who in [&world.alice, &world.bob] {
        let seen = world.graphql(who, LOOK, json!({"s": 120})).await;
        let row = &seen["data"]["audioRecordings"]["nodes"][0];
        let (now, later) = (&row["url"], &row["later"]);
        assert_ne!(now, later, "{seen}");
        let inner = &row["project"]["recordings"]["nodes"][0]["url"];
        let object = &seen["data"]["objects"]["nodes"][0]["url"];
        for url in [now, later, inner, object] {
            heard(&world, url).await;
        }
        let again = world.graphql(who, LOOK, json!({"s": 120})).await;
        assert_eq!(now, &again["data"]["audioRecordings"]["nodes"][0]["url"]);
    }
    // Times that make no sense count as the shortest and the longest.
    for seconds in [-5, 0, i32::MAX] {
        let seen = world
            .graphql(&world.alice, LOOK, json!({"s": seconds}))
            .await;
        let later = &seen["data"]["audioRecordings"]["nodes"][0]["later"];
        assert!(later.is_string(), "{seen}");
    }
    // Whoever sees the row and may not read the file is given no address of it.
    let hide = "alter policy \"Users can view own files\" on storage.objects
        using (bucket_id = 'audio-recordings' and owner = (select auth.uid()))";
    world.test.run_as_owner(hide).await.expect("hidden");
    let seen = world.graphql(&world.bob, LOOK, json!({"s": 60})).await;
    let row = &seen["data"]["audioRecordings"]["nodes"][0];
    assert_eq!(row["fileName"], "a.wav", "{seen}");
    assert_eq!((&row["url"], &row["later"]), (&Value::Null, &Value::Null));
    let seen = world.graphql(&world.alice, LOOK, json!({"s": 60})).await;
    heard(&world, &seen["data"]["audioRecordings"]["nodes"][0]["url"]).await;
    // A file that goes takes its address along.
    world
        .test
        .run_as_owner("delete from storage.objects")
        .await
        .expect("gone");
    let one = "query ($id: UUID!) { audioRecording(id: $id) { url fileName } }";
    let seen = world.graphql(&world.alice, one, json!({"id": id})).await;
    let row = &seen["data"]["audioRecording"];
    assert_eq!(row, &json!({"url": null, "fileName": "a.wav"}), "{seen}");
}
