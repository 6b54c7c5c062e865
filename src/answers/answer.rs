//! An answer while it comes, and its end.

use std::{collections::VecDeque, fmt, sync::Arc};

use deadpool_postgres::ClientWrapper;
use uuid::Uuid;

use super::{
    AnswerError, Purpose, Question,
    asked::Asked,
    call::Call,
    choice::{Choice, Payer, choose, no_key, no_key_at_all},
    limits, local,
};
use crate::{
    app_state::AppState,
    config::{ModelProvider, SecretText},
    models::chat::{ChatEvent, ChatRequest, ChatStream, Endpoint, Usage, guess_request_tokens},
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
    let (provider, model) = (question.provider.as_deref(), question.model.as_deref());
    let choice = choose(app, question.user, provider, model).await?;
    if choice.provider == ModelProvider::Local && question.purpose != Purpose::Chat {
        return Err(no_key_at_all());
    }
    let key = open_key(app, &question, &choice).await?;
    let request = Arc::new(fitted(question.request.clone(), &choice));
    let allowed = {
        let client = app.db.system().await?;
        let guess = guess_request_tokens(&request);
        limits::begin(app, &client, &question, &choice, Some(guess)).await?
    };
    let call = Call::new(
        &app.db,
        allowed.id,
        choice.provider,
        &choice.model,
        Arc::clone(&request),
    );
    let mut answer = Answer {
        call,
        source: Source::Local(VecDeque::new()),
        asked: Asked::new(question.user, &choice),
    };
    let Some((base, reach)) = choice.place.clone() else {
        let events = local::answer(&app.db, question.user, &request, choice.is_last_resort).await?;
        answer.source = Source::Local(events);
        return Ok(answer);
    };
    let endpoint = Endpoint {
        provider: choice.provider,
        base,
        key,
        reach,
    };
    match app
        .chat_models
        .ask(&endpoint, &choice.model, &request)
        .await
    {
        Ok(stream) => {
            answer.call.answered();
            answer.source = Source::Model(Box::new(stream));
            Ok(answer)
        }
        Err(error) => {
            let told = answer.asked.refused(app, &mut answer.call, &error).await?;
            if allowed.is_counted_for_agent {
                limits::take_back(&app.db.system().await?, allowed.id).await?;
            }
            Err(told)
        }
    }
}

/// The key is opened here and lives as long as the request that carries it.
pub(super) async fn open_key(
    app: &AppState,
    question: &Question,
    choice: &Choice,
) -> Result<Option<SecretText>, AnswerError> {
    match choice.payer {
        Payer::Nobody => Ok(None),
        Payer::Server => Ok(app.settings.models.api_key(choice.provider).cloned()),
        Payer::Person(_) => {
            let name = choice.provider.as_str();
            let key = app.accounts.open_api_key(question.user, name).await?;
            let key = key.ok_or_else(|| no_key(choice.provider))?;
            Ok(Some(SecretText::new(key.expose())))
        }
    }
}

/// The request, within what the model can do.
fn fitted(mut request: ChatRequest, choice: &Choice) -> ChatRequest {
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
    request
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
                self.call.note(&event, received);
                Some(Ok(event))
            }
            Err(error) => {
                self.call.failed(error.kind());
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
    ) -> Result<CallRecord, AnswerError> {
        self.call.end(step, outcome).await
    }
}
