//! An answer while it comes, and its end.

use std::{collections::VecDeque, fmt, ops::Deref, sync::Arc};

use deadpool_postgres::ClientWrapper;
use uuid::Uuid;

use super::{
    AnswerError, Purpose, Question,
    asked::Asked,
    call::Call,
    choice::{Choice, Payer, choose, no_key, no_key_at_all},
    limits::{self, Allowed},
    local,
    storable::storable,
};
use crate::{
    app_state::AppState,
    config::{ModelProvider, SecretText},
    error::Error,
    models::chat::{
        ChatError, ChatEvent, ChatRequest, ChatStream, Endpoint, ProviderTool, Usage,
        guess_request_tokens,
    },
};

/// How a call ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// The answer is whole.
    Completed,
    /// Somebody wished so.
    Stopped,
    /// It failed: of itself, or because of what it answered.
    Failed,
}

/// What a call used and cost.
#[derive(Clone, Debug, PartialEq)]
pub struct CallRecord {
    /// The key of its row in `model_calls`.
    pub id: Uuid,
    /// The provider.
    pub provider: String,
    /// The model.
    pub model: String,
    /// Tokens.
    pub usage: Usage,
    /// In US dollars, as PostgreSQL's `numeric` writes it; none where the price is unknown.
    pub cost: Option<String>,
    /// How long it took.
    pub duration_ms: i64,
}

/// A call that was ended in a transaction. Until that is committed nobody knows whether it is: dropped before
/// [`Finished::kept`], the call is looked at, and ends as interrupted where it has not ended.
pub struct Finished {
    record: CallRecord,
    call: Call,
}

impl Finished {
    pub(super) fn new(record: CallRecord, call: Call) -> Self {
        Finished { record, call }
    }

    /// The transaction is committed; gives the record.
    pub fn kept(mut self) -> CallRecord {
        self.call.kept();
        self.record
    }
}

impl Deref for Finished {
    type Target = CallRecord;

    fn deref(&self) -> &CallRecord {
        &self.record
    }
}

impl fmt::Debug for Finished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.record.fmt(f)
    }
}

/// An answer while it comes.
pub struct Answer {
    call: Call,
    source: Source,
    asked: Asked,
}

enum Source {
    Model(Box<ChatStream>),
    Local(VecDeque<ChatEvent>),
}

/// Begins a call, and asks.
pub(super) async fn begin(app: &AppState, question: Question) -> Result<Answer, AnswerError> {
    approve_alone(app, question).await?.ask(app).await
}

/// Begins a call by itself.
pub(super) async fn approve_alone(
    app: &AppState,
    question: Question,
) -> Result<Approved, AnswerError> {
    let (provider, model) = (question.provider.as_deref(), question.model.as_deref());
    let choice = choose(app, question.user, provider, model).await?;
    let client = app.db.system().await?;
    approve(app, &client, question, choice).await
}

/// A call that the limits allow, and that is on record as running. Dropped, it ends there as one that used nothing, unless
/// its begin is rolled back.
pub struct Approved {
    user: Uuid,
    choice: Choice,
    key: Option<SecretText>,
    request: Arc<ChatRequest>,
    call: Call,
    is_counted_for_agent: bool,
}

impl fmt::Debug for Approved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Approved").field(&self.call.id()).finish()
    }
}

/// Begins a call.
pub(super) async fn approve(
    app: &AppState,
    client: &ClientWrapper,
    question: Question,
    choice: Choice,
) -> Result<Approved, AnswerError> {
    if choice.provider == ModelProvider::Local && question.purpose != Purpose::Chat {
        return Err(no_key_at_all());
    }
    let request = Arc::new(fitted(question.request.clone(), &choice)?);
    let guess = guess_request_tokens(&request);
    let (key, agent_limits) = tokio::join!(
        open_key(app, client, &question, &choice),
        limits::of_agent(client, &question, choice.provider)
    );
    let (key, agent_limits) = (key?, agent_limits?);
    let allowed = limits::begin(app, client, &question, &choice, agent_limits, Some(guess)).await?;
    let Allowed {
        id,
        is_counted_for_agent,
    } = allowed;
    // From here on somebody ends it, also where the commit of its begin is not waited for.
    let (provider, model) = (choice.provider, &choice.model);
    let call = Call::new(&app.db, id, provider, model, Arc::clone(&request));
    Ok(Approved {
        user: question.user,
        choice,
        key,
        request,
        call,
        is_counted_for_agent,
    })
}

impl Approved {
    /// Makes the call, once its begin is committed.
    ///
    /// # Errors
    /// What the provider refuses, or that it does not answer; the call is on record as failed then.
    pub async fn ask(self, app: &AppState) -> Result<Answer, AnswerError> {
        let Approved {
            user,
            choice,
            key,
            request,
            call,
            is_counted_for_agent,
        } = self;
        let (provider, model) = (choice.provider, &choice.model);
        let mut answer = Answer {
            call,
            source: Source::Local(VecDeque::new()),
            asked: Asked::new(user, &choice),
        };
        let Some((base, reach)) = choice.place.clone() else {
            let events = local::answer(&app.db, user, &request, choice.is_last_resort).await?;
            answer.source = Source::Local(events);
            return Ok(answer);
        };
        let endpoint = Endpoint {
            provider,
            base,
            key,
            reach,
        };
        match app.chat_models.ask(&endpoint, model, &request).await {
            Ok(stream) => {
                answer.call.answered();
                answer.source = Source::Model(Box::new(stream));
                Ok(answer)
            }
            Err(error) => {
                let told = answer.asked.refused(app, &mut answer.call, &error).await?;
                if is_counted_for_agent {
                    limits::take_back(&app.db.system().await?, answer.call.id()).await?;
                }
                Err(told)
            }
        }
    }
}

/// The key is opened here and lives as long as the request that carries it.
pub(super) async fn open_key(
    app: &AppState,
    client: &ClientWrapper,
    question: &Question,
    choice: &Choice,
) -> Result<Option<SecretText>, AnswerError> {
    match choice.payer {
        Payer::Nobody => Ok(None),
        Payer::Server => Ok(app.settings.models.api_key(choice.provider).cloned()),
        Payer::Person(_) => {
            let name = choice.provider.as_str();
            let opened = app.accounts.open_api_key_over(client, question.user, name);
            let key = opened.await?;
            let key = key.ok_or_else(|| no_key(choice.provider))?;
            Ok(Some(SecretText::new(key.expose())))
        }
    }
}

/// The request, within what the provider and the model can do.
fn fitted(mut request: ChatRequest, choice: &Choice) -> Result<ChatRequest, Error> {
    let (wanted, provider) = (request.provider_tools.clone(), choice.provider);
    request.provider_tools.retain(|tool| tool.is_of(provider));
    // Without them a model would tell what it never looked up. What answers without a model says itself what it is.
    if request.provider_tools.is_empty() && !wanted.is_empty() && provider != ModelProvider::Local {
        return Err(no_such_tools(provider, &wanted));
    }
    if !choice.reasons {
        request.reasoning = None;
    }
    let most = choice.max_output_tokens;
    request.max_output_tokens = match (request.max_output_tokens, most) {
        (Some(asked), Some(most)) => Some(asked.min(most)),
        // Anthropic's protocol wants a number, and short answers are cut without one.
        (None, Some(most)) if choice.provider == ModelProvider::Anthropic => Some(most),
        (asked, _) => asked,
    };
    Ok(request)
}

fn no_such_tools(provider: ModelProvider, wanted: &[ProviderTool]) -> Error {
    let (label, named) = (provider.label(), wanted.iter().map(|tool| tool.label()));
    let wanted = named.collect::<Vec<_>>().join(", ");
    let said = format!(
        "{label} has no tools of its own for this ({wanted}): choose a model of a provider that has (openai searches and runs \
         code; anthropic and google read pages, too)"
    );
    Error::bad_input(said)
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Answer").field(&self.call.id()).finish()
    }
}

impl Answer {
    /// The key of the call's row in `model_calls`.
    #[must_use]
    pub fn call_id(&self) -> Uuid {
        self.call.id()
    }

    /// The model that answers, as `model_config` names it; `local` where it is none.
    #[must_use]
    pub fn model(&self) -> &str {
        self.call.model()
    }

    /// Whose model it is: `openai`, `anthropic`, `google`, `compatible` or `local`.
    #[must_use]
    pub fn provider(&self) -> &str {
        self.call.provider().as_str()
    }

    /// What comes next; none after [`ChatEvent::End`] or an error. Nothing is lost when this is dropped while it waits.
    pub async fn next(&mut self) -> Option<Result<ChatEvent, AnswerError>> {
        let (event, received) = match &mut self.source {
            Source::Local(events) => (events.pop_front().map(Ok), 0),
            Source::Model(stream) => (stream.next().await, stream.received()),
        };
        match event? {
            Ok(event) => {
                let event = storable(event);
                self.call.note(&event, received);
                Some(Ok(event))
            }
            Err(error) => {
                self.call.failed(error.kind());
                if matches!(error, ChatError::Wait { .. }) {
                    self.call.put_off();
                }
                Some(Err(self.asked.told(&error)))
            }
        }
    }

    /// Ends the call in a transaction: its record, and every total that it is part of. An answer that is not whole is
    /// broken off, and costs what was produced; one that failed is recorded so, whatever is said here.
    ///
    /// # Errors
    /// When the database refuses or does not answer; then nothing is written, and the call counts as interrupted.
    pub async fn finish(
        mut self,
        step: &ClientWrapper,
        outcome: Outcome,
    ) -> Result<Finished, AnswerError> {
        let record = self.call.end(step, outcome).await?;
        Ok(Finished::new(record, self.call))
    }
}
