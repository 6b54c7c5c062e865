//! Projects of the prompt builder, their parts, and who shares them.

use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use uuid::Uuid;

use super::World;
use super::chats::{MODELS, price};
use super::copy::{Dollars, Sheet};
use super::rng::Rng;
use super::topics::fill;

struct Sheets {
    projects: Sheet,
    collaborators: Sheet,
    invitations: Sheet,
    components: Sheet,
    recordings: Sheet,
    files: Sheet,
    generations: Sheet,
}

impl Sheets {
    fn new() -> Self {
        Self {
            projects: Sheet::new(
                "public.projects",
                "id, user_id, name, description, status, layout, settings, deleted_at, created_at, updated_at",
            ),
            collaborators: Sheet::new(
                "public.collaborators",
                "id, project_id, user_id, role, invited_by, created_at, updated_at",
            ),
            invitations: Sheet::new(
                "public.project_invitations",
                "id, project_id, email, role, state, invited_by, expires_at, answered_at, created_at, updated_at",
            ),
            components: Sheet::new(
                "public.project_components",
                "id, project_id, parent_id, component_type, name, properties, styles, position_x, position_y, width, height, \
                 z_index, created_at, updated_at",
            ),
            recordings: Sheet::new(
                "public.audio_recordings",
                "id, user_id, project_id, storage_path, file_name, mime_type, size_bytes, duration_seconds, transcription, \
                 transcription_status, transcription_language, transcribed_at, created_at, updated_at",
            ),
            files: Sheet::new(
                "storage.objects",
                "id, bucket_id, name, owner, metadata, created_at, updated_at",
            ),
            generations: Sheet::new(
                "public.prompt_generations",
                "id, user_id, project_id, audio_recording_id, input_text, generated_prompt, model, provider, parameters, \
                 input_tokens, output_tokens, cost, duration_ms, status, created_at, updated_at",
            ),
        }
    }
}

pub(super) fn make(world: &World) -> Vec<Sheet> {
    let mut rng = world.rng("projects");
    let mut sheets = Sheets::new();
    let projects = world.options.projects.unwrap_or(world.options.users * 2) as usize;
    for number in 0..projects {
        project(world, number % world.people.len(), &mut rng, &mut sheets);
    }
    let Sheets {
        projects,
        collaborators,
        invitations,
        components,
        recordings,
        files,
        generations,
    } = sheets;
    vec![
        projects,
        collaborators,
        invitations,
        components,
        files,
        recordings,
        generations,
    ]
}

/// A project with its parts. What belongs to it was made after it.
struct Project {
    id: Uuid,
    owner: Uuid,
    subject: usize,
    made: DateTime<Utc>,
}

fn project(world: &World, owner: usize, rng: &mut Rng, sheets: &mut Sheets) {
    let person = &world.people[owner];
    let made = rng.moment(person.joined, world.until - Duration::days(2));
    let subject = person.subjects[rng.below(6)];
    let project = Project {
        id: rng.uuid(made),
        owner: person.id,
        subject,
        made,
    };
    let about = &world.subjects[subject];
    let deleted = rng.chance(5).then(|| rng.moment(made, world.until));
    sheets.projects.row([
        project.id.into(),
        person.id.into(),
        format!("{} site", about.topic_name).into(),
        format!("A page about {}", about.name.to_lowercase()).into(),
        rng.weighted(&[("active", 5), ("draft", 3), ("archived", 1)])
            .into(),
        json!({"width": 1280, "height": 800, "zoom": 1, "grid": 8}).into(),
        json!({"snapToGrid": rng.chance(70)}).into(),
        deleted.into(),
        made.into(),
        deleted
            .unwrap_or_else(|| rng.moment(made, world.until))
            .into(),
    ]);
    share(world, owner, &project, rng, sheets);
    invite(world, &project, sheets);
    components(world, &project, rng, sheets);
    let recording = rng
        .chance(40)
        .then(|| recording(world, &project, rng, sheets));
    for _ in 0..rng.below(4) {
        generation(world, &project, recording, rng, sheets);
    }
}

fn share(world: &World, owner: usize, project: &Project, rng: &mut Rng, sheets: &mut Sheets) {
    let others = world.people.len() - 1;
    let mut guests: Vec<usize> = (0..rng.below(4))
        .map(|_| (owner + 1 + rng.below(others)) % world.people.len())
        .collect();
    guests.sort_unstable();
    guests.dedup();
    for guest in guests {
        let at = rng.moment(project.made, world.until);
        sheets.collaborators.row([
            rng.uuid(at).into(),
            project.id.into(),
            world.people[guest].id.into(),
            rng.weighted(&[("viewer", 5), ("editor", 4), ("owner", 1)])
                .into(),
            project.owner.into(),
            at.into(),
            at.into(),
        ]);
    }
}

/// Every second project has asked somebody without an account, who answered or not yet.
fn invite(world: &World, project: &Project, sheets: &mut Sheets) {
    let mut rng = world.rng(&format!("invitation {}", project.id));
    if !rng.chance(50) {
        return;
    }
    let at = rng.moment(project.made, world.until);
    let state = rng.weighted(&[("pending", 3), ("declined", 1), ("cancelled", 1)]);
    let answered = (state != "pending").then(|| at + Duration::hours(3));
    sheets.invitations.row([
        rng.uuid(at).into(),
        project.id.into(),
        format!("guest{}@example.com", rng.below(1_000)).into(),
        rng.weighted(&[("viewer", 3), ("editor", 2)]).into(),
        state.into(),
        project.owner.into(),
        (at + Duration::days(14)).into(),
        answered.into(),
        at.into(),
        answered.unwrap_or(at).into(),
    ]);
}

fn components(world: &World, project: &Project, rng: &mut Rng, sheets: &mut Sheets) {
    const KINDS: &[(&str, u64)] = &[
        ("text", 5),
        ("heading", 3),
        ("button", 3),
        ("image", 2),
        ("input", 2),
        ("card", 1),
        ("list", 1),
    ];
    let mut parent: Option<Uuid> = None;
    for place in 0..rng.between(4, 12) {
        let at = rng.moment(project.made, world.until);
        let id = rng.uuid(at);
        let kind = if place == 0 {
            "container"
        } else {
            rng.weighted(KINDS)
        };
        let text = fill(
            rng.pick::<&str>(&world.subjects[project.subject].sentences),
            rng,
        );
        sheets.components.row([
            id.into(),
            project.id.into(),
            parent.into(),
            kind.into(),
            format!("{kind} {place}").into(),
            json!({"text": text}).into(),
            json!({"padding": 8, "color": "#1f2937"}).into(),
            ((place % 3) as f64 * 320.0).into(),
            ((place / 3) as f64 * 120.0).into(),
            300.0.into(),
            100.0.into(),
            place.into(),
            at.into(),
            at.into(),
        ]);
        if place == 0 {
            parent = Some(id);
        }
    }
}

fn recording(world: &World, project: &Project, rng: &mut Rng, sheets: &mut Sheets) -> Uuid {
    const TYPES: &[(&str, &str)] = &[
        ("webm", "audio/webm"),
        ("mp3", "audio/mpeg"),
        ("wav", "audio/wav"),
        ("ogg", "audio/ogg"),
    ];
    let at = rng.moment(project.made, world.until);
    let (id, (ending, mime)) = (rng.uuid(at), *rng.pick(TYPES));
    let seconds = rng.between(5, 240);
    let name = format!("idea.{ending}");
    let path = format!("{}/{}/{}_{name}", project.owner, project.id, at.timestamp());
    let status = rng.weighted(&[("completed", 8), ("pending", 1), ("failed", 1)]);
    let done = status == "completed";
    let said = fill(
        rng.pick::<&str>(&world.subjects[project.subject].sentences),
        rng,
    );
    sheets.recordings.row([
        id.into(),
        project.owner.into(),
        project.id.into(),
        path.as_str().into(),
        name.into(),
        mime.into(),
        (seconds * 16_000).into(),
        seconds.into(),
        done.then_some(said).into(),
        status.into(),
        done.then_some("en").into(),
        done.then(|| at + Duration::seconds(seconds)).into(),
        at.into(),
        at.into(),
    ]);
    sheets.files.row([
        rng.uuid(at).into(),
        "audio-recordings".into(),
        path.into(),
        project.owner.into(),
        json!({"size": seconds * 16_000, "mimetype": mime}).into(),
        at.into(),
        at.into(),
    ]);
    id
}

fn generation(
    world: &World,
    project: &Project,
    recording: Option<Uuid>,
    rng: &mut Rng,
    sheets: &mut Sheets,
) {
    let at = rng.moment(project.made, world.until);
    let subject = &world.subjects[project.subject];
    let (provider, model, read_price, write_price) = *rng.pick(MODELS);
    let (read, wrote) = (rng.between(100, 1_500), rng.between(80, 900));
    let done = rng.chance(92);
    sheets.generations.row([
        rng.uuid(at).into(),
        project.owner.into(),
        project.id.into(),
        recording.into(),
        format!("A page about {}", subject.name.to_lowercase()).into(),
        done.then(|| {
            format!(
                "Build one page on {}. {}",
                subject.name.to_lowercase(),
                fill(subject.sentences[1], rng)
            )
        })
        .into(),
        model.into(),
        provider.into(),
        json!({"temperature": 0.7}).into(),
        read.into(),
        done.then_some(wrote).into(),
        Dollars(price(read, read_price) + if done { price(wrote, write_price) } else { 0 }).into(),
        rng.between(500, 12_000).into(),
        (if done { "completed" } else { "failed" }).into(),
        at.into(),
        at.into(),
    ]);
}
