//! How operations fare: a row for each and each minute, under names that nobody can make up.

use mindloom::graphql::Request;
use serde_json::json;

use super::World;
use crate::support::api::context;

const ROWS: &str = "select string_agg(concat_ws(' ', metric_name, sample_count, error_count, fault_count), ', ' \
                    order by metric_name) from performance_metrics where sample_count is not null";

impl World {
    async fn flush(&self) {
        let records = &self.server.app.state.records;
        records
            .flush_operations(&self.test.db)
            .await
            .expect("the database is there");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_operation_has_a_row_a_minute_and_names_are_bounded() {
    let world = World::start().await;
    for number in 0..40 {
        let query = format!("query Hostile{number} {{ a{number}: notes {{ totalCount }} }}");
        world.ok(&world.ada, &query, json!({})).await;
    }
    world
        .ok(
            &world.ada,
            "{ notes { totalCount } chats { totalCount } }",
            json!({}),
        )
        .await;
    let write = "mutation { createNote(input: {content: \"canary\"}) { id } }";
    world.ok(&world.ada, write, json!({})).await;
    world
        .ask(
            Some(&world.ada),
            "mutation { createNote(input: {content: \"\"}) { id } }",
            json!({}),
        )
        .await;
    world.ask(None, "{ canary }", json!({})).await;
    // The last requests are counted before they are answered.
    world.flush().await;
    assert_eq!(
        world.test.value(ROWS).await.as_deref(),
        Some(
            "mutation createNote 2 1 0, other 1 1 0, query notes 40 0 0, query notes and others 1 0 0"
        )
    );
    let shape = "select bool_and(p50_ms > 0 and p50_ms <= p95_ms and p95_ms <= max_ms and size_bytes > 0 \
                   and metric_type = 'request' and unit = 'ms' and recorded_at = date_trunc('minute', recorded_at)) \
                 from performance_metrics where sample_count is not null";
    assert_eq!(world.test.value(shape).await.as_deref(), Some("t"));
    assert!(!world.dump().await.contains("canary"));
}

#[tokio::test(flavor = "multi_thread")]
async fn subscriptions_count_when_they_begin_or_are_refused() {
    let world = World::start().await;
    let graphql = &world.server.app.graphql;
    for (query, begins) in [
        ("subscription { notesChanges { operation } }", true),
        ("subscription { live { notes { totalCount } } }", true),
        (
            "subscription { notesChanges(after: \"nonsense\") { operation } }",
            false,
        ),
    ] {
        let request = Request {
            query: query.into(),
            ..Request::default()
        };
        let begun = graphql.subscribe(request, context(&world.ada)).await;
        assert_eq!(begun.is_ok(), begins, "{query}");
    }
    world.flush().await;
    assert_eq!(
        world.test.value(ROWS).await.as_deref(),
        Some("subscription live 1 0 0, subscription notesChanges 2 1 0")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_add_to_one_row_and_administrators_read_it() {
    let world = World::start().await;
    let row = |count: u32, bound: &str| {
        json!([{"name": "query notes", "minute": "2026-01-01T10:00:00Z", "count": count, "errors": 1, "faults": 1,
            "total_ms": 10 * count, "max_ms": 30.0, "bytes": 100, "buckets": {bound: count}}])
    };
    for rows in [row(30, "8.000"), row(10, "25.000")] {
        world
            .sql(&format!("select private.record_operations('{rows}')"))
            .await;
    }
    let query = "{ performanceMetrics(where: {metricType: {eq: REQUEST}}) { nodes {
        metricName metricValue sampleCount errorCount faultCount p50Ms p95Ms maxMs sizeBytes metadata } } }";
    let seen = world.ok(&world.root, query, json!({})).await;
    assert_eq!(
        seen["performanceMetrics"]["nodes"],
        json!([{"metricName": "query notes", "metricValue": "10.000", "sampleCount": "40", "errorCount": "2",
            "faultCount": "2", "p50Ms": 8.0, "p95Ms": 25.0, "maxMs": 30.0, "sizeBytes": "200",
            "metadata": {"buckets": {"8.000": 30, "25.000": 10}}}])
    );
    let others = world.ok(&world.ada, query, json!({})).await;
    assert_eq!(others["performanceMetrics"]["nodes"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_wait_for_the_database_and_go_when_they_are_old() {
    let world = World::start().await;
    world
        .ok(&world.ada, "{ notes { totalCount } }", json!({}))
        .await;
    world
        .sql("alter table performance_metrics rename to elsewhere")
        .await;
    let records = &world.server.app.state.records;
    records
        .flush_operations(&world.test.db)
        .await
        .expect_err("there is no such table");
    world
        .sql("alter table elsewhere rename to performance_metrics")
        .await;
    world.flush().await;
    assert_eq!(
        world.test.value(ROWS).await.as_deref(),
        Some("query notes 1 0 0")
    );
    world
        .sql(
            "insert into performance_metrics (metric_type, metric_name, metric_value, recorded_at) \
             values ('page_load', 'old', 1, now() - interval '31 days')",
        )
        .await;
    world
        .sql("select private.enqueue_job('health.purge', '{}')")
        .await;
    let left = "select string_agg(metric_name, ', ') from performance_metrics where metric_type <> 'storage'";
    world.until(left, "query notes").await;
}
