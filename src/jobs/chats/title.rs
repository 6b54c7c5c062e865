//! `chats.title`: names a chat after what was said first, better than its first words do.

use serde::Deserialize;
use uuid::Uuid;

use crate::{
    answers::{self, AnswerError, Outcome as CallOutcome, Purpose, Question},
    chats::titles,
    jobs::{JobContext, JobError, Outcome},
    models::chat::ChatEvent,
};

/// Which chat, and the model that answered in it.
#[derive(Deserialize)]
pub struct Payload {
    chat: Uuid,
    provider: Option<String>,
    model: Option<String>,
}

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
/// When the database does not answer.
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
    let mut answer = match answers::ask(app, question).await {
        Ok(answer) => answer,
        // It is not worth waiting for.
        Err(AnswerError::Wait { .. } | AnswerError::NoKey(_) | AnswerError::Public(_)) => {
            return Ok(Outcome::nothing());
        }
    };
    let (mut text, mut is_whole) = (String::new(), true);
    while let Some(event) = answer.next().await {
        context.sign();
        match event {
            Ok(ChatEvent::Text(more)) => text.push_str(&more),
            Ok(_) => {}
            Err(_) => is_whole = false,
        }
    }
    let outcome = match is_whole {
        true => CallOutcome::Completed,
        false => CallOutcome::Failed,
    };
    let end = context.transaction().await?;
    let recorded = answer.finish(&end, outcome).await;
    recorded.map_err(crate::error::Error::from)?;
    if let (true, Some(title)) = (is_whole, titles::of_answer(&text)) {
        end.execute(NAME, &[&payload.chat, &title, &present])
            .await?;
    }
    end.complete(serde_json::Value::Null).await
}
