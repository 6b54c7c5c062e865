//! `chats.title`: names a chat after what was said first, better than its first words do.

use serde::Deserialize;
use uuid::Uuid;

use crate::{
    answers::{self, AnswerError, Outcome as CallOutcome, Purpose, Question},
    chats::titles,
    error::{Code, Error},
    jobs::{
        JobContext, JobError, Outcome,
        reading::{Reader, Step},
    },
};

/// Which chat, and the model that answered in it.
#[derive(Deserialize)]
pub struct Payload {
    chat: Uuid,
    provider: Option<String>,
    model: Option<String>,
}

/// Far more than a title has: a model that goes on and on is left there.
const TEXT_MAX_BYTES: usize = 10_000;
/// The chat's title, and what was said first.
const READ: &str = "
    select c.title, array(
      select m.role::text || ': ' || left(private.text_of_parts(m.parts), 2000) from public.messages m
      where m.chat_id = c.id and m.is_current and m.role in ('user', 'assistant')
      order by m.created_at, m.id limit 2)
    from public.chats c where c.id = $1";
/// Unless its owner named it meanwhile.
const NAME: &str = "update public.chats set title = $2 where id = $1 and title = $3";

/// Asks the model for a few words. Where it has none to give, the chat keeps the title that it has.
///
/// # Errors
/// When the provider or the database does not answer, or refuses.
pub async fn run(context: &JobContext, payload: Payload) -> Result<Outcome, JobError> {
    let (app, Some(user)) = (context.app(), context.owner()) else {
        return Ok(Outcome::nothing());
    };
    let client = app.db.system().await?;
    let Some(row) = client.query_opt(READ, &[&payload.chat]).await? else {
        return Ok(Outcome::nothing());
    };
    drop(client);
    let (present, said): (String, Vec<String>) = (row.get(0), row.get(1));
    let question = Question {
        user,
        provider: payload.provider,
        model: payload.model,
        agent: None,
        is_step: false,
        purpose: Purpose::Title,
        chat: Some(payload.chat),
        message: None,
        request: titles::request(&said),
    };
    let mut answer = match context.signing(answers::ask(app, question)).await {
        Ok(answer) => answer,
        // A title is not worth waiting for, nor a key.
        Err(AnswerError::Wait { .. } | AnswerError::NoKey(_)) => return Ok(Outcome::nothing()),
        Err(AnswerError::Public(error)) if is_of_limits(&error) => return Ok(Outcome::nothing()),
        Err(error) => return Err(error.into()),
    };
    let mut reader = Reader::new(TEXT_MAX_BYTES);
    let (outcome, failed) = loop {
        match reader.step(context, &mut answer).await {
            Ok(Step::Keep) => {}
            Ok(Step::Whole(_)) => break (CallOutcome::Completed, None),
            Ok(Step::Cancelled) => {
                let said = "It was stopped before there was a title";
                let stopped = Error::new(Code::Unavailable, said);
                break (CallOutcome::Stopped, Some(JobError::Retry(stopped)));
            }
            Err(error) => break (CallOutcome::Failed, Some(error.into())),
        }
    };
    let end = context.transaction().await?;
    let record = answer.finish(&end, outcome).await.map_err(Error::from)?;
    if let Some(error) = failed {
        end.commit().await?;
        record.kept();
        return Err(error);
    }
    if let Some(title) = titles::of_answer(&reader.text) {
        end.execute(NAME, &[&payload.chat, &title, &present])
            .await?;
    }
    let outcome = end.complete(serde_json::Value::Null).await?;
    record.kept();
    Ok(outcome)
}

/// Whether a limit of the person's, or their budget, refused it: what is left is for answers.
fn is_of_limits(error: &Error) -> bool {
    matches!(error.code(), Code::RateLimited | Code::LimitExceeded)
}
