//! Positions in the change log mean something only in the database that gave out their transaction ids.

use mindloom::error::Code;
use mindloom::realtime::Realtime;

use super::world::{World, connect, ending, next, row_id, service, start, subscription};

/// What a subscription after a cursor is answered.
async fn resumed(realtime: &Realtime, cursor: &str) -> Result<i64, Code> {
    let mut again = subscription("things", &service());
    again.after = Some(cursor.to_owned());
    let mut changes = realtime
        .hub
        .subscribe(again)
        .await
        .map_err(|error| error.code())?;
    Ok(row_id(&*next(&mut changes).await))
}

#[tokio::test]
async fn a_restart_keeps_cursors() {
    let world = World::new().await;
    let mut things = world.watch("things", &service()).await;
    world.run("insert into things (id) values (1)").await;
    let cursor = next(&mut things).await.cursor().to_string();
    world.realtime.stop();
    world.run("insert into things (id) values (2)").await;
    let restarted = start(&world.test.db).await;
    assert_eq!(resumed(&restarted, &cursor).await, Ok(2));
    restarted.stop();
}

/// A dump that was restored where fewer transactions have run.
#[tokio::test]
async fn entries_with_ids_of_another_server_are_told_to_nobody() {
    let world = World::new().await;
    let mut things = world.watch("things", &service()).await;
    world.run("insert into things (id) values (1)").await;
    let cursor = next(&mut things).await.cursor().to_string();
    world.realtime.stop();
    world
        .run(
            "update realtime.changes set xid = (xid::text::bigint + 1000000)::text::xid8;
             update realtime.log_settings set dropped_through = '900000000',
                 place = replace(place, 'of system ', 'of system 1')",
        )
        .await;
    for round in 2..4 {
        let restored = start(&world.test.db).await;
        let mut things = restored
            .hub
            .subscribe(subscription("things", &service()))
            .await
            .expect("a subscription");
        world
            .run(&format!("insert into things (id) values ({round})"))
            .await;
        let event = next(&mut things).await;
        assert_eq!(row_id(&event), round, "nothing old is told first");
        let refused = resumed(&restored, &cursor).await;
        assert_eq!(refused, Err(Code::ResyncRequired), "the cursor from before");
        world
            .run(&format!("insert into things (id) values (-{round})"))
            .await;
        let resumed = resumed(&restored, event.cursor().as_ref()).await;
        assert_eq!(resumed, Ok(-round), "a cursor of the new log");
        restored.stop();
    }
}

/// The same where the server does not say which it is.
#[tokio::test]
async fn ids_that_lie_ahead_tell_that_the_database_was_set_back() {
    let world = World::new().await;
    let mut things = world.watch("things", &service()).await;
    world.run("insert into things (id) values (1)").await;
    let cursor = next(&mut things).await.cursor().to_string();
    for ahead in [
        "update realtime.log_settings set seen_xid = '900000000'",
        "update realtime.changes set xid = '900000000'",
    ] {
        world.realtime.stop();
        world.run(ahead).await;
        let restored = start(&world.test.db).await;
        let refused = resumed(&restored, &cursor).await;
        assert_eq!(refused, Err(Code::ResyncRequired), "{ahead}");
        world
            .run("insert into things (id) select 1 + max(id) from things")
            .await;
        restored.stop();
    }
}

#[tokio::test]
async fn a_copy_of_the_database_has_a_log_of_its_own() {
    let world = World::new().await;
    let mut things = world.watch("things", &service()).await;
    world.run("insert into things (id) values (1)").await;
    let cursor = next(&mut things).await.cursor().to_string();
    world.realtime.stop();
    let copy = world.test.copy().await;
    let realtime = start(&copy.db).await;
    let refused = resumed(&realtime, &cursor).await;
    assert_eq!(refused, Err(Code::ResyncRequired));
    realtime.stop();
}

/// A standby that took over answers at the same address.
#[tokio::test]
async fn whoever_is_subscribed_when_another_server_takes_over_is_told_to_read_anew() {
    let world = World::new().await;
    let mut things = world.watch("things", &service()).await;
    world.run("insert into things (id) values (1)").await;
    let cursor = next(&mut things).await.cursor().to_string();
    world
        .run(
            "update realtime.log_settings set place = replace(place, 'on timeline 0', 'on timeline 1');
             select pg_terminate_backend(pid) from pg_stat_activity
             where datname = current_database() and application_name = 'mindloom change reader'",
        )
        .await;
    assert_eq!(ending(&mut things).await, Code::ResyncRequired);
    world
        .realtime
        .hub
        .ready()
        .await
        .expect("the reader is back");
    assert_eq!(
        resumed(&world.realtime, &cursor).await,
        Err(Code::ResyncRequired)
    );
    let mut things = world.watch("things", &service()).await;
    let client = connect(&world.test.settings).await;
    client
        .batch_execute("insert into things (id) values (2)")
        .await
        .expect("a row");
    assert_eq!(row_id(&*next(&mut things).await), 2);
}
