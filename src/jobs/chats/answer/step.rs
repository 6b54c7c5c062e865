//! One call of the model, word by word.

use std::{collections::HashSet, time::Duration};

use serde_json::json;

use super::{
    begin::Answering,
    end::{End, State},
    halt::Halt,
};
use crate::{
    answers::{self, Answer, AnswerError, Approved, Outcome as CallOutcome, Purpose, Question},
    chats::{context, parts, tools},
    db::is_passing,
    error::Error,
    jobs::JobError,
    models::chat::{ChatEvent, ChatRequest, EndReason, ReasoningEffort},
};

/// Characters that a model may write in one step: a message holds some millions.
const TEXT_MAX: usize = 400_000;
/// Tools that it may call in one step.
const CALLS_MAX: usize = 16;

/// So long the beginning of a step waits for the first word, to be stored together with it.
const BEGIN_WITHIN: Duration = Duration::from_millis(20);

/// What a call of the model came to.
struct Written {
    reason: EndReason,
    /// How much it wrote.
    characters: usize,
    calls: usize,
    /// Why it broke off.
    error: Option<Error>,
}

impl Answering<'_> {
    /// Has the model write. Gives the end, unless the answer goes on with what the model called.
    pub(super) async fn step(&mut self) -> Result<Option<End>, Halt> {
        let request = self.chat_request().await?;
        let question = Question {
            user: self.user,
            provider: self.request.provider.clone(),
            model: self.request.model.clone(),
            agent: Some(self.acting()),
            is_step: true,
            purpose: Purpose::Chat,
            chat: Some(self.chat),
            message: Some(self.message),
            request,
        };
        let cancelled = self.context.cancelled().clone();
        let context = self.context;
        let asked = tokio::select! {
            asked = context.signing(self.ask(question)) => asked,
            () = cancelled.cancelled() => return Err(Halt::Interrupted),
        };
        let mut answer = asked??;
        self.writer.push_ahead(json!({"kind": "STEP"}));
        self.tell_of_repositories();
        let written = tokio::select! {
            biased;
            () = cancelled.cancelled() => None,
            written = self.write_step(&mut answer) => Some(written),
        };
        match written {
            None => {
                self.stop_call(answer).await?;
                Err(Halt::Interrupted)
            }
            Some(Err(halt)) => Err(halt),
            Some(Ok(written)) => self.end_step(answer, written).await,
        }
    }

    /// Asks the model. The first call begins in the transaction that took the stream over.
    async fn ask(&mut self, question: Question) -> Result<Result<Answer, AnswerError>, JobError> {
        let app = self.context.app();
        let choice = self.choice.take();
        if choice.is_none() {
            self.claimed().await?;
        }
        let approved = match (self.begun.take(), choice) {
            (Some(begun), Some(choice)) => {
                let approved = answers::approve(app, &begun, question, choice).await;
                // What passes rolls back the taking over, too: the next attempt does both.
                let approved = unless_passing(approved)?;
                begun.commit().await?;
                approved
            }
            _ => unless_passing(answers::approve_alone(app, question).await)?,
        };
        Ok(match approved {
            Ok(approved) => approved.ask(app).await,
            Err(refused) => Err(refused),
        })
    }

    /// Writes what comes into the stream, until the call ends.
    async fn write_step(&mut self, answer: &mut Answer) -> Result<Written, Halt> {
        let mut written = Written {
            reason: EndReason::Stop,
            characters: 0,
            calls: 0,
            error: None,
        };
        let mut ids: HashSet<String> = self
            .parts()
            .iter()
            .filter_map(|part| part["toolCallId"].as_str().map(str::to_owned))
            .collect();
        let context = self.context;
        // One timer each for the whole step: a token is not worth one.
        let mut silence = context.signs();
        let begin = tokio::time::sleep(BEGIN_WITHIN);
        tokio::pin!(begin);
        loop {
            let next = tokio::select! {
                next = answer.next() => next,
                stored = self.writer.stored() => {
                    stored?;
                    continue;
                }
                () = &mut begin, if self.writer.is_ahead() => {
                    self.writer.send();
                    continue;
                }
                _ = silence.tick() => {
                    context.sign();
                    continue;
                }
            };
            context.sign();
            match next {
                None => break,
                // Before its first word a provider may be waited for, as when it refuses at once.
                Some(Err(error @ AnswerError::Wait { .. }))
                    if written.characters == 0 && written.calls == 0 =>
                {
                    return Err(error.into());
                }
                Some(Err(error)) => {
                    written.error = Some(error.into());
                    break;
                }
                Some(Ok(ChatEvent::End(reason))) => {
                    written.reason = reason;
                    break;
                }
                Some(Ok(event)) => self.write_event(event, &mut written, &mut ids),
            }
            if written.characters > TEXT_MAX {
                written.reason = EndReason::Length;
                break;
            }
            if written.calls > CALLS_MAX {
                written.error = Some(too_many_calls());
                break;
            }
        }
        self.writer.flush().await?;
        Ok(written)
    }

    fn write_event(&mut self, event: ChatEvent, written: &mut Written, ids: &mut HashSet<String>) {
        let event = match event {
            ChatEvent::Text(text) if text.is_empty() => return,
            ChatEvent::Text(text) => {
                written.characters += text.len();
                json!({"kind": "TEXT", "text": text})
            }
            ChatEvent::Reasoning { text, signature } => {
                written.characters += text.len();
                let mut event = json!({"kind": "REASONING", "text": text});
                if let Some(signature) = signature {
                    event["signature"] = signature.into();
                }
                event
            }
            ChatEvent::ToolCall {
                id,
                name,
                arguments,
            } => {
                written.calls += 1;
                written.characters += arguments.to_string().len();
                parts::call_event(&unique(id, ids), &name, &arguments)
            }
            ChatEvent::Source { url, title } => {
                written.characters += url.len();
                json!({"kind": "SOURCE", "url": url, "title": title})
            }
            ChatEvent::Usage(_) | ChatEvent::End(_) => return,
        };
        self.writer.push(event);
    }

    /// Puts the call on record; the step is whole then.
    async fn end_step(&mut self, answer: Answer, written: Written) -> Result<Option<End>, Halt> {
        let outcome = match written.error {
            None => CallOutcome::Completed,
            Some(_) => CallOutcome::Failed,
        };
        let step = self.hold().await?;
        let record = answer.finish(&step, outcome).await?;
        let usage = parts::step_event(self.acting(), &record);
        let end = match (written.error, written.reason) {
            (Some(error), _) => Some(End::failed(&error)),
            (None, EndReason::Refused) => Some(End::refused()),
            (None, EndReason::Length) => Some(End::too_long()),
            (None, EndReason::Stop | EndReason::ToolCalls) if written.calls == 0 => {
                Some(End::completed())
            }
            _ => None,
        };
        let chunk = self.store(&step, vec![usage]).await?;
        self.agent.answered(&record);
        let Some(end) = end else {
            step.commit().await?;
            record.kept();
            self.hand_on(chunk);
            self.read_parts().await?;
            return Ok(None);
        };
        // In one transaction with the end: nobody can be lost between the two.
        self.writer.skip(1);
        Ok(Some(end.with(step, chunk, record)))
    }

    /// Puts a call on record that somebody stopped. Where the worker stops or is lost, dropping it does that.
    async fn stop_call(&mut self, answer: Answer) -> Result<(), Halt> {
        let state = self.state().await?;
        if state == State::Open {
            return Ok(());
        }
        if state == State::Stopped {
            self.writer.flush().await?;
        }
        let step = self.hold().await?;
        let record = answer.finish(&step, CallOutcome::Stopped).await?;
        if state == State::Gone {
            step.commit().await?;
            record.kept();
            return Ok(());
        }
        let usage = parts::step_event(self.acting(), &record);
        let chunk = self.store(&step, vec![usage]).await?;
        step.commit().await?;
        record.kept();
        self.hand_on(chunk);
        Ok(())
    }

    /// The conversation as the model gets it.
    async fn chat_request(&mut self) -> Result<ChatRequest, Halt> {
        let mut messages = self.history.clone();
        messages.extend(parts::answer(self.parts(), true));
        let agent = &self.agent;
        let request = ChatRequest {
            system: Some(match &self.repositories {
                Some(opened) => format!("{}\n\n{}", agent.system_prompt(), opened.prompt()),
                None => agent.system_prompt(),
            }),
            messages,
            tools: tools::offered(agent, self.repositories.as_ref()),
            provider_tools: agent.provider_tools(),
            temperature: self.request.temperature,
            max_output_tokens: self.request.max_output_tokens,
            reasoning: match self.request.reasoning.as_deref() {
                Some("low") => Some(ReasoningEffort::Low),
                Some("medium") => Some(ReasoningEffort::Medium),
                Some("high") => Some(ReasoningEffort::High),
                _ => None,
            },
            ..ChatRequest::default()
        };
        let (window, output) = (agent.window_tokens, agent.output_tokens);
        if context::fits_uncounted(&request, window, output) {
            return Ok(request);
        }
        // Counting a long conversation takes a while, through which no connection is held and nothing is locked.
        self.claimed().await?;
        let cut = context::cut(request, window, output).await;
        cut.map_err(Halt::Failed)
    }
}

/// A database that was away, or busy with others, says nothing of the answer: another attempt asks.
fn unless_passing(
    approved: Result<Approved, AnswerError>,
) -> Result<Result<Approved, AnswerError>, JobError> {
    match approved {
        Err(AnswerError::Public(error)) if is_passing(&error) => Err(JobError::Retry(error)),
        approved => Ok(approved),
    }
}

fn too_many_calls() -> Error {
    let said = format!(
        "The model called more than {CALLS_MAX} tools at once, and none of them was run: ask for less at once"
    );
    Error::limit_exceeded("toolCalls", CALLS_MAX, said)
}

/// Some providers begin to count anew with each answer: a call is known by its id alone.
fn unique(id: String, ids: &mut HashSet<String>) -> String {
    let id = if id.is_empty() { "call".to_owned() } else { id };
    let mut unique = id.clone();
    let mut number = 2;
    while !ids.insert(unique.clone()) {
        unique = format!("{id}-{number}");
        number += 1;
    }
    unique
}
