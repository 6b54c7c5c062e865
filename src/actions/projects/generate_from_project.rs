//! `generateFromProject`: has a prompt written of what a project's components say.

use serde_json::{Value, json};
use uuid::Uuid;

use super::outline::{Component, outline};
use crate::{
    actions::{ActionContext, Outcome, RowRef, named_model},
    error::{Code, Error, Result},
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Has a prompt written of what a project's components say: the tree that they form, in their order (`zIndex`, then from top
  to bottom), without hidden ones. It answers at once with the generation, whose `inputText` is that outline and which is
  PENDING until the job has written it; `cancelJob` stops it. For those who may edit the project. It takes a language
  model: without a key the generation is FAILED and says how to set one.
  """
  generateFromProject(
    "The project."
    projectId: UUID!
    "What the prompt should be like, at most 10,000 characters."
    instructions: String
    "Whose model: openai, anthropic, google or compatible."
    provider: String
    "Which model, one of modelConfigs."
    model: String
  ): GeneratedFromProject!
}
"A prompt that is being written of a project."
type GeneratedFromProject {
  "The generation."
  generation: PromptGeneration
  "The job that writes it."
  job: Job
}
"#;

/// As long as a generation's input may be.
const INPUT_MAX: usize = 100_000;
const INSTRUCTIONS_MAX: usize = 10_000;
const PROJECT: &str = "
    select name, coalesce(description, '') from public.projects where id = $1 and deleted_at is null";
const COMPONENTS: &str = "
    select id, parent_id, component_type::text, name, properties, is_visible from public.project_components
    where project_id = $1 order by z_index, position_y, position_x, id";
const BEGIN: &str = "select generation_id, job_id from public.generate_from_project($1, $2, $3)";

arguments! {
    project_id: Uuid,
    instructions: Option<String>,
    provider: Option<String>,
    model: Option<String>,
}

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    context.user_id()?;
    let instructions = arguments.instructions.as_deref().unwrap_or_default();
    if instructions.chars().count() > INSTRUCTIONS_MAX {
        let said = format!("instructions has at most {INSTRUCTIONS_MAX} characters");
        return Err(Error::bad_input(said).with("field", "instructions"));
    }
    let (provider, model) = (arguments.provider.as_deref(), arguments.model.as_deref());
    let provider = named_model::check_language_model(&context, provider, model).await?;
    let project = arguments.project_id;
    let input = input(&context, project).await?;
    let wishes = json!({
        "instructions": arguments.instructions,
        "provider": provider,
        "model": arguments.model,
    });
    let rows = context.rows(BEGIN, &[&project, &input, &wishes]).await?;
    let row = rows
        .first()
        .ok_or_else(|| Error::internal("no generation was begun"))?;
    let (generation, job): (Uuid, Uuid) = (row.try_get(0)?, row.try_get(1)?);
    let of = |table: &'static str, id: Uuid| {
        Outcome::Row(RowRef {
            table: table.into(),
            key: vec![Value::String(id.to_string())],
        })
    };
    Ok(Outcome::Object(vec![
        ("generation", of("prompt_generations", generation)),
        ("job", of("job_queue", job)),
    ]))
}

/// What the project says, as the caller sees it.
async fn input(context: &ActionContext<'_>, project: Uuid) -> Result<String> {
    let rows = context.rows(PROJECT, &[&project]).await?;
    let row = rows
        .first()
        .ok_or_else(|| Error::new(Code::NotFound, "There is no such project"))?;
    let (name, description): (String, String) = (row.try_get(0)?, row.try_get(1)?);
    let rows = context.rows(COMPONENTS, &[&project]).await?;
    let components = rows.iter().map(|row| {
        Ok(Component {
            id: row.try_get(0)?,
            parent: row.try_get(1)?,
            kind: row.try_get(2)?,
            name: row.try_get(3)?,
            properties: row.try_get(4)?,
            is_visible: row.try_get(5)?,
        })
    });
    let components: Vec<Component> = components.collect::<Result<_>>()?;
    let told = outline(&components);
    if told.is_empty() {
        let said = "The project has no visible components to make a prompt of";
        return Err(Error::bad_input(said));
    }
    let mut input = format!("Project: {name}\n");
    if !description.is_empty() {
        input += &format!("{description}\n");
    }
    input += &format!("\n{told}");
    if input.chars().count() > INPUT_MAX {
        let said =
            format!("What the project's components say is longer than {INPUT_MAX} characters");
        return Err(Error::limit_exceeded("inputCharacters", INPUT_MAX, said));
    }
    Ok(input)
}
