//! What runs without being asked.

use mindloom::auth::Caller;
use serde_json::{Value, json};

use super::{Bench, empty};
use crate::support::api::context;

const UPDATE: &str = "mutation ($name: String!, $cron: String, $zone: String, $on: Boolean) { \
    updateSchedule(name: $name, cron: $cron, timeZone: $zone, isEnabled: $on) \
    { cron timeZone isEnabled nextRunAt error } }";
const RUN: &str = "mutation ($name: String!) { runSchedule(name: $name) { jobType userId } }";
const JOBS: &str = "select count(*) from public.job_queue where job_type = 'test.daily'";

async fn ask(bench: &Bench, caller: &Caller, query: &str, variables: Value) -> Value {
    let request = mindloom::graphql::Request {
        query: query.into(),
        variables: variables.as_object().cloned().unwrap_or_default(),
        ..Default::default()
    };
    let answer = bench.app.graphql.execute(&request, &context(caller)).await;
    serde_json::from_slice(&answer.body).expect("JSON")
}

#[tokio::test]
async fn one_tick_is_one_job_however_many_servers_there_are() {
    let bench = Bench::idle().await;
    let daily = || vec![empty("test.daily").schedule("30 3 * * *")];
    for _ in 0..3 {
        bench.work(daily(), 2).await;
    }
    let known = "select count(*) from public.job_schedules where name = 'test.daily' and next_run_at > now()";
    bench.until(known, 1).await;
    assert_eq!(
        bench.count(JOBS).await,
        0,
        "nothing runs because a server starts"
    );
    // Three days went by without a server.
    let client = bench.test.db.system().await.expect("a connection");
    let missed = "update public.job_schedules set next_run_at = now() - interval '3 days' where name = 'test.daily'; \
                  select private.ring_jobs()";
    client
        .batch_execute(missed)
        .await
        .expect("a time that is over");
    bench.until("select count(*) from public.job_queue where job_type = 'test.daily' and status = 'completed'", 1).await;
    bench.until(known, 1).await;
    // Everything that was to come of it has: the schedule was moved on and all workers looked.
    bench.stop().await;
    assert_eq!(bench.count(JOBS).await, 1);
}

#[tokio::test]
async fn administrators_change_and_run_schedules_and_nobody_else() {
    let bench = Bench::idle().await;
    bench
        .work(vec![empty("test.daily").schedule("30 3 * * *")], 1)
        .await;
    let (ann, root) = (
        bench.test.user("ann@example.com").await,
        bench.test.admin("root@example.com").await,
    );
    let name = "test.daily";
    let seen =
        "{ jobSchedules(where: {name: {eq: \"test.daily\"}}) { nodes { name cron timeZone } } }";
    for (query, variables) in [
        (UPDATE, json!({"name": name, "on": false})),
        (RUN, json!({"name": name})),
    ] {
        let answer = ask(&bench, &ann, query, variables).await;
        assert_eq!(
            answer["errors"][0]["extensions"]["code"], "FORBIDDEN",
            "{answer}"
        );
    }
    assert_eq!(
        ask(&bench, &ann, seen, json!({})).await["data"]["jobSchedules"]["nodes"],
        json!([])
    );
    let nodes = ask(&bench, &root, seen, json!({})).await;
    assert_eq!(
        nodes["data"]["jobSchedules"]["nodes"][0]["cron"], "30 3 * * *",
        "{nodes}"
    );

    for (variables, said) in [
        (
            json!({"name": name, "cron": "every day"}),
            "is no cron line",
        ),
        (
            json!({"name": name, "zone": "Mars/Olympus"}),
            "is no time zone",
        ),
        (json!({"name": name, "cron": "0 0 30 2 *"}), "never comes"),
        (
            json!({"name": name, "cron": "x ".repeat(200)}),
            "cron has at most 200 characters",
        ),
        (
            json!({"name": "test.none", "on": true}),
            "There is no schedule",
        ),
    ] {
        let answer = ask(&bench, &root, UPDATE, variables).await;
        let told = answer["errors"][0]["message"].as_str().unwrap_or_default();
        assert!(told.contains(said), "{answer}");
        assert!(told.chars().count() < 350, "{answer}");
    }
    let changed =
        json!({"name": name, "cron": "0 5  * * 1\n", "zone": "Europe/Berlin", "on": false});
    let answer = ask(&bench, &root, UPDATE, changed).await;
    let schedule = &answer["data"]["updateSchedule"];
    assert_eq!(
        (&schedule["cron"], &schedule["isEnabled"]),
        (&json!("0 5 * * 1"), &json!(false)),
        "{answer}"
    );
    assert!(
        schedule["nextRunAt"].is_null(),
        "it comes at no time: {answer}"
    );
    let on = json!({"name": name, "on": true});
    let answer = ask(&bench, &root, UPDATE, on).await;
    assert!(
        answer["data"]["updateSchedule"]["nextRunAt"].is_string(),
        "{answer}"
    );
    let off = json!({"name": name, "on": false});
    ask(&bench, &root, UPDATE, off).await;
    let answer = ask(&bench, &root, RUN, json!({"name": name})).await;
    assert_eq!(
        answer["data"]["runSchedule"],
        json!({"jobType": name, "userId": null}),
        "{answer}"
    );
    bench.until("select count(*) from public.job_queue where job_type = 'test.daily' and status = 'completed'", 1).await;
    // Another start leaves what the administrator said.
    bench
        .work(vec![empty("test.daily").schedule("45 4 * * *")], 1)
        .await;
    assert_eq!(
        bench
            .count("select count(*) from public.job_schedules where cron = '0 5 * * 1'")
            .await,
        1
    );
}

#[tokio::test]
async fn a_line_that_somebody_else_wrote_and_nobody_can_read_says_so() {
    let bench = Bench::idle().await;
    bench
        .work(vec![empty("test.daily").schedule("30 3 * * *")], 1)
        .await;
    let client = bench.test.db.system().await.expect("a connection");
    let written = "update public.job_schedules set cron = 'whenever' where name = 'test.daily'; select private.ring_jobs()";
    client.batch_execute(written).await.expect("written");
    bench.until("select count(*) from public.job_schedules where error like '%is no cron line%' and next_run_at is null", 1).await;
    let mended = "update public.job_schedules set cron = '* * * * *' where name = 'test.daily'; select private.ring_jobs()";
    client.batch_execute(mended).await.expect("written");
    bench.until("select count(*) from public.job_schedules where name = 'test.daily' and error is null and next_run_at > now()", 1).await;
}
