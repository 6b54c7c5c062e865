//! Refresh tokens: one use each, ten tabs, and thieves.

use std::collections::HashSet;

use serde_json::json;

use super::{
    flows::{PASSWORD, code},
    server::Server,
};

#[tokio::test]
async fn a_token_is_exchanged_and_its_repetition_gets_the_same_child() {
    let server = Server::start().await;
    let first = server.member("ada@example.org").await;
    let second = server.refreshed(&first.refresh).await;
    assert_ne!(second.refresh, first.refresh);
    assert_eq!(second.claims()["session_id"], first.claims()["session_id"]);
    let repeated = server.refreshed(&first.refresh).await;
    assert_eq!(repeated.refresh, second.refresh);
    assert!(server.is_signed_in(&repeated).await);
    server.refreshed(&second.refresh).await;
}

#[tokio::test]
async fn ten_tabs_on_two_servers_at_once_log_nobody_out() {
    let server = Server::start().await;
    let other = server.another().await;
    let mut token = server.member("ada@example.org").await.refresh;
    for _ in 0..5 {
        let tabs = (0..10)
            .map(|tab| if tab % 2 == 0 { &server } else { &other })
            .map(|at| at.refreshed(&token));
        let answers = futures_util::future::join_all(tabs).await;
        let children: HashSet<_> = answers
            .iter()
            .map(|session| session.refresh.clone())
            .collect();
        assert_eq!(children.len(), 1, "every tab gets the same successor");
        token = children.into_iter().next().unwrap();
    }
    let sessions: i64 = server.one("select count(*) from auth.sessions", &[]).await;
    assert_eq!(sessions, 1);
    let current: i64 = server
        .one(
            "select count(*) from auth.refresh_tokens where used_at is null",
            &[],
        )
        .await;
    assert_eq!(current, 1);
}

#[tokio::test]
async fn a_grandparent_ends_the_session_even_within_the_grace() {
    let server = Server::start().await;
    let first = server.member("ada@example.org").await;
    let second = server.refreshed(&first.refresh).await;
    let third = server.refreshed(&second.refresh).await;
    assert_eq!(
        code(&server.refresh(&first.refresh).await),
        "UNAUTHENTICATED"
    );
    assert_eq!(
        code(&server.refresh(&third.refresh).await),
        "UNAUTHENTICATED",
        "the thief's copy is dead too"
    );
    server.until_signed_out(&third).await;
    // Signing in again works: only the session ended.
    server.sign_in("ada@example.org", PASSWORD).await;
}

#[tokio::test]
async fn a_parent_ends_the_session_after_ten_seconds() {
    let server = Server::start().await;
    let first = server.member("ada@example.org").await;
    let second = server.refreshed(&first.refresh).await;
    server.sql("update auth.refresh_tokens set used_at = used_at - interval '9 seconds' where used_at is not null", &[]).await;
    assert_eq!(
        server.refreshed(&first.refresh).await.refresh,
        second.refresh
    );
    server.sql("update auth.refresh_tokens set used_at = used_at - interval '2 seconds' where used_at is not null", &[]).await;
    assert_eq!(
        code(&server.refresh(&first.refresh).await),
        "UNAUTHENTICATED"
    );
    assert_eq!(
        code(&server.refresh(&second.refresh).await),
        "UNAUTHENTICATED"
    );
}

#[tokio::test]
async fn every_replay_is_detected_however_many_race() {
    let server = Server::start().await;
    let other = server.another().await;
    let first = server.member("ada@example.org").await;
    let second = server.refreshed(&first.refresh).await;
    let third = server.refreshed(&second.refresh).await;
    // The thief replays an old token while the owner's tabs refresh: whoever comes first, the session ends.
    let thief = (0..3).map(|_| other.refresh(&first.refresh));
    let owner = (0..3).map(|_| server.refresh(&third.refresh));
    let (stolen, _) = futures_util::future::join(
        futures_util::future::join_all(thief),
        futures_util::future::join_all(owner),
    )
    .await;
    assert!(
        stolen
            .iter()
            .all(|answer| code(answer) == "UNAUTHENTICATED")
    );
    assert_eq!(
        server
            .one::<i64>("select count(*) from auth.sessions", &[])
            .await,
        0
    );
}

#[tokio::test]
async fn expired_unknown_and_banned_are_refused_alike() {
    let server = Server::start().await;
    let session = server.member("ada@example.org").await;
    let unknown = server.refresh("no-such-token").await;
    assert_eq!(code(&unknown), "UNAUTHENTICATED");
    server
        .sql(
            "update auth.users set banned_until = now() + interval '1 day'",
            &[],
        )
        .await;
    assert_eq!(
        server.refresh(&session.refresh).await["errors"],
        unknown["errors"]
    );
    server
        .sql("update auth.users set banned_until = null", &[])
        .await;
    let next = server.refreshed(&session.refresh).await;
    server
        .sql("update auth.refresh_tokens set expires_at = now()", &[])
        .await;
    assert_eq!(
        server.refresh(&next.refresh).await["errors"],
        unknown["errors"]
    );
}

#[tokio::test]
async fn tokens_are_stored_as_hashes() {
    let server = Server::start().await;
    let first = server.member("ada@example.org").await;
    let second = server.refreshed(&first.refresh).await;
    let dump = server.dump().await;
    for token in [&first.refresh, &second.refresh] {
        assert!(!dump.contains(token.as_str()));
    }
    assert!(
        json!(dump).to_string().contains("refresh_tokens"),
        "the dump shows the table"
    );
}
