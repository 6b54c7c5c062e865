//! A recording that a model writes down on somebody's behalf.

use std::{fmt, sync::Arc};

use deadpool_postgres::ClientWrapper;
use serde_json::Value;
use uuid::Uuid;

use super::{
    AnswerError, Finished, Outcome, Purpose, Question,
    answer::open_key,
    asked::Asked,
    call::{Call, Heard},
    choice::no_address,
    limits, transcriber,
};
use crate::{
    app_state::AppState,
    config::ModelProvider,
    error::Error,
    models::chat::{ChatRequest, Endpoint, Sound},
};

const DAY_S: f64 = 86_400.0;
/// As large as OpenAI takes a file.
const OPENAI_MAX_BYTES: usize = 25_000_000;
/// Formats that OpenAI documents, as the bucket of recordings names them.
const OPENAI_TYPES: [&str; 5] = [
    "audio/mp4",
    "audio/mpeg",
    "audio/ogg",
    "audio/wav",
    "audio/webm",
];

/// A recording, and for whom it is written down.
#[derive(Clone, Debug)]
pub struct Recording {
    /// For whom: whose key, limits and budget.
    pub user: Uuid,
    /// The provider: `openai` or `compatible`. None: that of the model, or of the settings.
    pub provider: Option<String>,
    /// The model. None: that of the settings.
    pub model: Option<String>,
    /// What is heard.
    pub sound: Sound,
    /// How long it is, as far as its file says it.
    pub seconds: Option<f64>,
}

/// What was said in a recording. The call has not ended yet.
pub struct Transcript {
    /// What was said.
    pub text: String,
    /// The language, where the provider tells its code.
    pub language: Option<String>,
    call: Call,
}

impl fmt::Debug for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Transcript").field(&self.call.id()).finish()
    }
}

impl Transcript {
    /// Ends the call in a transaction: its record, and every total that it is part of.
    ///
    /// # Errors
    /// When the database refuses or does not answer; then nothing is written, and the call counts as interrupted.
    pub async fn finish(mut self, step: &ClientWrapper) -> Result<Finished, AnswerError> {
        let record = self.call.end(step, Outcome::Completed).await?;
        Ok(Finished::new(record, self.call))
    }
}

/// Has a recording written down.
pub(super) async fn transcribe(
    app: &AppState,
    recording: Recording,
) -> Result<Transcript, AnswerError> {
    let Recording {
        user,
        provider,
        model,
        sound,
        seconds,
    } = recording;
    let (provider, model) = (provider.as_deref(), model.as_deref());
    let choice = transcriber::choose(app, user, provider, model).await?;
    check(choice.provider, &sound)?;
    let question = Question {
        user,
        provider: None,
        model: None,
        agent: None,
        is_step: false,
        purpose: Purpose::Transcript,
        chat: None,
        message: None,
        request: ChatRequest::default(),
    };
    let Some((base, reach)) = choice.place.clone() else {
        return Err(no_address(choice.provider).into());
    };
    let (key, allowed) = {
        let client = app.db.system().await?;
        let key = open_key(app, &client, &question, &choice).await?;
        let allowed = limits::begin(app, &client, &question, &choice, Value::Null, None).await?;
        (key, allowed)
    };
    let request = Arc::new(question.request);
    let mut call = Call::new(&app.db, allowed.id, choice.provider, &choice.model, request);
    let endpoint = Endpoint {
        provider: choice.provider,
        base,
        key,
        reach,
    };
    let asked = Asked::new(user, &choice);
    call.hears(seconds);
    let heard = app.chat_models.transcribe(&endpoint, &choice.model, &sound);
    let told = match heard.await {
        Ok(told) => told,
        Err(error) => {
            call.unheard();
            return Err(asked.refused(app, &mut call, &error).await?);
        }
    };
    // A provider may round what it charges for, and no more.
    let most = seconds.map_or(DAY_S, |seconds| 2.0 * seconds + 60.0);
    let charged = told.seconds.filter(|seconds| *seconds <= most);
    let heard = Heard {
        seconds: charged.or(seconds),
        tokens: (told.input_tokens, told.output_tokens),
        is_estimated: charged.is_none() && seconds.is_some(),
    };
    call.heard(heard, told.received);
    Ok(Transcript {
        text: told.text,
        language: told.language,
        call,
    })
}

/// Refuses what the provider would.
fn check(provider: ModelProvider, sound: &Sound) -> Result<(), Error> {
    if provider != ModelProvider::OpenAi {
        return Ok(());
    }
    let size = sound.bytes.len();
    if size > OPENAI_MAX_BYTES {
        let said = format!(
            "OpenAI takes recordings of {OPENAI_MAX_BYTES} bytes at most, and this one has {size}: record it with a lower \
             rate or in parts, or have it written down by a compatible server"
        );
        return Err(Error::limit_exceeded(
            "recordingBytes",
            OPENAI_MAX_BYTES,
            said,
        ));
    }
    if !OPENAI_TYPES.contains(&sound.media_type.as_str()) {
        let said = format!(
            "OpenAI takes no recordings of the type {}: MP3, MP4, OGG, WAV and WebM are taken",
            sound.media_type
        );
        return Err(Error::bad_input(said));
    }
    Ok(())
}
