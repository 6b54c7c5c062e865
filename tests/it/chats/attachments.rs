//! Files that come with messages, as OpenAI, Anthropic and Google get them, and what cannot be sent.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use mindloom::auth::Caller;
use serde_json::{Value, json};

use super::{ask, token, without_limits};
use crate::{
    answers::wire::{Reply, WireServer},
    support::{TestDb, server::RunningServer},
};

const BUCKET: &str = "
    insert into storage.buckets (id, name, public) values ('private', 'private', false);
    create policy \"Folders are their owners'\" on storage.objects for all to authenticated
      using (bucket_id = 'private' and (storage.foldername(name))[1] = (select auth.uid()::text))
      with check (bucket_id = 'private' and (storage.foldername(name))[1] = (select auth.uid()::text))";
const SEND: &str = "mutation ($chat: UUID, $attachments: [ChatAttachmentInput!], $model: String) {
    sendMessage(chatId: $chat, parts: [{type: \"text\", text: \"What is this?\"}], attachments: $attachments,
      options: {model: $model}) { chat { id } question { attachments } answer { id } streamId } }";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
const PDF: &[u8] = b"%PDF-1.4 << /Type /Page >>";
const GIF: &[u8] = b"GIF89a\x01\0\x01\0";
const TEXT: &str = "Knead for ten minutes. \u{1F35E}";

/// People, a server and providers.
struct Desk {
    test: TestDb,
    server: RunningServer,
    provider: WireServer,
    client: reqwest::Client,
}

impl Desk {
    async fn new() -> Self {
        let test = TestDb::new().await;
        without_limits(&test).await;
        test.run_as_owner(BUCKET).await.expect("a bucket");
        let provider = WireServer::start().await;
        let key = "sk-of-the-server-nobody-may-read";
        let mut flags = Vec::new();
        for name in ["openai", "anthropic", "google", "compatible"] {
            let url = provider.url.clone();
            flags.extend([
                format!("--{name}-base-url"),
                url,
                format!("--{name}-api-key"),
                key.to_owned(),
            ]);
        }
        let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
        let server = RunningServer::start(&test.db, &flags).await;
        let client = reqwest::Client::new();
        Desk {
            test,
            server,
            provider,
            client,
        }
    }

    async fn ask(&self, who: &Caller, query: &str, variables: Value) -> Value {
        ask(&self.client, &self.server, who, query, variables).await
    }

    /// A file of somebody's: its key.
    async fn put(&self, who: &Caller, name: &str, kind: &str, bytes: &[u8]) -> Value {
        let owner = who.user_id.expect("somebody");
        let path = format!("{owner}/{name}");
        let put = self
            .client
            .post(format!(
                "http://{}/storage/v1/object/private/{path}",
                self.server.address
            ))
            .bearer_auth(token(who))
            .header("content-type", kind)
            .body(bytes.to_vec());
        let put = put.send().await.expect("an answer");
        assert_eq!(put.status(), 200, "{:?}", put.text().await);
        let query =
            "query ($name: String!) { objects(where: {name: {eq: $name}}) { nodes { id } } }";
        let found = self.ask(who, query, json!({ "name": path })).await;
        found["data"]["objects"]["nodes"][0]["id"].clone()
    }

    /// Sends a message, and waits for the end of its answer: what the provider was asked, and the chat.
    async fn sent(&self, who: &Caller, variables: Value) -> (Value, Value) {
        let (asked, sent) = self.answered(who, SEND, variables).await;
        (asked, sent["chat"]["id"].clone())
    }

    /// The same of any action that has something answered: what the provider was asked, and what was begun.
    async fn answered(&self, who: &Caller, action: &str, variables: Value) -> (Value, Value) {
        let before = self.asked().len();
        let begun = self.begun(who, action, variables).await;
        assert_eq!(self.end(&begun).await, "completed");
        let asked = self.asked();
        assert_eq!(asked.len(), before + 1, "one answer");
        (asked[before].clone(), begun)
    }

    /// What an action began.
    async fn begun(&self, who: &Caller, action: &str, variables: Value) -> Value {
        let mut begun = self.ask(who, action, variables).await;
        let data = begun["data"]
            .as_object_mut()
            .and_then(|data| data.values_mut().next());
        data.map(Value::take)
            .filter(|begun| begun["streamId"].is_string())
            .unwrap_or_else(|| panic!("{begun}"))
    }

    /// How a stream ended.
    async fn end(&self, begun: &Value) -> String {
        let stream = begun["streamId"].as_str().expect("a stream");
        let status = format!("select status::text from public.streams where id = '{stream}'");
        for _ in 0..1_500 {
            match self.test.value(&status).await {
                Some(end) if ["completed", "failed"].contains(&end.as_str()) => return end,
                _ => tokio::time::sleep(std::time::Duration::from_millis(10)).await,
            }
        }
        panic!("{stream} has no end")
    }

    /// What providers were asked, without titles.
    fn asked(&self) -> Vec<Value> {
        let asked = self.provider.asked().into_iter().map(|asked| asked.body);
        asked
            .filter(|body| !body.to_string().contains("You name conversations"))
            .collect()
    }

    async fn code(&self, who: &Caller, attachments: Value) -> String {
        let answer = self
            .ask(who, SEND, json!({ "attachments": attachments }))
            .await;
        let code = answer["errors"][0]["extensions"]["code"].as_str();
        code.unwrap_or_else(|| panic!("no error: {answer}"))
            .to_owned()
    }
}

fn events(list: &[Value]) -> Reply {
    let text: String = list
        .iter()
        .map(|event| format!("data: {event}\n\n"))
        .collect();
    Reply::stream(&text)
}

fn openai() -> Reply {
    Reply::stream(&crate::answers::shapes::openai(&["Bread."], 10, 1))
}

fn anthropic() -> Reply {
    events(&[
        json!({"type": "message_start", "message": {"usage": {"input_tokens": 10, "output_tokens": 1}}}),
        json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Bread."}}),
        json!({"type": "content_block_stop", "index": 0}),
        json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 2}}),
        json!({"type": "message_stop"}),
    ])
}

fn google() -> Reply {
    events(&[
        json!({"candidates": [{"content": {"role": "model", "parts": [{"text": "Bread."}]}, "finishReason": "STOP"}],
        "usageMetadata": {"promptTokenCount": 10, "candidatesTokenCount": 1, "totalTokenCount": 11}}),
    ])
}

fn object(id: &Value) -> Value {
    json!({ "objectId": id })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_provider_gets_pictures_pdf_and_texts_in_its_own_words() {
    let desk = Desk::new().await;
    let ada = desk.test.user("ada@example.org").await;
    let (png, pdf, text) = (
        desk.put(&ada, "loaf.png", "image/png", PNG).await,
        desk.put(&ada, "recipe.pdf", "application/pdf", PDF).await,
        desk.put(&ada, "notes.md", "text/markdown", TEXT.as_bytes())
            .await,
    );
    let attached = json!([object(&png), object(&pdf), object(&text)]);
    let (png64, pdf64) = (BASE64_STANDARD.encode(PNG), BASE64_STANDARD.encode(PDF));

    desk.provider.always(openai());
    let (asked, _) = desk
        .sent(&ada, json!({"attachments": attached, "model": "gpt-4o"}))
        .await;
    let expected = json!([
        {"type": "image_url", "image_url": {"url": format!("data:image/png;base64,{png64}")}},
        {"type": "file", "file": {"filename": "recipe.pdf", "file_data": format!("data:application/pdf;base64,{pdf64}")}},
        {"type": "text", "text": format!("File notes.md:\n{TEXT}")},
        {"type": "text", "text": "What is this?"},
    ]);
    assert_eq!(asked["messages"][1]["content"], expected);
    let kept = "select attachments from public.messages where role = 'user'";
    let client = desk.test.db.system().await.expect("a connection");
    let kept: Value = client.query_one(kept, &[]).await.expect("a message").get(0);
    drop(client);
    assert_eq!(
        kept[0],
        json!({"objectId": png, "name": "loaf.png", "contentType": "image/png", "sizeBytes": PNG.len()})
    );

    desk.provider.always(anthropic());
    let model = "claude-3-5-sonnet-20241022";
    let (asked, _) = desk
        .sent(&ada, json!({"attachments": attached, "model": model}))
        .await;
    let expected = json!([
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": png64}},
        {"type": "document", "title": "recipe.pdf",
          "source": {"type": "base64", "media_type": "application/pdf", "data": pdf64}},
        {"type": "document", "title": "notes.md", "source": {"type": "text", "media_type": "text/plain", "data": TEXT}},
        {"type": "text", "text": "What is this?"},
    ]);
    assert_eq!(asked["messages"][0]["content"], expected);

    desk.provider.always(google());
    let gif = desk.put(&ada, "dance.gif", "image/gif", GIF).await;
    let attached = json!([object(&png), object(&pdf), object(&text), object(&gif)]);
    let variables = json!({"attachments": attached, "model": "gemini-2.5-flash"});
    let (asked, _) = desk.sent(&ada, variables).await;
    let expected = json!([
        {"inlineData": {"mimeType": "image/png", "data": png64}},
        {"inlineData": {"mimeType": "application/pdf", "data": pdf64}},
        {"text": format!("File notes.md:\n{TEXT}")},
        {"text": "(The file “dance.gif” came with this; this provider takes no GIF.)"},
        {"text": "What is this?"},
    ]);
    assert_eq!(asked["contents"][0]["parts"], expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_that_are_gone_or_anothers_break_no_chat() {
    let desk = Desk::new().await;
    let (ada, ben) = (
        desk.test.user("ada@example.org").await,
        desk.test.user("ben@example.org").await,
    );
    desk.provider.always(openai());
    let png = desk.put(&ada, "loaf.png", "image/png", PNG).await;
    let text = desk
        .put(&ada, "notes.md", "text/markdown", TEXT.as_bytes())
        .await;
    let attached = json!([object(&png), object(&text)]);
    let (_, chat) = desk
        .sent(&ada, json!({"attachments": attached, "model": "gpt-4o"}))
        .await;
    let delete = "mutation ($id: UUID!) { deleteObject(id: $id) { id } }";
    let gone = desk.ask(&ada, delete, json!({ "id": png })).await;
    assert!(gone.get("errors").is_none(), "{gone}");
    let (asked, _) = desk
        .sent(&ada, json!({"chat": chat, "model": "gpt-4o"}))
        .await;
    let said = &asked["messages"][1]["content"];
    assert_eq!(
        said[0]["text"],
        "(The file “loaf.png” came with this; it is gone by now, or may no longer be read.)"
    );
    assert_eq!(said[1]["text"], format!("File notes.md:\n{TEXT}"));
    assert_eq!(asked["messages"][3]["content"], "What is this?");

    // Written into a message past every check, it is read with the rights of whoever asks, who has none.
    let begin = "mutation { createChat(input: {title: \"Mine\"}) { id } }";
    let chat = desk.ask(&ben, begin, json!({})).await["data"]["createChat"]["id"].clone();
    let plant = "mutation ($input: MessageInput!) { createMessage(input: $input) { id } }";
    let input = json!({"chatId": chat, "role": "USER", "parts": [{"type": "text", "text": "Look"}],
        "attachments": [{"objectId": text, "name": "stolen.md"}]});
    let planted = desk.ask(&ben, plant, json!({ "input": input })).await;
    assert!(planted.get("errors").is_none(), "{planted}");
    let (asked, _) = desk
        .sent(&ben, json!({"chat": chat, "model": "gpt-4o"}))
        .await;
    assert!(!asked.to_string().contains("Knead"), "{asked}");
    assert!(
        asked.to_string().contains("stolen.md"),
        "he is told why: {asked}"
    );
    assert_eq!(desk.code(&ben, json!([object(&text)])).await, "NOT_FOUND");

    // However many he writes into it, a message has ten at most, and each once.
    let bogus = |number: usize| {
        let id = format!("00000000-0000-7000-8000-{:012}", number / 2);
        json!({"objectId": id, "recordingId": id, "name": "bogus"})
    };
    let many: Vec<_> = (0..600).map(bogus).collect();
    let begun = desk.ask(&ben, begin, json!({})).await["data"]["createChat"]["id"].clone();
    let input = json!({"chatId": begun, "role": "USER", "parts": [{"type": "text", "text": "Look"}],
        "attachments": many});
    let planted = desk.ask(&ben, plant, json!({ "input": input })).await;
    assert!(planted.get("errors").is_none(), "{planted}");
    let (asked, _) = desk
        .sent(&ben, json!({"chat": begun, "model": "gpt-4o"}))
        .await;
    assert_eq!(asked.to_string().matches("“bogus”").count(), 10, "{asked}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_no_model_reads_is_refused_when_it_is_sent() {
    let desk = Desk::new().await;
    let ada = desk.test.user("ada@example.org").await;
    let zip = desk
        .put(&ada, "a.zip", "application/zip", b"PK\x03\x04\0\0\0\0")
        .await;
    let text = desk.put(&ada, "a.txt", "text/plain", b"words").await;
    let mut large = PNG.to_vec();
    large.resize(5_000_001, 0);
    let large = desk.put(&ada, "large.png", "image/png", &large).await;
    let mut pdf = PDF.to_vec();
    pdf.resize(8_000_000, b' ');
    let pdf = [
        desk.put(&ada, "a.pdf", "application/pdf", &pdf).await,
        desk.put(&ada, "b.pdf", "application/pdf", &pdf).await,
    ];
    for (attachments, code) in [
        (json!([object(&zip)]), "BAD_USER_INPUT"),
        (json!([{}]), "BAD_USER_INPUT"),
        (
            json!([{"objectId": text, "recordingId": text}]),
            "BAD_USER_INPUT",
        ),
        (json!([object(&large)]), "LIMIT_EXCEEDED"),
        (json!([object(&pdf[0]), object(&pdf[1])]), "LIMIT_EXCEEDED"),
        (json!(vec![object(&text); 11]), "LIMIT_EXCEEDED"),
        (
            json!([{"objectId": "00000000-0000-7000-8000-000000000000"}]),
            "NOT_FOUND",
        ),
    ] {
        assert_eq!(
            desk.code(&ada, attachments.clone()).await,
            code,
            "{attachments}"
        );
    }
    let chats = "select count(*)::text from public.chats";
    assert_eq!(
        desk.test.value(chats).await.as_deref(),
        Some("0"),
        "nothing was begun"
    );

    // A model that only reads.
    let blind = "update public.model_config set metadata = metadata || '{\"supportsImages\": false}' where model_id = 'gpt-4o'";
    desk.test.run_as_owner(blind).await.expect("a blind model");
    desk.provider.always(openai());
    let png = desk.put(&ada, "loaf.png", "image/png", PNG).await;
    let attached = json!([object(&png), object(&text)]);
    let (asked, _) = desk
        .sent(&ada, json!({"attachments": attached, "model": "gpt-4o"}))
        .await;
    let said = &asked["messages"][1]["content"];
    assert_eq!(
        said[0]["text"],
        "(The file “loaf.png” came with this; this model reads texts alone.)"
    );
    assert_eq!(said[1]["text"], "File a.txt:\nwords");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_tell_where_their_files_are_read() {
    const CREATE: &str =
        "mutation ($input: MessageInput!) { createMessage(input: $input) { id attachmentUrls } }";
    const LOOK: &str = "query ($id: UUID!) { message(id: $id) { attachmentUrls soon: attachmentUrls(expiresIn: 60) } }";
    let desk = Desk::new().await;
    let (ada, ben) = (
        desk.test.user("ada@example.org").await,
        desk.test.user("ben@example.org").await,
    );
    let png = desk.put(&ada, "loaf.png", "image/png", PNG).await;
    let text = desk
        .put(&ada, "notes.md", "text/markdown", TEXT.as_bytes())
        .await;
    let theirs = desk.put(&ben, "own.png", "image/png", PNG).await;
    let begin = "mutation { createChat(input: {title: \"Mine\"}) { id } }";
    let chat = desk.ask(&ada, begin, json!({})).await["data"]["createChat"]["id"].clone();
    // What is no key, no file, or another's is none of hers.
    let attachments = json!([
        object(&text), {"url": "https://example.org/a.png"}, object(&png), "words", object(&theirs),
        {"objectId": "------------------------------------"}, {"objectId": 5},
    ]);
    let message = |attachments: Value| {
        json!({"input": {"chatId": chat, "role": "USER", "attachments": attachments,
          "parts": [{"type": "text", "text": "Look"}]}})
    };
    let made = desk.ask(&ada, CREATE, message(attachments)).await;
    let made = &made["data"]["createMessage"];
    let seen = desk.ask(&ada, LOOK, json!({"id": made["id"]})).await;
    let seen = &seen["data"]["message"];
    assert_eq!(
        seen["attachmentUrls"], made["attachmentUrls"],
        "the same within a slot"
    );
    for urls in [&seen["attachmentUrls"], &seen["soon"]] {
        let urls = urls.as_array().unwrap_or_else(|| panic!("{seen}"));
        assert_eq!(urls.len(), 7, "one for each: {seen}");
        let are_there: Vec<bool> = urls.iter().map(Value::is_string).collect();
        assert_eq!(are_there, [true, false, true, false, false, false, false]);
        for (url, bytes) in [(&urls[0], TEXT.as_bytes()), (&urls[2], PNG)] {
            let url = url.as_str().and_then(|url| url.split_once("/storage/v1"));
            let path = url.expect("an address of a file").1;
            let url = format!("http://{}/storage/v1{path}", desk.server.address);
            let got = desk.client.get(url).send().await.expect("an answer");
            assert_eq!(got.bytes().await.expect("all of it"), bytes);
        }
    }
    let many = vec![object(&text); 101];
    let many = desk.ask(&ada, CREATE, message(json!(many))).await;
    let urls = many["data"]["createMessage"]["attachmentUrls"].as_array();
    let urls = urls.unwrap_or_else(|| panic!("{many}"));
    let are_there = urls.iter().filter(|url| url.is_string()).count();
    assert_eq!((urls.len(), are_there), (101, 100), "{many}");
    assert!(urls[100].is_null(), "{many}");
    let none = desk.ask(&ada, CREATE, message(json!([]))).await;
    assert_eq!(
        none["data"]["createMessage"]["attachmentUrls"],
        json!([]),
        "{none}"
    );
}

const EDIT: &str = "mutation ($id: UUID!, $attachments: [ChatAttachmentInput!]) {
    editMessage(id: $id, parts: [{type: \"text\", text: \"And this?\"}], attachments: $attachments,
      options: {model: \"gpt-4o\"}) { question { id attachments } streamId } }";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_came_with_a_message_stays_with_its_edit_or_is_replaced() {
    let desk = Desk::new().await;
    let (ada, ben) = (
        desk.test.user("ada@example.org").await,
        desk.test.user("ben@example.org").await,
    );
    desk.provider.always(openai());
    let text = desk
        .put(&ada, "notes.md", "text/markdown", TEXT.as_bytes())
        .await;
    let other = desk.put(&ada, "other.md", "text/markdown", b"Rye.").await;
    let bens = desk.put(&ben, "ben.md", "text/markdown", b"Mine.").await;
    let zip = desk
        .put(&ada, "a.zip", "application/zip", b"PK\x03\x04")
        .await;
    let send = SEND.replace("question { attachments }", "question { id }");
    let variables = json!({"attachments": [object(&text)], "model": "gpt-4o"});
    let (_, first) = desk.answered(&ada, &send, variables).await;

    let said = json!({"type": "text", "text": "And this?"});
    let file =
        |name: &str, text: &str| json!({"type": "text", "text": format!("File {name}:\n{text}")});
    let mut id = first["question"]["id"].clone();
    for (attachments, content, kept) in [
        (Value::Null, json!([file("notes.md", TEXT), said]), 1),
        (
            json!([object(&other)]),
            json!([file("other.md", "Rye."), said]),
            1,
        ),
        (json!([]), said["text"].clone(), 0),
    ] {
        let variables = json!({"id": id, "attachments": attachments});
        let (asked, begun) = desk.answered(&ada, EDIT, variables).await;
        assert_eq!(asked["messages"][1]["content"], content, "{attachments}");
        let found = begun["question"]["attachments"].as_array().map(Vec::len);
        assert_eq!(found, Some(kept), "{attachments}");
        id = begun["question"]["id"].clone();
    }
    let messages = "select count(*)::text from public.messages";
    let before = desk.test.value(messages).await;
    for (attachments, code) in [
        (json!([object(&bens)]), "NOT_FOUND"),
        (json!([object(&zip)]), "BAD_USER_INPUT"),
        (json!([{}]), "BAD_USER_INPUT"),
        (json!(vec![object(&text); 11]), "LIMIT_EXCEEDED"),
    ] {
        let variables = json!({"id": id, "attachments": attachments});
        let refused = desk.ask(&ada, EDIT, variables).await;
        assert_eq!(
            refused["errors"][0]["extensions"]["code"], code,
            "{refused}"
        );
    }
    assert_eq!(desk.test.value(messages).await, before, "nothing was begun");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_of_ones_own_gets_a_pdf_where_an_administrator_says_so() {
    let desk = Desk::new().await;
    let (ada, root) = (
        desk.test.user("ada@example.org").await,
        desk.test.admin("root@example.org").await,
    );
    let create = r#"mutation { createModelConfig(input: {modelId: "llava", name: "Llava", provider: COMPATIBLE, isDefault: true}) { id } }"#;
    let made = desk.ask(&root, create, json!({})).await;
    assert!(made.get("errors").is_none(), "{made}");
    let pdf = desk.put(&ada, "recipe.pdf", "application/pdf", PDF).await;
    let variables = json!({"attachments": [object(&pdf)], "model": "llava"});
    desk.provider.always(openai());
    let (asked, _) = desk.sent(&ada, variables.clone()).await;
    assert_eq!(
        asked["messages"][1]["content"][0]["text"],
        "(The file “recipe.pdf” came with this; this model takes no PDF.)"
    );
    let takes = "update public.model_config set metadata = coalesce(metadata, '{}') || '{\"supportsPdf\": true}' where model_id = 'llava'";
    desk.test.run_as_owner(takes).await.expect("it takes PDF");
    let (asked, _) = desk.sent(&ada, variables.clone()).await;
    assert_eq!(asked["messages"][1]["content"][0]["type"], "file");

    // Whoever believed so, and is refused, hears what to do.
    let refusal = json!({"error": {"message": "Unknown part type: file", "type": "invalid_request_error", "code": null}});
    desk.provider.always(Reply::status(400, &refusal));
    let begun = desk.begun(&ada, SEND, variables).await;
    assert_eq!(desk.end(&begun).await, "failed");
    let stream = begun["streamId"].as_str().expect("a stream");
    let told = format!(
        "select error_code || ' ' || error_message from public.streams where id = '{stream}'"
    );
    let told = desk.test.value(&told).await.unwrap_or_default();
    assert!(told.contains("BAD_USER_INPUT"), "{told}");
    assert!(told.contains("take them away with editMessage"), "{told}");
    let call = "select outcome || ' ' || error_type || ' ' || cost::text from public.model_calls
        where purpose = 'chat' order by started_at desc limit 1";
    let call = desk.test.value(call).await.unwrap_or_default();
    assert!(call.starts_with("failed refused"), "{call}");
}
