//! Recordings that are written down, by a provider of the test's own that speaks OpenAI's protocol.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use tokio::sync::Notify;

use super::{Person, World, graphql::wav};
use crate::answers::wire::{Reply, WireServer};

const KEY: &str = "sk-of-the-server-nobody-may-read";
const TRANSCRIBE: &str =
    "mutation ($id: UUID!, $language: String, $provider: String, $model: String) {
  transcribeRecording(recordingId: $id, language: $language, provider: $provider, model: $model) {
    recording { transcriptionStatus } job { id } } }";
const LOOK: &str = "query ($id: UUID!) { audioRecording(id: $id) {
  transcription transcriptionStatus transcriptionLanguage transcriptionError transcribedAt } }";
const JOB: &str = "query ($id: UUID!) { job(id: $id) { status error } }";
/// What is on record of the last call.
const LAST: &str = "
  select concat_ws(' ', provider, model, purpose, outcome, error_type, coalesce(trim_scale(audio_seconds)::text, '-'),
    coalesce(input_tokens::text, '-'), coalesce(output_tokens::text, '-'), is_estimated::text,
    coalesce(trim_scale(cost)::text, 'unknown'), key_owner)
  from public.model_calls order by started_at desc, id desc limit 1";

/// People, a provider, and a recording of Alice's.
struct Studio {
    world: World,
    provider: WireServer,
    project: String,
}

impl Studio {
    async fn new(more: &[&str]) -> Self {
        let provider = WireServer::start().await;
        let url = provider.url.clone();
        let openai = ["--openai-base-url", &url, "--openai-api-key", KEY];
        let own = ["--compatible-base-url", &url];
        let flags: Vec<&str> = [&openai[..], &own, more].concat();
        let world = World::new(&flags).await;
        let create = "mutation { createProject(input: {name: \"p\"}) { id } }";
        let made = world.graphql(&world.alice, create, json!({})).await;
        let project = made["data"]["createProject"]["id"].as_str();
        Studio {
            project: project.expect("a project").to_owned(),
            world,
            provider,
        }
    }

    /// A recording of Alice's with this content.
    async fn record(&self, name: &str, kind: &str, bytes: Vec<u8>) -> Value {
        const RECORD: &str = "mutation ($input: AudioRecordingInput!) { createAudioRecording(input: $input) { id } }";
        let (world, project) = (&self.world, &self.project);
        let path = format!("{}/{project}/1700000000_{name}", world.alice.id);
        let size = bytes.len();
        let put = world.post(&format!("object/audio-recordings/{path}"));
        let put = put
            .bearer_auth(&world.alice.token)
            .header("content-type", kind);
        let put = put.body(bytes).send().await.expect("an answer");
        assert_eq!(put.status(), 200, "{:?}", put.text().await);
        let input = json!({"projectId": project, "storagePath": path, "fileName": name, "mimeType": kind,
            "sizeBytes": size});
        let made = world
            .graphql(&world.alice, RECORD, json!({ "input": input }))
            .await;
        let id = made["data"]["createAudioRecording"]["id"].clone();
        assert!(id.is_string(), "{made}");
        id
    }

    /// Asks as somebody; the code of the refusal, if it is one.
    async fn ask(&self, who: &Person, variables: Value) -> Result<Value, String> {
        let mut answer = self.world.graphql(who, TRANSCRIBE, variables).await;
        match answer["errors"][0]["extensions"]["code"].as_str() {
            Some(code) => Err(code.to_owned()),
            None => Ok(answer["data"]["transcribeRecording"].take()),
        }
    }

    /// Waits until a job of Alice's has ended.
    async fn ended(&self, job: &Value) -> Value {
        for _ in 0..1_500 {
            let alice = &self.world.alice;
            let mut seen = self.world.graphql(alice, JOB, json!({ "id": job })).await;
            let seen = seen["data"]["job"].take();
            if !matches!(seen["status"].as_str(), Some("PENDING" | "PROCESSING")) {
                return seen;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the job did not end within 15 seconds");
    }

    /// Has a recording written down, and waits for it: the recording and the job.
    async fn written(&self, variables: Value) -> (Value, Value) {
        let begun = self.ask(&self.world.alice, variables.clone()).await;
        let begun = begun.expect("it begins");
        assert_eq!(begun["recording"]["transcriptionStatus"], "PROCESSING");
        let job = self.ended(&begun["job"]["id"]).await;
        (self.settled(&variables["id"]).await, job)
    }

    /// A recording once it is no longer being written down.
    async fn settled(&self, id: &Value) -> Value {
        for _ in 0..1_500 {
            let seen = self.recording(id).await;
            if seen["transcriptionStatus"] != "PROCESSING" {
                return seen;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the recording was not settled within 15 seconds");
    }

    async fn recording(&self, id: &Value) -> Value {
        let alice = &self.world.alice;
        let mut seen = self.world.graphql(alice, LOOK, json!({ "id": id })).await;
        seen["data"]["audioRecording"].take()
    }
}

fn said(text: &str, usage: Value) -> Reply {
    Reply::status(200, &json!({"text": text, "usage": usage}))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recording_is_written_down_and_its_minutes_are_on_record() {
    let studio = Studio::new(&[]).await;
    let id = studio.record("memo.wav", "audio/wav", wav()).await;
    let told = json!({"type": "duration", "seconds": 9});
    studio.provider.then(said(" Buy flour.\u{0} ", told));
    let (recording, job) = studio.written(json!({"id": id, "language": "en"})).await;
    assert_eq!(job["status"], "COMPLETED", "{job}");
    assert_eq!(
        (
            &recording["transcription"],
            &recording["transcriptionStatus"]
        ),
        (&json!("Buy flour."), &json!("COMPLETED"))
    );
    assert_eq!(recording["transcriptionLanguage"], "en");
    assert!(recording["transcribedAt"].is_string() && recording["transcriptionError"].is_null());

    let asked = studio.provider.asked();
    let asked = asked.first().expect("a request");
    assert_eq!(asked.path, "/v1/audio/transcriptions");
    assert_eq!(asked.header("authorization"), format!("Bearer {KEY}"));
    let kind = asked.header("content-type");
    let boundary = kind.strip_prefix("multipart/form-data; boundary=");
    let boundary = boundary.unwrap_or_else(|| panic!("{kind}"));
    let mut expected = Vec::new();
    for (name, value) in [
        ("model", "whisper-1"),
        ("response_format", "json"),
        ("language", "en"),
    ] {
        let field = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        );
        expected.extend(field.into_bytes());
    }
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"recording.wav\"\r\n\
         Content-Type: audio/wav\r\n\r\n"
    );
    expected.extend(head.into_bytes());
    expected.extend(wav());
    expected.extend(format!("\r\n--{boundary}--\r\n").into_bytes());
    assert!(
        asked.bytes == expected,
        "{}",
        String::from_utf8_lossy(&asked.bytes[..400])
    );

    // 9 of 60 seconds, of which 60 cost 0.006 US dollars.
    let record = "openai whisper-1 transcript completed 9 - - false 0.0009 server";
    assert_eq!(studio.world.text(LAST).await, record);
    for (expected, sql) in [
        (
            "0.0009",
            "select trim_scale(total_cost)::text from public.usage_logs",
        ),
        (
            "0.0009",
            "select trim_scale(cost)::text from public.api_usage_logs",
        ),
    ] {
        assert_eq!(studio.world.text(sql).await, expected, "{sql}");
    }
    let costs = "{ modelCosts(by: [PURPOSE]) { purpose calls cost unpricedCalls } }";
    let alice = &studio.world.alice;
    let costs = studio.world.graphql(alice, costs, json!({})).await;
    assert_eq!(
        costs["data"]["modelCosts"],
        json!([{"purpose": "TRANSCRIPT", "calls": "1", "cost": "0.0009", "unpricedCalls": "0"}])
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seconds_that_a_provider_does_not_tell_are_the_files_and_unknown_prices_stay_unknown() {
    let studio = Studio::new(&["--transcription-model", "compatible:whisper-small"]).await;
    let id = studio.record("memo.wav", "audio/wav", wav()).await;
    let plain = Reply::status(200, &json!({"text": "Hallo", "language": "de"}));
    studio.provider.then(plain);
    let (recording, _) = studio.written(json!({ "id": id })).await;
    assert_eq!(
        (
            &recording["transcription"],
            &recording["transcriptionLanguage"]
        ),
        (&json!("Hallo"), &json!("de"))
    );
    assert_eq!(
        studio.world.text(LAST).await,
        "compatible whisper-small transcript completed 1 - - true unknown none"
    );
    let tokens =
        json!({"type": "tokens", "input_tokens": 14, "output_tokens": 45, "total_tokens": 59});
    studio.provider.then(said("Hallo", tokens.clone()));
    let variables = json!({"id": id, "model": "gpt-4o-mini-transcribe"});
    studio.written(variables).await;
    assert_eq!(
        studio.world.text(LAST).await,
        "openai gpt-4o-mini-transcribe transcript completed 1 14 45 true 0.00005 server"
    );
    // Nothing is known of how long this is, so nothing of what it cost.
    let head =
        b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm";
    let webm = [&head[..], &[0; 300]].concat();
    let id = studio.record("memo.webm", "audio/webm", webm).await;
    studio.provider.then(said("Hallo", tokens));
    let variables = json!({"id": id, "model": "gpt-4o-mini-transcribe"});
    studio.written(variables).await;
    assert_eq!(
        studio.world.text(LAST).await,
        "openai gpt-4o-mini-transcribe transcript completed - 14 45 false unknown server"
    );
    let sent = String::from_utf8_lossy(&studio.provider.asked()[2].bytes).into_owned();
    assert!(
        sent.contains("filename=\"recording.webm\"\r\nContent-Type: audio/webm\r\n"),
        "{sent}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_written_down_says_why_and_leaves_what_was_there() {
    let studio = Studio::new(&["--model-budget-per-month", "0.0005"]).await;
    let id = studio.record("memo.wav", "audio/wav", wav()).await;
    let failed = async |variables: Value, why: &str| {
        let (recording, job) = studio.written(variables).await;
        assert_eq!(
            (&job["status"], &recording["transcriptionStatus"]),
            (&json!("FAILED"), &json!("FAILED"))
        );
        let told = recording["transcriptionError"].as_str().expect("why");
        assert!(told.contains(why), "{told}");
        assert_eq!(job["error"], told);
        recording
    };
    let refusal = json!({"error": {"code": "invalid_value", "message": "secret words"}});
    studio.provider.then(Reply::status(400, &refusal));
    let recording = failed(json!({ "id": id }), "may not know the recording's format").await;
    assert!(recording["transcription"].is_null());
    assert_eq!(
        studio.world.text(LAST).await,
        "openai whisper-1 transcript failed refused - 0 0 false 0 server"
    );
    studio.provider.then(Reply::status(401, &json!({})));
    failed(json!({ "id": id }), "MINDLOOM_OPENAI_API_KEY").await;
    let aac = studio.record(
        "memo.aac",
        "audio/aac",
        [&b"\xff\xf1"[..], &[0x50; 200]].concat(),
    );
    failed(json!({"id": aac.await}), "of the type audio/aac").await;
    let mut large = wav();
    large.resize(25_000_001, 0);
    let large = studio.record("long.wav", "audio/wav", large).await;
    failed(json!({ "id": large }), "25000000 bytes at most").await;
    assert_eq!(studio.provider.asked().len(), 2, "nothing else was sent");

    studio
        .provider
        .then(said("Buy flour", json!({"type": "duration", "seconds": 9})));
    let (recording, _) = studio.written(json!({ "id": id })).await;
    assert_eq!(recording["transcription"], "Buy flour");
    assert!(recording["transcriptionError"].is_null());
    let recording = failed(json!({ "id": id }), "budget").await;
    assert_eq!(recording["transcription"], "Buy flour", "it stays");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_that_there_are_not_are_refused_at_once() {
    let studio = Studio::new(&[]).await;
    let id = studio.record("memo.wav", "audio/wav", wav()).await;
    let unknown = "x".repeat(200);
    for (variables, why) in [
        (json!({"id": id, "model": "gpt-4o"}), "whisper-1"),
        (
            json!({"id": id, "model": "unknown"}),
            "No model \"unknown\"",
        ),
        (
            json!({"id": id, "provider": "google"}),
            "openai or compatible",
        ),
        (
            json!({"id": id, "provider": "compatible"}),
            "MINDLOOM_TRANSCRIPTION_MODEL",
        ),
        (
            json!({"id": id, "provider": unknown}),
            "There is no provider",
        ),
    ] {
        let alice = &studio.world.alice;
        let answer = studio.world.graphql(alice, TRANSCRIBE, variables).await;
        let error = &answer["errors"][0];
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{answer}");
        let told = error["message"].as_str().expect("why");
        assert!(told.contains(why), "{told}");
    }
    let recording = studio.recording(&id).await;
    assert_eq!(recording["transcriptionStatus"], "PENDING", "nothing began");
    let jobs = "select count(*) from public.job_queue where job_type = 'projects.transcribe'";
    assert_eq!(studio.world.count(jobs).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_provider_refuses_is_not_asked_again() {
    let studio = Studio::new(&[]).await;
    let id = studio.record("memo.wav", "audio/wav", wav()).await;
    let permanent = [
        400, 401, 402, 403, 404, 405, 406, 410, 411, 413, 415, 422, 451,
    ];
    for (place, status) in permanent.into_iter().enumerate() {
        let refusal = Reply::status(status, &json!({"error": {"code": "no"}}));
        studio.provider.then(refusal);
        let (recording, job) = studio.written(json!({ "id": id })).await;
        assert_eq!(job["status"], "FAILED", "{status}: {job}");
        assert_eq!(recording["transcriptionStatus"], "FAILED", "{status}");
        assert_eq!(studio.provider.asked().len(), place + 1, "{status}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transcript_that_cannot_be_kept_is_on_record_and_made_again() {
    let studio = Studio::new(&[]).await;
    let world = &studio.world;
    let id = studio.record("memo.wav", "audio/wav", wav()).await;
    // The first commit with a text fails.
    let fails = "create sequence public.commits;
        create function public.refuse() returns trigger language plpgsql security definer as $$
        begin
          if new.transcription is not null and nextval('public.commits') = 1 then
            raise exception 'not now';
          end if;
          return null;
        end $$;
        create constraint trigger refuse after update on public.audio_recordings
          deferrable initially deferred for each row execute function public.refuse();";
    world.test.run_as_owner(fails).await.expect("a trigger");
    let told = json!({"type": "duration", "seconds": 9});
    studio.provider.then(said("Buy flour", told.clone()));
    studio.provider.then(said("Buy flour", told));
    let (recording, job) = studio.written(json!({ "id": id })).await;
    assert_eq!(job["status"], "COMPLETED", "{job}");
    assert_eq!(recording["transcription"], "Buy flour");
    let calls =
        "select coalesce(string_agg(outcome || ' ' || trim_scale(audio_seconds), ', ' order by started_at), '')
        from public.model_calls where outcome <> 'running'";
    for _ in 0..1_500 {
        if world.text(calls).await == "interrupted 9, completed 9" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{}", world.text(calls).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_key_it_says_how_to_set_one() {
    let world = World::new(&[]).await;
    let studio = Studio {
        provider: WireServer::start().await,
        project: {
            let create = "mutation { createProject(input: {name: \"p\"}) { id } }";
            let made = world.graphql(&world.alice, create, json!({})).await;
            made["data"]["createProject"]["id"]
                .as_str()
                .expect("a project")
                .to_owned()
        },
        world,
    };
    let id = studio.record("memo.wav", "audio/wav", wav()).await;
    let (recording, _) = studio.written(json!({ "id": id })).await;
    let told = recording["transcriptionError"].as_str().expect("why");
    assert!(told.contains("saveApiConfiguration"), "{told}");
    let calls = "select count(*) from public.model_calls";
    assert_eq!(studio.world.count(calls).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_for_those_who_may_edit_once_at_a_time_and_deleting_it_ends_it() {
    let studio = Studio::new(&[]).await;
    let world = &studio.world;
    let id = studio.record("memo.wav", "audio/wav", wav()).await;
    let asked = async |who: &Person| studio.ask(who, json!({ "id": id })).await;
    assert_eq!(asked(&world.bob).await, Err("NOT_FOUND".to_owned()));
    let share = format!(
        "insert into public.collaborators (project_id, user_id, role) values ('{}', '{}', 'viewer')",
        studio.project, world.bob.id
    );
    world.test.run_as_owner(&share).await.expect("it is shared");
    assert_eq!(
        asked(&world.bob).await,
        Err("NOT_FOUND".to_owned()),
        "he may only hear it"
    );
    let wrong = json!({"id": id, "language": "English"});
    assert_eq!(
        studio.ask(&world.alice, wrong).await,
        Err("BAD_USER_INPUT".to_owned())
    );

    let gate = Arc::new(Notify::new());
    let told = json!({"type": "duration", "seconds": 9});
    studio.provider.then(said("Buy flour", told).held(&gate));
    let begun = asked(&world.alice).await.expect("it begins");
    assert_eq!(asked(&world.alice).await, Err("CONFLICT".to_owned()));
    for _ in 0..1_500 {
        if !studio.provider.asked().is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let delete = "mutation ($id: UUID!) { deleteAudioRecording(id: $id) { id } }";
    let gone = world
        .graphql(&world.alice, delete, json!({ "id": id }))
        .await;
    assert!(gone.get("errors").is_none(), "{gone}");
    gate.notify_one();
    let job = studio.ended(&begun["job"]["id"]).await;
    assert_eq!(job["status"], "FAILED");
    assert!(
        job["error"].as_str().expect("why").contains("deleted"),
        "{job}"
    );
    // It was heard, and that has its price.
    assert_eq!(
        world.text(LAST).await,
        "openai whisper-1 transcript completed 9 - - false 0.0009 server"
    );
    assert_eq!(asked(&world.alice).await, Err("NOT_FOUND".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recording_that_somebody_holds_is_settled_once_they_let_it_go() {
    let studio = Studio::new(&[]).await;
    let world = &studio.world;
    let id = studio.record("memo.wav", "audio/wav", wav()).await;
    let gate = Arc::new(Notify::new());
    let refusal = Reply::status(400, &json!({"error": {"code": "invalid_value"}}));
    studio.provider.then(refusal.held(&gate));
    let begun = studio.ask(&world.alice, json!({ "id": id })).await;
    let begun = begun.expect("it begins");
    let hold = "select from public.audio_recordings for update";
    let holder = world.test.db.begin_system().await.expect("a transaction");
    holder.execute(hold, &[]).await.expect("the row is held");
    gate.notify_one();
    let job = studio.ended(&begun["job"]["id"]).await;
    assert_eq!(job["status"], "FAILED", "{job}");
    let held = studio.recording(&id).await;
    assert_eq!(held["transcriptionStatus"], "PROCESSING");
    holder.commit().await.expect("the row is let go");
    let settled = studio.settled(&id).await;
    assert_eq!(settled["transcriptionStatus"], "FAILED");
    assert_eq!(settled["transcriptionError"], job["error"]);
}
