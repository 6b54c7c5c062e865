//! An administrator looks at data as somebody else: sees no more, changes nothing, and leaves a record.

use std::time::Instant;

use mindloom::auth::{ACTING_CLAIM, Caller, Role};
use serde_json::{Map, Value, json};

use super::{flows::code, server::Server};
use crate::{http::streams::Events, support::TestDb};

const ACT: &str = "mutation($id: UUID!, $m: Int! = 15) { adminActAs(id: $id, minutes: $m) { accessToken expiresAt user { email } } }";
const WRITE: &str = "mutation($c: String!) { createNote(input: {content: $c}) { id } }";
const READ: &str = "{ notes { nodes { content } } }";

impl Server {
    async fn act_as(&self, admin: &str, id: &str) -> String {
        let acting = self.ok(Some(admin), ACT, json!({"id": id})).await;
        acting["adminActAs"]["accessToken"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// How many entries of the audit are about this, done by an administrator with this address.
    async fn audited(&self, action: &str, admin: &str, target: &str, details: Value) -> i64 {
        let sql = "select count(*) from audit_entries where action = $1 and actor_email = $2 and target_id = $3 and details @> $4";
        self.one(sql, &[&action, &admin, &target, &details]).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_sees_what_somebody_sees_and_changes_nothing() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let ada = server.member("ada@example.org").await;
    let bob = server.member("bob@example.org").await;
    for (person, content) in [(&ada, "hers"), (&bob, "his")] {
        server
            .ok(Some(&person.access), WRITE, json!({"c": content}))
            .await;
    }
    let token = server.act_as(&admin.access, &ada.user_id).await;
    for _ in 0..2 {
        let seen = server.ok(Some(&token), READ, json!({})).await;
        assert_eq!(seen["notes"]["nodes"], json!([{"content": "hers"}]));
    }
    let looks = server
        .audited(
            "read_as_user",
            "admin@example.org",
            &ada.user_id,
            json!({"operation": "query notes"}),
        )
        .await;
    assert_eq!(looks, 1, "the same look is one entry a minute");
    let begun = server
        .audited("admin_act_as", "admin@example.org", &ada.user_id, json!({}))
        .await;
    assert_eq!(begun, 1);

    let live = json!({"query": "subscription { live { notes { nodes { content } } } }"});
    let asked = server
        .http
        .post(format!("{}/graphql", server.url))
        .bearer_auth(&token);
    let mut events = Events::open(asked.json(&live)).await;
    let (_, data) = events.next().await.expect("an answer");
    assert_eq!(
        data["data"]["live"]["notes"]["nodes"],
        json!([{"content": "hers"}])
    );
    let looks = server
        .audited(
            "read_as_user",
            "admin@example.org",
            &ada.user_id,
            json!({"operation": "subscription live"}),
        )
        .await;
    assert_eq!(looks, 1);

    for mutation in [
        r#"mutation { createNote(input: {content: "canary"}) { id } }"#,
        "mutation { signOut(scope: GLOBAL) }",
        r#"mutation { createPersonalAccessToken(name: "x") { token } }"#,
    ] {
        let error = server.error(Some(&token), mutation, json!({})).await;
        assert_eq!(error["extensions"]["code"], "FORBIDDEN", "{error}");
        assert_eq!(error["extensions"]["reason"], "ACTING_AS_USER", "{error}");
    }
    for query in [
        "{ adminUsers { totalCount } }",
        "{ healthReport { openAlerts } }",
    ] {
        let answer = server.run(Some(&token), query, json!({})).await;
        assert!(
            matches!(code(&answer), "FORBIDDEN" | "UNAUTHENTICATED"),
            "{query}: {answer}"
        );
    }
    for query in [
        "{ sessions { id } }",
        "{ factors { id } }",
        "{ passkeys { id } }",
        "{ identities { provider } }",
        "{ personalAccessTokens { id } }",
        "{ exportMyData }",
    ] {
        let error = server.error(Some(&token), query, json!({})).await;
        assert_eq!(error["extensions"]["code"], "FORBIDDEN", "{query}: {error}");
        assert_eq!(
            error["extensions"]["reason"], "ACTING_AS_USER",
            "{query}: {error}"
        );
    }
    let me = server.ok(Some(&token), "{ me { email } }", json!({})).await;
    assert_eq!(me["me"]["email"], "ada@example.org");
    let notes: i64 = server.one("select count(*) from notes", &[]).await;
    assert_eq!(notes, 2);
    assert!(server.is_signed_in(&ada).await, "her sessions go on");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_graphql_takes_such_a_token() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let ada = server.member("ada@example.org").await;
    let token = server.act_as(&admin.access, &ada.user_id).await;
    for (method, path) in [
        (reqwest::Method::POST, "/storage/v1/object/private/x/y.txt"),
        (
            reqwest::Method::GET,
            "/storage/v1/object/authenticated/private/x/y.txt",
        ),
        (reqwest::Method::GET, "/auth/v1/user"),
        (reqwest::Method::PUT, "/auth/v1/user"),
        (reqwest::Method::POST, "/mcp"),
    ] {
        let url = format!("{}{path}", server.url);
        let asked = server.http.request(method.clone(), url).bearer_auth(&token);
        let answer = asked
            .json(&json!({"password": "another password"}))
            .send()
            .await;
        let answer = answer.expect("an answer");
        let (status, text) = (answer.status(), answer.text().await.unwrap_or_default());
        assert!(
            (400..500).contains(&status.as_u16()),
            "{method} {path}: {status} {text}"
        );
        assert!(
            text.contains("GraphQL alone"),
            "{method} {path}: {status} {text}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_for_signed_in_administrators_and_ends_with_their_session() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let ada = server.member("ada@example.org").await;
    let bob = server.member("bob@example.org").await;
    let id = json!({"id": ada.user_id});
    assert_eq!(
        code(&server.run(None, ACT, id.clone()).await),
        "UNAUTHENTICATED"
    );
    assert_eq!(
        code(&server.run(Some(&bob.access), ACT, id.clone()).await),
        "FORBIDDEN"
    );
    let own = json!({"id": admin.user_id});
    assert_eq!(
        code(&server.run(Some(&admin.access), ACT, own).await),
        "FORBIDDEN"
    );
    let nobody = json!({"id": uuid::Uuid::new_v4()});
    assert_eq!(
        code(&server.run(Some(&admin.access), ACT, nobody).await),
        "NOT_FOUND"
    );
    for minutes in [0, -1, 61] {
        let variables = json!({"id": ada.user_id, "m": minutes});
        let error = server.error(Some(&admin.access), ACT, variables).await;
        assert_eq!(error["extensions"]["field"], "minutes", "{error}");
    }
    let token = server.act_as(&admin.access, &ada.user_id).await;
    let again = server
        .run(Some(&token), ACT, json!({"id": bob.user_id}))
        .await;
    assert_eq!(code(&again), "FORBIDDEN", "no chain: {again}");
    let sql = "update auth.users set raw_app_meta_data = raw_app_meta_data || '{\"role\": \"admin\"}' where email = $1";
    server.sql(sql, &[&"bob@example.org"]).await;
    let other = json!({"id": bob.user_id});
    assert_eq!(
        code(&server.run(Some(&admin.access), ACT, other).await),
        "FORBIDDEN",
        "another administrator"
    );

    server.ok(Some(&token), READ, json!({})).await;
    server
        .ok(Some(&admin.access), "mutation { signOut }", json!({}))
        .await;
    let started = Instant::now();
    loop {
        let answer = server.run(Some(&token), "{ __typename }", json!({})).await;
        if answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED" {
            break;
        }
        assert!(started.elapsed().as_secs() < 20, "the token is still good");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert!(
        server.is_signed_in(&ada).await,
        "whose eyes they were stays"
    );
}

#[tokio::test]
async fn the_database_itself_takes_no_change_of_such_a_caller() {
    let test = TestDb::new().await;
    let ada = test.user("ada@example.org").await;
    let mut claims: Map<String, Value> = (*ada.claims).clone();
    claims.insert(ACTING_CLAIM.to_owned(), json!(uuid::Uuid::new_v4()));
    let acting = Caller::from_claims(Role::Authenticated, claims);
    let write = "insert into notes (content) values ('canary')";
    let refused = test.run_as(&acting, write).await.expect_err("a refusal");
    assert_eq!(refused.code, "25006");
    test.run_as(&acting, "select * from notes")
        .await
        .expect("reading");
    test.run_as(&ada, write).await.expect("her own");
}
