//! Live queries answer when they have something new to say, and only then.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt as _;
use mindloom::auth::Caller;
use mindloom::error::Error;
use mindloom::realtime::{LiveAnswers, LiveQuery, RowCondition};

use super::world::{World, id, user};

/// The labels of the caller's things, and how often they were asked for.
async fn labels(world: &World, caller: &Arc<Caller>, runs: &Arc<AtomicUsize>) -> LiveAnswers {
    labels_of(world, "things", caller, runs).await
}

async fn labels_of(
    world: &World,
    table: &'static str,
    caller: &Arc<Caller>,
    runs: &Arc<AtomicUsize>,
) -> LiveAnswers {
    let (db, who, count) = (world.test.db.clone(), Arc::clone(caller), Arc::clone(runs));
    let run = move || {
        let (db, who, count) = (db.clone(), Arc::clone(&who), Arc::clone(&count));
        let answer = async move {
            count.fetch_add(1, Ordering::SeqCst);
            let transaction = db.begin(&who).await?;
            let select = format!(
                "select coalesce(string_agg(label, ',' order by id), '') from public.{table}"
            );
            let row = transaction
                .query_one(&select, &[])
                .await
                .map_err(Error::internal)?;
            transaction.commit().await.map_err(Error::internal)?;
            Ok(Bytes::from(row.get::<_, String>(0)))
        };
        Box::pin(answer) as futures_util::future::BoxFuture<'static, Result<Bytes, Error>>
    };
    let query = LiveQuery {
        follows: Vec::new(),
        key: format!("labels of {table}"),
        caller: Arc::clone(caller),
        tables: vec![(
            "public".to_owned(),
            table.to_owned(),
            RowCondition::default(),
        )],
        run: Arc::new(run),
    };
    world.realtime.hub.live(query).await.expect("a live query")
}

async fn next(answers: &mut LiveAnswers) -> String {
    let answer = tokio::time::timeout(Duration::from_secs(20), answers.next()).await;
    let answer = answer
        .expect("an answer in time")
        .expect("the stream goes on")
        .expect("an answer");
    String::from_utf8(answer.to_vec()).expect("text")
}

#[tokio::test]
async fn a_live_query_answers_at_once_and_when_its_data_changed() {
    let world = World::new().await;
    let (ada, runs) = (user(1), Arc::new(AtomicUsize::new(0)));
    let mut answers = labels(&world, &ada, &runs).await;
    assert_eq!(next(&mut answers).await, "");
    let (mine, other) = (id(1), id(2));
    world
        .run(&format!(
            "insert into things (id, user_id, label) values (1, '{mine}', 'a')"
        ))
        .await;
    assert_eq!(next(&mut answers).await, "a");
    tokio::time::sleep(Duration::from_millis(300)).await;
    let before = runs.load(Ordering::SeqCst);
    world.run(&format!("insert into things (id, user_id, label) values (2, '{other}', 'b'); update things set n = 5 where id = 2")).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(
        runs.load(Ordering::SeqCst),
        before,
        "changes of rows that the caller cannot see do not run it"
    );
    world.run("update things set n = 5 where id = 1").await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(
        runs.load(Ordering::SeqCst) > before,
        "a change of a row that it reads does"
    );
    world
        .run("update things set label = 'c' where id = 1")
        .await;
    assert_eq!(
        next(&mut answers).await,
        "c",
        "the equal answer in between was not sent"
    );
}

#[tokio::test]
async fn equal_queries_run_once_and_bursts_come_together() {
    let world = World::new().await;
    let (ada, runs) = (user(1), Arc::new(AtomicUsize::new(0)));
    let mut all = Vec::new();
    for _ in 0..20 {
        all.push(labels(&world, &ada, &runs).await);
    }
    for answers in &mut all {
        assert_eq!(next(answers).await, "");
    }
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    for number in 0..200 {
        world
            .run(&format!(
                "insert into things (id, user_id, label) values ({number}, '{}', '{number}')",
                id(1)
            ))
            .await;
    }
    let last: Vec<String> = (0..200).map(|number| number.to_string()).collect();
    for answers in &mut all {
        while next(answers).await != last.join(",") {}
    }
    let runs = runs.load(Ordering::SeqCst);
    assert!(
        runs < 150,
        "200 changes made {runs} runs for 20 subscribers"
    );
}

#[tokio::test]
async fn a_query_that_many_watch_runs_as_who_has_watched_it_the_longest() {
    let world = World::new().await;
    let ada = user(1);
    let runs: Vec<Arc<AtomicUsize>> = (0..3).map(|_| Arc::default()).collect();
    let mut watching = Vec::new();
    for each in &runs {
        watching.push(labels(&world, &ada, each).await);
    }
    for answers in &mut watching {
        assert_eq!(next(answers).await, "");
    }
    let count = || runs.iter().map(|each| each.load(Ordering::SeqCst));
    assert_eq!(count().collect::<Vec<_>>(), [1, 0, 0]);
    drop(watching.remove(0));
    let insert = format!(
        "insert into things (id, user_id, label) values (1, '{}', 'a')",
        id(1)
    );
    world.run(&insert).await;
    for answers in &mut watching {
        assert_eq!(next(answers).await, "a");
    }
    let counted: Vec<usize> = count().collect();
    assert!(
        counted[0] == 1 && counted[1] > 0 && counted[2] == 0,
        "{counted:?}"
    );
}

/// A function of the world's, with another body.
fn shared_things(body: &str) -> String {
    format!(
        "create or replace function private.shared_things() returns setof integer
           stable security definer set search_path = '' {body}"
    )
}

#[tokio::test]
async fn a_live_query_follows_what_the_policies_of_its_tables_read() {
    let world = World::new().await;
    world
        .run(
            "insert into things (id) values (1); insert into parts values (10, 1, 'p');
             create table public.invitations (like public.shares including all);
             create table public.hints (like public.shares including all);
             create table public.\"Odd name\" (like public.shares including all);
             create view public.invited as select * from public.invitations;
             grant select on public.hints to authenticated;
             create function private.invited_things() returns setof integer language sql
               begin atomic select thing_id from public.invited where user_id = auth.uid(); end;
             select realtime.publish(t::regclass)
             from unnest(array['shares', 'invitations', 'hints', '\"Odd name\"']) t",
        )
        .await;
    let (ada, runs) = (user(1), Arc::new(AtomicUsize::new(0)));
    let mut answers = labels_of(&world, "parts", &ada, &runs).await;
    assert_eq!(next(&mut answers).await, "");
    let mut gains_and_loses = async |change: String, table: &str| {
        world.run(&change).await;
        world
            .run(&format!("insert into {table} values ('{}', 1)", id(1)))
            .await;
        assert_eq!(next(&mut answers).await, "p", "{change}");
        world.run(&format!("delete from {table}")).await;
        assert_eq!(next(&mut answers).await, "", "{change}");
    };
    let select = |table: &str| format!("select thing_id from {table} where user_id = auth.uid()");
    // By what PostgreSQL knows of the function's body.
    gains_and_loses("select 1".to_owned(), "shares").await;
    // A body that it does not read; nobody says that the function was replaced but the log itself.
    let text = format!("language sql as $$ {} $$", select("public.Invitations"));
    gains_and_loses(shared_things(&text), "invitations").await;
    let text = format!("language sql as $$ {} $$", select("public.\"Odd name\""));
    gains_and_loses(shared_things(&text), "\"Odd name\"").await;
    // Through another function, with a body that is read, and a view.
    let text =
        "language plpgsql as $$ begin return query select * from private.invited_things(); end $$";
    gains_and_loses(shared_things(text), "invitations").await;
    // A statement that is put together.
    let text = format!(
        "language plpgsql as $$ begin return query execute replace('{}', '+', ''); end $$",
        select("public.sha+res")
    );
    gains_and_loses(shared_things(&text), "shares").await;
    // A policy's own subquery, and the policies of the table that it looks into.
    let policies = "alter policy shared on parts
           using (exists (select from public.hints h where h.thing_id = parts.thing_id));
         alter table hints enable row level security;
         create policy invited on hints for select to authenticated
           using (exists (select from public.things t
             where t.id = hints.thing_id and t.user_id = (select auth.uid())));
         insert into hints values ('00000000-0000-0000-0000-000000000000', 1)";
    world.run(policies).await;
    for (owner, expected) in [(id(1), "p"), (id(2), "")] {
        world
            .run(&format!("update things set user_id = '{owner}'"))
            .await;
        assert_eq!(next(&mut answers).await, expected);
    }
    // What no policy reads concerns nobody, once the server is done with the policies.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let before = runs.load(Ordering::SeqCst);
    world
        .run(&format!("insert into shares values ('{}', 1)", id(1)))
        .await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(runs.load(Ordering::SeqCst), before);
}
