//! Reading what a model answers, within a job.

use std::time::{Duration, Instant};

use uuid::Uuid;

use super::{JobContext, JobError};
use crate::{
    answers::{Answer, AnswerError},
    models::chat::{ChatEvent, EndReason},
};

/// How often a text that grows is to be kept.
const KEEP_EVERY: Duration = Duration::from_millis(400);
const WISHED: &str = "select cancel_requested_at is not null from public.job_queue where id = $1";

/// The text of an answer, as far as it has come.
pub(super) struct Reader {
    /// The text.
    pub text: String,
    most_bytes: usize,
    kept_bytes: usize,
    kept_at: Instant,
}

/// What there is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The text has grown since it was kept.
    Keep,
    /// The answer is whole.
    Whole(EndReason),
    /// The job is to end.
    Cancelled,
}

impl Reader {
    /// For a text of so many bytes at most: what goes beyond is as if the model had ended there.
    pub(super) fn new(most_bytes: usize) -> Self {
        Reader {
            text: String::new(),
            most_bytes,
            kept_bytes: 0,
            kept_at: Instant::now(),
        }
    }

    /// Reads on until there is something to do.
    ///
    /// # Errors
    /// What broke the answer off.
    pub(super) async fn step(
        &mut self,
        context: &JobContext,
        answer: &mut Answer,
    ) -> Result<Step, AnswerError> {
        // One timer each for all that comes until there is something to do: a token is not worth one.
        let pause = (self.kept_at + KEEP_EVERY).saturating_duration_since(Instant::now());
        let keep = tokio::time::sleep(pause);
        tokio::pin!(keep);
        let mut silence = context.signs();
        loop {
            let event = tokio::select! {
                biased;
                () = context.cancelled().cancelled() => return Ok(Step::Cancelled),
                () = &mut keep, if self.text.len() > self.kept_bytes => {
                    self.kept_bytes = self.text.len();
                    self.kept_at = Instant::now();
                    return Ok(Step::Keep);
                }
                event = answer.next() => event,
                _ = silence.tick() => {
                    context.sign();
                    continue;
                }
            };
            context.sign();
            match event.transpose()? {
                Some(ChatEvent::Text(more)) => {
                    if self.text.len() + more.len() > self.most_bytes {
                        return Ok(Step::Whole(EndReason::Length));
                    }
                    // PostgreSQL has no such character in a text.
                    self.text.extend(more.chars().filter(|c| *c != '\0'));
                }
                Some(ChatEvent::End(reason)) => return Ok(Step::Whole(reason)),
                Some(_) => {}
                None => return Ok(Step::Whole(EndReason::Stop)),
            }
        }
    }
}

/// Whether somebody wished that the job ends, rather than the server.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn is_wished(context: &JobContext) -> Result<bool, JobError> {
    let client = context.app().db.system().await?;
    let job: Uuid = context.id();
    let row = client.query_opt(WISHED, &[&job]).await?;
    Ok(row.is_some_and(|row| row.get(0)))
}
