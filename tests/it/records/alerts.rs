//! Alerts: raised once and resolved once, told in the log, by webhook and by mail; and the figures behind them.

use std::sync::{Arc, Mutex};

use axum::{Router, body::Bytes, http::HeaderMap, http::StatusCode, routing::post};
use futures_util::future::join_all;
use hmac::{Hmac, KeyInit as _, Mac as _};
use mindloom::graphql::Request;
use serde_json::{Value, json};
use sha2::Sha256;

use super::World;
use crate::support::{api::context, next};

const CHECK: &str = "select coalesce(string_agg(event || ' ' || (alert ->> 'kind'), ', '), '') from private.check_alerts()";
const SECRET: &str = "a secret of the webhook";
const DEAD: &str = "insert into job_queue (job_type, attempts) select 'embedding', 1 from generate_series(1, 10); \
    update job_queue set status = 'dead'";
const MENDED: &str = "delete from job_queue where status = 'dead'";

impl World {
    /// Leaves out what other tests on the same machine have a part in.
    async fn watch_this_database_alone(&self) {
        let off = r#"mutation { updateSystemSettings(input: {alerts: {connectionsPercent: 0, slowStatements: 0, diskFreePercent: 0}}) { activeProvider } }"#;
        self.ok(&self.root, off, json!({})).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_is_raised_once_and_resolved_once() {
    let world = World::start().await;
    world.watch_this_database_alone().await;
    let check = || async { world.test.value(CHECK).await.unwrap_or_default() };
    assert_eq!(check().await, "", "all is well");
    world.sql(DEAD).await;
    let told = join_all((0..6).map(|_| check())).await;
    let raised: Vec<&String> = told.iter().filter(|told| !told.is_empty()).collect();
    assert_eq!(raised, ["raised dead_jobs"], "several servers look at once");
    let query =
        "{ alerts { nodes { kind message currentValue worstValue threshold resolvedAt } } }";
    let seen = world.ok(&world.root, query, json!({})).await;
    assert_eq!(
        seen["alerts"]["nodes"],
        json!([{"kind": "DEAD_JOBS", "message": "10 jobs died within a day", "currentValue": 10.0,
            "worstValue": 10.0, "threshold": 10.0, "resolvedAt": null}])
    );
    let others = world.ok(&world.ada, query, json!({})).await;
    assert_eq!(others["alerts"]["nodes"], json!([]));

    // Just below the threshold is not back yet.
    let one =
        "delete from job_queue where id = (select id from job_queue where status = 'dead' limit 1)";
    world.sql(one).await;
    assert_eq!(check().await, "");
    world.sql(MENDED).await;
    assert_eq!(check().await, "resolved dead_jobs");
    assert_eq!(check().await, "");
    world.sql(DEAD).await;
    assert_eq!(check().await, "raised dead_jobs", "it is another one");
    // Without a threshold there is nothing to alert of.
    let off =
        "mutation { updateSystemSettings(input: {alerts: {deadJobs: 0}}) { activeProvider } }";
    world.ok(&world.root, off, json!({})).await;
    assert_eq!(check().await, "resolved dead_jobs");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_has_all_figures_for_administrators() {
    let world = World::start().await;
    world.watch_this_database_alone().await;
    let disk = "mutation { updateSystemSettings(input: {alerts: {diskFreePercent: 10}}) { activeProvider } }";
    world.ok(&world.root, disk, json!({})).await;
    world
        .sql("select private.record_gauge('disk_free', 'one', 4.5, 'percent'), private.record_gauge('disk_free', 'two', 60, 'percent')")
        .await;
    let now = "date_trunc('minute', now())";
    world
        .sql(&format!(
            "insert into performance_metrics (metric_type, metric_name, metric_value, recorded_at, sample_count, fault_count) \
             values ('request', 'query notes', 1, {now}, 100, 20)"
        ))
        .await;
    world.sql(CHECK).await;
    let query = "{ healthReport { openAlerts figures { kind subject value unit threshold details alerting } } }";
    let report = world.ok(&world.root, query, json!({})).await;
    let report = &report["healthReport"];
    assert_eq!(report["openAlerts"], 2, "{report:#}");
    let figures = report["figures"].as_array().expect("figures");
    let told: Vec<String> = figures
        .iter()
        // The server measures its own disk, too, when a minute begins.
        .filter(|figure| [&json!(null), &json!("one"), &json!("two")].contains(&&figure["subject"]))
        .map(|figure| {
            let text = |name: &str| figure[name].as_str().unwrap_or("-").to_owned();
            format!(
                "{} {} {}",
                text("kind"),
                text("subject"),
                figure["alerting"]
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "CONNECTIONS - false",
            "SLOW_STATEMENTS - false",
            "DATABASE_SIZE - false",
            "DISK_FREE one true",
            "DISK_FREE two false",
            "DEAD_JOBS - false",
            "ERROR_RATE - true",
            "QUOTA - false"
        ]
    );
    let (code, _) = world.refused(&world.ada, query, json!({})).await;
    assert_eq!(code, "FORBIDDEN");
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_see_alerts_come() {
    let world = World::start().await;
    world.watch_this_database_alone().await;
    let request = Request {
        query: "subscription { alertsChanges { operation record { kind resolvedAt } } }".into(),
        ..Request::default()
    };
    let graphql = &world.server.app.graphql;
    let Ok(mut stream) = graphql.subscribe(request, context(&world.root)).await else {
        panic!("administrators may");
    };
    world.sql(DEAD).await;
    world.sql(CHECK).await;
    let event = next(&mut stream).await;
    let record = &event["data"]["alertsChanges"]["record"];
    assert_eq!(record, &json!({"kind": "DEAD_JOBS", "resolvedAt": null}));
}

/// What a webhook was sent: header and body of each.
type Sent = Arc<Mutex<Vec<(String, String)>>>;

/// A listener that refuses the first request, as one does that starts.
async fn listener() -> (String, Sent) {
    let sent = Sent::default();
    let kept = Arc::clone(&sent);
    let hook = move |headers: HeaderMap, body: Bytes| async move {
        let mut kept = kept.lock().expect("the list");
        let signature = headers["x-mindloom-signature"].to_str().unwrap_or_default();
        kept.push((
            signature.to_owned(),
            String::from_utf8_lossy(&body).into_owned(),
        ));
        match kept.len() {
            1 => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::OK,
        }
    };
    let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let socket = socket.expect("a free port");
    let url = format!("http://{}/hook", socket.local_addr().expect("its address"));
    let app: Router = Router::new().route("/hook", post(hook));
    tokio::spawn(async move { axum::serve(socket, app).await });
    (url, sent)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_hears_of_alerts_by_webhook_and_mail() {
    let (url, sent) = listener().await;
    let world = World::with(&[
        "--alert-webhook-url",
        &url,
        "--alert-webhook-secret",
        SECRET,
        "--alert-mails",
    ])
    .await;
    world.watch_this_database_alone().await;
    world
        .sql("update auth.users set email_confirmed_at = now() where email like 'root%'")
        .await;
    world.sql(DEAD).await;
    world
        .sql("select private.enqueue_job('health.check', '{}')")
        .await;
    let done =
        "select count(*) from job_queue where job_type = 'health.webhook' and status = 'completed'";
    world.until(done, "1").await;
    let mails = "select count(*) from auth.mail_outbox where recipient = 'root@example.org' \
                 and subject = 'Alert: 10 jobs died within a day'";
    world.until(mails, "1").await;
    let all = "select count(*) from auth.mail_outbox";
    assert_eq!(
        world.test.value(all).await.as_deref(),
        Some("1"),
        "nobody else"
    );
    let sent = sent.lock().expect("the list").clone();
    assert_eq!(sent.len(), 2, "refused, then taken");
    for (signature, body) in &sent {
        let (at, digest) = signature.split_once(",v1=").expect("a signature");
        let at = at.strip_prefix("t=").expect("a time");
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("a key");
        mac.update(format!("{at}.{body}").as_bytes());
        let expected = mac.finalize().into_bytes();
        let expected: String = expected.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(digest, expected);
        let body: Value = serde_json::from_str(body).expect("JSON");
        assert_eq!(body["event"], "raised");
        assert_eq!(body["alert"]["kind"], "dead_jobs");
    }
}
