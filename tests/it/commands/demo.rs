//! `mindloom demo` tells how to get at what it made.

use serde_json::json;

use super::Served;
use crate::support::program::{mindloom, succeed};

#[tokio::test(flavor = "multi_thread")]
async fn it_prints_the_address_and_tokens_that_work() {
    let served = Served::start(&[]).await;
    let mut command = mindloom(["demo", "--users", "3", "--notes", "60", "--days", "2"]);
    let printed = succeed(command.args(served.flags()));
    let url = format!("http://{}/graphql", served.program.address);
    assert!(printed.contains(&url), "{url}: {printed}");
    let variable = |name: &str| {
        let value = printed.lines().find_map(|line| line.strip_prefix(name));
        value
            .unwrap_or_else(|| panic!("{name}: {printed}"))
            .to_owned()
    };
    let (user, admin) = (variable("TOKEN="), variable("ADMIN_TOKEN="));
    let query = "{ me { email } notes(first: 1) { totalCount } }";
    let answer = served.ask(Some(&user), query).await;
    let email = answer["data"]["me"]["email"].as_str().expect("an address");
    assert!(printed.contains(email), "{email}: {printed}");
    assert!(
        answer["data"]["notes"]["totalCount"].as_i64() > Some(0),
        "{answer}"
    );
    let users = served
        .ask(Some(&admin), "{ adminUsers { totalCount } }")
        .await;
    assert!(users["errors"].is_null(), "{users}");
    let users = served
        .ask(Some(&user), "{ adminUsers { totalCount } }")
        .await;
    assert_eq!(
        users["errors"][0]["extensions"]["code"],
        json!("FORBIDDEN"),
        "{users}"
    );
}
