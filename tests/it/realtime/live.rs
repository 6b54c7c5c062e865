//! Live queries answer when they have something new to say, and only then.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt as _;
use mindloom::auth::Caller;
use mindloom::error::Error;
use mindloom::realtime::{LiveAnswers, LiveQuery, Local};

use super::world::{World, id, user};

/// `select coalesce(string_agg(label, ','), '')` of the caller's things, and how often it ran.
async fn labels(world: &World, caller: &Arc<Caller>, runs: &Arc<AtomicUsize>) -> LiveAnswers {
    let (db, who, count) = (world.test.db.clone(), Arc::clone(caller), Arc::clone(runs));
    let run = move || {
        let (db, who, count) = (db.clone(), Arc::clone(&who), Arc::clone(&count));
        let answer = async move {
            count.fetch_add(1, Ordering::SeqCst);
            let transaction = db.begin(&who).await?;
            let row = transaction
                .query_one(
                    "select coalesce(string_agg(label, ',' order by id), '') from public.things",
                    &[],
                )
                .await
                .map_err(Error::internal)?;
            transaction.commit().await.map_err(Error::internal)?;
            Ok(Bytes::from(row.get::<_, String>(0)))
        };
        Box::pin(answer) as futures_util::future::BoxFuture<'static, Result<Bytes, Error>>
    };
    let query = LiveQuery {
        key: "labels".to_owned(),
        caller: Arc::clone(caller),
        tables: vec![("public".to_owned(), "things".to_owned(), Local::default())],
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
