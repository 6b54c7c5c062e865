//! Weeks of activity, errors and measurements.

use chrono::{DateTime, Duration, Utc};
use serde_json::json;

use super::World;
use super::chats::{AGENTS, MODELS, price};
use super::copy::{Dollars, Sheet};
use super::people::{ADMIN, USER_AGENTS, address};
use super::rng::Rng;

/// Activity, its category and the kind of thing acted upon.
const ACTIVITIES: &[((&str, &str, &str), u64)] = &[
    (("chat_message_send", "chat", "chat"), 8),
    (("chat_view", "chat", "chat"), 6),
    (("document_view", "document", "document"), 4),
    (("auth_login", "authentication", "session"), 3),
    (("chat_create", "chat", "chat"), 3),
    (("document_update", "document", "document"), 3),
    (("document_create", "document", "document"), 2),
    (("artifact_create", "artifact", "artifact"), 2),
    (("vote_message", "vote", "message"), 1),
    (("file_upload", "file", "file"), 1),
    (("auth_logout", "authentication", "session"), 1),
];
/// Type, category, severity and message of an error.
type Met = (&'static str, &'static str, &'static str, &'static str);
const ERRORS: &[(Met, u64)] = &[
    (
        (
            "api",
            "provider_timeout",
            "warning",
            "The provider did not answer within 30 s.",
        ),
        5,
    ),
    (
        (
            "api",
            "provider_rate_limit",
            "warning",
            "The provider asked to slow down.",
        ),
        4,
    ),
    (
        (
            "auth",
            "invalid_credentials",
            "info",
            "A sign-in was refused.",
        ),
        4,
    ),
    (
        (
            "user",
            "file_too_large",
            "info",
            "A file of more than 50 MB was refused.",
        ),
        2,
    ),
    (
        (
            "permission",
            "not_owner",
            "warning",
            "A change of another's row was refused.",
        ),
        1,
    ),
    (
        ("app", "render", "error", "The diagram could not be drawn."),
        2,
    ),
    (
        (
            "system",
            "disk",
            "critical",
            "Less than 5 % of the disk is free.",
        ),
        1,
    ),
];

pub(super) fn make(world: &World) -> Vec<Sheet> {
    let mut activity = activity(world);
    activity.extend([errors(world), metrics(world), alerts(world), audit(world)]);
    activity
}

/// What people did in the last weeks, and what agents did in consequence, joined by correlation.
fn activity(world: &World) -> Vec<Sheet> {
    let mut rng = world.rng("activity");
    let mut people = Sheet::new(
        "public.user_activity_logs",
        "id, user_id, correlation_id, activity_type, activity_category, activity_metadata, resource_id, resource_type, \
         ip_address, user_agent, request_path, request_method, success, error_message, created_at, updated_at",
    );
    let mut agents = Sheet::new(
        "public.agent_activity_logs",
        "id, user_id, correlation_id, agent_type, operation_type, operation_category, operation_metadata, duration_ms, \
         start_time, end_time, model_id, provider, thinking_mode, input_tokens, output_tokens, total_tokens, input_cost, \
         output_cost, total_cost, success, error_type, error_message, retry_count, created_at, updated_at",
    );
    for person in &world.people {
        let busy = rng.between(1, 3);
        for day in 0..i64::from(world.options.days) {
            for _ in 0..rng.between(0, busy) {
                let at = waking_hour(world, day, &mut rng);
                let (kind, category, resource) = rng.weighted(ACTIVITIES);
                let correlation = rng.uuid(at);
                let success = rng.chance(97);
                people.row([
                    rng.uuid(at).into(),
                    person.id.into(),
                    correlation.into(),
                    kind.into(),
                    category.into(),
                    json!({"client": "web"}).into(),
                    rng.uuid(at).into(),
                    resource.into(),
                    address(&mut rng).into(),
                    (*rng.pick(USER_AGENTS)).into(),
                    "/graphql".into(),
                    "POST".into(),
                    success.into(),
                    (!success).then_some("the request was cancelled").into(),
                    at.into(),
                    at.into(),
                ]);
                if category == "chat" || category == "artifact" {
                    agent(&mut agents, &mut rng, person.id, correlation, at);
                }
            }
        }
    }
    vec![people, agents]
}

fn agent(
    sheet: &mut Sheet,
    rng: &mut Rng,
    person: uuid::Uuid,
    correlation: uuid::Uuid,
    at: DateTime<Utc>,
) {
    let (agent, operation, category) = rng.weighted(AGENTS);
    let (provider, model, read_price, write_price) = *rng.pick(MODELS);
    let (read, wrote, duration_ms) = (
        rng.between(200, 4_000),
        rng.between(40, 900),
        rng.between(300, 15_000),
    );
    let (read_cost, write_cost) = (price(read, read_price), price(wrote, write_price));
    let success = rng.chance(96);
    sheet.row([
        rng.uuid(at).into(),
        person.into(),
        correlation.into(),
        agent.into(),
        operation.into(),
        category.into(),
        json!({"streamed": rng.chance(60)}).into(),
        duration_ms.into(),
        at.into(),
        (at + Duration::milliseconds(duration_ms)).into(),
        model.into(),
        provider.into(),
        rng.chance(20).into(),
        read.into(),
        wrote.into(),
        (read + wrote).into(),
        Dollars(read_cost).into(),
        Dollars(write_cost).into(),
        Dollars(read_cost + write_cost).into(),
        success.into(),
        (!success).then_some("provider_timeout").into(),
        (!success)
            .then_some("The provider did not answer within 30 s.")
            .into(),
        (if success { 0i64 } else { 2 }).into(),
        at.into(),
        at.into(),
    ]);
}

/// A moment of a day, counted back from the last, between seven and eleven at night.
fn waking_hour(world: &World, day: i64, rng: &mut Rng) -> DateTime<Utc> {
    let end = world.until - Duration::days(day);
    end - Duration::seconds(rng.between(3_600, 17 * 3_600))
}

/// The administrator's acts, about one a day.
fn audit(world: &World) -> Sheet {
    let mut rng = world.rng("audit");
    let mut sheet = Sheet::new(
        "public.audit_entries",
        "id, actor_id, actor_account_id, actor_email, action, target_type, target_id, details, ip_address, user_agent, \
         created_at, updated_at",
    );
    let admin = &world.people[ADMIN];
    for day in 0..i64::from(world.options.days) {
        let at = waking_hour(world, day, &mut rng);
        let (action, target) = rng.weighted(&[
            (("admin_users_read", "account"), 3),
            (("update", "feedback"), 2),
            (("daily_maintenance", "database"), 1),
        ]);
        sheet.row([
            rng.uuid(at).into(),
            admin.id.into(),
            admin.id.into(),
            admin.email.as_str().into(),
            action.into(),
            target.into(),
            (target == "feedback")
                .then(|| rng.uuid(at).to_string())
                .into(),
            json!({}).into(),
            address(&mut rng).into(),
            (*rng.pick(USER_AGENTS)).into(),
            at.into(),
            at.into(),
        ]);
    }
    sheet
}

fn errors(world: &World) -> Sheet {
    let mut rng = world.rng("errors");
    let mut sheet = Sheet::new(
        "public.error_logs",
        "id, user_id, error_type, error_category, error_message, error_details, request_path, request_method, user_agent, \
         ip_address, severity, resolved, resolved_by, resolved_at, resolution_notes, created_at, updated_at",
    );
    let per_day = i64::from(world.options.users) / 20 + 1;
    for day in 0..i64::from(world.options.days) {
        for _ in 0..rng.between(1, 2 * per_day) {
            let at = waking_hour(world, day, &mut rng);
            let (kind, category, severity, message) = rng.weighted(ERRORS);
            let met_by = (kind != "system").then(|| rng.pick(&world.people).id);
            let resolved = rng
                .chance(60)
                .then(|| rng.moment(at, (at + Duration::days(2)).min(world.until)));
            sheet.row([
                rng.uuid(at).into(),
                met_by.into(),
                kind.into(),
                category.into(),
                message.into(),
                json!({"attempt": rng.between(1, 3)}).into(),
                "/graphql".into(),
                "POST".into(),
                (*rng.pick(USER_AGENTS)).into(),
                address(&mut rng).into(),
                severity.into(),
                resolved.is_some().into(),
                resolved.map(|_| world.people[ADMIN].id).into(),
                resolved.into(),
                resolved.map(|_| "Looked into; the cause is gone.").into(),
                at.into(),
                resolved.unwrap_or(at).into(),
            ]);
        }
    }
    sheet
}

/// An alert every few days, each resolved within the hour.
fn alerts(world: &World) -> Sheet {
    let mut rng = world.rng("alerts");
    let mut sheet = Sheet::new(
        "public.alerts",
        "id, kind, message, current_value, worst_value, threshold, raised_at, resolved_at, created_at, updated_at",
    );
    for day in (0..i64::from(world.options.days)).step_by(5) {
        let at = waking_hour(world, day, &mut rng);
        let back = at + Duration::minutes(rng.between(2, 50));
        let worst = rng.between(81, 97);
        sheet.row([
            rng.uuid(at).into(),
            "connections".into(),
            "38 of 100 connections are in use".into(),
            38i64.into(),
            worst.into(),
            80i64.into(),
            at.into(),
            back.into(),
            at.into(),
            back.into(),
        ]);
    }
    sheet
}

fn metrics(world: &World) -> Sheet {
    const KINDS: &[(&str, &str, i64, i64)] = &[
        ("page_load", "first_contentful_paint", 180, 2_400),
        ("page_load", "largest_contentful_paint", 300, 4_500),
        ("request", "graphql", 2, 120),
        ("query", "notes_by_user", 1, 30),
        ("query", "similar_notes", 4, 90),
        ("job", "embedding", 90, 1_500),
        ("storage", "upload", 40, 3_000),
    ];
    let mut rng = world.rng("metrics");
    let mut sheet = Sheet::new(
        "public.performance_metrics",
        "id, user_id, metric_type, metric_name, metric_value, unit, metadata, recorded_at, created_at, updated_at",
    );
    let per_day = i64::from(world.options.users) / 4 + 2;
    for day in 0..i64::from(world.options.days) {
        for _ in 0..rng.between(per_day, 2 * per_day) {
            let at = waking_hour(world, day, &mut rng);
            let (kind, name, low, high) = *rng.pick(KINDS);
            // Most are near the low end, as latencies are.
            let unit = rng.unit();
            let value = low as f64 + (high - low) as f64 * unit * unit * unit;
            sheet.row([
                rng.uuid(at).into(),
                (kind == "page_load" || kind == "request")
                    .then(|| rng.pick(&world.people).id)
                    .into(),
                kind.into(),
                name.into(),
                format!("{value:.3}").into(),
                "ms".into(),
                json!({"route": "/graphql"}).into(),
                at.into(),
                at.into(),
                at.into(),
            ]);
        }
    }
    sheet
}
