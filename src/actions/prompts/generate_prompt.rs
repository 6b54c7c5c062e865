//! `generatePrompt`: has a prompt written by a framework.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use uuid::Uuid;

use super::template::{Source, Template, values};
use crate::{
    actions::{ActionContext, Outcome, RowRef, named_model},
    error::{Error, Result},
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Has a prompt written by a framework: its template is filled in with what is given, a model works out the rest. It answers at
  once with the entry in the history, which is PENDING until the job has written it, with time, tokens and cost; `cancelJob`
  stops it. It takes a language model: without a key the entry is FAILED and says how to set one.
  """
  generatePrompt(
    "The framework, by its name: roses, ape, tag, era, race, rise, care, coast or trace."
    framework: String!
    "What the prompt is to be for, 1 to 100,000 characters."
    input: String!
    "What is known of the framework's components, by their keys. What is missing the model works out."
    variables: JSON
    "A template that the caller keeps, or a public one, instead of the framework's own."
    templateId: UUID
    "How the prompt should sound: professional, friendly …"
    tone: String
    "How long it should be: short, medium, long …"
    length: String
    "Whether the prompt is for a program that writes code."
    vibeCoding: Boolean! = false
    "How much chance there is in the answer, 0 to 2."
    temperature: Float
    "How many tokens the answer may have."
    maxTokens: Int
    "Whose model: openai, anthropic, google or compatible."
    provider: String
    "Which model, one of modelConfigs."
    model: String
  ): GeneratedPrompt!
}
"A prompt that is being written."
type GeneratedPrompt {
  "Its entry in the history."
  entry: PromptHistoryEntry
  "The job that writes it."
  job: Job
}
"#;

const BEGIN: &str = "select history_id, job_id from public.generate_prompt($1, $2, $3, $4)";

arguments! {
    framework: String,
    input: String,
    variables: Option<Value>,
    template_id: Option<Uuid>,
    tone: Option<String>,
    length: Option<String>,
    vibe_coding: bool,
    temperature: Option<f64>,
    max_tokens: Option<i32>,
    provider: Option<String>,
    model: Option<String>,
}

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    context.user_id()?;
    if arguments
        .temperature
        .is_some_and(|given| !(0.0..=2.0).contains(&given))
    {
        return Err(Error::bad_input("temperature is from 0 to 2").with("field", "temperature"));
    }
    if arguments.max_tokens.is_some_and(|given| given < 1) {
        return Err(Error::bad_input("maxTokens is at least 1").with("field", "maxTokens"));
    }
    let (provider, model) = (arguments.provider.as_deref(), arguments.model.as_deref());
    let provider = named_model::check_language_model(&context, provider, model).await?;
    let source = match arguments.template_id {
        Some(id) => Source::Kept(id),
        None => Source::Framework(&arguments.framework),
    };
    let given = match &arguments.variables {
        Some(variables) => values(variables)?,
        None => BTreeMap::new(),
    };
    let filled = Template::read(&context, source).await?.render(given)?;
    if let Some(unknown) = filled.unknown.first() {
        let said =
            format!("The template has no blank {unknown:?}; `renderTemplate` says which it has");
        return Err(Error::bad_input(said).with("field", "variables"));
    }
    let wishes = json!({
        "template": filled.text,
        "missing": filled.missing,
        "tone": arguments.tone,
        "length": arguments.length,
        "vibeCoding": arguments.vibe_coding,
        "temperature": arguments.temperature,
        "maxTokens": arguments.max_tokens,
        "provider": provider,
        "model": arguments.model,
    });
    let rows = context
        .rows(
            BEGIN,
            &[
                &arguments.framework,
                &arguments.template_id,
                &arguments.input,
                &wishes,
            ],
        )
        .await?;
    let row = rows
        .first()
        .ok_or_else(|| Error::internal("no prompt was begun"))?;
    let (entry, job): (Uuid, Uuid) = (row.try_get(0)?, row.try_get(1)?);
    let of = |table: &'static str, id: Uuid| {
        Outcome::Row(RowRef {
            table: table.into(),
            key: vec![Value::String(id.to_string())],
        })
    };
    Ok(Outcome::Object(vec![
        ("entry", of("prompt_history", entry)),
        ("job", of("job_queue", job)),
    ]))
}
