//! Chats with agents, the artifacts made in them, and what they used.

use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use uuid::Uuid;

use super::World;
use super::copy::{Dollars, Sheet};
use super::rng::Rng;
use super::topics::fill;

/// An agent's model: provider, name, and millionths of a dollar per thousand tokens read and written.
pub(super) type Model = (&'static str, &'static str, i64, i64);
pub(super) const MODELS: &[Model] = &[
    ("google", "gemini-2.0-flash", 100, 400),
    ("google", "gemini-2.5-pro", 1_250, 10_000),
    ("openai", "gpt-4o", 2_500, 10_000),
    ("openai", "gpt-4o-mini", 150, 600),
    ("anthropic", "claude-3-5-sonnet-20241022", 3_000, 15_000),
];
/// Agent, what it does, the category of that, and how often.
pub(super) const AGENTS: &[((&str, &str, &str), u64)] = &[
    (("chat_model_agent", "streaming", "generation"), 10),
    (("document_agent", "document_generation", "generation"), 4),
    (("python_agent", "code_generation", "generation"), 3),
    (("provider_tools_agent", "search", "retrieval"), 2),
    (("mermaid_agent", "diagram_generation", "generation"), 1),
    (("git_mcp_agent", "mcp_operation", "integration"), 1),
];

/// What a number of tokens costs.
pub(super) fn price(tokens: i64, per_thousand: i64) -> i64 {
    tokens * per_thousand / 1_000
}

struct Sheets {
    chats: Sheet,
    messages: Sheet,
    votes: Sheet,
    streams: Sheet,
    artifacts: Sheet,
    suggestions: Sheet,
    usage: Sheet,
    calls: Sheet,
}

impl Sheets {
    fn new() -> Self {
        Self {
            chats: Sheet::new(
                "public.chats",
                "id, user_id, title, visibility, last_context, total_input_tokens, total_output_tokens, total_cost, \
                 created_at, updated_at",
            ),
            messages: Sheet::new(
                "public.messages",
                "id, chat_id, role, parts, model_used, input_tokens, output_tokens, cost, created_at, updated_at",
            ),
            votes: Sheet::new(
                "public.votes",
                "chat_id, message_id, is_upvoted, created_at, updated_at",
            ),
            streams: Sheet::new("public.streams", "id, chat_id, created_at, updated_at"),
            artifacts: Sheet::new(
                "public.artifacts",
                "id, version_id, user_id, chat_id, parent_version_id, version_number, title, content, kind, metadata, \
                 created_at, updated_at",
            ),
            suggestions: Sheet::new(
                "public.suggestions",
                "id, document_id, document_created_at, user_id, original_text, suggested_text, description, is_resolved, \
                 created_at, updated_at",
            ),
            usage: Sheet::new(
                "public.usage_logs",
                "id, user_id, chat_id, agent_type, model_used, provider, input_tokens, output_tokens, input_cost, \
                 output_cost, request_timestamp, response_timestamp, duration_ms, created_at, updated_at",
            ),
            calls: Sheet::new(
                "public.model_calls",
                "id, user_id, chat_id, message_id, agent_type, purpose, model, provider, key_owner, outcome, \
                 input_tokens, output_tokens, is_estimated, input_cost, output_cost, started_at, seen_at, ended_at, \
                 duration_ms, created_at, updated_at",
            ),
        }
    }
}

/// Chats and everything that hangs on them.
pub(super) fn make(world: &World) -> Vec<Sheet> {
    let mut rng = world.rng("chats");
    let mut sheets = Sheets::new();
    let chats = world.options.chats.unwrap_or(world.options.users * 6);
    for number in 0..chats as usize {
        // The first people chat most, as they write most; everybody has a turn before anybody has a second.
        let person = if number < world.people.len() {
            number
        } else {
            let unit = rng.unit();
            (unit * unit * world.people.len() as f64) as usize
        };
        chat(world, person, &mut rng, &mut sheets);
    }
    let Sheets {
        chats,
        messages,
        votes,
        streams,
        artifacts,
        suggestions,
        usage,
        calls,
    } = sheets;
    vec![
        chats,
        messages,
        votes,
        streams,
        artifacts,
        suggestions,
        usage,
        calls,
        repositories(world),
        limits(world),
    ]
}

fn chat(world: &World, owner: usize, rng: &mut Rng, sheets: &mut Sheets) {
    let person = &world.people[owner];
    let subject = &world.subjects[person.subjects[rng.below(8)]];
    let begun = rng.moment(
        world.usage_begins() - Duration::days(30),
        world.until - Duration::hours(2),
    );
    let begun = begun.max(person.joined);
    let id = rng.uuid(begun);
    let model = *rng.pick(MODELS);
    let mut at = begun;
    let (mut input, mut output, mut cost) = (0, 0, 0);
    for exchange in 0..rng.between(1, 5) {
        let question = format!(
            "About {}: {}",
            subject.name.to_lowercase(),
            fill(rng.pick::<&str>(&subject.sentences), rng)
        );
        message(sheets, rng, id, "user", &question, at, None);
        at += Duration::seconds(rng.between(2, 20));
        let answer: Vec<String> = (0..rng.between(1, 4))
            .map(|_| fill(rng.pick::<&str>(&subject.sentences), rng))
            .collect();
        let (read, wrote) = (rng.between(200, 900) * (exchange + 1), rng.between(40, 700));
        let spent = Spent { model, read, wrote };
        let message = message(
            sheets,
            rng,
            id,
            "assistant",
            &answer.join(" "),
            at,
            Some(&spent),
        );
        if rng.chance(15) {
            sheets.votes.row([
                id.into(),
                message.into(),
                rng.chance(80).into(),
                at.into(),
                at.into(),
            ]);
        }
        usage(sheets, rng, person.id, (id, message), &spent, at);
        input += read;
        output += wrote;
        cost += spent.cost();
        at += Duration::seconds(rng.between(20, 400));
    }
    sheets.chats.row([
        id.into(),
        person.id.into(),
        format!("{}: {}", subject.topic_name, subject.name.to_lowercase()).into(),
        (if rng.chance(8) { "public" } else { "private" }).into(),
        json!({"model": model.1, "contextTokens": input}).into(),
        input.into(),
        output.into(),
        Dollars(cost).into(),
        begun.into(),
        at.into(),
    ]);
    if rng.chance(20) {
        sheets
            .streams
            .row([rng.uuid(at).into(), id.into(), at.into(), at.into()]);
    }
    if rng.chance(35) {
        artifact(sheets, rng, person.id, id, subject.topic_name, at);
    }
}

/// What one answer of a model took.
struct Spent {
    model: Model,
    read: i64,
    wrote: i64,
}

impl Spent {
    fn cost(&self) -> i64 {
        price(self.read, self.model.2) + price(self.wrote, self.model.3)
    }
}

fn message(
    sheets: &mut Sheets,
    rng: &mut Rng,
    chat: Uuid,
    role: &str,
    text: &str,
    at: DateTime<Utc>,
    spent: Option<&Spent>,
) -> Uuid {
    let id = rng.uuid(at);
    sheets.messages.row([
        id.into(),
        chat.into(),
        role.into(),
        json!([{"type": "text", "text": text}]).into(),
        spent.map(|spent| spent.model.1).into(),
        spent.map(|spent| spent.read).into(),
        spent.map(|spent| spent.wrote).into(),
        spent.map(|spent| Dollars(spent.cost())).into(),
        at.into(),
        at.into(),
    ]);
    id
}

fn usage(
    sheets: &mut Sheets,
    rng: &mut Rng,
    person: Uuid,
    (chat, message): (Uuid, Uuid),
    spent: &Spent,
    at: DateTime<Utc>,
) {
    let duration_ms = 400 + spent.wrote * rng.between(4, 14);
    let (id, agent) = (rng.uuid(at), rng.weighted(AGENTS).0);
    let ended = at + Duration::milliseconds(duration_ms);
    sheets.calls.row([
        id.into(),
        person.into(),
        chat.into(),
        message.into(),
        agent.into(),
        "chat".into(),
        spent.model.1.into(),
        spent.model.0.into(),
        "server".into(),
        "completed".into(),
        spent.read.into(),
        spent.wrote.into(),
        false.into(),
        Dollars(price(spent.read, spent.model.2)).into(),
        Dollars(price(spent.wrote, spent.model.3)).into(),
        at.into(),
        ended.into(),
        ended.into(),
        duration_ms.into(),
        at.into(),
        ended.into(),
    ]);
    sheets.usage.row([
        id.into(),
        person.into(),
        chat.into(),
        agent.into(),
        spent.model.1.into(),
        spent.model.0.into(),
        spent.read.into(),
        spent.wrote.into(),
        Dollars(price(spent.read, spent.model.2)).into(),
        Dollars(price(spent.wrote, spent.model.3)).into(),
        at.into(),
        ended.into(),
        duration_ms.into(),
        at.into(),
        at.into(),
    ]);
}

/// An artifact with up to four versions. Sometimes a version goes back to an older one.
fn artifact(
    sheets: &mut Sheets,
    rng: &mut Rng,
    person: Uuid,
    chat: Uuid,
    topic: &str,
    begun: DateTime<Utc>,
) {
    let id = rng.uuid(begun);
    let kind = rng.weighted(&[
        ("text", 5),
        ("python code", 3),
        ("mermaid code", 1),
        ("sheet", 1),
    ]);
    let mut versions: Vec<Uuid> = Vec::new();
    let mut at = begun;
    for number in 1..=rng.between(1, 4) {
        let version = rng.uuid(at);
        let parent = match versions.len() {
            0 => None,
            made if made > 1 && rng.chance(20) => Some(versions[made - 2]),
            made => Some(versions[made - 1]),
        };
        let content = content_of(kind, topic, number);
        sheets.artifacts.row([
            id.into(),
            version.into(),
            person.into(),
            chat.into(),
            parent.into(),
            number.into(),
            format!("{topic}, {kind}").into(),
            content.as_str().into(),
            kind.into(),
            json!({"updateType": if number == 1 { "create" } else { "update" }, "agent": "chat_model_agent"}).into(),
            at.into(),
            at.into(),
        ]);
        if rng.chance(30) {
            let line = content.lines().last().unwrap_or("");
            sheets.suggestions.row([
                rng.uuid(at).into(),
                id.into(),
                at.into(),
                person.into(),
                line.into(),
                format!("{line} (checked)").into(),
                "Say that it was checked.".into(),
                rng.chance(40).into(),
                at.into(),
                at.into(),
            ]);
        }
        versions.push(version);
        at += Duration::seconds(rng.between(30, 4_000));
    }
}

fn content_of(kind: &str, topic: &str, version: i64) -> String {
    match kind {
        "python code" => (1..=version)
            .map(|step| format!("step_{step} = \"{topic}\"\nprint({step}, step_{step})\n"))
            .collect(),
        "mermaid code" => {
            let arrows: String = (1..=version)
                .map(|step| format!("  s{step} --> s{}\n", step + 1))
                .collect();
            format!("flowchart TD\n  s1[\"{topic}\"]\n{arrows}")
        }
        "sheet" => {
            let rows: String = (1..=version * 3)
                .map(|row| format!("{row},{topic},{}\n", row * 7))
                .collect();
            format!("number,topic,value\n{rows}")
        }
        _ => {
            let parts: String = (1..=version)
                .map(|part| format!("\n## Part {part}\n\nWhat matters about {topic}.\n"))
                .collect();
            format!("# {topic}\n{parts}")
        }
    }
}

fn repositories(world: &World) -> Sheet {
    let mut rng = world.rng("repositories");
    let mut sheet = Sheet::new(
        "public.github_repositories",
        "id, user_id, repo_owner, repo_name, repo_url, default_branch, is_active, last_accessed, created_at, updated_at",
    );
    for person in world.people.iter().step_by(2) {
        let owner = person.name.to_lowercase().replace(' ', "-");
        for name in ["notes", "dotfiles", "website"]
            .iter()
            .take(rng.below(3) + 1)
        {
            let made = rng.moment(person.joined, world.until);
            let used = rng.chance(70).then(|| rng.moment(made, world.until));
            sheet.row([
                rng.uuid(made).into(),
                person.id.into(),
                owner.as_str().into(),
                (*name).into(),
                format!("https://github.com/{owner}/{name}").into(),
                rng.weighted(&[("main", 8), ("master", 2)]).into(),
                rng.chance(90).into(),
                used.into(),
                made.into(),
                used.unwrap_or(made).into(),
            ]);
        }
    }
    sheet
}

fn limits(world: &World) -> Sheet {
    let mut rng = world.rng("limits");
    let mut sheet = Sheet::new(
        "public.rate_limit_tracking",
        "id, user_id, agent_type, period_start, period_end, request_count, limit_type, limit_value, created_at, updated_at",
    );
    for person in world.people.iter().step_by(2) {
        for (limit_type, hours, limit) in [("hourly", 1, 50), ("daily", 24, 200)] {
            let begun = world.until - Duration::hours(hours);
            sheet.row([
                rng.uuid(begun).into(),
                person.id.into(),
                rng.weighted(AGENTS).0.into(),
                begun.into(),
                world.until.into(),
                rng.between(1, limit).into(),
                limit_type.into(),
                limit.into(),
                begun.into(),
                begun.into(),
            ]);
        }
    }
    sheet
}
