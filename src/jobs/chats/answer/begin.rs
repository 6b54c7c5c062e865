//! Takes an answer over, and reads what it is to be written from.

use std::sync::Arc;

use serde_json::Value;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{Payload, Request};
use crate::{
    answers::{self, Choice},
    auth::Caller,
    chats::{agents::Agent, attachments, context, repositories::Repositories},
    error::Error,
    jobs::{JobContext, JobError, JobTransaction},
    models::chat::ChatMessage,
    role::Role,
    streams::{Chunk, Writer},
};

const CLAIM: &str =
    "select c.chat_id, c.message_id, c.parts, c.next_offset from private.claim_stream($1) c";
const PARTS: &str = "select $2::jsonb || private.stream_parts($1)";
const BASE: &str = "select m.parts from public.messages m where m.id = $1";

/// An answer that is being written.
pub(super) struct Answering<'a> {
    pub context: &'a JobContext,
    pub stream: Uuid,
    pub chat: Uuid,
    pub message: Uuid,
    pub user: Uuid,
    /// Whom tools are run as.
    pub caller: Arc<Caller>,
    pub request: Request,
    /// Who answers, as it was set up when the answer began.
    pub agent: Agent,
    pub writer: Writer,
    /// The tools of the person's repositories, once they are open.
    pub repositories: Option<Repositories>,
    /// What was said before.
    pub history: Vec<ChatMessage>,
    /// The transaction that took the stream over, until something else than the first call of the model comes: that one
    /// begins in it, so that one commit is waited for.
    pub begun: Option<JobTransaction>,
    /// Which model the first call asks.
    pub choice: Option<Choice>,
    /// The message's parts that streams of before wrote.
    base: Value,
    /// The message's parts.
    parts: Vec<Value>,
}

impl<'a> Answering<'a> {
    /// Takes the stream over. Nothing where it has ended, or is gone.
    pub async fn begin(
        context: &'a JobContext,
        payload: Payload,
    ) -> Result<Option<Self>, JobError> {
        let Payload {
            stream,
            request,
            claims,
        } = payload;
        let caller = Arc::new(Caller::from_claims(Role::Authenticated, claims));
        let (Some(user), app) = (context.owner(), context.app()) else {
            return Ok(None);
        };
        let begun = context.transaction().await?;
        let (provider, model) = (request.provider.as_deref(), request.model.as_deref());
        // What stands together goes out together, over the one connection.
        let (claimed, choice) = tokio::join!(
            claim(&begun, stream),
            answers::choose_over(app, &begun, user, provider, model)
        );
        // Where there is no model, asking says why.
        let (row, choice) = (claimed?, choice.ok());
        let chosen = choice
            .as_ref()
            .map(|choice| (choice.provider.as_str(), choice.model.as_str()));
        let (Some(chat), Some(message)) =
            (row.get::<_, Option<Uuid>>(0), row.get::<_, Option<Uuid>>(1))
        else {
            begun.commit().await?;
            return Ok(None);
        };
        let (parts, next): (Value, i32) = (row.get(2), row.get(3));
        let (base, history, agent) = tokio::join!(
            base(&begun, message),
            context::history(&begun, chat, message),
            Agent::of_chat(&begun, request.agent.as_deref(), chosen)
        );
        let (base, history, agent) = (base?, history?, agent?);
        let mut begun = Some(begun);
        if !history.files.is_empty() {
            commit(&mut begun).await?;
        }
        let history = attachments::read(app, &caller, &agent, chosen, history).await?;
        Ok(Some(Answering {
            context,
            stream,
            chat,
            message,
            user,
            caller,
            request,
            agent,
            writer: app.streams.write(stream, next),
            repositories: None,
            history,
            begun,
            choice,
            base,
            parts: as_list(parts),
        }))
    }

    /// Has the stream's taking over committed, before anything that may take a while or needs a transaction of its own.
    pub async fn claimed(&mut self) -> Result<(), JobError> {
        commit(&mut self.begun).await
    }

    /// The message's parts, as of the last whole step.
    pub fn parts(&self) -> &[Value] {
        &self.parts
    }

    /// Reads the message's parts anew, once all events are stored.
    pub async fn read_parts(&mut self) -> Result<(), JobError> {
        let client = self.context.app().db.system().await?;
        let statement = client.prepare_cached(PARTS).await?;
        let row = client
            .query_one(&statement, &[&self.stream, &self.base])
            .await?;
        self.parts = as_list(row.get(0));
        Ok(())
    }

    /// Stores events in a transaction, which only the stream's writer can; gives them to be handed on once it is
    /// committed.
    pub async fn store(
        &mut self,
        step: &JobTransaction,
        events: Vec<Value>,
    ) -> Result<Chunk, JobError> {
        const STORE: &str = "
            with stored as (
              insert into mindloom.stream_chunks (stream_id, first_offset, last_offset, events) values ($1, $2, $3, $4)
              on conflict do nothing returning 1
            )
            select pg_notify('mindloom_streams', $5) from stored";
        let chunk = Chunk {
            stream: self.stream,
            first: self.writer.next_offset(),
            events: events.into_iter().map(Arc::new).collect(),
        };
        let json = Value::Array(
            chunk
                .events
                .iter()
                .map(|event| Value::clone(event))
                .collect(),
        );
        let statement = step.prepare_cached(STORE).await?;
        let process = self.context.app().streams.process().to_string();
        let stored = step
            .query(
                &statement,
                &[&self.stream, &chunk.first, &chunk.last(), &json, &process],
            )
            .await?;
        if stored.is_empty() {
            let said = "Another worker wrote this answer at the same time";
            return Err(JobError::Retry(Error::new(
                crate::error::Code::Conflict,
                said,
            )));
        }
        Ok(chunk)
    }
}

async fn claim(begun: &JobTransaction, stream: Uuid) -> Result<Row, JobError> {
    let statement = begun.prepare_cached(CLAIM).await?;
    Ok(begun.query_one(&statement, &[&stream]).await?)
}

async fn base(begun: &JobTransaction, message: Uuid) -> Result<Value, JobError> {
    let statement = begun.prepare_cached(BASE).await?;
    Ok(begun.query_one(&statement, &[&message]).await?.get(0))
}

async fn commit(begun: &mut Option<JobTransaction>) -> Result<(), JobError> {
    match begun.take() {
        Some(begun) => begun.commit().await,
        None => Ok(()),
    }
}

fn as_list(parts: Value) -> Vec<Value> {
    match parts {
        Value::Array(parts) => parts,
        _ => Vec::new(),
    }
}
