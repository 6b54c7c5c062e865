//! One record for each call, and every total the sum of them.

use std::sync::Arc;

use mindloom::{
    answers::{AgentType, Outcome, Purpose, Question, approve_alone, ask},
    error::Code,
    models::chat::ChatEvent,
};
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::{
    chat, finish, question, read, refused, served, shapes, until, user, value, whole,
    wire::{Reply, WireServer},
};

const LAST: &str = "select concat_ws(' ', provider, model, outcome, error_type, input_tokens, output_tokens, cached_tokens,
    reasoning_tokens, is_estimated::text, coalesce(trim_scale(cost)::text, 'unknown'), key_owner)
  from model_calls order by started_at desc, id desc limit 1";

#[tokio::test]
async fn a_call_is_one_record_from_which_everything_is_written() {
    let provider = WireServer::start().await;
    let api = served(&provider, &[]).await;
    let ada = api.test.user("ada@example.org").await;
    let (chat, message) = chat(&api, &ada).await;
    provider.then(Reply::stream(&shapes::openai(
        &["Flour ", "and water."],
        1_000,
        500,
    )));
    let asked = Question {
        agent: Some(AgentType::ChatModel),
        chat: Some(chat),
        message: Some(message),
        ..question(&ada)
    };
    let mut answer = ask(&api.app.state, asked).await.expect("an answer");
    assert_eq!(
        value(&api, "select outcome from model_calls").await,
        "running",
        "the row is there from the begin"
    );
    assert_eq!(read(&mut answer).await.0, "Flour and water.");
    let record = finish(&api, answer, Outcome::Completed).await;
    // gpt-4o: 2.50 and 10 US dollars for a million.
    assert_eq!(record.cost.as_deref(), Some("0.0075"));
    assert_eq!(
        value(&api, LAST).await,
        "openai gpt-4o completed 1000 500 4 2 false 0.0075 server"
    );
    for (what, sql) in [
        (
            "1000 500 0.0075 gpt-4o",
            "select concat_ws(' ', input_tokens, output_tokens, trim_scale(cost), model_used) from messages",
        ),
        (
            "1000 500 0.0075",
            "select concat_ws(' ', total_input_tokens, total_output_tokens, trim_scale(total_cost)) from chats",
        ),
        (
            "chat_model_agent openai 1500 0.0075",
            "select concat_ws(' ', agent_type, provider, total_tokens, trim_scale(total_cost)) from usage_logs",
        ),
        (
            "openai 200 0.0075 false",
            "select concat_ws(' ', provider, status_code, trim_scale(cost), own_key::text) from api_usage_logs",
        ),
    ] {
        assert_eq!(value(&api, sql).await, what, "{sql}");
    }
    assert_eq!(
        provider.asked()[0].header("authorization"),
        "Bearer sk-of-the-server-nobody-may-read"
    );
}

#[tokio::test]
async fn what_a_provider_does_not_say_is_counted_and_marked() {
    let provider = WireServer::start().await;
    let api = served(&provider, &[]).await;
    let ada = api.test.user("ada@example.org").await;
    let done = shapes::chunk(&json!({}), Some("stop"));
    let text = format!(
        "{}data: {done}\n\ndata: [DONE]\n\n",
        shapes::openai_begun(&["hello world"])
    );
    provider.then(Reply::stream(&text));
    let record = whole(&api, question(&ada)).await.expect("a record");
    assert!(record.usage.estimated);
    assert_eq!(record.usage.output_tokens, Some(2));
    assert_eq!(
        record.usage.input_tokens,
        Some(10),
        "the words, and what a message costs"
    );
}

#[tokio::test]
async fn a_stopped_answer_costs_what_was_produced() {
    let provider = WireServer::start().await;
    let api = served(&provider, &[]).await;
    let ada = api.test.user("ada@example.org").await;
    let over = Arc::new(Notify::new());
    provider.then(Reply::stream(&shapes::openai_begun(&["hello world"])).silent(&over));
    let mut answer = ask(&api.app.state, question(&ada))
        .await
        .expect("an answer");
    let first = answer.next().await.expect("more").expect("a text");
    assert_eq!(first, ChatEvent::Text("hello world".to_owned()));
    let record = finish(&api, answer, Outcome::Stopped).await;
    assert_eq!(record.usage.output_tokens, Some(2));
    assert_eq!(
        value(&api, LAST).await,
        "openai gpt-4o stopped 10 2 true 0.000045 server"
    );
}

#[tokio::test]
async fn an_answer_that_is_dropped_or_breaks_off_is_recorded() {
    let provider = WireServer::start().await;
    let api = served(&provider, &[]).await;
    let ada = api.test.user("ada@example.org").await;
    let over = Arc::new(Notify::new());
    provider.then(Reply::stream(&shapes::openai_begun(&["hello world"])).silent(&over));
    let mut answer = ask(&api.app.state, question(&ada))
        .await
        .expect("an answer");
    answer.next().await.expect("more").expect("a text");
    drop(answer);
    until(
        &api,
        LAST,
        "openai gpt-4o interrupted 10 2 true 0.000045 server",
    )
    .await;

    provider.then(Reply::stream(&shapes::openai_begun(&["hello world"])).cut());
    let mut answer = ask(&api.app.state, question(&ada))
        .await
        .expect("an answer");
    let (text, failed) = read(&mut answer).await;
    assert_eq!(
        (text.as_str(), failed.expect("an error").code()),
        ("hello world", Code::Unavailable)
    );
    finish(&api, answer, Outcome::Completed).await;
    assert_eq!(
        value(&api, LAST).await,
        "openai gpt-4o failed unreachable 10 2 true 0.000045 server"
    );

    provider.then(Reply::stream(&shapes::openai_calls("{broken")));
    let record = whole(&api, question(&ada)).await.expect("a record");
    // Whoever runs the call tells the model what is wrong with it; the answer is whole.
    assert!(!record.usage.estimated);
    let told = value(&api, LAST).await;
    assert!(
        told.starts_with("openai gpt-4o completed 20 9 4 2 false "),
        "{told}"
    );
}

#[tokio::test]
async fn a_call_whose_process_is_gone_is_recorded_by_the_schedule() {
    let provider = WireServer::start().await;
    let api = served(&provider, &[]).await;
    let ada = api.test.user("ada@example.org").await;
    let over = Arc::new(Notify::new());
    provider.then(Reply::stream(&shapes::openai_begun(&["hello world"])).silent(&over));
    let answer = ask(&api.app.state, question(&ada))
        .await
        .expect("an answer");
    // As if its process had been killed a while ago.
    std::mem::forget(answer);
    let age = "update model_calls set seen_at = now() - interval '2 minutes', output_tokens = 7";
    api.test.run_as_owner(age).await.expect("it is older");
    let root = api.test.admin("root@example.org").await;
    let run = r#"mutation { runSchedule(name: "answers.end_lost") { id } }"#;
    api.data(&root, run, json!({})).await;
    until(
        &api,
        LAST,
        "openai gpt-4o interrupted process_lost 10 7 true 0.000095 server",
    )
    .await;
    assert_eq!(value(&api, "select count(*) from usage_logs").await, "1");
}

#[tokio::test]
async fn a_call_that_is_begun_and_never_made_ends_and_costs_nothing() {
    let provider = WireServer::start().await;
    let api = served(&provider, &[]).await;
    let ada = api.test.user("ada@example.org").await;
    let approved = approve_alone(&api.app.state, question(&ada))
        .await
        .expect("a call");
    assert_eq!(
        value(&api, "select outcome from model_calls").await,
        "running"
    );
    drop(approved);
    until(&api, LAST, "openai gpt-4o interrupted 0 0 false 0 server").await;
    assert!(provider.asked().is_empty(), "nothing is sent");
}

#[tokio::test]
async fn refusals_of_the_provider_cost_nothing_and_are_recorded() {
    let provider = WireServer::start().await;
    let api = served(&provider, &[]).await;
    let ada = api.test.user("ada@example.org").await;
    let secret = "What is bread made of?";
    for (status, code, expected, kind) in [
        (401, "invalid_api_key", Code::Forbidden, "key_refused"),
        (404, "model_not_found", Code::NotFound, "unknown_model"),
        (
            400,
            "context_length_exceeded",
            Code::LimitExceeded,
            "context_too_long",
        ),
        (400, "other", Code::BadUserInput, "refused"),
        (500, "server_error", Code::Unavailable, "unreachable"),
    ] {
        let body = json!({"error": {"code": code, "message": secret}});
        provider.then(Reply::status(status, &body));
        let error = refused(&api, question(&ada)).await;
        assert_eq!(error.code(), expected, "{error}");
        assert!(
            !error.message().contains(secret) && !error.message().contains("sk-"),
            "{error}"
        );
        let told = value(&api, LAST).await;
        assert_eq!(
            told,
            format!("openai gpt-4o failed {kind} 0 0 false 0 server")
        );
    }
}

#[tokio::test]
async fn an_unknown_price_is_an_unknown_cost() {
    let provider = WireServer::start().await;
    let api = served(&provider, &[]).await;
    let (ada, root) = (
        api.test.user("ada@example.org").await,
        api.test.admin("root@example.org").await,
    );
    let create = r#"mutation { createModelConfig(input: {modelId: "llama3.2", name: "Llama", provider: COMPATIBLE, isDefault: true}) { id } }"#;
    api.data(&root, create, json!({})).await;
    provider.always(Reply::stream(&shapes::openai(&["x"], 100, 10)));
    let (chat, message) = chat(&api, &ada).await;
    let asked = |model: Option<&str>, provider: &str| Question {
        provider: Some(provider.to_owned()),
        model: model.map(str::to_owned),
        chat: Some(chat),
        message: Some(message),
        ..question(&ada)
    };
    let record = whole(&api, asked(None, "compatible"))
        .await
        .expect("a record");
    assert_eq!(
        (record.model.as_str(), record.cost.as_deref()),
        ("llama3.2", None)
    );
    assert_eq!(
        provider.asked()[0].header("authorization"),
        "",
        "it needs no key"
    );
    whole(&api, asked(Some("gpt-4o-mini"), "openai"))
        .await
        .expect("a record");
    for (sql, told) in [
        (
            "select concat_ws(' ', input_tokens, output_tokens, coalesce(cost::text, 'unknown')) from messages",
            "200 20 unknown",
        ),
        (
            "select count(*) from usage_logs where total_cost is null",
            "1",
        ),
        (
            "select count(*) from api_usage_logs where cost is null",
            "1",
        ),
    ] {
        assert_eq!(value(&api, sql).await, told, "{sql}");
    }
    let summary = api.data(&ada, "{ usageSummary { totalCalls totalCost unpricedCalls } monthlyApiCosts { provider unpricedRequests } }", json!({})).await;
    assert_eq!(summary["usageSummary"]["unpricedCalls"], "1");
    assert_eq!(summary["usageSummary"]["totalCalls"], "2");
    assert_eq!(
        summary["monthlyApiCosts"][0],
        json!({"provider": "compatible", "unpricedRequests": "1"})
    );
}

#[tokio::test]
async fn unknown_and_switched_off_models_are_refused() {
    let provider = WireServer::start().await;
    let api = served(&provider, &[]).await;
    let ada = api.test.user("ada@example.org").await;
    for (provider, model, said) in [
        (None, Some("gpt-17"), "no model"),
        (None, Some("gpt-4-turbo"), "switched"),
        (Some("anthropic"), Some("gpt-4o"), "no model of anthropic"),
        (Some("nobody"), None, "no provider"),
    ] {
        let asked = Question {
            provider: provider.map(str::to_owned),
            model: model.map(str::to_owned),
            ..question(&ada)
        };
        let error = refused(&api, asked).await;
        assert_eq!(error.code(), Code::BadUserInput, "{error}");
        assert!(error.message().contains(said), "{error}");
    }
    assert!(provider.asked().is_empty());
    assert_eq!(value(&api, "select count(*) from model_calls").await, "0");
}

/// The numbers that are shown anywhere, beside the sums of the calls.
async fn totals(
    api: &super::TestApi,
    caller: &mindloom::auth::Caller,
    root: &mindloom::auth::Caller,
) -> Vec<(Value, Value)> {
    let ask = "{ usageSummary { totalCalls totalInputTokens totalOutputTokens totalCost unpricedCalls }
        monthlyApiCosts { totalRequests totalInputTokens totalOutputTokens totalCost }
        modelCosts { calls inputTokens outputTokens cost } chats { nodes { totalInputTokens totalOutputTokens totalCost } } }";
    let shown = api.data(caller, ask, json!({})).await;
    let of_all = api
        .data(
            root,
            "query ($u: UUID!) { modelCosts(by: [MODEL, DAY], where: {user: $u}) { calls cost } }",
            json!({"u": user(caller)}),
        )
        .await;
    let sum = |rows: &Value, field: &str| -> Value {
        let numbers = rows.as_array().expect("a list").iter();
        let total: f64 = numbers
            .map(|row| {
                row[field].as_str().map_or_else(
                    || row[field].as_f64().expect("a number"),
                    |text| text.parse().expect("a number"),
                )
            })
            .sum();
        json!((total * 1e9).round())
    };
    let one = |row: &Value, field: &str| sum(&json!([row]), field);
    let client = api.test.db.system().await.expect("a connection");
    let of_calls: Value = client
        .query_one("select jsonb_build_object('calls', count(*), 'in', coalesce(sum(input_tokens), 0), 'out', coalesce(sum(output_tokens), 0),
            'cost', coalesce(sum(cost), 0), 'unpriced', count(*) filter (where cost is null),
            'chatIn', coalesce(sum(input_tokens) filter (where chat_id is not null), 0), 'chatOut', coalesce(sum(output_tokens) filter (where chat_id is not null), 0))
          from model_calls where user_id = $1", &[&user(caller)])
        .await
        .expect("the sums")
        .get(0);
    let mut pairs = Vec::new();
    for (field, known) in [
        ("totalCalls", "calls"),
        ("totalInputTokens", "in"),
        ("totalOutputTokens", "out"),
        ("totalCost", "cost"),
        ("unpricedCalls", "unpriced"),
    ] {
        pairs.push((one(&shown["usageSummary"], field), one(&of_calls, known)));
    }
    for (field, known) in [
        ("totalRequests", "calls"),
        ("totalInputTokens", "in"),
        ("totalOutputTokens", "out"),
        ("totalCost", "cost"),
    ] {
        pairs.push((sum(&shown["monthlyApiCosts"], field), one(&of_calls, known)));
    }
    for (field, known) in [
        ("calls", "calls"),
        ("inputTokens", "in"),
        ("outputTokens", "out"),
        ("cost", "cost"),
    ] {
        pairs.push((sum(&shown["modelCosts"], field), one(&of_calls, known)));
    }
    pairs.push((sum(&of_all["modelCosts"], "calls"), one(&of_calls, "calls")));
    pairs.push((sum(&of_all["modelCosts"], "cost"), one(&of_calls, "cost")));
    pairs.push((
        sum(&shown["chats"]["nodes"], "totalInputTokens"),
        one(&of_calls, "chatIn"),
    ));
    pairs.push((
        sum(&shown["chats"]["nodes"], "totalOutputTokens"),
        one(&of_calls, "chatOut"),
    ));
    pairs
}

#[tokio::test]
async fn every_total_is_the_sum_of_the_calls() {
    let provider = WireServer::start().await;
    let api = served(&provider, &[]).await;
    let (ada, ben, root) = (
        api.test.user("ada@example.org").await,
        api.test.user("ben@example.org").await,
        api.test.admin("root@example.org").await,
    );
    let unpriced = r#"mutation { createModelConfig(input: {modelId: "llama3.2", name: "Llama", provider: COMPATIBLE, isDefault: true}) { id } }"#;
    api.data(&root, unpriced, json!({})).await;
    let chats = [chat(&api, &ada).await, chat(&api, &ada).await];
    // The same run whenever it is tried: what comes is drawn from a fixed seed.
    let mut seed: u64 = 0x5eed;
    let mut draw = |below: u64| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    for _ in 0..60 {
        let caller = if draw(4) == 0 { &ben } else { &ada };
        let (chat, message) = chats[draw(2) as usize];
        let in_chat = std::ptr::eq(caller, &ada) && draw(2) == 0;
        let (input, output) = (draw(5_000), draw(3_000));
        let (name, text) = match draw(4) {
            0 => ("anthropic", shapes::anthropic("{}")),
            1 => ("google", shapes::google_text("Flour")),
            2 => ("compatible", shapes::openai(&["Flour"], input, output)),
            _ => ("openai", shapes::openai(&["Flour"], input, output)),
        };
        provider.then(match draw(5) {
            0 => Reply::pieces([text.as_bytes()[..text.len() / 2].to_vec()]).cut(),
            1 => Reply::status(500, &json!({})),
            _ => Reply::stream(&text),
        });
        let asked = Question {
            provider: Some(name.to_owned()),
            purpose: if draw(3) == 0 {
                Purpose::Title
            } else {
                Purpose::Chat
            },
            chat: in_chat.then_some(chat),
            message: (in_chat && draw(3) > 0).then_some(message),
            ..question(caller)
        };
        let _ = whole(&api, asked).await;
    }
    for (place, (shown, of_calls)) in totals(&api, &ada, &root).await.into_iter().enumerate() {
        assert_eq!(shown, of_calls, "number {place}");
    }
    let other = api
        .data(
            &ben,
            "{ modelCosts(by: [USER]) { userId calls } }",
            json!({}),
        )
        .await;
    assert_eq!(
        other["modelCosts"].as_array().expect("groups").len(),
        1,
        "people see their own alone"
    );
    assert_eq!(
        value(
            &api,
            "select count(*) from model_calls where outcome = 'running'"
        )
        .await,
        "0"
    );
}
