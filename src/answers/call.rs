//! A call's row, from its begin to its end, and what is counted in between.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use deadpool_postgres::ClientWrapper;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::{AnswerError, CallRecord, Outcome};
use crate::{
    config::ModelProvider,
    db::Db,
    error::{Error, Result},
    models::chat::{ChatEvent, ChatRequest, Usage, count_request_tokens, count_tokens},
};

/// A call that gave no sign for six times as long is of a process that is gone
/// (`private.end_lost_model_calls`).
const SIGN_EVERY: Duration = Duration::from_secs(10);
const BYTES_PER_TOKEN: u64 = 4;
/// Far more than a call of any model has.
const TOKENS_MAX: u64 = 1_000_000_000;
const SIGN: &str = "
    update public.model_calls set seen_at = now(), output_tokens = $2 where id = $1 and outcome = 'running'";
/// A call that was broken off because somebody stopped its stream is stopped, also when its attempt had no time to say so.
const END: &str = "
    select cost, duration_ms from private.end_model_call($1, case
        when $2::text = 'interrupted' and (
          select s.stop_requested_at is not null
          from public.model_calls c join public.streams s on s.message_id = c.message_id
          where c.id = $1 order by s.created_at desc limit 1) then 'stopped'
        else $2::text end,
      $3, $4, $5, $6, $7, $8, $9, $10, $11::float8::numeric)";

/// When what became of a call is written, after its attempt is gone: the database may be busy, or away for a moment.
const RECORD_PAUSES: [Duration; 4] = [
    Duration::ZERO,
    Duration::from_millis(500),
    Duration::from_secs(5),
    Duration::from_secs(20),
];

/// A call that was begun. Dropped before its end is committed, it ends as interrupted, unless it has ended.
pub(super) struct Call {
    db: Db,
    id: Uuid,
    provider: ModelProvider,
    model: String,
    spent: Spent,
    /// Bytes that were produced, for the signs.
    produced: Arc<AtomicU64>,
    signs: JoinHandle<()>,
    is_open: bool,
}

/// What was used so far.
#[derive(Clone, Default)]
struct Spent {
    request: Arc<ChatRequest>,
    /// What the provider said last.
    told: Usage,
    /// What was produced, for counting where the provider does not say.
    text: String,
    is_whole: bool,
    /// Whether the provider began to answer.
    is_answered: bool,
    /// Whether it asked to wait before it wrote anything, which costs nothing.
    is_put_off: bool,
    failure: Option<&'static str>,
    received: usize,
    /// Where a recording was heard, of which nothing is counted in tokens here.
    heard: Option<Heard>,
}

/// What is known of a recording that was heard.
#[derive(Clone, Copy)]
pub(super) struct Heard {
    /// Its seconds.
    pub(super) seconds: Option<f64>,
    /// Tokens that were read and written, where the provider tells.
    pub(super) tokens: (Option<u64>, Option<u64>),
    /// Whether the seconds are this server's.
    pub(super) is_estimated: bool,
}

impl Call {
    pub(super) fn new(
        db: &Db,
        id: Uuid,
        provider: ModelProvider,
        model: &str,
        request: Arc<ChatRequest>,
    ) -> Self {
        let produced = Arc::new(AtomicU64::new(0));
        let signs = tokio::spawn(give_signs(db.clone(), id, Arc::clone(&produced)));
        Call {
            db: db.clone(),
            id,
            provider,
            model: model.to_owned(),
            spent: Spent {
                request,
                ..Spent::default()
            },
            produced,
            signs,
            is_open: true,
        }
    }

    pub(super) fn id(&self) -> Uuid {
        self.id
    }

    pub(super) fn model(&self) -> &str {
        &self.model
    }

    pub(super) fn provider(&self) -> ModelProvider {
        self.provider
    }

    /// The provider takes the question: from now on it costs.
    pub(super) fn answered(&mut self) {
        self.spent.is_answered = true;
    }

    /// Notes what an event tells of the use.
    pub(super) fn note(&mut self, event: &ChatEvent, received: usize) {
        let spent = &mut self.spent;
        spent.received = received;
        match event {
            ChatEvent::Text(text) | ChatEvent::Reasoning { text, .. } => spent.text.push_str(text),
            ChatEvent::ToolCall {
                name, arguments, ..
            } => {
                spent.text.push_str(name);
                spent.text.push_str(&arguments.to_string());
            }
            ChatEvent::Usage(usage) => spent.told = *usage,
            ChatEvent::End(_) => spent.is_whole = true,
            ChatEvent::Source { .. } => {}
        }
        let bytes = u64::try_from(spent.text.len()).unwrap_or(u64::MAX);
        self.produced.store(bytes, Ordering::Relaxed);
    }

    /// A recording is sent. Whoever breaks off from here on has it heard all the same, and paid.
    pub(super) fn hears(&mut self, seconds: Option<f64>) {
        self.answered();
        self.spent.heard = Some(Heard {
            seconds,
            tokens: (None, None),
            is_estimated: true,
        });
    }

    /// The provider heard nothing.
    pub(super) fn unheard(&mut self) {
        self.spent.heard = None;
        self.spent.is_answered = false;
    }

    /// Notes what a whole transcript used.
    pub(super) fn heard(&mut self, heard: Heard, received: usize) {
        self.answered();
        self.spent.heard = Some(heard);
        self.spent.received = received;
        self.spent.is_whole = true;
    }

    /// The provider asks to wait. Before its first word that is a refusal.
    pub(super) fn put_off(&mut self) {
        self.spent.is_put_off = self.spent.text.is_empty();
    }

    /// Notes why it failed.
    pub(super) fn failed(&mut self, kind: &'static str) {
        self.spent.failure = Some(kind);
    }

    /// Ends it, with everything that is written from it. [`Self::kept`] says that this is committed.
    pub(super) async fn end(
        &mut self,
        client: &ClientWrapper,
        outcome: Outcome,
    ) -> Result<CallRecord, AnswerError> {
        self.signs.abort();
        let outcome = match outcome {
            _ if self.spent.failure.is_some() => "failed",
            Outcome::Completed if self.spent.is_whole => "completed",
            Outcome::Failed => "failed",
            Outcome::Completed | Outcome::Stopped => "stopped",
        };
        // Kept until it is written: a call whose end could not be written ends as interrupted, with what it used.
        let written = write(client, self.id, self.provider, self.spent.clone(), outcome).await?;
        let Some((usage, cost, duration_ms)) = written else {
            return Err(Error::internal("a call of a model has no row at its end").into());
        };
        Ok(CallRecord {
            id: self.id,
            provider: self.provider.as_str().to_owned(),
            model: self.model.clone(),
            usage,
            cost,
            duration_ms,
        })
    }

    /// Its end is committed.
    pub(super) fn kept(&mut self) {
        self.is_open = false;
    }

    /// Ends it by itself: it failed before there was an answer.
    pub(super) async fn end_alone(&mut self) -> Result<(), AnswerError> {
        let client = self.db.system().await?;
        self.end(&client, Outcome::Failed).await?;
        self.kept();
        Ok(())
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.signs.abort();
        if !self.is_open {
            return;
        }
        let (db, id, provider) = (self.db.clone(), self.id, self.provider);
        let spent = std::mem::take(&mut self.spent);
        // Without a runtime the process ends: a schedule of another one records it.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                for pause in RECORD_PAUSES {
                    tokio::time::sleep(pause).await;
                    match interrupt(&db, id, provider, spent.clone()).await {
                        Ok(true) => return,
                        // Its begin was rolled back, or is being committed still.
                        Ok(false) => {}
                        Err(error) => tracing::warn!(%error, call = %id, "a call of a model could not be recorded yet"),
                    }
                }
                // What it produced is known by its last sign: a schedule records it.
            });
        }
    }
}

/// Whether there is such a call, which has ended then.
async fn interrupt(db: &Db, id: Uuid, provider: ModelProvider, spent: Spent) -> Result<bool> {
    let client = db.system().await?;
    let outcome = match spent.failure {
        Some(_) => "failed",
        None => "interrupted",
    };
    let written = write(&client, id, provider, spent, outcome).await?;
    Ok(written.is_some())
}

/// Ends a call: what it used, what that cost, and how many milliseconds it took. Nothing where there is no such call.
async fn write(
    client: &ClientWrapper,
    id: Uuid,
    provider: ModelProvider,
    spent: Spent,
    outcome: &'static str,
) -> Result<Option<(Usage, Option<String>, i64)>> {
    let failure = spent.failure;
    let status = spent.is_answered.then_some(200_i32);
    let received = i64::try_from(spent.received).unwrap_or(i64::MAX);
    let seconds = spent.heard.and_then(|heard| heard.seconds);
    let usage = used(provider, spent).await?;
    let number = |count: Option<u64>| count.map(|count| i64::try_from(count).unwrap_or(i64::MAX));
    let statement = client.prepare_cached(END).await?;
    let row = client
        .query_opt(
            &statement,
            &[
                &id,
                &outcome,
                &failure,
                &status,
                &number(usage.input_tokens),
                &number(usage.output_tokens),
                &number(usage.cached_tokens),
                &number(usage.reasoning_tokens),
                &usage.estimated,
                &received,
                &seconds,
            ],
        )
        .await?;
    Ok(row.map(|row| {
        let duration_ms: Option<i64> = row.get(1);
        (usage, row.get(0), duration_ms.unwrap_or(0))
    }))
}

/// Whether a provider can have meant so many tokens: what it cannot have meant is counted here.
fn is_plausible(tokens: &u64) -> bool {
    *tokens <= TOKENS_MAX
}

/// What was used. Before its end, a provider's count of what it wrote is of the beginning alone.
async fn used(provider: ModelProvider, spent: Spent) -> Result<Usage> {
    let nothing = Usage {
        input_tokens: Some(0),
        output_tokens: Some(0),
        ..Usage::default()
    };
    if provider == ModelProvider::Local || !spent.is_answered || spent.is_put_off {
        return Ok(nothing);
    }
    if let Some(heard) = spent.heard {
        return Ok(Usage {
            input_tokens: heard.tokens.0.filter(is_plausible),
            output_tokens: heard.tokens.1.filter(is_plausible),
            estimated: heard.is_estimated,
            ..Usage::default()
        });
    }
    let told = Usage {
        input_tokens: spent.told.input_tokens.filter(is_plausible),
        output_tokens: spent.told.output_tokens.filter(is_plausible),
        cached_tokens: spent.told.cached_tokens.filter(is_plausible),
        reasoning_tokens: spent.told.reasoning_tokens.filter(is_plausible),
        ..spent.told
    };
    if spent.is_whole && told.input_tokens.is_some() && told.output_tokens.is_some() {
        return Ok(told);
    }
    // Counting takes milliseconds, and hundreds of them the first time.
    let counted =
        tokio::task::spawn_blocking(move || {
            let input = told.input_tokens;
            let output = told.output_tokens.filter(|_| spent.is_whole);
            Usage {
                input_tokens: Some(input.unwrap_or_else(|| count_request_tokens(&spent.request))),
                output_tokens: Some(output.unwrap_or_else(|| {
                    count_tokens(&spent.text).max(told.output_tokens.unwrap_or(0))
                })),
                estimated: true,
                ..told
            }
        });
    counted.await.map_err(Error::internal)
}

/// Says again and again that the call goes on, and how much was produced.
async fn give_signs(db: Db, id: Uuid, produced: Arc<AtomicU64>) {
    loop {
        tokio::time::sleep(SIGN_EVERY).await;
        let tokens = produced.load(Ordering::Relaxed).div_ceil(BYTES_PER_TOKEN);
        let tokens = i64::try_from(tokens).unwrap_or(i64::MAX);
        if let Err(error) = sign(&db, id, tokens).await {
            tracing::debug!(%error, call = %id, "a call of a model gives no sign");
        }
    }
}

async fn sign(db: &Db, id: Uuid, tokens: i64) -> Result<()> {
    let client = db.system().await?;
    let statement = client.prepare_cached(SIGN).await?;
    client.execute(&statement, &[&id, &tokens]).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_no_model_can_have_used_is_counted_here() {
        let spent = Spent {
            is_answered: true,
            is_whole: true,
            text: "two words".to_owned(),
            told: Usage {
                input_tokens: Some(u64::MAX),
                output_tokens: Some(u64::MAX),
                ..Usage::default()
            },
            ..Spent::default()
        };
        let used = used(ModelProvider::OpenAi, spent).await.unwrap();
        assert!(used.estimated);
        assert_eq!(used.output_tokens, Some(2));
        assert!(used.input_tokens < Some(100), "{:?}", used.input_tokens);
    }
}
