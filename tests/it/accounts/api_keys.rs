//! Keys for AI providers: encrypted at rest, never returned, re-encrypted under a new master key.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    flows::code,
    server::{Options, Server},
};

const SAVE: &str = "mutation($p: String!, $k: String!) { saveApiConfiguration(provider: $p, apiKey: $k) \
                    { id provider apiKeyHint isActive isValidated } }";
const KEY: &str = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNWXYZ";

#[tokio::test]
async fn a_key_is_stored_encrypted_and_shown_by_its_last_characters() {
    let server = Server::start().await;
    let ada = server.member("ada@example.org").await;
    let bob = server.member("bob@example.org").await;
    let saved = server
        .ok(Some(&ada.access), SAVE, json!({"p": "openai", "k": KEY}))
        .await;
    let saved = &saved["saveApiConfiguration"];
    assert_eq!(saved["apiKeyHint"], "WXYZ");
    assert!(!server.dump().await.contains(KEY));
    let user: Uuid = ada.user_id.parse().unwrap();
    let opened = server
        .accounts
        .open_api_key(user, "openai")
        .await
        .unwrap()
        .expect("a key");
    assert_eq!(opened.expose(), KEY);
    // A second key replaces the first in the same row.
    let other = KEY.replace("WXYZ", "1234");
    let again = server
        .ok(Some(&ada.access), SAVE, json!({"p": "openai", "k": other}))
        .await;
    assert_eq!(again["saveApiConfiguration"]["id"], saved["id"]);
    assert_eq!(
        server
            .accounts
            .open_api_key(user, "openai")
            .await
            .unwrap()
            .unwrap()
            .expose(),
        other
    );
    let list = "{ apiConfigurations { nodes { id apiKeyHint } } }";
    assert_eq!(
        server.ok(Some(&bob.access), list, json!({})).await["apiConfigurations"]["nodes"],
        json!([])
    );
    let secret = "{ apiConfigurations { nodes { apiKeyEncrypted } } }";
    let refused = server.run(Some(&ada.access), secret, json!({})).await;
    assert_eq!(
        code(&refused),
        "GRAPHQL_VALIDATION_FAILED",
        "the ciphertext is no field"
    );
}

#[tokio::test]
async fn what_is_no_key_is_refused() {
    let server = Server::start().await;
    let ada = server.member("ada@example.org").await;
    for (provider, key) in [
        ("nobody", KEY),
        ("openai", "short"),
        ("openai", "with a space in the middle"),
        ("openai", &"x".repeat(2000)),
    ] {
        let answer = server
            .run(Some(&ada.access), SAVE, json!({"p": provider, "k": key}))
            .await;
        assert_eq!(code(&answer), "BAD_USER_INPUT", "{provider} {key}");
        assert!(!answer.to_string().contains(key));
    }
    assert_eq!(
        code(
            &server
                .run(None, SAVE, json!({"p": "openai", "k": KEY}))
                .await
        ),
        "UNAUTHENTICATED"
    );
}

#[tokio::test]
async fn rotation_re_encrypts_everything_while_servers_run() {
    let server = Server::start().await;
    let ada = server.member("ada@example.org").await;
    server
        .ok(Some(&ada.access), SAVE, json!({"p": "openai", "k": KEY}))
        .await;
    let before: String = server
        .one(
            "select api_key_encrypted from public.api_configurations",
            &[],
        )
        .await;
    let key_before: String = server
        .one(
            "select encryption_key_id from public.api_configurations",
            &[],
        )
        .await;
    let output = server.command(&["keys", "rotate", "--encryption"]).await;
    assert!(output.contains('1'), "{output}");
    let after: String = server
        .one(
            "select api_key_encrypted from public.api_configurations",
            &[],
        )
        .await;
    let key_after: String = server
        .one(
            "select encryption_key_id from public.api_configurations",
            &[],
        )
        .await;
    assert_ne!(before, after);
    assert_ne!(key_before, key_after);
    // The running server learns the new key when it meets it.
    let user: Uuid = ada.user_id.parse().unwrap();
    assert_eq!(
        server
            .accounts
            .open_api_key(user, "openai")
            .await
            .unwrap()
            .unwrap()
            .expose(),
        KEY
    );
    // As it may be imported: sealed by something else.
    server
        .sql(
            "insert into public.api_configurations (user_id, provider, api_key_encrypted, encryption_key_id)
             values ($1, 'gemini', 'not ours', 'theirs')",
            &[&user],
        )
        .await;
    let again = server.command(&["keys", "rotate", "--encryption"]).await;
    assert!(
        again.contains("did not encrypt, left as they were: 1"),
        "{again}"
    );
    assert_eq!(
        server
            .accounts
            .open_api_key(user, "openai")
            .await
            .unwrap()
            .unwrap()
            .expose(),
        KEY
    );
}

#[tokio::test]
async fn a_ciphertext_moved_to_another_row_does_not_open() {
    let server = Server::start().await;
    let ada = server.member("ada@example.org").await;
    let bob = server.member("bob@example.org").await;
    for session in [&ada, &bob] {
        server
            .ok(
                Some(&session.access),
                SAVE,
                json!({"p": "openai", "k": KEY}),
            )
            .await;
    }
    server
        .sql(
            "update public.api_configurations set api_key_encrypted = \
               (select api_key_encrypted from public.api_configurations where user_id = $1) where user_id = $2",
            &[&ada.user_id.parse::<Uuid>().unwrap(), &bob.user_id.parse::<Uuid>().unwrap()],
        )
        .await;
    let moved = server
        .accounts
        .open_api_key(bob.user_id.parse().unwrap(), "openai")
        .await;
    assert!(moved.is_err());
    let _: Value = server
        .ok(Some(&ada.access), "{ me { id } }", json!({}))
        .await;
}

#[tokio::test]
async fn a_key_counts_in_the_quota_of_its_owner() {
    let server = Server::with(Options {
        user_max_rows: 1,
        ..Default::default()
    })
    .await;
    let ada = server.member("ada@example.org").await;
    let save = |provider: &str, key: &str| {
        let variables = json!({"p": provider, "k": key});
        let access = ada.access.clone();
        let server = &server;
        async move { server.run(Some(&access), SAVE, variables).await }
    };
    assert!(save("openai", KEY).await["errors"].is_null());
    let other = format!("sk-ant-{}", "a".repeat(30));
    let refused = save("anthropic", &other).await;
    assert_eq!(code(&refused), "LIMIT_EXCEEDED", "{refused}");
    let extensions = &refused["errors"][0]["extensions"];
    assert_eq!(
        (&extensions["limit"], &extensions["allowed"]),
        (&json!("quotaRows"), &json!(1))
    );
    let again = save("openai", &KEY.replace("WXYZ", "1234")).await;
    assert!(again["errors"].is_null(), "the same row: {again}");
}
