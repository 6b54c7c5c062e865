use std::time::Duration;

use serde_json::json;
use uuid::Uuid;

use super::server::{Server, anon, token};
use crate::support::TestDb;

#[tokio::test]
async fn a_join_may_bring_a_token_of_its_own_which_is_checked() {
    let test = TestDb::new().await;
    let server = Server::start(&test.db, &[]).await;
    let mut client = server.client(&anon()).await;
    for (token, reason) in [
        (
            "nonsense".to_owned(),
            "MalformedJWT: The token provided is not a valid JWT",
        ),
        (
            token("anon", None, -5),
            "InvalidJWTToken: The token has expired",
        ),
        (
            format!("{}x", anon()),
            "InvalidJWTToken: The token's signature is wrong",
        ),
    ] {
        let (_, reply) = client
            .join("realtime:room", json!({"access_token": token}))
            .await;
        assert_eq!(reply["response"]["reason"], reason);
    }
    let user = token("authenticated", Some(Uuid::new_v4()), 600);
    let (_, reply) = client
        .join("realtime:room", json!({"access_token": user}))
        .await;
    assert_eq!(reply["status"], "ok");
    // The new API keys are no tokens: the connection's counts then.
    let (_, reply) = client
        .join(
            "realtime:room2",
            json!({"access_token": "sb_publishable_x"}),
        )
        .await;
    assert_eq!(reply["status"], "ok");
}

#[tokio::test]
async fn an_expired_token_ends_the_channel_unless_it_was_renewed() {
    let test = TestDb::new().await;
    let server = Server::start(&test.db, &[]).await;
    let user = Uuid::new_v4();
    let short = token("authenticated", Some(user), 4);
    let mut client = server.client(&anon()).await;
    let config =
        |token: &str| json!({"access_token": token, "config": {"broadcast": {"self": true}}});
    let (renewed, reply) = client.join("realtime:renewed", config(&short)).await;
    assert_eq!(reply["status"], "ok");
    let (_, reply) = client.join("realtime:forgotten", config(&short)).await;
    assert_eq!(reply["status"], "ok");
    let long = json!({"access_token": token("authenticated", Some(user), 600)});
    client
        .push(Some(&renewed), "realtime:renewed", "access_token", long)
        .await;
    let told = client.next_text().await;
    assert_eq!(
        (&told[2], &told[3]),
        (&json!("realtime:forgotten"), &json!("system"))
    );
    assert!(
        told[4]["message"]
            .as_str()
            .is_some_and(|text| text.starts_with("Token has expired")),
        "{told}"
    );
    assert_eq!(client.next_text().await[3], "phx_close");
    client
        .broadcast(&renewed, "realtime:renewed", "alive", 1, b"{}")
        .await;
    assert_eq!(client.next_broadcast().await.0, "alive");
}

#[tokio::test]
async fn a_wrong_renewal_ends_the_channel() {
    let test = TestDb::new().await;
    let server = Server::start(&test.db, &[]).await;
    let mut client = server.client(&anon()).await;
    let join = client.joined("realtime:room", json!({})).await;
    client
        .push(
            Some(&join),
            "realtime:room",
            "access_token",
            json!({"access_token": null}),
        )
        .await;
    client
        .push(
            Some(&join),
            "realtime:room",
            "access_token",
            json!({"access_token": "sb_publishable_x"}),
        )
        .await;
    client.nothing_comes().await;
    client
        .push(
            Some(&join),
            "realtime:room",
            "access_token",
            json!({"access_token": "nonsense"}),
        )
        .await;
    assert_eq!(
        client.next_text().await[4]["message"],
        "The token provided is not a valid JWT"
    );
    assert_eq!(client.next_text().await[3], "phx_close");
}

#[tokio::test]
async fn a_sign_out_ends_what_is_open() {
    let test = TestDb::new().await;
    let server = Server::start(&test.db, &[]).await;
    let (leaving, staying) = (Uuid::new_v4(), Uuid::new_v4());
    let mut clients = Vec::new();
    for user in [leaving, staying] {
        let mut client = server
            .client(&token("authenticated", Some(user), 600))
            .await;
        client.joined("realtime:room", json!({})).await;
        clients.push(client);
    }
    server.verifier.sessions().end_session(leaving);
    let told = clients[0].next_text().await;
    assert_eq!(told[4]["message"], "The session of the token has ended");
    assert_eq!(clients[0].next_text().await[3], "phx_close");
    tokio::time::sleep(Duration::from_millis(1200)).await;
    clients[1].nothing_comes().await;
}
