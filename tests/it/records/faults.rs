//! Faults of the server become rows: with the request's id, and without what anybody sent.

use mindloom::records::Records;
use serde_json::json;

use super::World;

const CANARY: &str = "canary-in-a-note";
/// Makes every insert of a note fail in a way that is nobody's fault but the server's.
const BREAK: &str = "create function public.broken() returns trigger language plpgsql as $$
    begin execute 'select ' || quote_ident(new.content); return new; end $$;
    create trigger aa_broken before insert on public.notes for each row execute function public.broken()";
const WRITE: &str = "mutation Mine($c: String!) { createNote(input: {content: $c}) { id } }";

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_is_a_row_and_a_storm_of_it_is_one() {
    let world = World::start().await;
    world.sql(BREAK).await;
    let request = world.request(Some(&world.ada), WRITE, &json!({"c": CANARY}));
    let request = request.header("x-request-id", "request-of-ada");
    let answer = request.send().await.expect("an answer");
    let answer: serde_json::Value = answer.json().await.expect("JSON");
    assert_eq!(answer["errors"][0]["extensions"]["code"], "INTERNAL");
    let row = "select coalesce((select concat_ws(' ', error_type, error_category, severity, request_path, request_method, user_agent, \
                 error_details ->> 'operation', error_details ->> 'sqlState', error_details ->> 'requestId') \
               from error_logs where user_id is not null limit 1), '')";
    world
        .until(
            row,
            "api internal error /graphql POST records-tests/1 mutation createNote 42703 request-of-ada",
        )
        .await;

    for _ in 0..60 {
        world
            .ask(Some(&world.ada), WRITE, json!({"c": CANARY}))
            .await;
    }
    let all = "select sum(occurrences) from error_logs where error_category = 'internal'";
    world.until(all, "61").await;
    // A minute may have ended meanwhile.
    let rows = "select count(*) <= 2 from error_logs where error_category = 'internal'";
    assert_eq!(world.test.value(rows).await.as_deref(), Some("t"));
    assert!(
        !world.dump().await.contains(CANARY),
        "what was sent is not on record"
    );

    // Of what several people met nobody is told.
    world
        .ask(Some(&world.root), WRITE, json!({"c": CANARY}))
        .await;
    world.until(all, "62").await;
    let live = "{ errorLogs(where: {errorCategory: {eq: \"internal\"}}) { nodes { occurrences errorMessage } } }";
    let seen = world.ok(&world.root, live, json!({})).await;
    let nodes = seen["errorLogs"]["nodes"].as_array().expect("rows");
    assert!(!nodes.is_empty());
    assert_eq!(
        nodes[0]["errorMessage"],
        "The database refused a statement of the server (42703)"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_of_callers_are_no_faults() {
    let world = World::start().await;
    for query in [
        "{ nothing }",
        "mutation { createNote(input: {content: \"\"}) { id } }",
    ] {
        let answer = world.ask(Some(&world.ada), query, json!({})).await;
        assert!(answer["errors"].is_array(), "{query}");
    }
    let records = &world.server.app.state.records;
    records
        .flush_faults(&world.test.db)
        .await
        .expect("the database is there");
    let count = "select count(*) from error_logs";
    assert_eq!(world.test.value(count).await.as_deref(), Some("0"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_of_a_background_job_is_a_row_with_its_place() {
    let world = World::start().await;
    let tasks = mindloom::tasks::Tasks::default();
    let records = std::sync::Arc::new(Records::default());
    records.start(&world.test.db, std::env::temp_dir(), &tasks);
    tasks.once("a job that panics", async {
        let secret: Result<(), &str> = Err("canary-in-a-panic");
        secret.map_err(|secret| panic!("{secret}"))
    });
    let row = "select concat_ws(' ', severity, error_details ->> 'job', error_details ->> 'place' ~ 'records/faults.rs:[0-9]+') \
               from (select count(*) from error_logs) c left join error_logs on error_category = 'panic'";
    world.until(row, "critical a job that panics t").await;
    let dump = world.dump().await;
    assert!(!dump.contains("canary-in-a-panic"), "{dump}");
    tasks.stop(std::time::Duration::from_secs(5)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_wait_while_they_cannot_be_written() {
    let world = World::start().await;
    world.sql(BREAK).await;
    // The place where they are written is away.
    world
        .sql("alter table error_logs rename to error_logs_elsewhere")
        .await;
    for _ in 0..3 {
        world.ask(Some(&world.ada), WRITE, json!({"c": "x"})).await;
    }
    let records = &world.server.app.state.records;
    records
        .flush_faults(&world.test.db)
        .await
        .expect_err("there is no such table");
    world
        .sql("alter table error_logs_elsewhere rename to error_logs")
        .await;
    let all =
        "select coalesce(sum(occurrences), 0) from error_logs where error_category = 'internal'";
    world.until(all, "3").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_job_is_a_row_without_what_it_worked_on() {
    let world = World::start().await;
    let ada = world.ada.user_id.expect("a user");
    world
        .sql(&format!(
            "insert into job_queue (user_id, job_type, payload, attempts) \
               values ('{ada}', 'embedding', '{{\"text\": \"canary-in-a-job\"}}', 3); \
             update job_queue set status = 'dead', error = 'canary-in-an-error'"
        ))
        .await;
    let mine = "{ errorLogs { nodes { errorCategory errorMessage userId } } }";
    let seen = world.ok(&world.ada, mine, json!({})).await;
    assert_eq!(
        seen["errorLogs"]["nodes"],
        json!([{
            "errorCategory": "dead_job",
            "errorMessage": "A job of type embedding ended after 3 attempts without success",
            "userId": ada,
        }])
    );
    assert!(!world.dump().await.contains("canary"));
}
