//! Prompts: keys, templates, history, and what people say about it all.

use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use uuid::Uuid;

use super::World;
use super::copy::{Dollars, Sheet};
use super::rng::Rng;
use super::topics::fill;

/// Name and display name of the seeded frameworks.
pub(super) const FRAMEWORKS: &[(&str, &str)] = &[
    ("roses", "R.O.S.E.S"),
    ("ape", "A.P.E"),
    ("tag", "T.A.G"),
    ("era", "E.R.A"),
    ("race", "R.A.C.E"),
    ("rise", "R.I.S.E"),
    ("care", "C.A.R.E"),
    ("coast", "C.O.A.S.T"),
    ("trace", "T.R.A.C.E"),
];
/// Provider, model, and millionths of a dollar per thousand tokens.
const MODELS: &[(&str, &str, i64)] = &[
    ("openai", "gpt-4o", 5_000),
    ("openai", "gpt-4o-mini", 300),
    ("google", "gemini-2.0-flash", 200),
    ("anthropic", "claude-3-5-sonnet-20241022", 7_000),
];

struct Template {
    id: Uuid,
    framework: (&'static str, &'static str),
    uses: i64,
}

pub(super) fn make(world: &World) -> Vec<Sheet> {
    let mut rng = world.rng("prompts");
    let mut templates: Vec<(usize, Template, DateTime<Utc>)> = Vec::new();
    for (number, person) in world.people.iter().enumerate() {
        for _ in 0..rng.below(4) {
            let made = rng.moment(person.joined, world.usage_begins().max(person.joined));
            let template = Template {
                id: rng.uuid(made),
                framework: *rng.pick(FRAMEWORKS),
                uses: 0,
            };
            templates.push((number, template, made));
        }
    }
    let history = history(world, &mut templates, &mut rng);
    let mut sheets = vec![template_rows(world, &templates), history];
    sheets.extend(keys(world));
    sheets.extend(feedback(world));
    sheets
}

fn history(
    world: &World,
    templates: &mut [(usize, Template, DateTime<Utc>)],
    rng: &mut Rng,
) -> Sheet {
    let mut sheet = Sheet::new(
        "public.prompt_history",
        "id, user_id, framework_id, framework_name, template_id, model, provider, user_input, ai_response, tone, length, \
         temperature, max_tokens, vibe_coding, processing_time_ms, tokens_used, cost_usd, status, error_message, error_code, \
         created_at, updated_at",
    );
    for (number, person) in world.people.iter().enumerate() {
        let first = templates.partition_point(|template| template.0 < number);
        let own = templates.partition_point(|template| template.0 <= number) - first;
        for _ in 0..rng.between(3, 14) {
            let at = rng.moment(world.usage_begins(), world.until);
            let subject = &world.subjects[person.subjects[rng.below(6)]];
            let (provider, model, per_thousand) = *rng.pick(MODELS);
            let status = rng.weighted(&[("completed", 18), ("failed", 2), ("pending", 1)]);
            let tokens = rng.between(150, 2_500);
            let mut framework = *rng.pick(FRAMEWORKS);
            let mut used = None;
            if own > 0 && rng.chance(50) {
                let template = &mut templates[first + rng.below(own)].1;
                template.uses += 1;
                framework = template.framework;
                used = Some(template.id);
            }
            let done = status == "completed";
            sheet.row([
                rng.uuid(at).into(),
                person.id.into(),
                framework.0.into(),
                framework.1.into(),
                used.into(),
                model.into(),
                provider.into(),
                format!(
                    "Help me with {}: {}",
                    subject.topic_name.to_lowercase(),
                    fill(subject.sentences[0], rng)
                )
                .into(),
                done.then(|| fill(rng.pick::<&str>(&subject.sentences), rng))
                    .into(),
                (*rng.pick(&["professional", "friendly", "neutral"])).into(),
                (*rng.pick(&["short", "medium", "long"])).into(),
                (*rng.pick(&["0.20", "0.70", "1.00"])).into(),
                (*rng.pick(&[500i64, 1_000, 2_000])).into(),
                rng.chance(15).into(),
                rng.between(400, 9_000).into(),
                done.then_some(tokens).into(),
                done.then(|| Dollars(super::chats::price(tokens, per_thousand)))
                    .into(),
                status.into(),
                (status == "failed")
                    .then_some("the provider asked to slow down")
                    .into(),
                (status == "failed").then_some("429").into(),
                at.into(),
                at.into(),
            ]);
        }
    }
    sheet
}

fn template_rows(world: &World, templates: &[(usize, Template, DateTime<Utc>)]) -> Sheet {
    let mut rng = world.rng("templates");
    let mut sheet = Sheet::new(
        "public.prompt_templates",
        "id, user_id, name, description, framework_id, template_content, variables, is_public, is_active, usage_count, \
         created_at, updated_at",
    );
    for (number, template, made) in templates {
        let person = &world.people[*number];
        let subject = &world.subjects[person.subjects[rng.below(4)]];
        sheet.row([
            template.id.into(),
            person.id.into(),
            format!("{} helper", subject.name).into(),
            format!("Asks about {} in a way that gets answers.", subject.name.to_lowercase()).into(),
            template.framework.0.into(),
            format!("You know {} well. Help me with {{question}} and answer in {{language}}.", subject.topic_name.to_lowercase()).into(),
            json!([{"name": "question", "description": "What to ask"}, {"name": "language", "description": "Of the answer"}]).into(),
            rng.chance(20).into(),
            rng.chance(95).into(),
            template.uses.into(),
            (*made).into(),
            (*made).into(),
        ]);
    }
    sheet
}

/// Keys that open nothing: what is stored in place of ciphertext are random letters.
fn keys(world: &World) -> Vec<Sheet> {
    let mut rng = world.rng("keys");
    let mut keys = Sheet::new(
        "public.api_configurations",
        "id, user_id, provider, api_key_encrypted, encryption_key_id, api_key_hint, is_active, is_validated, \
         last_validated_at, usage_count, last_used_at, created_at, updated_at",
    );
    let mut calls = Sheet::new(
        "public.api_usage_logs",
        "id, user_id, provider, model, endpoint, request_size, response_size, response_time_ms, status_code, error_message, \
         input_tokens, output_tokens, cost, created_at, updated_at",
    );
    for person in world.people.iter().step_by(2) {
        for provider in ["openai", "google", "anthropic"]
            .iter()
            .take(rng.below(3) + 1)
        {
            let saved = rng.moment(person.joined, world.usage_begins().max(person.joined));
            let count = rng.between(2, 25);
            let mut last = saved;
            for _ in 0..count {
                last = last.max(call(world, &mut rng, &mut calls, person.id, provider));
            }
            let key: String = (0..6).map(|_| format!("{:016x}", rng.next())).collect();
            keys.row([
                rng.uuid(saved).into(),
                person.id.into(),
                (*provider).into(),
                key.as_str().into(),
                "demo".into(),
                key[..4].into(),
                // A key that is used is opened, which fails: answers come without one instead.
                false.into(),
                false.into(),
                saved.into(),
                count.into(),
                last.into(),
                saved.into(),
                last.into(),
            ]);
        }
    }
    vec![keys, calls]
}

/// One call of a provider; returns when it was.
fn call(
    world: &World,
    rng: &mut Rng,
    calls: &mut Sheet,
    person: Uuid,
    provider: &str,
) -> DateTime<Utc> {
    let at = rng.moment(world.usage_begins(), world.until);
    let models: Vec<_> = MODELS.iter().filter(|model| model.0 == provider).collect();
    let (_, model, per_thousand) = **rng.pick(&models);
    let status = rng.weighted(&[(200i64, 40), (429, 2), (500, 1)]);
    let (read, wrote) = if status == 200 {
        (rng.between(50, 3_000), rng.between(20, 900))
    } else {
        (0, 0)
    };
    calls.row([
        rng.uuid(at).into(),
        person.into(),
        provider.into(),
        model.into(),
        "/chat/completions".into(),
        (read * 4 + 300).into(),
        (wrote * 4 + 200).into(),
        rng.between(200, 8_000).into(),
        status.into(),
        (status != 200)
            .then_some("the provider refused the request")
            .into(),
        read.into(),
        wrote.into(),
        Dollars(super::chats::price(read + wrote, per_thousand)).into(),
        at.into(),
        at.into(),
    ]);
    at
}

const MESSAGES: &[(&str, &str)] = &[
    ("bug", "The list jumps to the top after I delete a note."),
    ("bug", "Export of a long document stops at page ten."),
    ("feature", "Please let me pin a cluster."),
    ("feature", "A dark theme for printed documents would help."),
    ("feature", "Could templates have folders?"),
    ("general", "The new search finds what I mean. Thank you!"),
    ("general", "The weekly insight made me smile."),
    ("support", "How do I move a note into another stack?"),
    ("support", "I cannot find where to change my address."),
];

fn feedback(world: &World) -> Vec<Sheet> {
    let mut rng = world.rng("feedback");
    let mut sheet = Sheet::new(
        "public.feedback",
        "id, user_id, message, feedback_type, priority, status, contact_email, contact_name, user_agent, browser_info, \
         admin_response, admin_user_id, responded_at, rating, created_at, updated_at",
    );
    for person in world.people.iter().step_by(2) {
        let at = rng.moment(world.usage_begins(), world.until);
        let (kind, message) = *rng.pick(MESSAGES);
        let status = rng.weighted(&[
            ("open", 4),
            ("in_progress", 2),
            ("resolved", 4),
            ("closed", 1),
        ]);
        let answered = (status == "resolved")
            .then(|| rng.moment(at, (at + Duration::days(3)).min(world.until)));
        sheet.row([
            rng.uuid(at).into(),
            person.id.into(),
            message.into(),
            kind.into(),
            rng.weighted(&[("medium", 6), ("low", 3), ("high", 2), ("urgent", 1)])
                .into(),
            status.into(),
            person.email.as_str().into(),
            person.name.as_str().into(),
            (*rng.pick(super::people::USER_AGENTS)).into(),
            json!({"language": "en", "cookies": true}).into(),
            answered
                .map(|_| "Thank you. It is in the next release.")
                .into(),
            answered
                .map(|_| world.people[super::people::ADMIN].id)
                .into(),
            answered.into(),
            rng.between(2, 5).into(),
            at.into(),
            answered.unwrap_or(at).into(),
        ]);
    }
    vec![sheet]
}
