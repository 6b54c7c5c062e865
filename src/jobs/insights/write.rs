//! `insights.write`: writes what a week of somebody's shows, by a model or, where there is none, in numbers and sentences
//! of the notes. There is one for each person and week: another run writes it anew.

use chrono::{Days, NaiveDate};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    by_model, themes,
    themes::Theme,
    week::{self, Week},
};
use crate::{
    answers::{self, CallRecord, Question, ask},
    error::{Code, Error},
    jobs::{
        JobContext, JobError, JobTransaction, Outcome,
        reading::{Reader, Step},
    },
    models::chat::EndReason,
};

/// As long as an insight may be, less room for the numbers.
const TEXT_MAX_BYTES: usize = 40_000;
/// What puts numbers and sentences together, where no model writes.
const LOCAL: &str = "local";
/// How often a model is asked before there is an insight without it.
const ATTEMPTS: i32 = 3;
const KEEP: &str = "select private.keep_insight($1, $2, $3, $4, $5)";

/// Which week, and by whom.
#[derive(Deserialize)]
pub struct Payload {
    /// Its Monday.
    week: NaiveDate,
    provider: Option<String>,
    model: Option<String>,
}

/// Writes it. A week without notes has none.
///
/// # Errors
/// When a model that was asked for does not answer, the database does not, or the job is another's by now.
pub async fn run(context: &JobContext, payload: Payload) -> Result<Outcome, JobError> {
    let Some(owner) = context.owner() else {
        let said = "The job is nobody's: insights are one person's";
        return Err(JobError::Fatal(Error::new(Code::BadUserInput, said)));
    };
    let week = week::read(context, owner, payload.week).await?;
    if week.notes.is_empty() {
        return Ok(Outcome::Done(json!({"insightId": null, "notes": 0})));
    }
    context.progress(10).await?;
    let found = tokio::task::spawn_blocking(move || {
        let themes = themes::themes(&week);
        let told = by_model::told(&week, &themes);
        (themes, week, told)
    });
    let (themes, week, told) = found
        .await
        .map_err(|error| Error::internal(error.to_string()))?;
    context.progress(30).await?;
    let is_asked_for = payload.provider.is_some() || payload.model.is_some();
    let mut metadata = metadata(&week, &themes);
    if payload.provider.as_deref() != Some(LOCAL) {
        let question = by_model::question(owner, (payload.provider, payload.model), told);
        let may_do_without = || !is_asked_for && !context.cancelled().is_cancelled();
        match by_model(context, question, &week, &themes, &metadata).await {
            // Nobody asked for this model: without it there is an insight, too.
            Err(JobError::Fatal(error)) if may_do_without() => {
                metadata.insert("noModel".into(), json!(error.message()));
            }
            Err(JobError::Retry(error)) if may_do_without() && context.attempt() >= ATTEMPTS => {
                metadata.insert("noModel".into(), json!(error.message()));
            }
            written => return written,
        }
    }
    metadata.insert("method".into(), json!("extractive"));
    metadata.insert("isLanguageModel".into(), json!(false));
    let text = themes::told(&week, &themes);
    let step = context.transaction().await?;
    let id = keep(&step, owner, &week, &themes, &text, metadata).await?;
    step.complete(json!({"insightId": id, "notes": week.notes.len(), "method": "extractive"}))
        .await
}

async fn by_model(
    context: &JobContext,
    question: Question,
    week: &Week,
    themes: &[Theme],
    metadata: &Map<String, Value>,
) -> Result<Outcome, JobError> {
    let owner = question.user;
    let mut answer = ask(context.app(), question).await?;
    let mut reader = Reader::new(TEXT_MAX_BYTES);
    let ended = loop {
        match reader.step(context, &mut answer).await {
            Ok(Step::Keep) => {}
            ended => break ended,
        }
    };
    let refused = |said: &str| JobError::Fatal(Error::new(Code::Forbidden, said.to_owned()));
    let failed = match ended {
        Ok(Step::Whole(EndReason::Refused)) => {
            Some(refused("The model refused to write this insight"))
        }
        Ok(Step::Whole(_)) if reader.text.trim().is_empty() => {
            Some(refused("The model answered nothing"))
        }
        Ok(Step::Whole(_)) => None,
        Ok(_) => Some(refused("The insight was stopped while it was written")),
        Err(error) => Some(JobError::from(error)),
    };
    let step = context.transaction().await?;
    if let Some(failed) = failed {
        let outcome = match context.cancelled().is_cancelled() {
            true => answers::Outcome::Stopped,
            false => answers::Outcome::Failed,
        };
        let record = answer.finish(&step, outcome).await?;
        step.commit().await?;
        record.kept();
        return Err(failed);
    }
    let record = answer.finish(&step, answers::Outcome::Completed).await?;
    let mut metadata = metadata.clone();
    metadata.insert("method".into(), json!("model"));
    metadata.insert("provider".into(), json!(record.provider));
    metadata.insert("model".into(), json!(record.model));
    cost(&mut metadata, &record);
    let text = format!("{}\n\n{}", reader.text.trim(), week.table());
    let id = keep(&step, owner, week, themes, &text, metadata).await?;
    let result = json!({"insightId": id, "notes": week.notes.len(), "method": "model"});
    let outcome = step.complete(result).await?;
    record.kept();
    Ok(outcome)
}

fn cost(metadata: &mut Map<String, Value>, record: &CallRecord) {
    metadata.insert("callId".into(), json!(record.id));
    metadata.insert("inputTokens".into(), json!(record.usage.input_tokens));
    metadata.insert("outputTokens".into(), json!(record.usage.output_tokens));
    metadata.insert("costUsd".into(), json!(record.cost));
}

fn metadata(week: &Week, themes: &[Theme]) -> Map<String, Value> {
    let tags = themes::tags(week).into_iter();
    let tags: Vec<Value> = tags
        .map(|(tag, count)| json!({"tag": tag, "notes": count}))
        .collect();
    Map::from_iter([
        ("numbers".to_owned(), week.numbers.clone()),
        ("weekBefore".to_owned(), week.before.clone()),
        (
            "themes".to_owned(),
            themes.iter().map(Theme::to_json).collect(),
        ),
        ("tags".to_owned(), Value::Array(tags)),
    ])
}

async fn keep(
    step: &JobTransaction,
    owner: Uuid,
    week: &Week,
    themes: &[Theme],
    text: &str,
    metadata: Map<String, Value>,
) -> Result<Uuid, JobError> {
    let title = title(week, themes);
    let metadata = Value::Object(metadata);
    let row = step
        .query_one(KEEP, &[&owner, &week.begins, &title, &text, &metadata])
        .await?;
    Ok(row.get(0))
}

fn title(week: &Week, themes: &[Theme]) -> String {
    let ends = week.begins + Days::new(6);
    let about: Vec<&str> = themes
        .iter()
        .take(2)
        .map(|theme| theme.title.as_str())
        .collect();
    let about = about.join(" · ");
    format!(
        "{} to {}: {about}",
        week.begins.format("%-d %b"),
        ends.format("%-d %b %Y")
    )
}
