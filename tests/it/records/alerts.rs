//! Alerts: raised once and resolved once, told in the log, by webhook and by mail; and the figures behind them.

use std::sync::{Arc, Mutex};

use axum::{Router, body::Bytes, http::HeaderMap, http::StatusCode, routing::post};
use futures_util::future::join_all;
use hmac::{Hmac, KeyInit as _, Mac as _};
use mindloom::{graphql::Request, upkeep::alerts};
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
            "QUOTA - false",
            "WAITING_JOBS - false"
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

/// A job has been waiting for ten minutes, and so has the schedule by which figures are looked at.
const FORGOTTEN: &str = "insert into job_queue (job_type, scheduled_for) values ('upkeep.purge_limits', now() - interval '10 minutes'); \
    update job_schedules set next_run_at = now() - interval '10 minutes' where name = 'health.check'";

#[tokio::test(flavor = "multi_thread")]
async fn a_server_tells_that_no_worker_runs() {
    let (url, sent) = listener(&[StatusCode::OK]).await;
    let secret = [
        "--alert-webhook-url",
        &url,
        "--alert-webhook-secret",
        SECRET,
    ];
    let flags = [&secret[..], &["--workers", "0"]].concat();
    let world = World::with(&flags).await;
    world.watch_this_database_alone().await;
    let look = async || {
        let state = &world.server.app.state;
        let looked = alerts::look_if_nobody_does(&state.db, &state.settings).await;
        looked.expect("the database answers");
    };
    look().await;
    assert!(
        sent.lock().expect("the list").is_empty(),
        "it has just begun"
    );
    world.sql(FORGOTTEN).await;
    look().await;
    look().await;
    let query = "{ alerts { nodes { kind message resolvedAt } } }";
    let seen = world.ok(&world.root, query, json!({})).await;
    let alert = &seen["alerts"]["nodes"][0];
    assert_eq!(alert["kind"], "WAITING_JOBS", "{seen:#}");
    let message = alert["message"].as_str().expect("a message");
    assert!(
        message.starts_with("No worker runs: 1 jobs wait, the oldest for 10.0 minutes"),
        "{message}"
    );
    let told = sent.lock().expect("the list").clone();
    assert_eq!(told.len(), 1, "once");
    let body: Value = serde_json::from_str(&told[0].1).expect("JSON");
    assert_eq!(body["alert"]["kind"], "waiting_jobs");
    // A worker lives again.
    world
        .sql("insert into mindloom.job_workers (name, alive_until) values ('one', now() + interval '10 seconds')")
        .await;
    assert_eq!(
        world.test.value(CHECK).await.as_deref(),
        Some("resolved waiting_jobs")
    );
}

/// What a webhook was sent: header and body of each.
type Sent = Arc<Mutex<Vec<(String, String)>>>;

/// A listener that answers so, one after the other, and the last again and again.
async fn listener(answers: &[StatusCode]) -> (String, Sent) {
    let answers = answers.to_vec();
    let sent = Sent::default();
    let kept = Arc::clone(&sent);
    let hook = move |headers: HeaderMap, body: Bytes| async move {
        let mut kept = kept.lock().expect("the list");
        let signature = headers["x-mindloom-signature"].to_str().unwrap_or_default();
        kept.push((
            signature.to_owned(),
            String::from_utf8_lossy(&body).into_owned(),
        ));
        let status = answers[(kept.len() - 1).min(answers.len() - 1)];
        (status, [("location", "/elsewhere")])
    };
    let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let socket = socket.expect("a free port");
    let url = format!("http://{}/hook", socket.local_addr().expect("its address"));
    let app: Router = Router::new().fallback(post(hook));
    tokio::spawn(async move { axum::serve(socket, app).await });
    (url, sent)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_hears_of_alerts_by_webhook_and_mail() {
    // It refuses the first request, as one does that starts.
    let (url, sent) = listener(&[StatusCode::SERVICE_UNAVAILABLE, StatusCode::OK]).await;
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

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_leads_elsewhere_or_nowhere_is_told_without_its_address() {
    let (elsewhere, sent) = listener(&[StatusCode::TEMPORARY_REDIRECT]).await;
    for (url, said) in [
        (elsewhere.as_str(), "answered 307 Temporary Redirect"),
        ("http://127.0.0.1:9/a-secret-path", "cannot be reached"),
    ] {
        let flags = ["--alert-webhook-url", url, "--alert-webhook-secret", SECRET];
        let world = World::with(&flags).await;
        world.watch_this_database_alone().await;
        world.sql(DEAD).await;
        world
            .sql("select private.enqueue_job('health.check', '{}')")
            .await;
        let failed = "select count(*) from job_queue where job_type = 'health.webhook' and attempts > 0 and error is not null";
        world.until(failed, "1").await;
        let error = "select error from job_queue where job_type = 'health.webhook'";
        let error = world.test.value(error).await.unwrap_or_default();
        assert_eq!(
            error,
            format!("The address of MINDLOOM_ALERT_WEBHOOK_URL {said}")
        );
    }
    assert_eq!(
        sent.lock().expect("the list").len(),
        1,
        "nobody follows a redirect"
    );
}
