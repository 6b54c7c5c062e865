//! Models that answer: providers in their own words, keys, limits, budgets, and the record of what it all cost.

mod adapters;
mod keys;
mod limits;
mod local;
mod names;
mod records;
mod responses;
pub mod shapes;
mod totals;
pub mod wire;

use mindloom::{
    answers::{Answer, AnswerError, CallRecord, Outcome, Purpose, Question, ask},
    auth::Caller,
    error::Error,
    models::chat::{ChatEvent, ChatMessage, ChatRequest, ChatRole, Part},
};
use serde_json::{Value, json};
use uuid::Uuid;

use self::wire::WireServer;
use crate::support::{TestApi, TestDb};

const SERVER_KEY: &str = "sk-of-the-server-nobody-may-read";

/// A server whose OpenAI, Anthropic, Google and compatible provider are this one.
async fn served(provider: &WireServer, more: &[&str]) -> TestApi {
    TestApi::with(TestDb::new().await, &flags(provider, more)).await
}

fn flags<'a>(provider: &'a WireServer, more: &[&'a str]) -> Vec<&'a str> {
    let own = [
        "--openai-base-url",
        &provider.url,
        "--openai-api-key",
        SERVER_KEY,
        "--anthropic-base-url",
        &provider.url,
        "--anthropic-api-key",
        SERVER_KEY,
        "--google-base-url",
        &provider.url,
        "--google-api-key",
        SERVER_KEY,
        "--compatible-base-url",
        &provider.url,
    ];
    own.into_iter().chain(more.iter().copied()).collect()
}

fn user(caller: &Caller) -> Uuid {
    caller.user_id.expect("somebody")
}

/// A short question to OpenAI's default model.
fn question(caller: &Caller) -> Question {
    Question {
        user: user(caller),
        provider: Some("openai".to_owned()),
        model: None,
        agent: None,
        is_step: false,
        purpose: Purpose::Chat,
        chat: None,
        message: None,
        request: ChatRequest {
            messages: vec![ChatMessage {
                role: ChatRole::User,
                parts: vec![Part::Text("What is bread made of?".to_owned())],
            }],
            ..ChatRequest::default()
        },
    }
}

/// Reads an answer to its end; gives its text, and the error that ended it.
async fn read(answer: &mut Answer) -> (String, Option<Error>) {
    let mut text = String::new();
    while let Some(event) = answer.next().await {
        match event {
            Ok(ChatEvent::Text(more)) => text.push_str(&more),
            Ok(_) => {}
            Err(error) => return (text, Some(error.into())),
        }
    }
    (text, None)
}

/// Ends a call in a transaction of its own.
async fn finish(api: &TestApi, answer: Answer, outcome: Outcome) -> CallRecord {
    let step = api.test.db.begin_system().await.expect("a transaction");
    let record = answer.finish(&step, outcome).await.expect("it ends");
    step.commit().await.expect("a commit");
    record.kept()
}

/// A whole call.
async fn whole(api: &TestApi, question: Question) -> Result<CallRecord, AnswerError> {
    let mut answer = ask(&api.app.state, question).await?;
    let (_, failed) = read(&mut answer).await;
    let outcome = if failed.is_some() {
        Outcome::Failed
    } else {
        Outcome::Completed
    };
    Ok(finish(api, answer, outcome).await)
}

/// Why a call is refused.
async fn refused(api: &TestApi, question: Question) -> Error {
    ask(&api.app.state, question)
        .await
        .expect_err("a refusal")
        .into()
}

/// The one value of a statement.
async fn value(api: &TestApi, sql: &str) -> String {
    api.test.value(sql).await.unwrap_or_default()
}

/// A chat of somebody's with a message that waits for its answer.
async fn chat(api: &TestApi, caller: &Caller) -> (Uuid, Uuid) {
    let (chat, message) = (Uuid::new_v4(), Uuid::new_v4());
    let sql = format!(
        "insert into public.chats (id, user_id, title) values ('{chat}', '{}', 'Bread');
         insert into public.messages (id, chat_id, role, parts) values ('{message}', '{chat}', 'assistant', '[]')",
        user(caller)
    );
    api.test.run_as_owner(&sql).await.expect("a chat");
    (chat, message)
}

/// Saves a key of somebody's own.
async fn save_key(api: &TestApi, caller: &mut Caller, provider: &str, key: &str) {
    let session = Uuid::new_v4();
    let sql = format!(
        "insert into auth.sessions (id, session_token, user_id, expires) values ('{session}', encode(sha256('{session}'), 'hex'), '{}', '2099-01-01')",
        user(caller)
    );
    api.test.run_as_owner(&sql).await.expect("a session");
    caller.session_id = Some(session);
    let save = "mutation ($p: String!, $k: String!) { saveApiConfiguration(provider: $p, apiKey: $k) { id } }";
    api.data(caller, save, json!({"p": provider, "k": key}))
        .await;
}

/// Waits until a statement says so.
async fn until(api: &TestApi, sql: &str, wanted: &str) {
    let began = std::time::Instant::now();
    loop {
        let found = value(api, sql).await;
        if found == wanted {
            return;
        }
        assert!(
            began.elapsed().as_secs() < 20,
            "{sql} is {found:?}, not {wanted:?}"
        );
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

fn retry_after_ms(error: &Error) -> u64 {
    error
        .details()
        .get("retryAfterMs")
        .and_then(Value::as_u64)
        .expect("when to try again")
}
