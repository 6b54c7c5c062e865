//! `chats.answer`: an answer is written into its stream, step by step: a model writes, the tools that it calls are run,
//! and it goes on with what came of them.
//!
//! A step is whole when its call of the model is on record. An attempt that takes over goes on after the last whole step:
//! what was written of the next one is taken back by a RESTART event. Tools that were run are known by their results, and
//! those that change something make sure themselves that they do it once.

mod begin;
mod end;
mod halt;
mod repositories;
mod step;
mod tools;

use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use self::{begin::Answering, end::End};
use crate::{
    answers::AnswerError,
    chats::parts,
    error::Error,
    jobs::{JobContext, JobError, Outcome},
};
use halt::Halt;

/// Calls of a model that one answer may take: whoever calls tools without end is ended.
const STEPS_MAX: usize = 16;

/// Which stream is written, how, and as whom tools are run.
#[derive(Deserialize)]
pub struct Payload {
    stream: Uuid,
    #[serde(default)]
    request: Request,
    claims: Map<String, Value>,
}

/// How it is to be answered.
#[derive(Deserialize, Default, Clone)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Request {
    model: Option<String>,
    provider: Option<String>,
    agent: Option<String>,
    temperature: Option<f64>,
    max_output_tokens: Option<u32>,
    reasoning: Option<String>,
    /// Whether the chat is to be named.
    title: bool,
}

/// Writes the answer to its end, whatever that is. A stream that has ended, or whose chat is gone, is left.
///
/// # Errors
/// When the provider asks to wait for a moment, another writes the stream by now, or the database does not answer.
pub async fn run(context: &JobContext, payload: Payload) -> Result<Outcome, JobError> {
    let Some(mut answering) = Answering::begin(context, payload).await? else {
        return Ok(Outcome::nothing());
    };
    match answering.write().await {
        Ok(end) => answering.end(end).await,
        Err(Halt::Failed(error)) => answering.end(End::failed(&error)).await,
        Err(Halt::Interrupted) => answering.interrupted().await,
        Err(Halt::Job(JobError::Wait { until, provider })) if !is_new(context).await? => {
            let refused = AnswerError::Wait { until, provider };
            answering.end(End::failed(&refused.into())).await
        }
        Err(Halt::Job(error)) => Err(error),
    }
}

/// Whether the answer was asked for lately: a provider may ask to wait again and again, and somebody watches.
async fn is_new(context: &JobContext) -> Result<bool, JobError> {
    const IS_NEW: &str =
        "select created_at > now() - interval '1 minute' from public.job_queue where id = $1";
    let client = context.app().db.system().await?;
    let row = client.query_opt(IS_NEW, &[&context.id()]).await?;
    Ok(row.is_some_and(|row| row.get(0)))
}

impl Answering<'_> {
    /// Runs what was called, then has the model go on, until there is nothing to go on with.
    async fn write(&mut self) -> Result<End, Halt> {
        if !self.agent.is_enabled() {
            let said = "The administrators switched this agent off for its provider: choose another model or agent";
            return Err(Halt::Failed(Error::forbidden(said)));
        }
        self.open_repositories().await?;
        for _ in 0..STEPS_MAX {
            if let Some(asking) = self.run_tools().await? {
                return Ok(asking);
            }
            if !parts::goes_on(self.parts()) {
                return Ok(End::completed());
            }
            if let Some(end) = self.step().await? {
                return Ok(end);
            }
        }
        let said = format!(
            "The answer called tools {STEPS_MAX} times without coming to an end: ask for less at once"
        );
        Err(Halt::Failed(Error::limit_exceeded(
            "answerSteps",
            STEPS_MAX,
            said,
        )))
    }
}
