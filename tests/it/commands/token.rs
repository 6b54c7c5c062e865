//! `mindloom token`: who may run commands is signed in as anybody, and is seen to be.

use serde_json::json;

use super::{Served, claims};
use crate::support::program::{fail, mindloom, succeed};

#[tokio::test(flavor = "multi_thread")]
async fn a_token_by_address_or_id_has_a_session_that_its_owner_sees_and_ends() {
    let served = Served::start(&[]).await;
    let ada = served.database.user("ada@example.org").await;
    let id = ada.user_id.expect("a user's id").to_string();
    for who in ["ada@example.org", " ADA@example.org", &id] {
        let command = &mut mindloom(["token", "--user", who]);
        let token = succeed(command.args(served.flags())).trim().to_owned();
        let me = served.ask(Some(&token), "{ me { id email } }").await;
        assert_eq!(
            me["data"]["me"],
            json!({"id": id, "email": "ada@example.org"}),
            "{who}: {me}"
        );
        assert_eq!(claims(&token)["amr"][0]["method"], "command_line");

        let list = "{ sessions { id isCurrent userAgent expiresAt } }";
        let sessions = served.ask(Some(&token), list).await["data"]["sessions"].take();
        let [session] = &sessions.as_array().expect("a list")[..] else {
            panic!("one session: {sessions}");
        };
        assert_eq!(session["isCurrent"], true);
        assert_eq!(session["userAgent"], "mindloom token, on the command line");
        let ends = session["expiresAt"].as_str().expect("a time");
        let ends: chrono::DateTime<chrono::Utc> = ends.parse().expect("a time");
        assert_eq!(json!(ends.timestamp()), claims(&token)["exp"]);

        let end = format!("mutation {{ revokeSession(id: {}) }}", session["id"]);
        let ended = served.ask(Some(&token), &end).await;
        assert!(ended["errors"].is_null(), "{ended}");
        let refused = served.ask(Some(&token), "{ me { id } }").await;
        assert_eq!(
            refused["errors"][0]["extensions"]["code"], "UNAUTHENTICATED",
            "{refused}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrators_token_reaches_as_far_as_it_says() {
    let served = Served::start(&[]).await;
    served.database.user("ada@example.org").await;
    let token = |more: &[&str]| {
        let mut command = mindloom(["token", "--user", "ada@example.org"]);
        succeed(command.args(more).args(served.flags()))
            .trim()
            .to_owned()
    };
    let query = "{ databaseStats { table } }";
    let refused = served.ask(Some(&token(&[])), query).await;
    assert_eq!(
        refused["errors"][0]["extensions"]["code"], "FORBIDDEN",
        "{refused}"
    );
    let admin = token(&["--admin"]);
    let users = served.ask(Some(&admin), query).await;
    assert!(users["errors"].is_null(), "{users}");
    let me = served.ask(Some(&admin), "{ me { appMetadata } }").await;
    assert_ne!(
        me["data"]["me"]["appMetadata"]["role"], "admin",
        "the account is what it was: {me}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_token_is_made_for_is_named() {
    let served = Served::start(&[]).await;
    let ada = served.database.user("ada@example.org").await;
    let refused = |arguments: &[&str]| {
        let mut command = mindloom(["token"]);
        fail(command.args(arguments).args(served.flags()))
    };
    let nobody = refused(&["--user", "nobody@example.org"]);
    assert!(
        nobody.contains("error: No account has the address nobody@example.org"),
        "{nobody}"
    );
    let nobody = refused(&["--user", "00000000-0000-4000-8000-000000000000"]);
    assert!(nobody.contains("No account has the id"), "{nobody}");
    let neither = refused(&["--user", "ada"]);
    assert!(neither.contains("allowed is an address"), "{neither}");
    let without = refused(&[]);
    assert!(without.contains("--user EMAIL"), "{without}");
    let long = refused(&["--user", "ada@example.org", "--expires", "2d"]);
    assert!(long.contains("at most 1d"), "{long}");
    let role = refused(&["--user", "ada@example.org", "--role", "service_role"]);
    assert!(role.contains("authenticated only"), "{role}");
    let client = served.database.db.system().await.expect("a connection");
    let ban = "update auth.users set banned_until = now() + interval '1 hour' where id = $1";
    client.execute(ban, &[&ada.user_id]).await.expect("a ban");
    let banned = refused(&["--user", "ada@example.org"]);
    assert!(banned.contains("suspended"), "{banned}");
    let sessions = "select count(*) from auth.sessions";
    let count: i64 = client
        .query_one(sessions, &[])
        .await
        .expect("a count")
        .get(0);
    assert_eq!(count, 0, "what was refused left no session");
}
