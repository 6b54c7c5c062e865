//! What goes wrong for one subscriber is not noticed by the others.

use std::time::{Duration, SystemTime};

use mindloom::auth::Caller;
use mindloom::error::Code;
use serde_json::json;
use uuid::Uuid;

use super::world::{World, ending, id, next, row_id, service, subscription, tell, user};
use crate::support::caller;

#[tokio::test]
async fn a_policy_that_fails_ends_its_own_subscriber_alone() {
    let world = World::new().await;
    world
        .run(&format!(
            "create policy trap on parts for select to authenticated
                 using (id / (case when (select auth.uid()) = '{}' then 0 else 1 end) > 0)",
            id(666)
        ))
        .await;
    let mut trapped = world.watch("parts", &user(666)).await;
    let mut other = world.watch("parts", &user(1)).await;
    let mut elsewhere = world.watch("things", &user(666)).await;
    world
        .run(&format!(
            "insert into things (id, user_id) values (1, '{}'); insert into parts values (10, 1, 'p')",
            id(666)
        ))
        .await;
    assert_eq!(ending(&mut trapped).await, Code::Internal);
    assert_eq!(tell(&*next(&mut other).await), "INSERT >10:p");
    assert_eq!(
        row_id(&*next(&mut elsewhere).await),
        1,
        "nor does the same caller on another table"
    );
    world.run("insert into parts values (11, 1, 'q')").await;
    assert_eq!(tell(&*next(&mut other).await), "INSERT >11:q");
}

#[tokio::test]
async fn a_policy_that_sleeps_delays_its_own_subscriber_alone() {
    let world = World::new().await;
    world
        .run(&format!(
            "create function public.nap() returns boolean language plpgsql as $$
             begin if auth.uid() = '{}' then perform pg_sleep(4); end if; return true; end $$;
             create policy slow on parts for select to authenticated using ((select public.nap()))",
            id(666)
        ))
        .await;
    let mut slow = world.watch("parts", &user(666)).await;
    let mut other = world.watch("parts", &user(1)).await;
    let begun = std::time::Instant::now();
    for number in 0..20 {
        world
            .run(&format!("insert into parts values ({number}, null, 'p')"))
            .await;
        assert_eq!(row_id(&*next(&mut other).await), number);
    }
    assert!(
        begun.elapsed() < Duration::from_secs(3),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(
        row_id(&*next(&mut slow).await),
        0,
        "it is late, and misses nothing"
    );
}

#[tokio::test]
async fn a_stalled_client_is_cut_off_and_resumes() {
    let world = World::new().await;
    let mut stalled = world.watch("things", &service()).await;
    let mut reading = world.watch("things", &user(1)).await;
    let ada = id(1);
    world
        .run(&format!(
            "insert into things (id, user_id) select i, '{ada}' from generate_series(1, 3000) i"
        ))
        .await;
    for number in 1..=3000 {
        assert_eq!(row_id(&*next(&mut reading).await), number);
    }
    let first = next(&mut stalled).await;
    world
        .run(&format!(
            "insert into things (id, user_id) select i, '{ada}' from generate_series(3001, 9000) i"
        ))
        .await;
    for number in 3001..=5000 {
        assert_eq!(
            row_id(&*next(&mut reading).await),
            number,
            "whoever reads gets everything"
        );
    }
    assert_eq!(ending(&mut stalled).await, Code::LimitExceeded);
    let mut again = subscription("things", &service());
    again.after = Some(first.cursor().to_string());
    let mut again = world
        .realtime
        .hub
        .subscribe(again)
        .await
        .expect("a subscription");
    for number in 2..=9000 {
        assert_eq!(row_id(&*next(&mut again).await), number);
    }
}

#[tokio::test]
async fn an_expired_token_ends_its_stream() {
    let world = World::new().await;
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .expect("a clock after 1970")
        .as_secs();
    let soon = caller(Uuid::from_u128(1), "ada@example.org", &json!({}));
    let mut claims = (*soon.claims).clone();
    claims.insert("exp".to_owned(), json!(now + 2));
    let soon = std::sync::Arc::new(Caller::from_claims(soon.role, claims));
    let mut ending_soon = world.watch("things", &soon).await;
    let mut lasting = world.watch("things", &user(1)).await;
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    world
        .run(&format!(
            "insert into things (id, user_id) values (1, '{}')",
            id(1)
        ))
        .await;
    assert_eq!(ending(&mut ending_soon).await, Code::Unauthenticated);
    assert_eq!(row_id(&*next(&mut lasting).await), 1);
}
