//! Keys that sign access tokens, and their rotation.

use jsonwebtoken::{DecodingKey, Validation, jwk::JwkSet};
use serde_json::{Value, json};

use super::{flows::PASSWORD, server::Server};

impl Server {
    async fn jwks(&self) -> JwkSet {
        let answer = self
            .http
            .get(format!("{}/.well-known/jwks.json", self.url))
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), 200);
        answer.json().await.expect("a key set")
    }
}

#[tokio::test]
async fn rotation_signs_nobody_out_and_publishes_the_new_key() {
    let server = Server::start().await;
    let other = server.another().await;
    let with_secret = server.member("ada@example.org").await;
    assert!(
        server.jwks().await.keys.is_empty(),
        "the secret is nobody's business"
    );
    let mut sessions = vec![with_secret];
    for algorithm in ["ES256", "EdDSA", "HS256"] {
        server
            .command(&["keys", "rotate", "--algorithm", algorithm])
            .await;
        let session = server
            .until_signed_with(algorithm, "ada@example.org", PASSWORD)
            .await;
        sessions.push(session);
    }
    assert_eq!(server.jwks().await.keys.len(), 2, "the public ones");
    for session in &sessions {
        for server in [&server, &other] {
            server.until_signed_in(session).await;
        }
    }
    for session in sessions {
        server.refreshed(&session.refresh).await;
    }
}

#[tokio::test]
async fn anybody_can_verify_with_the_published_key() {
    let server = Server::start().await;
    server.member("ada@example.org").await;
    server
        .command(&["keys", "rotate", "--algorithm", "ES256"])
        .await;
    let session = server
        .until_signed_with("ES256", "ada@example.org", PASSWORD)
        .await;
    let header = jsonwebtoken::decode_header(&session.access).unwrap();
    let jwks = server.jwks().await;
    let jwk = jwks
        .find(&header.kid.expect("a kid"))
        .expect("the key is published");
    let mut validation = Validation::new(header.alg);
    validation.set_audience(&["authenticated"]);
    let verified = jsonwebtoken::decode::<Value>(
        &session.access,
        &DecodingKey::from_jwk(jwk).unwrap(),
        &validation,
    )
    .unwrap();
    assert_eq!(verified.claims["sub"], json!(session.user_id));
}

#[tokio::test]
async fn a_revoked_keys_tokens_are_refused() {
    let server = Server::start().await;
    server.member("ada@example.org").await;
    server
        .command(&["keys", "rotate", "--algorithm", "ES256"])
        .await;
    let session = server
        .until_signed_with("ES256", "ada@example.org", PASSWORD)
        .await;
    let kid = jsonwebtoken::decode_header(&session.access)
        .unwrap()
        .kid
        .unwrap();
    server
        .command(&["keys", "rotate", "--algorithm", "ES256"])
        .await;
    server.until_signed_in(&session).await;
    server.command(&["keys", "revoke", &kid]).await;
    server.until_refused(&session).await;
    assert!(server.command(&["keys", "list"]).await.contains(&kid));
    // The session itself goes on, with a token of the new key.
    let next = server.refreshed(&session.refresh).await;
    assert!(server.is_signed_in(&next).await);
}
