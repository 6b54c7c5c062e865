//! Links that make administrators: the one that a new server prints, and those of `mindloom admin create`.

use serde_json::{Value, json};

use super::Served;
use crate::support::program::{eventually, fail, mindloom, succeed};

const PASSWORD: &str = "correct horse battery";
const BECOME: &str = "mutation($t: String!, $e: String!, $p: String!) {
    becomeAdministrator(token: $t, email: $e, password: $p) { accessToken user { email appMetadata } } }";

/// What a link carries behind its `#`.
fn carried(link: &str, name: &str) -> Option<String> {
    let (page, values) = link.trim().split_once('#').expect("a fragment");
    assert!(page.ends_with("/console/welcome"), "{page}");
    let mut pairs = url::form_urlencoded::parse(values.as_bytes());
    pairs.find_map(|(key, value)| (key == name).then(|| value.into_owned()))
}

impl Served {
    async fn come(&self, link: &str, email: &str, password: &str) -> Value {
        let token = carried(link, "token").expect("a token");
        let variables = json!({"t": token, "e": email, "p": password});
        let url = format!("http://{}/graphql", self.program.address);
        let request = reqwest::Client::new()
            .post(url)
            .json(&json!({"query": BECOME, "variables": variables}));
        let answer = request.send().await.expect("an answer");
        answer.json().await.expect("JSON")
    }

    fn link_for(&self, email: &str) -> String {
        succeed(mindloom(["admin", "create", email]).args(self.flags()))
    }
}

fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"]
        .as_str()
        .unwrap_or("none")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_of_a_new_server_makes_the_first_administrator_once() {
    let served = Served::start(&[]).await;
    let printed = || served.program.printed();
    eventually("the link is printed", || printed().contains("#token="));
    let link = printed();
    assert!(
        !served
            .program
            .log()
            .contains(&carried(&link, "token").expect("a token")),
        "the log keeps no secret"
    );
    let weak = served.come(&link, "ada@example.org", "password").await;
    assert_eq!(code(&weak), "BAD_USER_INPUT", "{weak}");
    let wrong = link.replace("#token=", "#token=x");
    let wrong = served.come(&wrong, "ada@example.org", PASSWORD).await;
    assert_eq!(code(&wrong), "UNAUTHENTICATED", "{wrong}");
    let come = served.come(&link, "Ada@example.org", PASSWORD).await;
    let session = &come["data"]["becomeAdministrator"];
    assert_eq!(session["user"]["email"], "ada@example.org", "{come}");
    assert_eq!(session["user"]["appMetadata"]["role"], "admin");
    let users = "{ adminUsers { totalCount } }";
    let answer = served.ask(session["accessToken"].as_str(), users).await;
    assert_eq!(answer["data"]["adminUsers"]["totalCount"], 1, "{answer}");
    for email in ["ada@example.org", "bob@example.org"] {
        let again = served.come(&link, email, PASSWORD).await;
        assert_eq!(code(&again), "UNAUTHENTICATED", "it is used: {again}");
    }
    let kept = served
        .database
        .value("select count(*) from private.admin_invitations");
    assert_eq!(kept.await.as_deref(), Some("0"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_has_an_administrator_prints_no_link() {
    let served = Served::start(&[]).await;
    eventually("the link is printed", || {
        served.program.printed().contains("#token=")
    });
    served.database.admin("root@example.org").await;
    let unused = served.program.printed();
    let late = served.come(&unused, "ada@example.org", PASSWORD).await;
    assert_eq!(
        code(&late),
        "UNAUTHENTICATED",
        "there is an administrator: {late}"
    );
    let again = Served {
        program: crate::support::program::Program::serve(&served.data_dir, &served.flags()[..2]),
        data_dir: served.data_dir.clone(),
        database: served.database,
    };
    assert_eq!(again.program.get("/readyz").0, 200);
    assert_eq!(again.program.printed(), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn admin_create_makes_an_administrator_of_an_account_or_of_nobody_yet() {
    let served = Served::start(&[]).await;
    served.database.admin("root@example.org").await;
    let bob = served.database.user("bob@example.org").await;
    let link = served.link_for("Bob@example.org");
    assert_eq!(carried(&link, "email").as_deref(), Some("bob@example.org"));
    let other = served.come(&link, "eve@example.org", PASSWORD).await;
    assert_eq!(code(&other), "UNAUTHENTICATED", "it is Bob's: {other}");
    let come = served.come(&link, "bob@example.org", PASSWORD).await;
    assert_eq!(
        come["data"]["becomeAdministrator"]["user"]["appMetadata"]["role"],
        "admin"
    );
    let id = bob.user_id.expect("an account");
    let role = format!("select raw_app_meta_data ->> 'role' from auth.users where id = '{id}'");
    assert_eq!(served.database.value(&role).await.as_deref(), Some("admin"));
    let audit = "select count(*) from public.audit_entries where action = 'admin_link_used'";
    assert_eq!(served.database.value(audit).await.as_deref(), Some("1"));

    let expired = served.link_for("carl@example.org");
    let age = "update private.admin_invitations set expires_at = now() - interval '1 second'";
    served.database.run_as_owner(age).await.expect("it expires");
    let late = served.come(&expired, "carl@example.org", PASSWORD).await;
    assert_eq!(code(&late), "UNAUTHENTICATED", "{late}");
    let link = served.link_for("carl@example.org");
    let come = served.come(&link, "carl@example.org", PASSWORD).await;
    assert_eq!(
        come["data"]["becomeAdministrator"]["user"]["email"],
        "carl@example.org"
    );

    let said = fail(mindloom(["admin", "create", "nobody"]).args(served.flags()));
    assert!(said.contains("not an email address"), "{said}");
}
