//! Which changes are judged without asking the database, and that what is taken for granted there is so.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mindloom::auth::{Caller, Role};
use serde_json::{Map, json};
use uuid::Uuid;

use super::world::{World, start, user};
use crate::support::{TestDb, assert_golden, caller};

const ROLES: [Role; 3] = [Role::Anon, Role::Authenticated, Role::ServiceRole];
const MIGRATION: &str = "m0160_policy_functions";

/// How each table's changes are judged, for each role that may read it. A table that moves to the database costs a
/// question for each subscriber: that is to be seen in the diff.
#[tokio::test]
async fn it_is_known_which_changes_are_judged_in_memory() {
    let test = TestDb::new().await;
    let realtime = start(&test.db).await;
    let owner = test.owner().await;
    let tables = owner
        .query(
            "select table_schema, table_name from realtime.published_tables where only_columns is null order by 1, 2",
            &[],
        )
        .await
        .expect("the published tables");
    let mut told = String::new();
    for row in tables {
        let (schema, name): (&str, &str) = (row.get(0), row.get(1));
        let table = realtime.hub.table(schema, name).expect("a published table");
        let judged = ROLES.into_iter().filter_map(|role| {
            let access = table.access(role).filter(|access| access.any_column())?;
            let by = if access.is_known() {
                "memory"
            } else {
                "database"
            };
            Some(format!("{} {by}", role.as_str()))
        });
        let _ = writeln!(
            told,
            "{schema}.{name}: {}",
            judged.collect::<Vec<_>>().join(", ")
        );
    }
    realtime.stop();
    assert_golden("realtime/judged.txt", &told);
}

/// Every mark is tried as callers of each kind.
#[tokio::test]
async fn marked_functions_mean_what_their_marks_say() {
    let test = TestDb::new().await;
    let owner = test.owner().await;
    let marks = owner
        .query(
            "select signature, meaning from realtime.policy_functions",
            &[],
        )
        .await
        .expect("the marks");
    let mut meanings: Vec<&str> = marks.iter().map(|mark| mark.get("meaning")).collect();
    meanings.sort_unstable();
    assert_eq!(
        meanings,
        [
            "first_readable_user",
            "is_admin",
            "last_readable_user",
            "role",
            "user_id"
        ]
    );
    let id = Uuid::from_u128(7);
    let callers = [
        (user(7), "user"),
        (
            Arc::new(caller(id, "a@example.org", &json!({"role": "admin"}))),
            "admin",
        ),
        (
            Arc::new(caller(id, "e@example.org", &json!({"role": "editor"}))),
            "editor",
        ),
        (
            Arc::new(caller(id, "n@example.org", &json!({"role": null}))),
            "user",
        ),
    ];
    for (caller, role) in callers {
        for mark in &marks {
            let (signature, meaning): (&str, &str) = (mark.get(0), mark.get(1));
            let expected = match meaning {
                "user_id" => id.to_string(),
                "role" => role.to_owned(),
                "is_admin" => (role == "admin").to_string(),
                "first_readable_user" if role == "admin" => Uuid::nil().to_string(),
                "last_readable_user" if role == "admin" => Uuid::max().to_string(),
                _ => id.to_string(),
            };
            let said = said(&owner, &caller, signature).await;
            assert_eq!(said.as_deref(), Some(&*expected), "{signature} as {role}");
        }
    }
    let nobody = Arc::new(Caller::from_claims(Role::Anon, Map::new()));
    assert_eq!(said(&owner, &nobody, "auth.uid()").await, None);
}

/// What a function without arguments answers under a caller's claims, as text. As the owner: users reach what lies in
/// schema private through policies alone.
async fn said(owner: &tokio_postgres::Client, caller: &Caller, signature: &str) -> Option<String> {
    owner
        .execute(
            "select set_config('request.jwt.claims', $1, false)",
            &[&&*caller.claims_json],
        )
        .await
        .expect("the claims");
    let row = owner
        .query_one(&format!("select {signature}::text"), &[])
        .await
        .expect("an answer");
    row.get(0)
}

/// Whether changes of a table are judged in memory for users.
fn is_known(world: &World, table: &str) -> bool {
    let table = world.realtime.hub.table("public", table);
    let table = table.expect("a published table");
    table
        .access(Role::Authenticated)
        .is_some_and(|access| access.is_known())
}

async fn until_known(world: &World, table: &str, expected: bool) {
    let begun = Instant::now();
    while is_known(world, table) != expected {
        assert!(
            begun.elapsed() < Duration::from_secs(10),
            "{table} is judged otherwise"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_marked_function_that_changes_is_not_trusted_and_takes_its_callers_along() {
    let world = World::new().await;
    assert!(
        is_known(&world, "chats"),
        "its policy calls readable_from()"
    );
    let body = "language sql stable set search_path = ''
        return case when auth.uid() is null then 'none' else 'admin' end";
    world
        .run(&format!(
            "create or replace function public.get_user_role() returns text {body}"
        ))
        .await;
    until_known(&world, "chats", false).await;
    assert!(
        is_known(&world, "things"),
        "its policy calls auth.uid() alone"
    );
    world
        .run(
            "begin; select realtime.mark_policy_function('public.get_user_role()', 'role');
              alter table things add extra text; commit",
        )
        .await;
    until_known(&world, "chats", true).await;
    world
        .run("delete from realtime.policy_functions where meaning = 'user_id'; alter table things drop extra")
        .await;
    until_known(&world, "things", false).await;
    assert!(
        !is_known(&world, "chats"),
        "what it calls calls a function that nobody marked"
    );
}

#[tokio::test]
async fn what_was_changed_before_the_marks_came_is_not_marked() {
    let test = TestDb::new().await;
    let all = migration::status(test.owner().await)
        .await
        .expect("the list");
    let place = all.iter().position(|one| one.name == MIGRATION);
    let steps = u32::try_from(all.len() - place.expect("the migration")).expect("a number");
    migration::down(test.owner().await, Some(steps))
        .await
        .expect("down");
    let owner = test.owner().await;
    owner
        .batch_execute(
            "create or replace function public.get_user_role() returns text language sql stable set search_path = ''
               return 'admin'",
        )
        .await
        .expect("another function");
    migration::up(test.owner().await, None).await.expect("up");
    let marked = owner
        .query(
            "select signature from realtime.policy_functions order by 1",
            &[],
        )
        .await
        .expect("the marks");
    let marked: Vec<&str> = marked.iter().map(|mark| mark.get(0)).collect();
    assert_eq!(
        marked,
        [
            "auth.uid()",
            "private.readable_from()",
            "private.readable_to()",
            "public.is_current_user_admin()",
        ]
    );
}
