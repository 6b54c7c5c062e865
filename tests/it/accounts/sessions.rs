//! Sessions: seeing them, ending them, and what ends with them.

use serde_json::{Value, json};

use super::{
    flows::{PASSWORD, code},
    server::Server,
};

#[tokio::test]
async fn sign_out_ends_this_the_others_or_all() {
    let server = Server::start().await;
    let first = server.member("ada@example.org").await;
    let second = server.sign_in("ada@example.org", PASSWORD).await;
    let third = server.sign_in("ada@example.org", PASSWORD).await;
    let bob = server.member("bob@example.org").await;

    let others = server
        .ok(
            Some(&third.access),
            "mutation { signOut(scope: OTHERS) }",
            json!({}),
        )
        .await;
    assert_eq!(others["signOut"], 2);
    for ended in [&first, &second] {
        assert_eq!(
            code(&server.refresh(&ended.refresh).await),
            "UNAUTHENTICATED"
        );
        server.until_signed_out(ended).await;
    }
    assert!(server.is_signed_in(&third).await);

    let fourth = server.sign_in("ada@example.org", PASSWORD).await;
    let local = server
        .ok(Some(&third.access), "mutation { signOut }", json!({}))
        .await;
    assert_eq!(local["signOut"], 1);
    assert!(server.is_signed_in(&fourth).await);
    server.sign_in("ada@example.org", PASSWORD).await;
    let all = server
        .ok(
            Some(&fourth.access),
            "mutation { signOut(scope: GLOBAL) }",
            json!({}),
        )
        .await;
    assert_eq!(all["signOut"], 2);
    assert!(server.is_signed_in(&bob).await, "nobody else is signed out");
    assert_eq!(
        code(&server.run(None, "mutation { signOut }", json!({})).await),
        "UNAUTHENTICATED"
    );
}

#[tokio::test]
async fn sessions_are_listed_and_revoked_by_their_owner_only() {
    let server = Server::start().await;
    let first = server.member("ada@example.org").await;
    let second = server.sign_in("ada@example.org", PASSWORD).await;
    let bob = server.member("bob@example.org").await;
    let query = "{ sessions { id isCurrent userAgent ip aal createdAt } }";
    let listed = server.ok(Some(&first.access), query, json!({})).await;
    let listed = listed["sessions"].as_array().unwrap();
    assert_eq!(listed.len(), 2);
    let current: Vec<&Value> = listed
        .iter()
        .filter(|session| session["isCurrent"] == true)
        .collect();
    assert_eq!(current.len(), 1);
    assert_eq!(current[0]["id"], first.claims()["session_id"]);
    assert_eq!(current[0]["userAgent"], "mindloom-tests");
    assert_eq!(current[0]["ip"], "127.0.0.1");

    let revoke = "mutation($id: UUID!) { revokeSession(id: $id) }";
    let id = json!({"id": second.claims()["session_id"]});
    assert_eq!(
        code(&server.run(Some(&bob.access), revoke, id.clone()).await),
        "NOT_FOUND"
    );
    assert!(server.is_signed_in(&second).await);
    server.ok(Some(&first.access), revoke, id.clone()).await;
    server.until_signed_out(&second).await;
    assert_eq!(
        code(&server.run(Some(&first.access), revoke, id).await),
        "NOT_FOUND"
    );
    assert_eq!(
        code(&server.run(None, query, json!({})).await),
        "UNAUTHENTICATED"
    );
}

#[tokio::test]
async fn an_ended_session_is_refused_by_other_servers_and_later_ones() {
    let server = Server::start().await;
    let other = server.another().await;
    let session = server.member("ada@example.org").await;
    assert!(other.is_signed_in(&session).await);
    server
        .ok(Some(&session.access), "mutation { signOut }", json!({}))
        .await;
    other.until_refused(&session).await;
    // A server that starts later has not heard the notification and still knows.
    server.another().await.until_refused(&session).await;
}

#[tokio::test]
async fn ended_sessions_are_announced_to_streams() {
    let server = Server::start().await;
    let session = server.member("ada@example.org").await;
    let id: uuid::Uuid = session.claims()["session_id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!(server.accounts.session_is_live(id).await.unwrap());
    let mut ended = server.accounts.ended_sessions();
    server
        .ok(Some(&session.access), "mutation { signOut }", json!({}))
        .await;
    let announced = tokio::time::timeout(std::time::Duration::from_secs(5), ended.recv()).await;
    assert_eq!(announced.expect("an announcement").unwrap(), id);
    assert!(!server.accounts.session_is_live(id).await.unwrap());
}

#[tokio::test]
async fn nobody_is_me_without_a_token() {
    let server = Server::start().await;
    assert_eq!(
        server.ok(None, "{ me { id } }", json!({})).await["me"],
        Value::Null
    );
    assert_eq!(
        code(
            &server
                .run(Some("no.such.token"), "{ me { id } }", json!({}))
                .await
        ),
        "UNAUTHENTICATED"
    );
}

#[tokio::test]
async fn anonymous_accounts_end_when_nobody_comes_back() {
    let server = Server::start().await;
    let query = "mutation { signInAnonymously { user { id } } }";
    let mut made = Vec::new();
    for _ in 0..3 {
        let answer = server.ok(None, query, json!({})).await;
        let id = answer["signInAnonymously"]["user"]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        made.push(id.parse::<uuid::Uuid>().unwrap());
    }
    let ada = server.member("ada@example.org").await;
    let (gone, back, new) = (made[0], made[1], made[2]);
    let ada: uuid::Uuid = ada.user_id.parse().unwrap();
    for id in [gone, back, ada] {
        let long_ago = "update auth.users set created_at = now() - interval '91 days', \
                        last_sign_in_at = now() - interval '91 days' where id = $1";
        server.sql(long_ago, &[&id]).await;
    }
    for id in [gone, ada] {
        let idle =
            "update auth.sessions set refreshed_at = now() - interval '91 days' where user_id = $1";
        server.sql(idle, &[&id]).await;
    }
    while server.accounts.purge_step().await.unwrap() {}
    let left: Vec<uuid::Uuid> = server
        .one("select array_agg(id order by id) from auth.users", &[])
        .await;
    let mut expected = vec![back, new, ada];
    expected.sort();
    assert_eq!(left, expected, "who came back, is new or has a name stays");
}
