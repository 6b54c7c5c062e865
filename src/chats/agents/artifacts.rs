//! The agents that make artifacts: documents, programs and diagrams. What they do is an operation of theirs in
//! `admin_config`, with its prompt; what they make are versions, written as the person who asked.
//!
//! A change is made once, however often its call is run: the version remembers the call (`metadata.toolCall`), and whoever
//! would make it again finds it.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    Agent,
    call::{Asked, call as ask},
    lines::Lines,
    suggestions,
};
use crate::{
    answers::AgentType,
    chats::{
        parts::Call,
        tools::{Ran, ToolContext, id_of, object},
    },
    error::Result,
    templates::render,
};

/// What an agent makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Craft {
    agent: AgentType,
    /// As `artifact_kind` has it.
    kind: &'static str,
    noun: &'static str,
    operations: &'static [&'static str],
}

const DOCUMENTS: Craft = Craft {
    agent: AgentType::Document,
    kind: "text",
    noun: "document",
    operations: &["create", "update", "suggestion", "revert"],
};
const PROGRAMS: Craft = Craft {
    agent: AgentType::Python,
    kind: "python code",
    noun: "program",
    operations: &["create", "update", "fix", "explain", "generate", "revert"],
};
const DIAGRAMS: Craft = Craft {
    agent: AgentType::Mermaid,
    kind: "mermaid code",
    noun: "diagram",
    operations: &["create", "update", "fix", "generate", "revert"],
};

/// Characters of a title that is made of the instruction.
const TITLE_MAX: usize = 80;

const LATEST: &str = "
    select a.title, coalesce(a.content, ''), a.version_number, a.created_at::text, a.kind::text from public.artifacts a
    where a.id = $1 order by a.version_number desc limit 1";
const VERSIONS: &str = "
    select a.version_number, a.created_at::text, a.title, left(coalesce(a.content, ''), 300) from public.artifacts a
    where a.id = $1 order by a.version_number desc limit 20";
/// Whoever runs the same call waits here for the other one, and finds what it made.
const HOLD: &str = "select pg_advisory_xact_lock(hashtextextended($1, 0))";
const MADE: &str = "
    select a.id, a.version_number, a.title from public.artifacts a
    where a.user_id = $2 and a.created_at > now() - interval '7 days' and a.metadata ->> 'toolCall' = $1";
const CREATE: &str = "
    insert into public.artifacts (chat_id, title, content, kind, metadata)
    values ($1, $2, $3, $4::text::public.artifact_kind, $5) returning id, version_number, title";
/// What the person wrote since it was read stays the latest: nothing is written then.
const CHANGE: &str = "
    insert into public.artifacts (id, chat_id, title, content, kind, metadata)
    select a.id, a.chat_id, coalesce($2, a.title), $3, a.kind, $4 from (
      select * from public.artifacts where id = $1 order by version_number desc limit 1
    ) a where a.version_number = $5 and coalesce(a.content, '') = $6 returning id, version_number, title";
const REVERT: &str = "
    insert into public.artifacts (id, chat_id, parent_version_id, title, content, kind, metadata)
    select a.id, a.chat_id, a.version_id, a.title, a.content, a.kind, $3::jsonb || jsonb_build_object('revertedTo', a.version_number)
    from public.artifacts a where a.id = $1 and a.version_number = $2 returning id, version_number, title";

/// The latest version of an artifact.
pub(super) struct Latest {
    pub title: String,
    pub content: String,
    pub version: i32,
    pub created_at: String,
}

impl Craft {
    /// What an agent makes, if it makes anything.
    #[must_use]
    pub fn of(agent: AgentType) -> Option<Self> {
        [DOCUMENTS, PROGRAMS, DIAGRAMS]
            .into_iter()
            .find(|craft| craft.agent == agent)
    }

    /// What the tool takes.
    #[must_use]
    pub fn parameters(self, settings: &Value) -> Value {
        let about = settings["inputDescription"]
            .as_str()
            .unwrap_or("What to do.");
        object(
            json!({
                "operation": {"type": "string", "enum": self.operations},
                "id": {"type": "string", "description": format!("The {} that exists; none to create one.", self.noun)},
                "title": {"type": "string", "description": "The title of a new one."},
                "instruction": {"type": "string", "description": about},
                "error": {"type": "string", "description": "What it fails with, to fix it."},
                "startLine": {"type": "integer", "description": "To update a part: its first line, from 1."},
                "endLine": {"type": "integer", "description": "Its last line."},
                "version": {"type": "integer", "description": "To revert: the number of the version that is wanted back."},
            }),
            &["operation"],
        )
    }

    /// Runs an operation.
    ///
    /// # Errors
    /// When the database does not answer, or refuses what the person may not do.
    pub async fn run(self, context: &mut ToolContext<'_>, call: &Call) -> Result<Ran> {
        let operation = call.input["operation"].as_str().unwrap_or_default();
        let agent = self.agent(context).await?;
        let is_known = self.operations.contains(&operation);
        let settings = agent
            .operation(operation)
            .filter(|_| is_known && agent.is_enabled());
        let Some(settings) = settings.cloned() else {
            let said = format!(
                "It has no such operation. It has: {}.",
                agent.operations().join(", ")
            );
            return Ok(Ran::Failed(said));
        };
        if let Some(made) = self.made_before(context, call).await? {
            return Ok(made);
        }
        match operation {
            "create" | "generate" => self.create(context, call, &agent, &settings).await,
            "update" | "fix" => self.change(context, call, &agent, &settings).await,
            "revert" => self.revert(context, call, &agent, &settings).await,
            "explain" => self.explain(context, call, &agent, &settings).await,
            _ => suggestions::suggest(context, call, &agent, &settings).await,
        }
    }

    async fn agent(self, context: &ToolContext<'_>) -> Result<Agent> {
        let client = context.app.db.system().await?;
        let (answered, _) = context.agent.answered_by();
        let provider = answered.unwrap_or(context.agent.provider());
        Agent::read(&client, self.agent, Some(provider), None).await
    }

    async fn create(
        self,
        context: &mut ToolContext<'_>,
        call: &Call,
        agent: &Agent,
        settings: &Value,
    ) -> Result<Ran> {
        let (instruction, title) = (text(call, "instruction"), text(call, "title"));
        let title = match title.trim() {
            "" => first_words(&instruction),
            title => first_words(title),
        };
        if title.is_empty() {
            return Ok(Ran::Failed(
                "instruction is missing: say what to write.".into(),
            ));
        }
        let values = [
            ("title", title.as_str()),
            ("instruction", instruction.as_str()),
        ];
        let content = match written(context, agent, settings, &values).await? {
            Ok(content) => content,
            Err(said) => return Ok(Ran::Failed(said)),
        };
        let metadata = self.metadata(context, call, &[]);
        let kind = self.kind;
        self.store(
            context,
            call,
            CREATE,
            &[&context.chat, &title, &content, &kind, &metadata],
            None,
        )
        .await
    }

    async fn change(
        self,
        context: &mut ToolContext<'_>,
        call: &Call,
        agent: &Agent,
        settings: &Value,
    ) -> Result<Ran> {
        let id = id_of(call)?;
        let Some(latest) = latest(context, id, self.kind).await? else {
            return Ok(Ran::Failed(self.missing()));
        };
        let number = |name: &str| call.input[name].as_u64();
        let lines = match Lines::of(number("startLine"), number("endLine"), &latest.content) {
            Ok(lines) => lines,
            Err(said) => return Ok(Ran::Failed(said)),
        };
        let part = match lines {
            Some(lines) => lines.cut(&latest.content),
            None => latest.content.clone(),
        };
        let (instruction, error) = (text(call, "instruction"), text(call, "error"));
        let values = [
            ("content", part.as_str()),
            ("instruction", instruction.as_str()),
            ("error", error.as_str()),
            ("title", latest.title.as_str()),
        ];
        let written = match written(context, agent, settings, &values).await? {
            Ok(written) => written,
            Err(said) => return Ok(Ran::Failed(said)),
        };
        let (content, about) = match lines {
            None => (written, json!({})),
            Some(lines) => (
                lines.replace(&latest.content, &written),
                json!({"startLine": lines.from, "endLine": lines.to}),
            ),
        };
        let about = about.as_object().cloned().unwrap_or_default();
        let about: Vec<(String, Value)> = about.into_iter().collect();
        let metadata = self.metadata(context, call, &about);
        let title = Some(text(call, "title")).filter(|title| !title.trim().is_empty());
        let (version, former) = (latest.version, latest.content);
        let ran = self
            .store(
                context,
                call,
                CHANGE,
                &[&id, &title, &content, &metadata, &version, &former],
                Some(id),
            )
            .await?;
        Ok(match ran {
            Ran::Failed(_) => Ran::Failed(format!(
                "The {} was changed or deleted while this was written, and stays as it is now: read it anew with \
                 readArtifact before changing it.",
                self.noun
            )),
            ran => ran,
        })
    }

    async fn revert(
        self,
        context: &mut ToolContext<'_>,
        call: &Call,
        agent: &Agent,
        settings: &Value,
    ) -> Result<Ran> {
        let id = id_of(call)?;
        let rows = context.rows(VERSIONS, &[&id]).await?;
        if rows.is_empty() {
            return Ok(Ran::Failed(self.missing()));
        }
        let wanted = match call.input["version"].as_i64() {
            Some(version) => version,
            None => {
                let versions: Vec<String> = rows
                    .iter()
                    .map(|row| {
                        let (number, at): (i32, String) = (row.get(0), row.get(1));
                        let (title, beginning): (String, String) = (row.get(2), row.get(3));
                        format!("{number} ({at}, {title}): {beginning}")
                    })
                    .collect();
                let (versions, instruction) = (versions.join("\n\n"), text(call, "instruction"));
                let values = [
                    ("versions", versions.as_str()),
                    ("instruction", instruction.as_str()),
                ];
                match written(context, agent, settings, &values).await? {
                    Ok(number) => number.trim().parse().unwrap_or(0),
                    Err(said) => return Ok(Ran::Failed(said)),
                }
            }
        };
        let wanted = i32::try_from(wanted).unwrap_or(0);
        let metadata = self.metadata(context, call, &[]);
        let ran = self
            .store(context, call, REVERT, &[&id, &wanted, &metadata], None)
            .await?;
        Ok(match ran {
            Ran::Failed(_) => {
                Ran::Failed("There is no such version: name one by its number.".into())
            }
            ran => ran,
        })
    }

    async fn explain(
        self,
        context: &mut ToolContext<'_>,
        call: &Call,
        agent: &Agent,
        settings: &Value,
    ) -> Result<Ran> {
        let id = id_of(call)?;
        let Some(latest) = latest(context, id, self.kind).await? else {
            return Ok(Ran::Failed(self.missing()));
        };
        let instruction = text(call, "instruction");
        let values = [
            ("content", latest.content.as_str()),
            ("instruction", instruction.as_str()),
        ];
        Ok(match written(context, agent, settings, &values).await? {
            Ok(explanation) => Ran::Done(json!({ "explanation": explanation })),
            Err(said) => Ran::Failed(said),
        })
    }

    fn missing(self) -> String {
        format!(
            "The person has no such {}: listArtifacts tells which there are.",
            self.noun
        )
    }

    /// What a version says of how it came about.
    fn metadata(self, context: &ToolContext<'_>, call: &Call, about: &[(String, Value)]) -> Value {
        let mut metadata = Map::from_iter(about.iter().cloned());
        metadata.insert("updateType".into(), call.input["operation"].clone());
        metadata.insert("agent".into(), self.agent.as_str().into());
        metadata.insert("toolCall".into(), key(context, call).into());
        Value::Object(metadata)
    }

    /// What the same call made before.
    async fn made_before(self, context: &ToolContext<'_>, call: &Call) -> Result<Option<Ran>> {
        let rows = context
            .rows(MADE, &[&key(context, call), &context.user])
            .await?;
        Ok(rows.first().map(|row| self.told(call, row)))
    }

    /// Writes a version, unless this call has. `holds` is the artifact that nobody else may write a version of meanwhile.
    async fn store(
        self,
        context: &ToolContext<'_>,
        call: &Call,
        sql: &str,
        parameters: &[&(dyn postgres_types::ToSql + Sync)],
        holds: Option<Uuid>,
    ) -> Result<Ran> {
        let transaction = context.app.db.begin(context.caller).await?;
        let key = key(context, call);
        let hold = transaction.prepare_cached(HOLD).await?;
        transaction.execute(&hold, &[&key]).await?;
        if let Some(id) = holds {
            // As whoever writes a version does (private.assign_artifact_version).
            transaction.execute(&hold, &[&id.to_string()]).await?;
        }
        let made = transaction.prepare_cached(MADE).await?;
        let mut rows = transaction.query(&made, &[&key, &context.user]).await?;
        if rows.is_empty() {
            let statement = transaction.prepare_cached(sql).await?;
            rows = transaction.query(&statement, parameters).await?;
        }
        transaction.commit().await?;
        context.app.realtime.bell.ring();
        Ok(match rows.first() {
            Some(row) => self.told(call, row),
            None => Ran::Failed(self.missing()),
        })
    }

    fn told(self, call: &Call, row: &tokio_postgres::Row) -> Ran {
        Ran::Done(json!({
            "artifactId": row.get::<_, Uuid>(0),
            "version": row.get::<_, i32>(1),
            "title": row.get::<_, String>(2),
            "kind": self.kind,
            "operation": call.input["operation"],
        }))
    }
}

/// Names a call among all of the chat's.
fn key(context: &ToolContext<'_>, call: &Call) -> String {
    format!("{}:{}", context.message, call.id)
}

/// The latest version of an artifact of this kind.
pub(super) async fn latest(
    context: &ToolContext<'_>,
    id: Uuid,
    kind: &str,
) -> Result<Option<Latest>> {
    let rows = context.rows(LATEST, &[&id]).await?;
    Ok(rows
        .first()
        .filter(|row| row.get::<_, &str>(4) == kind)
        .map(|row| Latest {
            title: row.get(0),
            content: row.get(1),
            version: row.get(2),
            created_at: row.get(3),
        }))
}

/// What the agent writes for an operation.
async fn written(
    context: &mut ToolContext<'_>,
    agent: &Agent,
    settings: &Value,
    values: &[(&str, &str)],
) -> Result<Result<String, String>> {
    let prompt = |name: &str| settings[name].as_str().unwrap_or_default();
    let Some(filled) = filled(prompt("userPromptTemplate"), values) else {
        return Ok(Err(TOO_LONG.to_owned()));
    };
    let asked = Asked::prompt(prompt("systemPrompt"), filled);
    let answered = ask(context, agent, asked).await?;
    Ok(
        answered.and_then(|answered| match unfenced(&answered.text) {
            "" => Err("It wrote nothing.".to_owned()),
            text => Ok(text.replace('\0', "")),
        }),
    )
}

/// What an agent is told of what is too long for it.
pub(super) const TOO_LONG: &str = "It is too long to be worked on at once: name the lines.";

/// A prompt with what it has places for; nothing where that is too long. What is not given is left empty.
pub(super) fn filled(template: &str, values: &[(&str, &str)]) -> Option<String> {
    let known = ["title", "instruction", "content", "error", "versions"].map(|name| (name, ""));
    let values = known.iter().chain(values);
    let values = values.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Some(render(template, &values.collect()).ok()?.text)
}

/// A text without the fence that models like to put around it.
fn unfenced(text: &str) -> &str {
    let plain = text.trim();
    let inner = plain
        .strip_prefix("```")
        .and_then(|rest| rest.strip_suffix("```"));
    match inner.and_then(|inner| inner.split_once('\n')) {
        Some((language, inner)) if !language.contains(' ') && !inner.contains("```") => {
            inner.trim_end()
        }
        _ => plain,
    }
}

fn text(call: &Call, name: &str) -> String {
    call.input[name]
        .as_str()
        .unwrap_or_default()
        .replace('\0', "")
}

fn first_words(text: &str) -> String {
    let mut title: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if title.chars().count() > TITLE_MAX {
        title = title.chars().take(TITLE_MAX).chain(['…']).collect();
    }
    title
}

#[cfg(test)]
mod tests {
    use super::unfenced;

    #[test]
    fn fences_are_taken_off() {
        assert_eq!(unfenced("```python\nprint(1)\n```\n"), "print(1)");
        assert_eq!(unfenced(" print(1) "), "print(1)");
        let two = "```a\n1\n```\nand\n```b\n2\n```";
        assert_eq!(unfenced(two), two);
    }
}
