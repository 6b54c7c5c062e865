//! Where a table demands a second factor, whoever signed in without one is told nothing of it.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use mindloom::auth::{Caller, Role};
use mindloom::realtime::Changes;
use serde_json::{Value, json};

use super::world::{World, connect, id, next, row_id, start, subscription, tell, user};
use crate::support::{self, TestApi};

/// The same caller after signing in with this much assurance.
fn with_assurance(caller: &Caller, level: &str) -> Arc<Caller> {
    let mut claims = (*caller.claims).clone();
    claims.insert("aal".to_owned(), level.into());
    Arc::new(Caller::from_claims(Role::Authenticated, claims))
}

/// Waits for longer than it takes to ask the database about a change. The demand must not end before: a
/// change is judged when it is delivered.
async fn told_nothing(changes: &mut Changes) {
    let early = tokio::time::timeout(Duration::from_millis(700), changes.next()).await;
    assert!(early.is_err(), "{early:?}");
}

#[tokio::test]
async fn changes_reach_whom_the_demand_lets() {
    let world = World::new().await;
    let ada = id(1);
    let demand = async |wanted: bool| {
        let sql = format!("select private.require_aal2('public.things', {wanted})");
        world.run(&sql).await;
    };
    let insert = async |row: u32| {
        let sql = format!("insert into things (id, user_id, label) values ({row}, '{ada}', 'a')");
        world.run(&sql).await;
    };
    demand(true).await;
    let [one, two] = ["aal1", "aal2"].map(|level| with_assurance(&user(1), level));
    let (mut with_one, mut with_two) = (
        world.watch("things", &one).await,
        world.watch("things", &two).await,
    );
    insert(1).await;
    assert_eq!(tell(&*next(&mut with_two).await), "INSERT >1:a");
    world
        .run("update things set label = 'b'; delete from things")
        .await;
    assert_eq!(tell(&*next(&mut with_two).await), "UPDATE 1:a>1:b");
    assert_eq!(tell(&*next(&mut with_two).await), "DELETE 1:b>");

    told_nothing(&mut with_one).await;
    demand(false).await;
    insert(2).await;
    let last = next(&mut with_one).await;
    assert_eq!(tell(&last), "INSERT >2:a");
    assert_eq!(tell(&*next(&mut with_two).await), "INSERT >2:a");

    // The demand meets subscriptions that are open.
    demand(true).await;
    insert(3).await;
    assert_eq!(tell(&*next(&mut with_two).await), "INSERT >3:a");
    told_nothing(&mut with_one).await;
    let mut resumed = subscription("things", &one);
    resumed.after = Some(last.cursor().to_string());
    let mut resumed = world
        .realtime
        .hub
        .subscribe(resumed)
        .await
        .expect("a subscription");
    told_nothing(&mut resumed).await;
    demand(false).await;
    insert(4).await;
    for changes in [&mut with_one, &mut with_two, &mut resumed] {
        assert_eq!(tell(&*next(changes).await), "INSERT >4:a");
    }
}

#[tokio::test]
async fn a_demand_that_is_made_while_the_server_starts_is_kept() {
    let mut world = World::new().await;
    world.realtime.stop();
    world
        .run("begin; select private.require_aal2('public.things', true)")
        .await;
    let db = world.test.db.clone();
    let starting = tokio::spawn(async move { start(&db).await });
    // The policies are being read, without this one.
    let client = connect(&world.test.settings).await;
    for _ in 0..100 {
        let waits = client
            .query_one(
                "select exists (select from pg_locks where not granted and locktype = 'relation'
                   and database = (select oid from pg_database where datname = current_database()))",
                &[],
            )
            .await;
        if waits.expect("the locks").get(0) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    world.run("commit").await;
    world.realtime = starting.await.expect("the reader connects");
    let [one, two] = ["aal1", "aal2"].map(|level| with_assurance(&user(1), level));
    let (mut with_one, mut with_two) = (
        world.watch("things", &one).await,
        world.watch("things", &two).await,
    );
    let sql = format!("insert into things (id, user_id) values (1, '{}')", id(1));
    world.run(&sql).await;
    assert_eq!(row_id(&*next(&mut with_two).await), 1);
    told_nothing(&mut with_one).await;
}

#[tokio::test]
async fn live_queries_answer_what_the_demand_lets() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let run = async |sql: &str| {
        let client = api.test.db.system().await.expect("a connection");
        client.batch_execute(sql).await.expect("the statement runs");
    };
    let insert = async |name: &str| {
        let owner = ada.user_id.expect("a user");
        run(&format!(
            "insert into public.stacks (user_id, name) values ('{owner}', '{name}')"
        ))
        .await;
    };
    let query = "subscription { live { stacks(orderBy: [{name: ASC}]) { nodes { name } } } }";
    let answer = |names: &[&str]| -> Value {
        let nodes: Vec<Value> = names.iter().map(|name| json!({ "name": name })).collect();
        json!({"data": {"live": {"stacks": {"nodes": nodes}}}})
    };
    run("select private.require_aal2('public.stacks', true)").await;
    let [one, two] = ["aal1", "aal2"].map(|level| with_assurance(&ada, level));
    let mut with_one = api.subscribe(&one, query, json!({})).await;
    let mut with_two = api.subscribe(&two, query, json!({})).await;
    assert_eq!(support::next(&mut with_one).await, answer(&[]));
    assert_eq!(support::next(&mut with_two).await, answer(&[]));
    insert("a").await;
    assert_eq!(support::next(&mut with_two).await, answer(&["a"]));
    run("select private.require_aal2('public.stacks', false)").await;
    assert_eq!(support::next(&mut with_one).await, answer(&["a"]));
    run("select private.require_aal2('public.stacks', true)").await;
    assert_eq!(
        support::next(&mut with_one).await,
        answer(&[]),
        "what was shown is taken back"
    );
    insert("b").await;
    assert_eq!(support::next(&mut with_two).await, answer(&["a", "b"]));
    run("select private.require_aal2('public.stacks', false)").await;
    assert_eq!(support::next(&mut with_one).await, answer(&["a", "b"]));
}

#[tokio::test]
async fn an_answer_does_not_outlast_a_demand_that_came_and_went() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let client = connect(&api.test.settings).await;
    let run = async |sql: &str| client.batch_execute(sql).await.expect("the statement runs");
    let owner = ada.user_id.expect("a user");
    let insert = format!("insert into public.stacks (user_id, name) values ('{owner}', 'a')");
    run(&insert).await;
    let query = "subscription { live { stacks { nodes { name } } } }";
    let one = with_assurance(&ada, "aal1");
    let mut first = api.subscribe(&one, query, json!({})).await;
    let shown = json!({"data": {"live": {"stacks": {"nodes": [{"name": "a"}]}}}});
    assert_eq!(support::next(&mut first).await, shown);
    // The server comes to read the policies only when all is as it was.
    run("select pg_advisory_lock(hashtextextended('realtime.refresh', 0))").await;
    run("select private.require_aal2('public.stacks', true)").await;
    let other = "subscription { live { stacks { nodes { name } totalCount } } }";
    let mut during = api.subscribe(&one, other, json!({})).await;
    assert_eq!(
        support::next(&mut during).await,
        json!({"data": {"live": {"stacks": {"nodes": [], "totalCount": 0}}}})
    );
    run("select private.require_aal2('public.stacks', false)").await;
    run("select pg_advisory_unlock(hashtextextended('realtime.refresh', 0))").await;
    assert_eq!(
        support::next(&mut during).await,
        json!({"data": {"live": {"stacks": {"nodes": [{"name": "a"}], "totalCount": 1}}}})
    );
}
