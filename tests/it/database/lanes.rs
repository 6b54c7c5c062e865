//! Callers share the connections: whoever floods waits for itself.

use std::time::Duration;

use mindloom::{
    auth::{Caller, Role},
    config::DatabaseSettings,
    db::{Call, Db, Lane, Mode, Work},
    error::{Code, Error},
};
use serde_json::{Value, json};
use tokio::{task::JoinHandle, time::timeout};

use crate::support::{TestApi, TestDb, next};

/// Longer than any test; what is still running then is cancelled.
const FOR_EVER: &str = "select pg_sleep(100)";
/// Far above what anything quick takes, even on a busy machine; far below what the floods take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A database of eight connections for requests: four places for quick work, two for slow, two lent.
async fn eight(change: impl FnOnce(&mut DatabaseSettings)) -> (TestDb, Db) {
    let test = TestDb::new().await;
    let mut settings = DatabaseSettings {
        request_pool_size: Some(8),
        ..test.settings.clone()
    };
    change(&mut settings);
    let db = Db::connect(&settings).await.expect("a database");
    (test, db)
}

fn user(number: u128) -> Caller {
    let claims = json!({"sub": uuid::Uuid::from_u128(number), "role": "authenticated"});
    let claims = claims.as_object().cloned().unwrap_or_default();
    Caller::from_claims(Role::Authenticated, claims)
}

async fn ask(db: &Db, caller: &Caller, sql: &str) -> Result<(), Error> {
    let call = Call {
        sql,
        types: &[],
        values: Vec::new(),
        work: Work::of(sql),
    };
    let answer = db.run(caller, Mode::Read, &[call], &mut |_, _| ()).await?;
    answer
        .map(drop)
        .map_err(|(_, error)| Error::internal(error))
}

fn flood(db: &Db, caller: &Caller, statements: Vec<String>) -> Vec<JoinHandle<Result<(), Error>>> {
    let one = |sql: String| {
        let (db, caller) = (db.clone(), caller.clone());
        tokio::spawn(async move { ask(&db, &caller, &sql).await })
    };
    statements.into_iter().map(one).collect()
}

/// How many statements of requests sleep in the database now.
async fn sleeping(test: &TestDb) -> usize {
    const SLEEPING: &str = "select count(*) from pg_stat_activity where datname = current_database() \
        and state = 'active' and query like '%pg_sleep(100)%' and pid <> pg_backend_pid()";
    let count = test.value(SLEEPING).await.expect("a count");
    count.parse().expect("a number")
}

async fn until_sleeping(test: &TestDb) {
    let asleep = async {
        while sleeping(test).await == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, asleep).await.expect("a statement sleeps");
}

/// Twenty others ask something quick three times each, all at once; everything is answered.
async fn others_are_answered(db: &Db) {
    for _ in 0..3 {
        let asked = (1_000..1_020).map(|number| {
            let (db, caller) = (db.clone(), user(number));
            async move { ask(&db, &caller, "select 1").await }
        });
        let answered = timeout(PATIENCE, futures_util::future::try_join_all(asked)).await;
        answered
            .expect("nobody waits for the flood")
            .expect("nobody is refused");
    }
}

fn idle(db: &Db) -> bool {
    Lane::ALL.into_iter().all(|lane| {
        let figures = db.lane(false, lane);
        figures.waiting == 0 && figures.running == 0
    })
}

#[tokio::test]
async fn one_callers_slow_statements_hold_up_nobody() {
    let (test, db) = eight(|_| ()).await;
    let flooder = user(1);
    // The same statement, and others that nobody has seen before.
    let same = vec![FOR_EVER.to_owned(); 12];
    let new = (0..12).map(|n| format!("{FOR_EVER} -- {n}"));
    let flooding = flood(&db, &flooder, same.into_iter().chain(new).collect());
    until_sleeping(&test).await;
    others_are_answered(&db).await;
    let most = sleeping(&test).await;
    assert!((1..=4).contains(&most), "{most} of 8 connections");
    assert!(
        flooding.iter().any(|one| !one.is_finished()),
        "the flood still goes on"
    );
    // What of it is given up leaves nothing behind.
    flooding.iter().for_each(JoinHandle::abort);
    let left = async {
        while !idle(&db) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, left).await.expect("every place is free");
    assert_eq!(sleeping(&test).await, 0);
    ask(&db, &flooder, "select 1").await.expect("an answer");
}

#[tokio::test]
async fn another_callers_slow_statement_gets_its_turn_beside_a_flood() {
    let (test, db) = eight(|_| ()).await;
    let flooding = flood(&db, &user(1), vec![FOR_EVER.to_owned(); 12]);
    until_sleeping(&test).await;
    others_are_answered(&db).await;
    let slow = "select pg_sleep(0.1)";
    for number in 2..5 {
        let asked = timeout(PATIENCE, ask(&db, &user(number), slow)).await;
        asked.expect("its turn").expect("an answer");
    }
    flooding.iter().for_each(JoinHandle::abort);
}

#[tokio::test]
async fn who_would_wait_too_long_is_refused_before_anything_is_done() {
    let (_test, db) = eight(|settings| settings.pool_wait_ms = 1_500).await;
    let caller = user(1);
    let slow = "select pg_sleep(0.7)";
    // What a connection that was just opened takes is not counted.
    ask(&db, &caller, "select 1").await.expect("a connection");
    ask(&db, &caller, slow).await.expect("its cost is learnt");
    let running = flood(&db, &caller, vec![slow.to_owned(); 6]);
    while db.lane(false, Lane::Slow).refused == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let before = db.lane(false, Lane::Slow);
    let refused = ask(&db, &caller, slow).await.expect_err("too many");
    assert!(
        running.iter().any(|one| !one.is_finished()),
        "it was refused while the others went on"
    );
    assert_eq!(refused.code(), Code::Unavailable);
    assert!(refused.message().contains("your requests"), "{refused}");
    let pause = refused.details()["retryAfterMs"].as_u64();
    assert!(pause.is_some_and(|pause| (100..=30_000).contains(&pause)));
    let after = db.lane(false, Lane::Slow);
    assert_eq!(after.refused, before.refused + 1);
    assert!(after.waiting <= before.waiting, "it does not wait");
    // Another has none of that trouble, nor has the same caller's quick work.
    ask(&db, &user(2), slow).await.expect("an answer");
    ask(&db, &caller, "select 1").await.expect("an answer");
    let mut answered = 0;
    for one in running {
        match one.await.expect("no panic") {
            Ok(()) => answered += 1,
            Err(error) => assert_eq!(error.code(), Code::Unavailable),
        }
    }
    assert!((1..6).contains(&answered), "{answered}");
    assert!(idle(&db), "what was refused holds nothing");
}

#[tokio::test]
async fn queues_are_bounded_and_say_whose_fault_it_is() {
    let (test, db) = eight(|settings| {
        (settings.request_pool_size, settings.caller_queue_size) = (Some(1), 2);
        settings.queue_size = 3;
    })
    .await;
    let holder = flood(&db, &user(1), vec![FOR_EVER.to_owned()]);
    until_sleeping(&test).await;
    let waiting = flood(&db, &user(2), vec!["select 1".to_owned(); 2]);
    while db.lane(false, Lane::Quick).waiting < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let own = ask(&db, &user(2), "select 1")
        .await
        .expect_err("its own queue");
    assert!(own.message().contains("your requests"), "{own}");
    assert!(db.check_turn(&user(2)).is_err());
    assert!(db.check_turn(&user(3)).is_ok());
    let third = flood(&db, &user(3), vec!["select 1".to_owned()]);
    while db.lane(false, Lane::Quick).waiting < 3 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let all = ask(&db, &user(4), "select 1")
        .await
        .expect_err("all queues");
    assert!(all.message().contains("The server"), "{all}");
    assert_eq!(all.code(), Code::Unavailable);
    assert!(all.details().contains_key("retryAfterMs"));
    holder.iter().for_each(JoinHandle::abort);
    for one in waiting.into_iter().chain(third) {
        one.await.expect("no panic").expect("an answer");
    }
}

#[tokio::test]
async fn transactions_have_lanes_of_their_own() {
    let (test, db) = eight(|settings| settings.transaction_pool_size = 8).await;
    let flooder = user(1);
    let work = Work::of("a transaction that takes long");
    let flooding: Vec<JoinHandle<()>> = (0..12)
        .map(|_| {
            let (db, caller) = (db.clone(), flooder.clone());
            tokio::spawn(async move {
                if let Ok(transaction) = db.begin_as(&caller, Mode::Write, work).await {
                    let _slept = transaction.batch_execute(FOR_EVER).await;
                }
            })
        })
        .collect();
    until_sleeping(&test).await;
    for number in 2..12 {
        let begun = timeout(PATIENCE, db.begin(&user(number))).await;
        let transaction = begun.expect("its turn").expect("a transaction");
        transaction.batch_execute("select 1").await.expect("rows");
        transaction.commit().await.expect("a commit");
    }
    let most = sleeping(&test).await;
    assert!((1..=4).contains(&most), "{most} of 8 connections");
    others_are_answered(&db).await;
    flooding.iter().for_each(JoinHandle::abort);
}

#[tokio::test]
async fn changes_of_a_locked_row_hold_up_their_caller_alone() {
    let mut api = TestApi::new().await;
    api.restart_with(|settings| settings.lock_timeout_ms = 60_000)
        .await;
    let ada = api.test.user("ada@example.org").await;
    let eve = api.test.user("eve@example.org").await;
    let held = api.notes(&ada, &["held"]).await.remove(0);
    let own = api.notes(&eve, &["own"]).await.remove(0);
    let holder = api.test.db.system().await.expect("a connection");
    holder
        .batch_execute(&format!(
            "begin; select from public.notes where id = '{}' for update",
            held.as_str().unwrap_or_default()
        ))
        .await
        .expect("a lock");
    let update =
        "mutation ($id: UUID!) { updateNote(id: $id, set: {content: \"new\"}) { content } }";
    let waiting = async {
        let variables = json!({ "id": held });
        let asked = (0..16).map(|_| api.ask(&ada, update, variables.clone()));
        futures_util::future::join_all(asked).await
    };
    let others = async {
        for _ in 0..5 {
            let read = api.data(&eve, "{ notes { nodes { content } } }", json!({}));
            let read = timeout(PATIENCE, read).await.expect("an answer");
            assert_eq!(read["notes"]["nodes"].as_array().map(Vec::len), Some(1));
            let changed = api.data(&eve, update, json!({ "id": own }));
            timeout(PATIENCE, changed).await.expect("an answer");
        }
        holder.batch_execute("rollback").await.expect("let go");
    };
    let (answers, ()) = futures_util::future::join(waiting, others).await;
    let done = |answer: &&Value| answer["data"]["updateNote"]["content"] == "new";
    assert!(answers.iter().filter(done).count() >= 1);
    for answer in answers.iter().filter(|answer| !done(answer)) {
        assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAVAILABLE");
    }
}

#[tokio::test]
async fn live_queries_count_for_their_callers_share() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let eve = api.test.user("eve@example.org").await;
    api.notes(&eve, &["own"]).await;
    let id = ada.user_id.expect("a signed-in user");
    let insight = format!(
        "insert into public.insights (user_id, title, content, week_start, week_end)
         values ('{id}', 'a', 'b', now(), now() + interval '7 days')"
    );
    api.test.run_as_owner(&insight).await.expect("an insight");
    // Whoever reads one waits in the database.
    api.test
        .run_as_owner(
            "create policy slow on public.insights as restrictive for select to authenticated \
             using ((select pg_sleep(100)::text) is not null)",
        )
        .await
        .expect("a policy");
    let mut live = Vec::new();
    for number in 0..12 {
        let query =
            format!("subscription {{ live {{ a{number}: insights {{ nodes {{ id }} }} }} }}");
        live.push(api.subscribe(&ada, &query, json!({})).await);
    }
    let asleep = async {
        while sleeping_in_policy(&api.test).await == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, asleep).await.expect("they wait");
    for _ in 0..10 {
        let read = api.data(&eve, "{ notes { nodes { content } } }", json!({}));
        timeout(PATIENCE, read).await.expect("an answer");
    }
    let most = sleeping_in_policy(&api.test).await;
    assert!((1..=2).contains(&most), "{most} of 4 connections");
    // Another's live query begins meanwhile.
    let query = "subscription { live { notes { nodes { content } } } }";
    let mut other = api.subscribe(&eve, query, json!({})).await;
    let first = next(&mut other).await;
    assert_eq!(first["data"]["live"]["notes"]["nodes"][0]["content"], "own");
}

/// How many statements wait in the policy of insights.
async fn sleeping_in_policy(test: &TestDb) -> usize {
    let count = test
        .value(
            "select count(*) from pg_stat_activity where datname = current_database() \
             and wait_event = 'PgSleep'",
        )
        .await;
    count.expect("a count").parse().expect("a number")
}
