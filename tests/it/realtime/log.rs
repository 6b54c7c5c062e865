//! Every way of changing a row ends in the log, once.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use mindloom::error::Code;
use mindloom::realtime::Kind;

use super::world::{
    World, connect, ending, next, row_id, service, start, subscription, tell, until, user,
};
use crate::support::TestDb;

#[tokio::test]
async fn every_way_of_changing_rows_is_told() {
    let world = World::new().await;
    let mut things = world.watch("things", &service()).await;
    let mut parts = world.watch("parts", &service()).await;
    world
        .run(
            "insert into things (id, label) values (1, 'a'), (2, 'b');
             insert into parts values (10, 1, 'p'), (20, 2, 'q');
             update things set id = id + 100;
             insert into things (id, label) values (101, 'x') on conflict (id) do update set label = excluded.label;
             merge into things t using (values (102, 'm'), (3, 'c')) v (id, label) on t.id = v.id
                when matched then update set label = v.label
                when not matched then insert (id, label) values (v.id, v.label);
             update things set label = 'nobody' where false;
             delete from things where id = 101;
             truncate things cascade;
             insert into things (id, label) values (999, 'end'); insert into parts values (999, 999, 'end')",
        )
        .await;
    let mut told = until(&mut things, 999).await;
    // Rows of one statement come in the order in which it touched them, which is PostgreSQL's to choose.
    told[2..4].sort();
    told[5..7].sort();
    told[8..10].sort();
    assert_eq!(
        told,
        [
            "INSERT >1:a",
            "INSERT >2:b",
            "UPDATE 1:a>101:a",
            "UPDATE 2:b>102:b",
            "UPDATE 101:a>101:x",
            "INSERT >3:c",
            "UPDATE 102:b>102:m",
            "DELETE 101:x>",
            "DELETE 102:m>",
            "DELETE 3:c>",
            "INSERT >999:end",
        ]
    );
    let mut told = until(&mut parts, 999).await;
    told[2..4].sort();
    assert_eq!(
        told,
        [
            "INSERT >10:p",
            "INSERT >20:q",
            "UPDATE 10:p>10:p",
            "UPDATE 20:q>20:q",
            "DELETE 10:p>",
            "DELETE 20:q>",
            "INSERT >999:end",
        ],
        "changes by cascades"
    );
}

#[tokio::test]
async fn changes_made_by_triggers_follow_what_caused_them() {
    let world = World::new().await;
    world
        .run(
            "create function public.bump() returns trigger language plpgsql as $$
             begin update public.things set label = label || '+' where id in (select id from new_rows) and label not like '%+';
             return null; end $$;
             create trigger bump after insert on things referencing new table as new_rows
                 for each statement execute function public.bump()",
        )
        .await;
    let mut things = world.watch("things", &service()).await;
    world
        .run("insert into things (id, label) values (1, 'a')")
        .await;
    assert_eq!(tell(&*next(&mut things).await), "INSERT >1:a");
    assert_eq!(tell(&*next(&mut things).await), "UPDATE 1:a>1:a+");
}

#[tokio::test]
async fn a_hundred_thousand_rows_in_one_statement() {
    let world = World::new().await;
    let mut things = world.watch("things", &service()).await;
    // More than may wait for one subscriber is read while it is written.
    let writing = world.run(
        "insert into things (id, label) select i, 'row ' || i from generate_series(1, 100000) i;
         update things set id = -id, label = label || '!'",
    );
    let reading = async {
        let mut seen: BTreeMap<i64, u32> = BTreeMap::new();
        let mut updates = 0;
        while updates < 100_000 {
            let event = next(&mut things).await;
            let id = row_id(&event);
            *seen.entry(id).or_default() += 1;
            if event.kind == Kind::Update {
                updates += 1;
                let old = event.old_record().expect("the old row").text().to_owned();
                assert!(
                    old.contains(&format!(
                        "\"id\":{},\"user_id\":null,\"label\":\"row {}\"",
                        -id, -id
                    )),
                    "{old} became {id}"
                );
            }
        }
        seen
    };
    let ((), seen) = tokio::join!(writing, reading);
    assert_eq!(seen.len(), 200_000);
    assert!(seen.values().all(|times| *times == 1), "each change once");
}

#[tokio::test]
async fn copy_is_told_row_by_row() {
    let world = World::new().await;
    let mut things = world.watch("things", &user(7)).await;
    let sink = world
        .client
        .copy_in::<_, Bytes>("copy things (id, user_id, label) from stdin")
        .await
        .expect("a copy");
    let mut sink = Box::pin(sink);
    for number in 1..=500 {
        let owner = super::world::id(if number % 2 == 0 { 7 } else { 8 });
        sink.send(Bytes::from(format!("{number}\t{owner}\tc{number}\n")))
            .await
            .expect("a row");
    }
    sink.as_mut().finish().await.expect("the end of the copy");
    for number in (2..=500).step_by(2) {
        assert_eq!(
            tell(&*next(&mut things).await),
            format!("INSERT >{number}:c{number}")
        );
    }
}

#[tokio::test]
async fn emptying_a_large_table_asks_subscribers_to_read_anew() {
    let world = World::new().await;
    world
        .run("update realtime.log_settings set truncate_row_limit = 10")
        .await;
    world
        .run("insert into things (id) select generate_series(1, 11)")
        .await;
    let mut things = world.watch("things", &user(1)).await;
    world.run("truncate things cascade").await;
    assert_eq!(ending(&mut things).await, Code::ResyncRequired);
}

#[tokio::test]
async fn rolled_back_work_is_not_told_and_savepoints_count() {
    let world = World::new().await;
    let mut things = world.watch("things", &service()).await;
    world
        .run(
            "begin; insert into things (id, label) values (1, 'no'); rollback;
             begin; insert into things (id, label) values (2, 'yes');
             savepoint s; insert into things (id, label) values (3, 'no'); rollback to s;
             savepoint s; insert into things (id, label) values (4, 'yes'); release s; commit;
             insert into things (id, label) values (999, 'end')",
        )
        .await;
    assert_eq!(
        until(&mut things, 999).await,
        ["INSERT >2:yes", "INSERT >4:yes", "INSERT >999:end"]
    );
}

#[tokio::test]
async fn the_log_holds_no_vectors_and_no_secrets_and_nobody_reads_it() {
    let test = TestDb::new().await;
    let client = connect(&test.settings).await;
    let left_out = client
        .query_one(
            "select json_object_agg(table_name, left_out)::text from realtime.published_tables where left_out <> '{}'",
            &[],
        )
        .await
        .expect("what is left out");
    let left_out: BTreeMap<String, Vec<String>> =
        serde_json::from_str(left_out.get(0)).expect("JSON");
    assert_eq!(left_out["notes"], ["embedding"]);
    assert!(left_out["api_configurations"].contains(&"api_key_encrypted".to_owned()));
    for role in ["anon", "authenticated", "service_role"] {
        for table in [
            "changes",
            "published_tables",
            "log_settings",
            "changes_unplanned",
        ] {
            let row = client
                .query_one("select has_any_column_privilege($1, 'realtime.' || $2, 'select, insert, update')", &[&role, &table])
                .await
                .expect("a privilege");
            assert!(!row.get::<_, bool>(0), "{role} on {table}");
        }
    }
    // Embeddings are no part of the API, and live searches follow them.
    let missing = client
        .query(
            "select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
             and not exists (select from realtime.published_tables p where p.table_schema = 'public' and p.table_name = c.relname)",
            &[],
        )
        .await
        .expect("the tables");
    let missing: Vec<String> = missing.iter().map(|row| row.get(0)).collect();
    assert_eq!(
        missing,
        Vec::<String>::new(),
        "every table of the API is published"
    );
}

#[tokio::test]
async fn partitions_are_made_ahead_and_dropped_when_old() {
    let test = TestDb::new().await;
    let client = connect(&test.settings).await;
    client
        .batch_execute(
            "create table realtime.changes_2020010100 partition of realtime.changes
                 for values from ('2020-01-01 00:00+00') to ('2020-01-01 01:00+00');
             insert into realtime.changes (seq, xid, at, table_id, operation)
                 values (1, '7', '2020-01-01 00:30+00', 1, 'T'), (2, '9', '2019-01-01 00:30+00', 1, 'T');
             select realtime.maintain_log(); select realtime.maintain_log()",
        )
        .await
        .expect("upkeep");
    let row = client
        .query_one(
            "select to_regclass('realtime.changes_2020010100') is null,
                    (select dropped_through::text from realtime.log_settings),
                    (select count(*) from pg_inherits where inhparent = 'realtime.changes'::regclass),
                    (select count(*) from realtime.changes where at < '2021-01-01')",
            &[],
        )
        .await
        .expect("the partitions");
    assert!(row.get::<_, bool>(0), "the old partition is gone");
    assert_eq!(
        row.get::<_, &str>(1),
        "9",
        "cursors older than what was dropped are known to be"
    );
    assert!(row.get::<_, i64>(2) >= 6, "hours ahead and the default");
    assert_eq!(row.get::<_, i64>(3), 0);
}

#[tokio::test]
async fn what_was_written_long_before_it_is_committed_is_told() {
    let mut world = World::new().await;
    let (first, second) = (
        connect(&world.test.settings).await,
        connect(&world.test.settings).await,
    );
    let write = "begin; insert into things (id, label) values";
    // Before the server starts, by the newest transaction there is: snapshots do not name it.
    world.realtime.stop();
    first
        .batch_execute(&format!("{write} (1, 'before the start')"))
        .await
        .expect("a transaction");
    world.realtime = start(&world.test.db).await;
    let mut things = world.watch("things", &service()).await;
    first.batch_execute("commit").await.expect("the end");
    assert_eq!(
        tell(&*next(&mut things).await),
        "INSERT >1:before the start"
    );
    // While nothing else happens, for longer than the reader notes the time.
    second
        .batch_execute(&format!("{write} (2, 'long ago')"))
        .await
        .expect("a transaction");
    tokio::time::sleep(Duration::from_secs(11)).await;
    world
        .run("insert into things (id, label) values (3, 'in between')")
        .await;
    assert_eq!(tell(&*next(&mut things).await), "INSERT >3:in between");
    second.batch_execute("commit").await.expect("the end");
    assert_eq!(tell(&*next(&mut things).await), "INSERT >2:long ago");
}

#[tokio::test]
async fn the_log_keeps_to_a_size() {
    let world = World::new().await;
    let mut things = world.watch("things", &service()).await;
    world
        .run(
            "insert into things (id, label) select i, (select string_agg(md5(format('%s %s', i, j)), '') from generate_series(1, 100) j) from generate_series(1, 2000) i;
             insert into realtime.changes (seq, xid, at, table_id, operation)
             select 1, '3', now() + interval '1 hour', id, 'T' from realtime.published_tables where table_name = 'parts'",
        )
        .await;
    let mut first = None;
    for _ in 0..2000 {
        let event = next(&mut things).await;
        first.get_or_insert_with(|| event.cursor().to_string());
    }
    world.run("insert into things (id) values (-1)").await;
    let last = next(&mut things).await.cursor().to_string();
    let with = |after: &str| {
        let mut again = subscription("things", &service());
        again.after = Some(after.to_owned());
        world.realtime.hub.subscribe(again)
    };
    let limit = |bytes: i64| {
        let client = &world.client;
        async move {
            let sql = "select size_bytes, dropped from realtime.limit_log($1)";
            let row = client
                .query_one(sql, &[&bytes])
                .await
                .expect("the log's size");
            (row.get::<_, i64>(0), row.get::<_, i32>(1))
        }
    };
    let first = first.expect("a cursor");
    let (size, dropped) = limit(100_000_000).await;
    assert!(
        size > 3_000_000 && dropped == 0,
        "{size} bytes, {dropped} dropped"
    );
    with(&first).await.expect("the log reaches back");

    let long = connect(&world.test.settings).await;
    long.batch_execute("begin; insert into shares values (gen_random_uuid(), 1)")
        .await
        .expect("an open transaction");
    world.run("insert into things (id) values (-2)").await;
    assert_eq!(
        limit(1_000_000).await.1,
        0,
        "what an open transaction keeps stays"
    );
    long.batch_execute("rollback").await.expect("rolled back");

    // Transactions of other tests keep entries as well.
    let begun = std::time::Instant::now();
    let mut dropped = 0;
    while dropped == 0 {
        assert!(begun.elapsed() < Duration::from_secs(30), "the hour goes");
        let (size, now_dropped) = limit(1_000_000).await;
        dropped = now_dropped;
        assert!(dropped == 0 || size < 1_000_000, "{size} bytes");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let row = world
        .client
        .query_one("select count(*) from realtime.changes", &[]);
    let later: i64 = row.await.expect("a count").get(0);
    assert_eq!(later, 1, "the later hour stays");
    for cursor in [&first, &last] {
        let refused = with(cursor).await.err().map(|error| error.code());
        assert_eq!(refused, Some(Code::ResyncRequired));
    }
    // Whoever subscribes before the reader has noticed is told to come again.
    for id in 3..100 {
        let watched = subscription("things", &service());
        let Ok(mut live) = world.realtime.hub.subscribe(watched).await else {
            continue;
        };
        world
            .run(&format!("insert into things (id) values (-{id})"))
            .await;
        if let Some(Ok(event)) = live.next().await {
            assert_eq!(row_id(&event), -id, "new subscribers go on");
            return;
        }
    }
    panic!("new subscribers do not go on");
}
