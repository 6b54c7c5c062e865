//! Streams by themselves: many at once, followed at two servers, left and taken up again at any place.

use std::sync::Arc;

use futures_util::future::join_all;
use mindloom::{
    app::App,
    streams::{Followed, Refused},
};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{
    TestDb,
    server::{settings, start},
};

const STREAMS: usize = 200;
const WORDS: usize = 60;

/// Streams of a chat of somebody's; each in a chat of its own, since one is written in a chat at a time.
async fn streams(test: &TestDb, count: usize) -> Vec<Uuid> {
    let ada = test.user("ada@example.org").await;
    let client = test.db.system().await.expect("a connection");
    let sql = "with chats as (insert into public.chats (user_id, title)
            select $1, 'c' from generate_series(1, $2::bigint) returning id),
          messages as (insert into public.messages (chat_id, role, parts) select id, 'assistant', '[]' from chats
            returning id, chat_id)
        insert into public.streams (chat_id, message_id, status) select chat_id, id, 'writing' from messages returning id";
    let count = i64::try_from(count).expect("few");
    let rows = client
        .query(sql, &[&ada.user_id, &count])
        .await
        .expect("streams");
    rows.iter().map(|row| row.get(0)).collect()
}

async fn server(test: &TestDb) -> Arc<App> {
    Arc::new(start(&settings(&["--workers", "0"]), &test.db).await)
}

/// Writes words, then the end.
async fn write(app: &App, stream: Uuid, pause: bool) {
    let mut writer = app.state.streams.write(stream, 1);
    for word in 0..WORDS {
        writer.push(json!({"kind": "TEXT", "text": format!("{word} ")}));
        if pause {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }
    writer.push(json!({"kind": "END", "reason": "COMPLETED"}));
    writer.flush().await.expect("stored");
}

/// Follows to the end, leaving and coming back at one of two servers; gives the text.
async fn follow(apps: [Arc<App>; 2], stream: Uuid, seed: u64) -> String {
    let mut random = StdRng::seed_from_u64(seed);
    let (mut text, mut last) = (String::new(), 0);
    'again: loop {
        let app = &apps[random.random_range(0..2)];
        let mut follower = app
            .state
            .streams
            .follow(stream, last)
            .await
            .expect("it is there");
        let mut patience = random.random_range(1..12);
        while let Some(next) = follower.next().await.expect("an event") {
            let Followed::Event(offset, event) = next else {
                panic!("it is gone");
            };
            assert_eq!(offset, last + 1, "in order, each once");
            last = offset;
            match event["kind"].as_str() {
                Some("TEXT") => text.push_str(event["text"].as_str().expect("a text")),
                _ => return text,
            }
            patience -= 1;
            if patience == 0 {
                continue 'again;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn followers_get_every_word_once_wherever_they_come_back() {
    let test = TestDb::new().await;
    let ids = streams(&test, STREAMS).await;
    let apps = [server(&test).await, server(&test).await];
    let writers = ids.iter().enumerate().map(|(place, stream)| {
        let (app, stream) = (Arc::clone(&apps[place % 2]), *stream);
        tokio::spawn(async move { write(&app, stream, true).await })
    });
    let writers: Vec<_> = writers.collect();
    let followers = ids.iter().enumerate().map(|(place, stream)| {
        let (apps, stream) = (apps.clone(), *stream);
        tokio::spawn(follow(apps, stream, place as u64))
    });
    let followers: Vec<_> = followers.collect();
    let whole: String = (0..WORDS).map(|word| format!("{word} ")).collect();
    for text in join_all(followers).await {
        assert_eq!(text.expect("no panic"), whole);
    }
    join_all(writers)
        .await
        .into_iter()
        .for_each(|writer| writer.expect("no panic"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_writers_one_goes_on() {
    let test = TestDb::new().await;
    let stream = streams(&test, 1).await[0];
    let app = server(&test).await;
    let mut old = app.state.streams.write(stream, 1);
    old.push(json!({"kind": "STEP"}));
    old.push(json!({"kind": "TEXT", "text": "of the old one"}));
    old.flush().await.expect("stored");
    let client = test.db.system().await.expect("a connection");
    let claimed = client
        .query_one(
            "select next_offset from private.claim_stream($1)",
            &[&stream],
        )
        .await
        .expect("claimed");
    let next: i32 = claimed.get(0);
    old.push(json!({"kind": "TEXT", "text": "too late"}));
    assert!(matches!(old.flush().await, Err(Refused::Lost)));
    let mut new = app.state.streams.write(stream, next);
    new.push(json!({"kind": "STEP"}));
    new.push(json!({"kind": "TEXT", "text": "of the new one"}));
    new.flush().await.expect("stored");
    let parts: Value = client
        .query_one("select private.stream_parts($1)", &[&stream])
        .await
        .expect("parts")
        .get(0);
    assert_eq!(parts, json!([{"type": "text", "text": "of the new one"}]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_is_deleted_ends_for_its_followers_everywhere() {
    let test = TestDb::new().await;
    let stream = streams(&test, 1).await[0];
    let apps = [server(&test).await, server(&test).await];
    let mut writer = apps[0].state.streams.write(stream, 1);
    writer.push(json!({"kind": "TEXT", "text": "a"}));
    writer.flush().await.expect("stored");
    let mut followers = Vec::new();
    for app in &apps {
        let mut follower = app
            .state
            .streams
            .follow(stream, 0)
            .await
            .expect("it is there");
        let first = follower.next().await.expect("an event");
        assert!(matches!(first, Some(Followed::Event(1, _))));
        followers.push(follower);
    }
    test.run_as_owner("delete from public.chats")
        .await
        .expect("deleted");
    for follower in &mut followers {
        let gone = tokio::time::timeout(std::time::Duration::from_secs(10), follower.next()).await;
        assert!(matches!(gone.expect("in time"), Ok(Some(Followed::Gone))));
        assert!(matches!(follower.next().await, Ok(None)));
    }
    writer.push(json!({"kind": "TEXT", "text": "b"}));
    assert!(matches!(writer.flush().await, Err(Refused::Lost)));
    assert_eq!(
        test.value("select count(*) from mindloom.stream_chunks")
            .await
            .as_deref(),
        Some("0")
    );
}
