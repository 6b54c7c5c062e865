//! Who changed what of the configuration, and putting it back.

use mindloom::auth::Caller;
use serde_json::{Value, json};

use super::World;

const HISTORY: &str = "query ($entry: UUID, $table: ConfigurationTable, $first: Int! = 50, $before: UUID) {
    configurationHistory(entry: $entry, table: $table, first: $first, before: $before) {
        id at actorId actorEmail byProgram act table entry name canPutBack fields { field before after } } }";
const PUT_BACK: &str = "mutation ($change: UUID!) { putBackConfiguration(change: $change) }";
const CREATE: &str = r#"mutation { createModelConfig(input: {modelId: "m-1", name: "First", provider: OPENAI,
    metadata: {contextWindow: 1000, apiKey: "canary-key", nothing: null}}) { id } }"#;
const UPDATE: &str = r#"mutation ($id: UUID!) { updateModelConfig(id: $id, set: {name: "Second", isActive: false,
    metadata: {contextWindow: 2000}}) { id } }"#;
const DELETE: &str = "mutation ($id: UUID!) { deleteModelConfig(id: $id) { id } }";
const READ: &str = "query ($id: UUID!) { modelConfig(id: $id) { name isActive metadata } }";

impl World {
    async fn history(&self, variables: Value) -> Vec<Value> {
        let mut seen = self.ok(&self.root, HISTORY, variables).await;
        match seen["configurationHistory"].take() {
            Value::Array(changes) => changes,
            other => panic!("a list, not {other}"),
        }
    }

    async fn put_back(&self, change: &Value) -> Value {
        let variables = json!({"change": change["id"]});
        let mut done = self.ok(&self.root, PUT_BACK, variables).await;
        done["putBackConfiguration"].take()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_told_masked_and_put_back() {
    let world = World::start().await;
    let made = world.ok(&world.root, CREATE, json!({})).await;
    let id = &made["createModelConfig"]["id"];
    world.ok(&world.root, UPDATE, json!({"id": id})).await;
    let changes = world.history(json!({"entry": id})).await;
    let acts: Vec<&Value> = changes.iter().map(|change| &change["act"]).collect();
    assert_eq!(acts, ["CHANGED", "CREATED"]);
    let (changed, created) = (&changes[0], &changes[1]);
    for change in [changed, created] {
        assert_eq!(change["actorEmail"], "root@example.org");
        assert_eq!(change["actorId"], json!(world.root.user_id));
        assert_eq!(change["byProgram"], false);
        assert_eq!(
            (&change["table"], &change["entry"]),
            (&json!("MODEL_CONFIG"), id)
        );
        assert_eq!(change["name"], "Second", "as it is called now");
    }
    assert_eq!(
        (&changed["canPutBack"], &created["canPutBack"]),
        (&json!(true), &json!(false))
    );
    let masked = json!({"contextWindow": 1000, "apiKey": "••••••", "nothing": null});
    assert_eq!(
        changed["fields"],
        json!([
            {"field": "is_active", "before": true, "after": false},
            {"field": "metadata", "before": masked, "after": {"contextWindow": 2000}},
            {"field": "name", "before": "First", "after": "Second"},
        ])
    );
    assert_eq!(&world.put_back(changed).await, id);
    let now = world.ok(&world.root, READ, json!({"id": id})).await;
    assert_eq!(
        now["modelConfig"],
        json!({"name": "First", "isActive": true,
            "metadata": {"contextWindow": 1000, "apiKey": "canary-key", "nothing": null}})
    );
    let changes = world.history(json!({"entry": id})).await;
    assert_eq!(changes.len(), 3, "putting back is a change itself");
    assert_eq!(&world.put_back(changed).await, id);
    let unchanged = world.history(json!({"entry": id})).await;
    assert_eq!(unchanged.len(), 3, "what is as it was already is no change");
    world.put_back(&changes[0]).await;
    let now = world.ok(&world.root, READ, json!({"id": id})).await;
    assert_eq!(now["modelConfig"]["name"], "Second", "and can be put back");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_deleted_comes_back_and_what_cannot_is_said() {
    let world = World::start().await;
    let made = world.ok(&world.root, CREATE, json!({})).await;
    let id = &made["createModelConfig"]["id"];
    world.ok(&world.root, UPDATE, json!({"id": id})).await;
    world.ok(&world.root, DELETE, json!({"id": id})).await;
    let changes = world.history(json!({"entry": id})).await;
    let can: Vec<&Value> = changes.iter().map(|change| &change["canPutBack"]).collect();
    assert_eq!(can, [true, false, false], "the deletion alone");
    for (place, words) in [(1, "deleted since"), (2, "This change made the entry")] {
        let variables = json!({"change": changes[place]["id"]});
        let (code, message) = world.refused(&world.root, PUT_BACK, variables).await;
        assert_eq!(code, "NOT_FOUND", "{message}");
        assert!(message.contains(words), "{message}");
    }
    assert_eq!(&world.put_back(&changes[0]).await, id);
    let now = world.ok(&world.root, READ, json!({"id": id})).await;
    assert_eq!(
        now["modelConfig"],
        json!({"name": "Second", "isActive": false, "metadata": {"contextWindow": 2000}})
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_in_the_history_and_pages_of_it_follow_each_other() {
    let world = World::start().await;
    let set = "mutation ($days: Int!) { updateSystemSettings(input: {logging: {retentionDays: {errors: $days}}})
        { logging { retentionDays { errors } } } }";
    for days in [11, 12, 13] {
        world.ok(&world.root, set, json!({"days": days})).await;
    }
    let all = world.history(json!({"table": "ADMIN_CONFIG"})).await;
    assert_eq!(all.len(), 3, "{all:#?}");
    assert!(
        all.iter()
            .all(|change| change["name"] == "logging_settings")
    );
    assert!(
        world
            .history(json!({"table": "API_PROVIDERS"}))
            .await
            .is_empty()
    );
    let first = world.history(json!({"first": 2})).await;
    let rest = world
        .history(json!({"first": 2, "before": first[1]["id"]}))
        .await;
    let ids = |changes: &[Value]| -> Vec<Value> {
        changes.iter().map(|change| change["id"].clone()).collect()
    };
    assert_eq!([ids(&first), ids(&rest)].concat(), ids(&all));
    let before_the_last = &all[0]["fields"][0];
    assert_eq!(before_the_last["field"], "config_data");
    world.put_back(&all[1]).await;
    let read = "{ systemSettings { logging { retentionDays { errors } } } }";
    let now = world.ok(&world.root, read, json!({})).await;
    assert_eq!(
        now["systemSettings"]["logging"]["retentionDays"]["errors"],
        11
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_administrators_sees_or_puts_back() {
    let world = World::start().await;
    let made = world.ok(&world.root, CREATE, json!({})).await;
    let id = &made["createModelConfig"]["id"];
    world.ok(&world.root, UPDATE, json!({"id": id})).await;
    let changes = world.history(json!({"entry": id})).await;
    let variables = json!({"change": changes[0]["id"]});
    let strangers: [Option<&Caller>; 2] = [None, Some(&world.ada)];
    for caller in strangers {
        for (query, variables) in [
            (HISTORY, json!({"entry": id})),
            (PUT_BACK, variables.clone()),
        ] {
            let answer = world.ask(caller, query, variables).await;
            let code = &answer["errors"][0]["extensions"]["code"];
            assert!(code == "FORBIDDEN" || code == "UNAUTHENTICATED", "{answer}");
            assert!(!answer.to_string().contains("First"), "{answer}");
        }
    }
    let now = world.ok(&world.root, READ, json!({"id": id})).await;
    assert_eq!(now["modelConfig"]["name"], "Second", "nothing was put back");
}

/// Settings with a canary under every name and in every form that is secret.
fn secrets() -> Value {
    json!({
        "apiKey": "canary", "api_key_2": "canary", "X-API-KEY": "canary", "dbPassword": 77_123, "clientSecret": "canary",
        "openaiApiKeys": {"first": "canary", "more": ["canary", {"deep": "canary"}]},
        "credentials": {"user": "canary"}, "Authorization": "Bearer canary", "cookie": "sid=canary", "accessToken": "canary",
        "headers": [{"name": "Authorization", "value": "Bearer canary"}, {"key": "x-api-key", "value": "canary"}],
        "pairs": [["Cookie", "canary"]], "lines": ["Authorization: Bearer canary"],
        "args": ["--token", "canary", "--api-key=canary"], "env": ["GITHUB_TOKEN=canary"],
        "url": "https://me:canary@example.org/x?y=1&api_key=canary&access_token=canary",
        "text": "see postgres://me:canary@db/x and https://example.org?sig=canary",
        "written": "{\"secret\": \"canary\"}",
        "more": secret_names(), "passcode": 77_123, "otp": 77_123,
        "texts": secret_texts(),
    })
}

/// Further names, in any writing.
fn secret_names() -> Value {
    [
        "authHeader",
        "auth_header",
        "pass",
        "smtp_pass",
        "dbPass",
        "pem",
        "private_pem",
        "dsn",
        "sas",
        "accesstokenvalue",
        "secret_env",
        "client_secret_id",
        "MAX_API_TOKEN",
    ]
    .map(|name| (name, "canary"))
    .into_iter()
    .collect()
}

/// What people write secrets like in a text.
fn secret_texts() -> Value {
    let texts = [
        "API_KEY=\"one canary\"",
        "PASSWORD='one canary'",
        "password = canary",
        "password=ab,canary",
        "const apiKey = \"canary\";",
        "smtp_pass=canary",
        "run --password canary -v",
        "Cookie: a=b; sid=canary",
        "a: 1\ntoken: canary\nb: 2",
        "secret_key: canary",
        "tls:\n  private_key: canary",
        "passphrase: canary",
        "sent as Bearer canary-0123 there",
        "Authorization: Digest username=\"x\", response=\"canary\"",
        "say {\"password\": \"ab\\\"canary\"} now",
        "say {\"pin\": 77123} now",
        "{\"pin\": 77123}",
        "{\"dbPass\": \"canary\"}",
        "say {\\\"api_key\\\": \\\"canary\\\"} now",
        "{\"a\": \"{\\\"api_key\\\": \\\"canary\\\"}\"}",
        "-----BEGIN RSA PRIVATE KEY-----\ncanary\n-----END RSA PRIVATE KEY-----",
        "by sk_live_canary",
        "https://hooks.slack.com/services/T0/B0/canary",
        "http://me:pa/canary@example.org/x",
    ];
    json!(texts)
}

/// Settings with names that only sound secret.
fn plain() -> Value {
    json!({
        "maxTokens": 5, "tokens": 7, "keyName": "shown", "keywords": ["shown"], "requiresKey": true, "password": "",
        "key": null, "headers": [{"name": "Accept", "value": "shown"}], "url": "https://example.org/x?y=1",
        "prompt": "Answer by key: value. The password is long.", "max_password_length": 8, "authMode": "oauth",
        "texts": ["Basic instructions, Bearer authentication", "{\"max_tokens\": 100, \"keyName\": \"shown\"}",
            "max_tokens: 1000\nmodel: shown", "http://example.org:8080/a@b", "pass the compass; design = modern"],
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn no_form_of_a_secret_is_shown_and_each_comes_back() {
    let world = World::start().await;
    let all = json!({"hidden": secrets(), "plain": plain()});
    let create = "mutation ($metadata: JSON) { createModelConfig(input: {modelId: \"m-2\", name: \"Hidden\", provider: OPENAI,
        metadata: $metadata}) { id } }";
    let made = world
        .ok(
            &world.root,
            create,
            json!({"metadata": {"hidden": secrets(), "shown": plain()}}),
        )
        .await;
    let id = &made["createModelConfig"]["id"];
    let set = "mutation ($id: UUID!, $metadata: JSON) { updateModelConfig(id: $id, set: {metadata: $metadata}) { id } }";
    for metadata in [all.clone(), json!({})] {
        let variables = json!({"id": id, "metadata": metadata});
        world.ok(&world.root, set, variables).await;
    }
    world.ok(&world.root, DELETE, json!({"id": id})).await;
    let entries = "{ auditEntries { nodes { action details } } }";
    let entries = world.ok(&world.root, entries, json!({})).await.to_string();
    let changes = world.history(json!({"entry": id})).await;
    let told = serde_json::to_string(&changes).expect("JSON");
    for shown in [&entries, &told] {
        assert!(
            !shown.contains("canary") && !shown.contains("77123"),
            "{shown}"
        );
        assert!(
            shown.contains("••••••@example.org/x?y=1&api_key=••••••"),
            "{shown}"
        );
    }
    let emptied = &changes[1];
    assert_eq!(
        emptied["fields"][0]["before"]["plain"],
        plain(),
        "what is none is shown"
    );
    // Back it comes whole: the deletion first, then what was emptied.
    world.put_back(&changes[0]).await;
    world.put_back(emptied).await;
    let now = world.ok(&world.root, READ, json!({"id": id})).await;
    assert_eq!(now["modelConfig"]["metadata"], all);
    let kept = "select count(*) from private.former_configuration";
    assert_ne!(world.test.value(kept).await.as_deref(), Some("0"));
    world.sql("delete from audit_entries").await;
    assert_eq!(
        world.test.value(kept).await.as_deref(),
        Some("0"),
        "it goes with the audit"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_put_back_says_why() {
    let world = World::start().await;
    let made = world.ok(&world.root, CREATE, json!({})).await;
    let id = &made["createModelConfig"]["id"];
    world.ok(&world.root, DELETE, json!({"id": id})).await;
    let changes = world.history(json!({"entry": id})).await;
    world.put_back(&changes[0]).await;
    let unknown = json!({"change": "00000000-0000-7000-8000-000000000000"});
    for (change, code, words) in [
        (
            json!({"change": changes[0]["id"]}),
            "CONFLICT",
            "put back already",
        ),
        (
            json!({"change": changes[1]["id"]}),
            "NOT_FOUND",
            "Delete the entry instead",
        ),
        (unknown, "NOT_FOUND", "no such change"),
    ] {
        let (found, message) = world.refused(&world.root, PUT_BACK, change).await;
        assert_eq!(found, code, "{message}");
        assert!(message.contains(words), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_for_administrators_says_so() {
    let world = World::start().await;
    let health = "{ healthReport { openAlerts } }";
    let unknown = json!({"change": "00000000-0000-7000-8000-000000000000"});
    for (query, variables) in [
        (CREATE, json!({})),
        (health, json!({})),
        (HISTORY, json!({})),
        (PUT_BACK, unknown),
    ] {
        let refused = world.refused(&world.ada, query, variables.clone()).await;
        let expected = (
            "FORBIDDEN".to_owned(),
            "This is for administrators only".to_owned(),
        );
        assert_eq!(refused, expected, "{query}");
    }
    world.ok(&world.root, health, json!({})).await;
}
