//! What goes wrong while an answer is written: each ends in a stated state, with its cost on record.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::{
    Chats, SEND, assert_whole, kinds,
    provider::{Provider, Reply},
    sent, text_of,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn broken_calls_are_handed_back_and_loops_end() {
    let provider = Provider::start(|request| {
        let results = request["messages"]
            .as_array()
            .expect("messages")
            .iter()
            .filter(|message| message["role"] == "tool")
            .count();
        match results {
            0 => Reply::raw_call("x", "searchNotes", "{\"query\": \"bro"),
            _ => Reply::call("x", "searchNotes", &json!({"query": "again"})),
        }
    })
    .await;
    let chats = Chats::new(provider).await;
    let ada = chats.test.user("ada@example.org").await;
    let sent = chats.send(&ada, None, "Search").await;
    let events = chats.events(&ada, &sent.stream, 0).await;
    assert_whole(&events, 0);
    let result = events
        .iter()
        .find(|event| event["kind"] == "TOOL_RESULT")
        .expect("a result");
    assert_eq!(result["isError"], true);
    let end = &events[events.len() - 1];
    assert_eq!(
        (&end["reason"], &end["error"]["code"]),
        (&json!("FAILED"), &json!("LIMIT_EXCEEDED"))
    );
    assert_eq!(chats.provider.asked().len(), 16);
    // What providers get back is an object.
    let second = &chats.provider.asked()[1];
    let messages = second["messages"].as_array().expect("messages");
    let call = messages
        .iter()
        .find(|message| message["tool_calls"].is_array())
        .expect("the call");
    let arguments = call["tool_calls"][0]["function"]["arguments"]
        .as_str()
        .expect("a text");
    assert!(
        serde_json::from_str::<Value>(arguments)
            .expect("JSON")
            .is_object(),
        "{arguments}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_tools_at_once_than_an_answer_may_call_are_told() {
    let calls = (0..17).map(|number| {
        let arguments = json!({"query": "bread"}).to_string();
        (format!("c{number}"), "searchNotes".to_owned(), arguments)
    });
    let many = Reply {
        calls: calls.collect(),
        ..Reply::default()
    };
    let chats = Chats::new(Provider::script(vec![many]).await).await;
    let ada = chats.test.user("ada@example.org").await;
    let sent = chats.send(&ada, None, "Search").await;
    let events = chats.events(&ada, &sent.stream, 0).await;
    assert_whole(&events, 0);
    let end = &events[events.len() - 1];
    assert_eq!(
        (&end["reason"], &end["error"]["code"]),
        (&json!("FAILED"), &json!("LIMIT_EXCEEDED"))
    );
    let said = end["error"]["message"].as_str().unwrap_or_default();
    assert!(said.contains("more than 16 tools at once"), "{said}");
    assert!(!kinds(&events).contains(&"TOOL_RESULT"), "{events:#?}");
    // What it used is on record all the same.
    let ended =
        "select string_agg(outcome::text, ' ') from public.model_calls where purpose = 'chat'";
    assert_eq!(chats.test.value(ended).await.as_deref(), Some("failed"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_title_that_cannot_be_had_is_told_by_its_job() {
    let provider = Provider::start(|request| match request["tools"].is_null() {
        true => Reply {
            status: Some(400),
            ..Reply::default()
        },
        false => Reply::text("Hello"),
    })
    .await;
    let chats = Chats::new(provider).await;
    let ada = chats.test.user("ada@example.org").await;
    let sent = chats.send(&ada, None, "Good morning").await;
    chats.events(&ada, &sent.stream, 0).await;
    let job = "select status || ' ' || (error is not null)::text from public.job_queue where job_type = 'chats.title'";
    chats.until(job, "failed true").await;
    let title = "select title from public.chats";
    assert_eq!(
        chats.test.value(title).await.as_deref(),
        Some("Good morning")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopping_waits_for_no_worker_that_waits_for_it() {
    let provider = Provider::script(vec![Reply::text("Hello")]).await;
    let test = crate::support::TestDb::new().await;
    super::without_limits(&test).await;
    // Nobody works: the test is the worker.
    let server = super::serve(&test, &provider, &["--workers", "0"]).await;
    let chats = Chats::over(test, server, provider);
    let ada = chats.test.user("ada@example.org").await;
    let sent = chats.send(&ada, None, "Hello").await;
    let worker = chats.test.db.system().await.expect("a connection");
    worker
        .batch_execute("begin; set local lock_timeout = '5s'")
        .await
        .expect("a transaction");
    let held = "select 1 from public.job_queue where job_type = 'chats.answer' for update";
    worker.query_one(held, &[]).await.expect("the job");
    let stop = "mutation ($id: UUID!) { stopStream(id: $id) { status } }";
    let stopping = chats.data(&ada, stop, json!({"id": sent.stream}));
    let working = async {
        let waits =
            "select (count(*) > 0)::text from pg_stat_activity where wait_event_type = 'Lock'
            and datname = current_database() and query like '%stop_stream%'";
        chats.until(waits, "true").await;
        let stream = "select 1 from public.streams where status = 'waiting' for update";
        let held = worker.query_one(stream, &[]).await;
        held.expect("nobody holds the stream");
        worker.batch_execute("commit").await.expect("an end");
    };
    let (stopped, ()) = tokio::join!(stopping, working);
    assert_eq!(stopped["stopStream"]["status"], "STOPPED");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_is_on_record_as_stopped_though_its_attempt_had_no_time_to_say_so() {
    let gate = Arc::new(Semaphore::new(2));
    let reply = Reply::text("one two three four").gated(&gate);
    let chats = Chats::new(Provider::script(vec![reply]).await).await;
    let ada = chats.test.user("ada@example.org").await;
    let sent = chats.send(&ada, None, "Count").await;
    let mut follower = chats.follow(&chats.server, &ada, &sent.stream, 0).await;
    let mut events = Vec::new();
    while text_of(&events) != "one two " {
        events.push(follower.next().await.expect("it goes on"));
    }
    // Whoever writes the end waits for the chat.
    let holder = chats.test.owner().await;
    holder
        .batch_execute("begin; select 1 from public.chats for update")
        .await
        .expect("the chat is held");
    let stop = "mutation ($id: UUID!) { stopStream(id: $id) { status } }";
    chats.data(&ada, stop, json!({"id": sent.stream})).await;
    let given_up =
        "select (count(*) > 0)::text from pg_stat_activity where wait_event_type = 'Lock'
        and datname = current_database() and query like '%private.end_jobs%'";
    chats.until(given_up, "true").await;
    holder.batch_execute("commit").await.expect("it is let go");
    let outcome = "select outcome::text from public.model_calls where purpose = 'chat'";
    chats.until(outcome, "stopped").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_waited_for_its_turn_waits_for_its_provider_all_the_same() {
    let replies = vec![Reply::busy(200), Reply::text("Hello")];
    let chats = Chats::new(Provider::script(replies).await).await;
    let ada = chats.test.user("ada@example.org").await;
    // Longer than anybody would wait for a provider.
    let age = "create function public.age() returns trigger language plpgsql as $$
        begin new.created_at := now() - interval '5 minutes'; return new; end $$;
        create trigger age before insert on public.job_queue for each row execute function public.age()";
    chats.test.run_as_owner(age).await.expect("a trigger");
    let sent = chats.send(&ada, None, "Hello").await;
    let events = chats.events(&ada, &sent.stream, 0).await;
    assert_whole(&events, 0);
    assert_eq!(text_of(&events), "Hello");
    assert_eq!(events[events.len() - 1]["reason"], "COMPLETED");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_waits_for_its_provider_a_minute_and_no_longer() {
    let chats = Chats::new(Provider::script(vec![Reply::busy(200)]).await).await;
    let ada = chats.test.user("ada@example.org").await;
    let sent = chats.send(&ada, None, "Hello").await;
    let waits =
        "select (payload ? 'waiting')::text from public.job_queue where job_type = 'chats.answer'";
    chats.until(waits, "true").await;
    let later = "update public.job_queue
        set payload = jsonb_set(payload, '{waiting,since}', to_jsonb(now() - interval '61 seconds'))
        where job_type = 'chats.answer'";
    chats.test.run_as_owner(later).await.expect("a minute ago");
    let events = chats.events(&ada, &sent.stream, 0).await;
    assert_whole(&events, 0);
    let end = &events[events.len() - 1];
    assert_eq!(
        (&end["reason"], &end["error"]["code"]),
        (&json!("FAILED"), &json!("RATE_LIMITED"))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_asks_to_wait_once_it_answers_is_waited_for_before_its_first_word_alone() {
    let breaks_off = |words: &str| Reply {
        breaks_off: Some("rate_limit_exceeded"),
        ..Reply::text(words)
    };
    let replies = vec![breaks_off(""), Reply::text("Hello"), breaks_off("Half ")];
    let chats = Chats::new(Provider::script(replies).await).await;
    let ada = chats.test.user("ada@example.org").await;
    let sent = chats.send(&ada, None, "Hello").await;
    let events = chats.events(&ada, &sent.stream, 0).await;
    assert_whole(&events, 0);
    assert_eq!(text_of(&events), "Hello");
    assert_eq!(events[events.len() - 1]["reason"], "COMPLETED");
    let sent = chats.send(&ada, None, "Hello again").await;
    let events = chats.events(&ada, &sent.stream, 0).await;
    assert_whole(&events, 0);
    assert_eq!(text_of(&events), "Half ", "what was said stays");
    let end = &events[events.len() - 1];
    assert_eq!(
        (&end["reason"], &end["error"]["code"]),
        (&json!("FAILED"), &json!("RATE_LIMITED"))
    );
    let calls = "select string_agg(outcome::text || ' ' || coalesce(error_type, ''), ', ' order by started_at)
        from public.model_calls where purpose = 'chat'";
    chats
        .until(
            calls,
            "failed asked_to_wait, completed , failed asked_to_wait",
        )
        .await;
    let used = "select string_agg((input_tokens > 0)::text, ', ' order by started_at)
        from public.model_calls where purpose = 'chat'";
    let used = chats.test.value(used).await;
    assert_eq!(
        used.as_deref(),
        Some("false, true, true"),
        "what was refused costs nothing"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_fails_fails_the_answer() {
    let broken = Reply {
        status: Some(500),
        ..Reply::default()
    };
    let chats = Chats::new(Provider::script(vec![broken]).await).await;
    let ada = chats.test.user("ada@example.org").await;
    let sent = chats.send(&ada, None, "Hello").await;
    let events = chats.events(&ada, &sent.stream, 0).await;
    assert_whole(&events, 0);
    assert_eq!(events[events.len() - 1]["reason"], "FAILED");
    let state = format!(
        "select status::text || ' ' || error_code from public.streams where id = '{}'",
        sent.stream
    );
    assert_eq!(
        chats.test.value(&state).await.as_deref(),
        Some("failed UNAVAILABLE")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chat_that_is_deleted_takes_its_answer_with_it() {
    let gate = Arc::new(Semaphore::new(2));
    let reply = Reply::text("one two three four").gated(&gate);
    let chats = Chats::new(Provider::script(vec![reply]).await).await;
    let ada = chats.test.user("ada@example.org").await;
    let sent = chats.send(&ada, None, "Count").await;
    let mut follower = chats.follow(&chats.server, &ada, &sent.stream, 0).await;
    let mut events = Vec::new();
    while text_of(&events) != "one two " {
        events.push(follower.next().await.expect("it goes on"));
    }
    chats
        .data(
            &ada,
            "mutation ($id: UUID!) { deleteChat(id: $id) { id } }",
            json!({"id": sent.chat}),
        )
        .await;
    while follower.next().await.is_some() {}
    assert_eq!(
        follower.refused.expect("an end")["extensions"]["code"],
        "NOT_FOUND"
    );
    // The job ends, cancelled where it had no time to end by itself, and nothing of it is tried again.
    let ended = "
        select string_agg((status in ('completed', 'cancelled') and attempts = 1)::text, ' ')
        from public.job_queue where job_type = 'chats.answer'";
    chats.until(ended, "true").await;
    // What it used until then is on record, and where it was.
    let call = "select (outcome in ('stopped', 'interrupted') and output_tokens > 0 and cost > 0 and chat_id is null)::text
        from public.model_calls where purpose = 'chat'";
    chats.until(call, "true").await;
    let logged = "select count(*)::text from public.usage_logs where total_cost > 0";
    assert_eq!(chats.test.value(logged).await.as_deref(), Some("1"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_model_that_writes_without_end_is_ended_with_what_it_used() {
    let words = vec![format!("{} ", "x".repeat(9_999)); 60];
    let endless = Reply {
        words,
        ..Reply::default()
    };
    let chats = Chats::new(Provider::script(vec![endless]).await).await;
    let ada = chats.test.user("ada@example.org").await;
    let sent = chats.send(&ada, None, "Go on and on").await;
    let events = chats.events(&ada, &sent.stream, 0).await;
    assert_whole(&events, 0);
    let end = &events[events.len() - 1];
    assert_eq!(end["reason"], "LENGTH");
    let written = text_of(&events).len();
    assert!((400_000..=410_000).contains(&written), "{written}");
    let call =
        "select (outcome = 'stopped' and output_tokens > 1000 and is_estimated and cost > 0)::text
        from public.model_calls where purpose = 'chat'";
    assert_eq!(chats.test.value(call).await.as_deref(), Some("true"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conversation_that_the_provider_finds_too_long_says_so() {
    let refusal = json!({"error": {"message": "This model's maximum context length is 8 tokens", "code": "context_length_exceeded"}});
    let wire = crate::answers::wire::WireServer::start().await;
    wire.always(crate::answers::wire::Reply::status(400, &refusal));
    let provider = Provider::script(vec![Reply::text("unused")]).await;
    let test = crate::support::TestDb::new().await;
    super::without_limits(&test).await;
    let server = super::serve(
        &test,
        &provider,
        &[
            "--anthropic-base-url",
            &wire.url,
            "--anthropic-api-key",
            "sk-ant-test",
        ],
    )
    .await;
    let chats = Chats::over(test, server, provider);
    let ada = chats.test.user("ada@example.org").await;
    let options = json!({"provider": "anthropic"});
    let variables = json!({"parts": [{"type": "text", "text": "Hello"}], "options": options});
    let data = chats.data(&ada, SEND, variables).await;
    let sent = sent(&data["sendMessage"]);
    let events = chats.events(&ada, &sent.stream, 0).await;
    assert_whole(&events, 0);
    let end = &events[events.len() - 1];
    assert_eq!(
        (&end["reason"], &end["error"]["code"]),
        (&json!("FAILED"), &json!("LIMIT_EXCEEDED"))
    );
    let said = end["error"]["message"].as_str().unwrap_or_default();
    assert!(
        said.contains("choose a model with a larger context"),
        "{said}"
    );
    let call = "select outcome || ' ' || error_type || ' ' || trim_scale(cost)::text from public.model_calls";
    assert_eq!(
        chats.test.value(call).await.as_deref(),
        Some("failed context_too_long 0")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_zero_in_what_an_agent_finds_ends_no_answer() {
    // Texts of PostgreSQL hold none: what holds one could not be kept, and the answer would have no end.
    let zero = "flour\0 and\0 water";
    let provider = Provider::start(move |request| {
        let system = request["messages"][0]["content"]
            .as_str()
            .unwrap_or_default();
        let has_result = request["messages"]
            .as_array()
            .is_some_and(|said| said.iter().any(|message| message["role"] == "tool"));
        match has_result {
            _ if system.starts_with("You name") => Reply::text("t"),
            true => Reply::text(zero),
            false => Reply::call("a\0", "searchNotes\0", &json!({"query\0": "b\0read"})),
        }
    })
    .await;
    let chats = Chats::new(provider).await;
    let ada = chats.test.user("ada@example.org").await;
    let sent = chats.send(&ada, None, "Search").await;
    let events = chats.events(&ada, &sent.stream, 0).await;
    assert_whole(&events, 0);
    assert_eq!(
        events[events.len() - 1]["reason"],
        "COMPLETED",
        "{events:#?}"
    );
    assert_eq!(text_of(&events), "flour and water");
    let parts = chats.parts(&ada, &sent.answer).await;
    assert_eq!(parts[0]["input"], json!({"query": "bread"}));
}
