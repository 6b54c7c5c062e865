//! How an answer ends: its last event, its message, and its job, in one transaction.

use std::sync::Arc;

use serde_json::{Value, json};

use super::begin::Answering;
use crate::{
    answers::Finished,
    error::{Code, Error},
    jobs::{JobContext, JobError, JobTransaction, Outcome},
    streams::{Chunk, Refused},
};

const END: &str = "select private.end_stream($1, $2::text::public.stream_status, $3)";
const NAME_CHAT: &str = "
    select private.enqueue_job('chats.title', jsonb_build_object('chat', $1::uuid, 'provider', $2::text, 'model', $3::text),
      $4::uuid, 'chats.title:' || $1::uuid)";
const HOLD: &str = "select private.hold_stream($1)";
const STATE: &str = "
    select s.stop_requested_at is not null or coalesce(j.cancel_requested_at is not null, false)
    from public.streams s left join public.job_queue j on j.id = s.job_id where s.id = $1";

/// See the module.
pub(super) struct End {
    status: &'static str,
    event: Value,
    /// A transaction that has begun, what it stored, and the call that it ended.
    begun: Option<(JobTransaction, Chunk, Finished)>,
}

impl End {
    fn new(status: &'static str, reason: &str) -> Self {
        End {
            status,
            event: json!({ "reason": reason }),
            begun: None,
        }
    }

    pub fn completed() -> Self {
        Self::new("completed", "COMPLETED")
    }

    pub fn too_long() -> Self {
        Self::new("completed", "LENGTH")
    }

    pub fn refused() -> Self {
        Self::new("completed", "REFUSED")
    }

    pub fn asking() -> Self {
        Self::new("asking", "ASKING")
    }

    fn stopped() -> Self {
        Self::new("stopped", "STOPPED")
    }

    pub fn failed(error: &Error) -> Self {
        let mut end = Self::new("failed", "FAILED");
        end.event["error"] = json!({
            "code": error.code().as_str(),
            "message": error.message(),
            "retryAfterMs": error.details().get("retryAfterMs"),
        });
        end
    }

    /// Ends in a transaction that has stored something.
    pub fn with(self, step: JobTransaction, chunk: Chunk, call: Finished) -> Self {
        End {
            begun: Some((step, chunk, call)),
            ..self
        }
    }
}

impl Answering<'_> {
    /// Ends the answer, and the job with it.
    pub async fn end(mut self, end: End) -> Result<Outcome, JobError> {
        self.claimed().await?;
        self.writer.flush().await.map_err(lost)?;
        let (step, stored) = match end.begun {
            Some((step, stored, call)) => (step, Some((stored, call))),
            None => (self.context.transaction().await?, None),
        };
        let statement = step.prepare_cached(END).await?;
        let row = step
            .query_one(&statement, &[&self.stream, &end.status, &end.event])
            .await?;
        let offset: Option<i32> = row.get(0);
        let (provider, model) = self.agent.answered_by();
        // What quotes notes has no title to give.
        if self.request.title && end.status == "completed" && provider != Some("local") {
            step.execute(NAME_CHAT, &[&self.chat, &provider, &model, &self.user])
                .await?;
        }
        let outcome = step
            .complete(json!({"reason": end.event["reason"]}))
            .await?;
        if let Some((stored, call)) = stored {
            call.kept();
            self.context.app().streams.stored(stored);
        }
        if let Some(offset) = offset {
            let mut event = end.event;
            event["kind"] = "END".into();
            self.context.app().streams.stored(Chunk {
                stream: self.stream,
                first: offset,
                events: vec![Arc::new(event)],
            });
        }
        Ok(outcome)
    }

    /// Ends what somebody stopped. What was interrupted for another reason is left to the next attempt.
    pub async fn interrupted(mut self) -> Result<Outcome, JobError> {
        self.claimed().await?;
        match state(self.context, self.stream).await? {
            State::Stopped => self.end(End::stopped()).await,
            State::Gone => Ok(Outcome::nothing()),
            State::Open => {
                let said = "The server that wrote this answer stopped";
                Err(JobError::Retry(Error::new(Code::Unavailable, said)))
            }
        }
    }

    /// Whether it is still to be written.
    pub async fn state(&self) -> Result<State, JobError> {
        state(self.context, self.stream).await
    }

    /// Begins a transaction that holds the chat and the stream, in the order in which a chat is deleted.
    pub async fn hold(&self) -> Result<JobTransaction, JobError> {
        let step = self.context.transaction().await?;
        let statement = step.prepare_cached(HOLD).await?;
        step.execute(&statement, &[&self.stream]).await?;
        Ok(step)
    }

    /// Hands on what a transaction stored and committed.
    pub fn hand_on(&mut self, chunk: Chunk) {
        let count = i32::try_from(chunk.events.len()).unwrap_or(i32::MAX);
        self.writer.skip(count);
        self.context.app().streams.stored(chunk);
    }
}

/// What has become of a stream meanwhile.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Nothing.
    Open,
    /// Somebody stopped it.
    Stopped,
    /// Its chat was deleted.
    Gone,
}

async fn state(context: &JobContext, stream: uuid::Uuid) -> Result<State, JobError> {
    let client = context.app().db.system().await?;
    let statement = client.prepare_cached(STATE).await?;
    let row = client.query_opt(&statement, &[&stream]).await?;
    Ok(match row.map(|row| row.get(0)) {
        None => State::Gone,
        Some(true) => State::Stopped,
        Some(false) => State::Open,
    })
}

fn lost(refused: Refused) -> JobError {
    match super::Halt::from(refused) {
        super::Halt::Job(error) => error,
        super::Halt::Failed(error) => JobError::Retry(error),
        super::Halt::Interrupted => JobError::Lost,
    }
}
