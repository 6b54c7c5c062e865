//! Personal access tokens: made, listed and revoked by their owner. What they open is tried in `mcp`.

use serde_json::json;

use super::{
    flows::{PASSWORD, code},
    server::Server,
};

pub const CREATE: &str =
    "mutation ($name: String!, $scopes: [PersonalAccessTokenScope!]! = [READ], $days: Int! = 90) {
    createPersonalAccessToken(name: $name, scopes: $scopes, expiresInDays: $days) {
      token personalAccessToken { id name scopes expiresAt isExpired lastUsedAt } } }";
const LIST: &str = "{ personalAccessTokens { id name scopes lastUsedAt isExpired } }";
const REVOKE: &str = "mutation ($id: UUID!) { revokePersonalAccessToken(id: $id) }";

#[tokio::test]
async fn tokens_are_shown_once_listed_and_revoked_by_their_owner_alone() {
    let server = Server::start().await;
    let ada = server.member("ada@example.org").await;
    let bob = server.member("bob@example.org").await;
    let made = server
        .ok(
            Some(&ada.access),
            CREATE,
            json!({"name": " Desk ", "scopes": ["WRITE"]}),
        )
        .await;
    let made = &made["createPersonalAccessToken"];
    let (token, id) = (
        made["token"].as_str().unwrap(),
        &made["personalAccessToken"]["id"],
    );
    assert!(token.starts_with("mlt_") && token.len() == 47, "{token}");
    assert_eq!(made["personalAccessToken"]["name"], "Desk");
    assert_eq!(
        made["personalAccessToken"]["scopes"],
        json!(["READ", "WRITE"])
    );
    let listed = server.ok(Some(&ada.access), LIST, json!({})).await;
    assert_eq!(listed["personalAccessTokens"].as_array().unwrap().len(), 1);
    assert!(!listed.to_string().contains(token));
    let of_bob = server.ok(Some(&bob.access), LIST, json!({})).await;
    assert_eq!(of_bob["personalAccessTokens"], json!([]));
    assert!(
        !server.dump().await.contains(token),
        "a digest alone is kept"
    );

    let refused = server
        .run(Some(&bob.access), REVOKE, json!({"id": id}))
        .await;
    assert_eq!(code(&refused), "NOT_FOUND");
    server
        .ok(Some(&ada.access), REVOKE, json!({"id": id}))
        .await;
    let again = server
        .run(Some(&ada.access), REVOKE, json!({"id": id}))
        .await;
    assert_eq!(code(&again), "NOT_FOUND");
    let listed = server.ok(Some(&ada.access), LIST, json!({})).await;
    assert_eq!(listed["personalAccessTokens"], json!([]));
}

#[tokio::test]
async fn a_token_is_made_by_somebody_signed_in_with_a_name_and_an_end() {
    let server = Server::start().await;
    let ada = server.member("ada@example.org").await;
    for (variables, expected) in [
        (json!({"name": " "}), "BAD_USER_INPUT"),
        (json!({"name": "x".repeat(101)}), "BAD_USER_INPUT"),
        (json!({"name": "x", "days": 0}), "BAD_USER_INPUT"),
        (json!({"name": "x", "days": 3_651}), "BAD_USER_INPUT"),
        (json!({"name": "x", "scopes": []}), "BAD_USER_INPUT"),
    ] {
        let refused = server
            .run(Some(&ada.access), CREATE, variables.clone())
            .await;
        assert_eq!(code(&refused), expected, "{variables}");
    }
    let nobody = server.run(None, CREATE, json!({"name": "x"})).await;
    assert_eq!(code(&nobody), "UNAUTHENTICATED");
    // A token opens no GraphQL, so that it makes no tokens either.
    let made = server
        .ok(Some(&ada.access), CREATE, json!({"name": "x"}))
        .await;
    let token = made["createPersonalAccessToken"]["token"].as_str().unwrap();
    let by_token = server.run(Some(token), CREATE, json!({"name": "y"})).await;
    assert_eq!(code(&by_token), "UNAUTHENTICATED");
    for _ in 0..49 {
        server
            .ok(Some(&ada.access), CREATE, json!({"name": "x"}))
            .await;
    }
    let beyond = server
        .run(Some(&ada.access), CREATE, json!({"name": "x"}))
        .await;
    assert_eq!(code(&beyond), "LIMIT_EXCEEDED");
    // Whoever ended the session can no longer make any.
    server.sign_in("ada@example.org", PASSWORD).await;
    server
        .ok(Some(&ada.access), "mutation { signOut }", json!({}))
        .await;
    server.until_signed_out(&ada).await;
    let ended = server
        .run(Some(&ada.access), CREATE, json!({"name": "x"}))
        .await;
    assert_eq!(code(&ended), "UNAUTHENTICATED");
}
