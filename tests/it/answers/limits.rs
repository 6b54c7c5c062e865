//! Limits of agents, providers and people, over all servers, and budgets.

use mindloom::{
    answers::{AgentType, AnswerError, Question, ask},
    error::Code,
};
use serde_json::json;

use super::{
    flags, question, refused, retry_after_ms, save_key, served, shapes, value, whole,
    wire::{Reply, WireServer},
};
use crate::support::server::{settings, start};

#[tokio::test]
async fn limits_hold_over_two_servers_at_once() {
    let provider = WireServer::start().await;
    let api = served(&provider, &[]).await;
    let other = start(&settings(&flags(&provider, &[])), &api.test.db).await;
    let ada = api.test.user("ada@example.org").await;
    provider.always(Reply::stream(&shapes::openai(&["x"], 1, 1)));
    // Not across a minute's end: then both windows count.
    let left = "select extract(second from now())::int > 50";
    while value(&api, left).await == "t" {
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
    let asked = || Question {
        agent: Some(AgentType::Document),
        ..question(&ada)
    };
    let calls = (0..30).map(|number| {
        let app = if number % 2 == 0 {
            &api.app.state
        } else {
            &other.state
        };
        ask(app, asked())
    });
    let outcomes = futures_util::future::join_all(calls).await;
    let (answers, errors): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    // document_agent: 5 a minute.
    assert_eq!((answers.len(), errors.len()), (5, 25));
    for error in errors {
        let error: mindloom::error::Error = error.expect_err("a refusal").into();
        assert_eq!(error.code(), Code::RateLimited, "{error}");
        assert!(error.message().contains("5 times a minute"), "{error}");
        assert!((1..=60_000).contains(&retry_after_ms(&error)));
    }
    assert_eq!(provider.asked().len(), 5, "nothing is sent that is refused");
    let counted = "select string_agg(limit_type || ' ' || request_count || ' of ' || limit_value, ', ' order by limit_type) from rate_limit_tracking";
    assert_eq!(
        value(&api, counted).await,
        "minutely 5 of 5, hourly 5 of 50, daily 5 of 200"
    );
    // Another person has limits of their own.
    let ben = api.test.user("ben@example.org").await;
    let asked = Question {
        user: super::user(&ben),
        ..asked()
    };
    ask(&api.app.state, asked).await.expect("an answer");
    drop(answers);
}

#[tokio::test]
async fn providers_and_people_have_limits_too() {
    let provider = WireServer::start().await;
    let api = served(&provider, &["--model-calls-per-day", "3"]).await;
    let (ada, mut ben) = (
        api.test.user("ada@example.org").await,
        api.test.user("ben@example.org").await,
    );
    provider.always(Reply::stream(&shapes::openai(&["x"], 1, 1)));
    for _ in 0..3 {
        whole(&api, question(&ada)).await.expect("a record");
    }
    let error = refused(&api, question(&ada)).await;
    assert_eq!(error.code(), Code::RateLimited);
    assert!(error.message().contains("3 times a day"), "{error}");
    // The three are among what the server's key may: a person with a key of their own has a contract of their own.
    let few = "update api_providers set max_requests_per_day = 3 where name = 'openai'";
    api.test.run_as_owner(few).await.expect("fewer");
    let error = refused(&api, question(&ben)).await;
    assert!(
        error
            .message()
            .contains("OpenAI may be asked 3 times a day"),
        "{error}"
    );
    save_key(
        &api,
        &mut ben,
        "openai",
        "sk-of-ben-abcdefghijklmnopqrstuvwxyz",
    )
    .await;
    whole(&api, question(&ben)).await.expect("a record");
    let switch = "update admin_config set config_data = config_data || '{\"enabled\": false}' where config_key = 'python_agent_openai'";
    api.test.run_as_owner(switch).await.expect("it is off");
    let asked = Question {
        agent: Some(AgentType::Python),
        ..question(&ben)
    };
    let error = refused(&api, asked).await;
    assert_eq!(error.code(), Code::Forbidden, "{error}");
    let closed = "update api_providers set is_enabled = false where name = 'openai'";
    api.test.run_as_owner(closed).await.expect("it is off");
    assert_eq!(refused(&api, question(&ben)).await.code(), Code::Forbidden);
}

#[tokio::test]
async fn a_budget_that_is_spent_refuses_until_the_month_ends() {
    let provider = WireServer::start().await;
    let api = served(&provider, &["--model-budget-per-month", "0.01"]).await;
    let mut ada = api.test.user("ada@example.org").await;
    provider.always(Reply::stream(&shapes::openai(&["x"], 1_000, 500)));
    // 0.0075 US dollars each.
    whole(&api, question(&ada)).await.expect("a record");
    whole(&api, question(&ada)).await.expect("a record");
    let error = refused(&api, question(&ada)).await;
    assert_eq!(error.code(), Code::LimitExceeded, "{error}");
    assert_eq!(
        error.details().get("limit"),
        Some(&json!("modelBudgetPerMonth"))
    );
    assert_eq!(error.details().get("allowed"), Some(&json!("0.01")));
    assert!(retry_after_ms(&error) <= 31 * 86_400_000);
    assert_eq!(provider.asked().len(), 2);
    save_key(
        &api,
        &mut ada,
        "openai",
        "sk-of-ada-abcdefghijklmnopqrstuvwxyz",
    )
    .await;
    whole(&api, question(&ada))
        .await
        .expect("with a key of one's own there is no budget");
}

#[tokio::test]
async fn a_provider_that_asks_to_wait_is_left_alone() {
    let provider = WireServer::start().await;
    let api = served(&provider, &[]).await;
    let mut ada = api.test.user("ada@example.org").await;
    let busy = json!({"error": {"code": "rate_limit_exceeded"}});
    provider.then(Reply::status(429, &busy).header("retry-after", "30"));
    let first = ask(&api.app.state, question(&ada))
        .await
        .expect_err("a pause");
    assert!(
        matches!(&first, AnswerError::Wait { provider, .. } if provider == "openai"),
        "{first:?}"
    );
    let error: mindloom::error::Error = first.into();
    assert_eq!(error.code(), Code::RateLimited);
    assert!(
        (25_000..=30_000).contains(&retry_after_ms(&error)),
        "{error:?}"
    );
    // Nobody asks meanwhile, and jobs wait.
    let error = refused(&api, question(&ada)).await;
    assert_eq!(error.code(), Code::RateLimited, "{error}");
    assert_eq!(provider.asked().len(), 1);
    let held =
        "select name from mindloom.job_providers where waits_until > now() + interval '20 s'";
    assert_eq!(value(&api, held).await, "openai");
    provider.always(Reply::stream(&shapes::openai(&["x"], 1, 1)));
    save_key(
        &api,
        &mut ada,
        "openai",
        "sk-of-ada-abcdefghijklmnopqrstuvwxyz",
    )
    .await;
    whole(&api, question(&ada))
        .await
        .expect("a key of one's own need not wait");
}

#[tokio::test]
async fn who_comes_late_opens_no_window_anew() {
    let provider = WireServer::start().await;
    let api = served(&provider, &[]).await;
    let count = async |minute: u8| {
        let sql = format!(
            "select private.count_keyed_call('late', '2100-01-01 00:0{minute}Z', '1 minute', 2) is null"
        );
        value(&api, &sql).await
    };
    assert_eq!(count(1).await, "t");
    assert_eq!(count(0).await, "t");
    // Two are allowed, and the late one was the second.
    assert_eq!(count(1).await, "f");
    assert_eq!(count(0).await, "f");
    let open = "select count || ' from ' || extract(minute from window_start) from rate_limits where id = 'late'";
    assert_eq!(value(&api, open).await, "2 from 1");
    assert_eq!(count(2).await, "t");
}

#[tokio::test]
async fn administrators_lift_a_pause() {
    let provider = WireServer::start().await;
    let api = served(&provider, &[]).await;
    let ada = api.test.user("ada@example.org").await;
    let root = api.test.admin("root@example.org").await;
    let busy = json!({"error": {"code": "rate_limit_exceeded"}});
    provider.then(Reply::status(429, &busy).header("retry-after", "50"));
    ask(&api.app.state, question(&ada))
        .await
        .expect_err("a pause");
    provider.always(Reply::stream(&shapes::openai(&["x"], 1, 1)));
    assert_eq!(
        refused(&api, question(&ada)).await.code(),
        Code::RateLimited
    );
    let resume = r#"mutation { resumeProvider(name: "openai") }"#;
    let (code, ..) = api.error(&ada, resume, json!({})).await;
    assert_eq!(code, "FORBIDDEN");
    assert_eq!(
        refused(&api, question(&ada)).await.code(),
        Code::RateLimited
    );
    let lifted = api.data(&root, resume, json!({})).await;
    assert_eq!(lifted["resumeProvider"], true);
    whole(&api, question(&ada)).await.expect("a record");
    let again = api.data(&root, resume, json!({})).await;
    assert_eq!(again["resumeProvider"], false, "there is none any more");
}
