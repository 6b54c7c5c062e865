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
        Err(Halt::Job(JobError::Wait { until, provider })) => {
            if answering.may_wait().await? {
                return Err(JobError::Wait { until, provider });
            }
            let refused = AnswerError::Wait { until, provider };
            answering.end(End::failed(&refused.into())).await
        }
        Err(Halt::Job(error)) => Err(error),
    }
}

/// How many parts there were when the answer began to wait, and since when: with more of them, it waits anew.
const WAIT: &str = "
    update public.job_queue j
    set payload = case when j.payload #> '{waiting,parts}' = to_jsonb($2::integer) then j.payload
      else j.payload || jsonb_build_object('waiting', jsonb_build_object('since', now(), 'parts', $2::integer)) end
    where j.id = $1
    returning (j.payload #>> '{waiting,since}')::timestamptz > now() - interval '1 minute'";

impl Answering<'_> {
    /// Whether the answer may wait for a provider that asks for it: it may do so again and again, and somebody watches. A
    /// minute counts, from when it first had to after the last whole step.
    async fn may_wait(&mut self) -> Result<bool, JobError> {
        self.claimed().await?;
        let parts = i32::try_from(self.parts().len()).unwrap_or(i32::MAX);
        let step = self.context.transaction().await?;
        let row = step.query_one(WAIT, &[&self.context.id(), &parts]).await?;
        step.commit().await?;
        Ok(row.get(0))
    }

    /// Runs what was called, then has the model go on, until there is nothing to go on with.
    async fn write(&mut self) -> Result<End, Halt> {
        if !self.agent.is_enabled() {
            let said = "The administrators switched this agent off for its provider: choose another model or agent";
            return Err(Halt::Failed(Error::forbidden(said)));
        }
        for _ in 0..STEPS_MAX {
            if self.calls_repositories() {
                self.open_repositories().await?;
            }
            if let Some(asking) = self.run_tools().await? {
                return Ok(asking);
            }
            if !parts::goes_on(self.parts()) {
                return Ok(End::completed());
            }
            self.open_repositories().await?;
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
