//! Every number that is told of calls is the sum of them: of answers, transcripts and embeddings, of one's own keys and the
//! server's, with prices and without, whole, broken off and refused.

use std::collections::BTreeMap;

use bytes::Bytes;
use mindloom::{
    answers::{AgentType, Purpose, Question, Recording, transcribe},
    auth::Caller,
    models::chat::{ProviderTool, Sound},
};
use serde_json::{Value, json};

use super::{
    TestApi, chat, question, save_key, served, shapes, user, value, whole,
    wire::{Reply, WireServer},
};

const OWN: &str = r#"mutation { createModelConfig(input: {modelId: "llama3.2", name: "Llama", provider: COMPATIBLE, isDefault: true}) { id } }"#;
/// More than a test asks.
const LIMITS: &str = "
    update public.admin_config set config_data = config_data
      || '{\"rateLimit\": {\"perMinute\": 1000, \"perHour\": 1000, \"perDay\": 1000}}' where config_key ~ '_agent_';
    update public.api_providers set max_requests_per_minute = 10000, max_requests_per_day = 10000";
/// What `modelCosts` adds up by, each alone.
const BY: [&str; 9] = [
    "USER", "AGENT", "MODEL", "PROVIDER", "KEY", "PURPOSE", "OUTCOME", "DAY", "MONTH",
];

/// The same run whenever it is tried: what comes is drawn from a fixed seed.
struct Draw(u64);

impl Draw {
    fn below(&mut self, below: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

/// An answer, as chance has it.
async fn answer(
    api: &TestApi,
    provider: &WireServer,
    who: &Caller,
    places: &[(uuid::Uuid, uuid::Uuid)],
    draw: &mut Draw,
) {
    let (input, output) = (draw.below(5_000), draw.below(3_000));
    let mut asked = question(who);
    let (name, text) = match draw.below(5) {
        0 => ("anthropic", shapes::anthropic("{}")),
        1 => ("google", shapes::google_text("Flour")),
        2 => ("compatible", shapes::openai(&["Flour"], input, output)),
        3 => {
            asked.request.provider_tools = vec![ProviderTool::WebSearch];
            ("openai", shapes::response_text(&["Flour"]))
        }
        _ => ("openai", shapes::openai(&["Flour"], input, output)),
    };
    provider.then(match draw.below(5) {
        0 => Reply::pieces([text.as_bytes()[..text.len() / 2].to_vec()]).cut(),
        1 => Reply::status(500, &json!({})),
        _ => Reply::stream(&text),
    });
    let place = match places.is_empty() {
        true => None,
        false => Some(places[draw.below(places.len() as u64) as usize]),
    };
    let place = place.filter(|_| draw.below(3) > 0);
    let asked = Question {
        provider: Some(name.to_owned()),
        agent: [
            None,
            Some(AgentType::ChatModel),
            Some(AgentType::Document),
            Some(AgentType::ProviderTools),
        ][draw.below(4) as usize],
        purpose: [Purpose::Chat, Purpose::Title, Purpose::Document][draw.below(3) as usize],
        chat: place.map(|(chat, _)| chat),
        message: place
            .filter(|_| draw.below(4) > 0)
            .map(|(_, message)| message),
        ..asked
    };
    // What is refused is on record, too.
    let _ = whole(api, asked).await;
}

/// A transcript, of a recording of some seconds.
async fn transcript(api: &TestApi, provider: &WireServer, who: &Caller, seconds: u64) {
    let heard = json!({"text": "Hello", "usage": {"type": "duration", "seconds": seconds}});
    provider.then(Reply::status(200, &heard));
    let recording = Recording {
        user: user(who),
        provider: None,
        model: None,
        sound: Sound {
            bytes: Bytes::from_static(b"RIFF"),
            media_type: "audio/wav".to_owned(),
            file_name: "recording.wav".to_owned(),
            language: None,
        },
        seconds: Some(seconds as f64),
    };
    let heard = transcribe(&api.app.state, recording).await.expect("words");
    let step = api.test.db.begin_system().await.expect("a transaction");
    heard.finish(&step).await.expect("it ends");
    step.commit().await.expect("a commit");
}

/// What the server writes of a call for vectors.
async fn embedding(api: &TestApi, who: &Caller, tokens: u64) {
    let sql = format!(
        "select private.record_embedding_call('openai', 'text-embedding-3-small', 'server', array['{}'::uuid],
           array[{tokens}::bigint], false, 0.02, interval '5 ms')",
        user(who)
    );
    api.test.run_as_owner(&sql).await.expect("a record");
}

/// A field over rows, in billionths.
fn total(rows: &Value, field: &str) -> i64 {
    let rows = match rows {
        Value::Array(rows) => rows.clone(),
        row => vec![row.clone()],
    };
    let number = |row: &Value| match &row[field] {
        Value::String(text) => text.parse::<f64>().expect("a number"),
        other => other.as_f64().unwrap_or_else(|| panic!("{field}: {row}")),
    };
    (rows.iter().map(number).sum::<f64>() * 1e9).round() as i64
}

/// What the API tells somebody, each with the field that it is of the calls.
async fn told(api: &TestApi, who: &Caller) -> Vec<(String, &'static str, i64)> {
    let ask = "{ usageSummary { totalCalls totalInputTokens totalOutputTokens totalTokens totalCost unpricedCalls agentBreakdown }
        monthlyApiCosts { totalRequests totalInputTokens totalOutputTokens totalCost unpricedRequests } }";
    let shown = api.data(who, ask, json!({})).await;
    let (summary, months) = (&shown["usageSummary"], &shown["monthlyApiCosts"]);
    let agents = summary["agentBreakdown"].as_object().expect("agents");
    let agents = Value::Array(agents.values().cloned().collect());
    let mut pairs = Vec::new();
    for (field, of_calls) in [
        ("totalCalls", "calls"),
        ("totalInputTokens", "in"),
        ("totalOutputTokens", "out"),
        ("totalTokens", "both"),
        ("totalCost", "cost"),
        ("unpricedCalls", "unpriced"),
    ] {
        pairs.push((
            format!("usageSummary {field}"),
            of_calls,
            total(summary, field),
        ));
    }
    for (field, of_calls) in [
        ("calls", "calls"),
        ("input_tokens", "in"),
        ("output_tokens", "out"),
        ("total_tokens", "both"),
        ("total_cost", "cost"),
        ("unpriced_calls", "unpriced"),
    ] {
        pairs.push((format!("agents {field}"), of_calls, total(&agents, field)));
    }
    for (field, of_calls) in [
        ("totalRequests", "calls"),
        ("totalInputTokens", "in"),
        ("totalOutputTokens", "out"),
        ("totalCost", "cost"),
        ("unpricedRequests", "unpriced"),
    ] {
        pairs.push((
            format!("monthlyApiCosts {field}"),
            of_calls,
            total(months, field),
        ));
    }
    for by in BY {
        let ask = format!(
            "{{ modelCosts(by: [{by}]) {{ calls inputTokens outputTokens cachedTokens reasoningTokens cost unpricedCalls }} }}"
        );
        let costs = api.data(who, &ask, json!({})).await["modelCosts"].take();
        for (field, of_calls) in [
            ("calls", "calls"),
            ("inputTokens", "in"),
            ("outputTokens", "out"),
            ("cachedTokens", "cached"),
            ("reasoningTokens", "reasoning"),
            ("cost", "cost"),
            ("unpricedCalls", "unpriced"),
        ] {
            pairs.push((
                format!("modelCosts by {by} {field}"),
                of_calls,
                total(&costs, field),
            ));
        }
    }
    pairs
}

/// Rows that are written of calls, and what they say together; the same of the calls.
const ROWS: [(&str, &str, &str); 4] = [
    (
        "usage logs",
        "select concat_ws(' ', count(*), sum(input_tokens), sum(output_tokens), trim_scale(sum(total_cost)),
           count(*) filter (where total_cost is null)) from usage_logs where user_id = $user",
        "select concat_ws(' ', count(*), sum(input_tokens), sum(output_tokens), trim_scale(sum(cost)),
           count(*) filter (where cost is null)) from model_calls where user_id = $user",
    ),
    (
        "api usage logs",
        "select concat_ws(' ', count(*), sum(input_tokens), sum(output_tokens), trim_scale(sum(cost)),
           count(*) filter (where own_key)) from api_usage_logs where user_id = $user",
        "select concat_ws(' ', count(*), sum(input_tokens), sum(output_tokens), trim_scale(sum(cost)),
           count(*) filter (where key_owner = 'person')) from model_calls where user_id = $user",
    ),
    (
        "agent activity logs",
        "select string_agg(x, ', ' order by x) from (select concat_ws(' ', agent_type, count(*), sum(input_tokens),
           sum(output_tokens), trim_scale(sum(total_cost))) x from agent_activity_logs where user_id = $user group by agent_type) y",
        "select string_agg(x, ', ' order by x) from (select concat_ws(' ', agent_type, count(*), sum(input_tokens),
           sum(output_tokens), trim_scale(sum(cost))) x from model_calls
           where user_id = $user and agent_type is not null group by agent_type) y",
    ),
    (
        "uses of keys",
        "select string_agg(id || ' ' || usage_count, ', ' order by id) from api_configurations where user_id = $user",
        "select string_agg(x, ', ' order by x) from (select k.id || ' ' || count(c.id) x from api_configurations k
           left join model_calls c on c.api_configuration_id = k.id where k.user_id = $user group by k.id) y",
    ),
];
/// Messages whose numbers are not those of their calls: unknown where one of them is.
const MESSAGES: &str = "
    select count(*) from messages m join lateral (
      select sum(c.input_tokens) i, sum(c.output_tokens) o, case when bool_and(c.cost is not null) then sum(c.cost) end cost
      from model_calls c where c.message_id = m.id having count(*) > 0) s on true
    where (m.input_tokens, m.output_tokens) is distinct from (s.i, s.o) or m.cost is distinct from s.cost";
/// Chats whose numbers are not those of their messages, and of their calls for no message.
const CHATS: &str = "
    select count(*) from chats h cross join lateral (
      select coalesce(sum(c.input_tokens), 0) as input, coalesce(sum(c.output_tokens), 0) as output
      from model_calls c where c.chat_id = h.id) called
    where (h.total_input_tokens, h.total_output_tokens) is distinct from (called.input, called.output)
      or h.total_cost is distinct from (select coalesce(sum(m.cost), 0) from messages m where m.chat_id = h.id)
        + (select coalesce(sum(c.cost), 0) from model_calls c where c.chat_id = h.id and c.message_id is null)";

#[tokio::test]
async fn what_is_told_is_the_sum_of_the_calls() {
    let provider = WireServer::start().await;
    let more = [
        "--model-calls-per-minute",
        "1000",
        "--model-calls-per-day",
        "10000",
    ];
    let api = served(&provider, &more).await;
    let (mut ada, ben, root) = (
        api.test.user("ada@example.org").await,
        api.test.user("ben@example.org").await,
        api.test.admin("root@example.org").await,
    );
    api.test.run_as_owner(LIMITS).await.expect("limits");
    api.data(&root, OWN, json!({})).await;
    save_key(
        &api,
        &mut ada,
        "anthropic",
        "sk-ant-of-ada-abcdefghijklmnopqrstuvwxyz",
    )
    .await;
    let places = [chat(&api, &ada).await, chat(&api, &ada).await];
    let mut draw = Draw(0x0a11);
    for turn in 0..90 {
        let who = if draw.below(5) == 0 { &ben } else { &ada };
        let places = if std::ptr::eq(who, &ada) {
            &places[..]
        } else {
            &[]
        };
        match turn % 9 {
            7 => transcript(&api, &provider, who, 1 + draw.below(600)).await,
            8 => embedding(&api, who, draw.below(9_000)).await,
            _ => answer(&api, &provider, who, places, &mut draw).await,
        }
    }
    let running = "select count(*) from model_calls where outcome = 'running'";
    assert_eq!(value(&api, running).await, "0");
    let kinds =
        "select count(distinct (provider, purpose, outcome, key_owner)) >= 15 from model_calls";
    assert_eq!(
        value(&api, &format!("select ({kinds})::text")).await,
        "true",
        "it tries little"
    );
    for who in [&ada, &ben] {
        let of_calls = format!(
            "select jsonb_build_object('calls', count(*), 'in', sum(input_tokens), 'out', sum(output_tokens),
               'both', sum(input_tokens) + sum(output_tokens), 'cost', coalesce(sum(cost), 0),
               'cached', coalesce(sum(cached_tokens), 0), 'reasoning', coalesce(sum(reasoning_tokens), 0),
               'unpriced', count(*) filter (where cost is null))::text from model_calls where user_id = '{}'",
            user(who)
        );
        let of_calls: BTreeMap<String, f64> =
            serde_json::from_str(&value(&api, &of_calls).await).expect("sums");
        for (what, field, shown) in told(&api, who).await {
            let known = (of_calls[field] * 1e9).round() as i64;
            assert_eq!(shown, known, "{what}");
        }
        for (what, rows, calls) in ROWS {
            let of = |sql: &str| sql.replace("$user", &format!("'{}'", user(who)));
            let (rows, calls) = (value(&api, &of(rows)).await, value(&api, &of(calls)).await);
            assert_eq!(rows, calls, "{what}");
        }
    }
    assert_eq!(value(&api, MESSAGES).await, "0", "messages");
    assert_eq!(value(&api, CHATS).await, "0", "chats");
}
