//! Notes in clusters, and what people make of them.

mod draft;

use std::pin::pin;

use chrono::{DateTime, Duration, Utc};
use pgvector::Vector;
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio_postgres::Transaction;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::copy::{Sheet, array};
use super::embedding::{DIMENSIONS, Space};
use super::people::Person;
use super::rng::Rng;
use super::topics::{Subject, fill};
use super::{DemoError, World};
use crate::progress::Progress;
use draft::{Author, draft, shuffled};

/// A cluster: notes of one person about one subject.
struct Cluster {
    id: Uuid,
    subject: usize,
    status: &'static str,
}

/// A note that other tables refer to.
struct Kept {
    id: Uuid,
    /// The cluster about the same.
    about: Option<Uuid>,
    /// The cluster that it is in.
    cluster: Option<Uuid>,
    proposed: bool,
    person: usize,
    content: String,
    deleted: bool,
    embedded: bool,
}

/// Sends clusters, notes and what rests on them.
pub(super) async fn send(transaction: &Transaction<'_>, world: &World) -> Result<u64, DemoError> {
    let shares = shares(world);
    let mut rng = world.rng("clusters");
    let clusters: Vec<Vec<Cluster>> = world
        .people
        .iter()
        .zip(&shares)
        .map(|(person, notes)| clusters_of(person, *notes, &mut rng))
        .collect();
    let step = Progress::step("Clusters");
    let mut rows = cluster_rows(world, &clusters).send(transaction).await?;
    step.done();
    let kept = send_notes(transaction, world, &shares, &clusters).await?;
    rows += u64::from(world.options.notes);
    let step = Progress::step("Stacks, documents, insights and jobs");
    for made in [
        vec![note_suggestions(world, &kept)],
        stacks(world, &kept),
        documents(world, &clusters, &kept),
        insights(world),
        jobs(world, &kept),
    ] {
        for sheet in made {
            rows += sheet.send(transaction).await?;
        }
    }
    step.done();
    Ok(rows)
}

/// How many notes each person has: a few have very many, most have some, as in any such application.
fn shares(world: &World) -> Vec<u32> {
    let weights: Vec<f64> = (0..world.people.len())
        .map(|place| (place as f64 + 1.0).powf(-0.9))
        .collect();
    let total: f64 = weights.iter().sum();
    let mut left = world.options.notes;
    let mut shares: Vec<u32> = weights
        .iter()
        .map(|weight| {
            let share = (f64::from(world.options.notes) * weight / total) as u32;
            left -= share;
            share
        })
        .collect();
    // What rounding left goes to those at the end.
    let people = shares.len();
    for place in 0..left as usize {
        shares[people - 1 - place % people] += 1;
    }
    shares
}

fn clusters_of(person: &Person, notes: u32, rng: &mut Rng) -> Vec<Cluster> {
    let wanted = f64::from(notes).sqrt().ceil() as usize;
    person
        .subjects
        .iter()
        .take(wanted)
        .map(|subject| Cluster {
            id: rng.uuid(person.joined),
            subject: *subject,
            status: rng.weighted(&[("accepted", 7), ("suggested", 2), ("dismissed", 1)]),
        })
        .collect()
}

fn cluster_rows(world: &World, clusters: &[Vec<Cluster>]) -> Sheet {
    let mut rng = world.rng("cluster rows");
    let mut sheet = Sheet::new(
        "public.clusters",
        "id, user_id, title, description, status, confidence_score, theme_keywords, suggested_tags, themes, \
         suggested_at, accepted_at, dismissed_at, created_at, updated_at",
    );
    for (person, clusters) in world.people.iter().zip(clusters) {
        for cluster in clusters {
            let subject = &world.subjects[cluster.subject];
            let made = rng.moment(person.joined, world.until - Duration::days(1));
            let decided = rng.moment(made, world.until);
            let status = cluster.status;
            sheet.row([
                cluster.id.into(),
                person.id.into(),
                format!("{}: {}", subject.topic_name, subject.name.to_lowercase()).into(),
                format!(
                    "Notes on {}, with an eye to {}.",
                    subject.topic_name.to_lowercase(),
                    subject.name.to_lowercase()
                )
                .into(),
                status.into(),
                format!("0.{:02}", rng.between(55, 98)).into(),
                array(&subject.tags).into(),
                array(&subject.tags).into(),
                json!([subject.topic_name, subject.name]).into(),
                made.into(),
                (status == "accepted").then_some(decided).into(),
                (status == "dismissed").then_some(decided).into(),
                made.into(),
                decided.into(),
            ]);
        }
    }
    sheet
}

/// How many of a person's notes other tables refer to.
const KEPT_EACH: u32 = 40;
/// Among how many of them those are looked for that suggested clusters are made of.
const SUGGESTED_MAX: u32 = 1_000;
const NOTE_COLUMNS: &str = "id, user_id, cluster_id, content, tags, metadata, word_count, character_count, embedding, \
                            embedding_hash, embedding_updated_at, deleted_at, created_at, updated_at";

async fn send_notes(
    transaction: &Transaction<'_>,
    world: &World,
    shares: &[u32],
    clusters: &[Vec<Cluster>],
) -> Result<Vec<Kept>, DemoError> {
    let bar = Progress::of("Notes", u64::from(world.options.notes));
    let mut writer = pin!(note_writer(transaction).await?);
    let space = Space::new(world.options.seed, &world.subjects);
    let mut rng = world.rng("notes");
    let mut vectors = world.rng("vectors");
    let mut kept = Vec::new();
    let mut written = shuffled(world).into_iter();
    for (number, person) in world.people.iter().enumerate() {
        let mut author = Author::new(person, &clusters[number]);
        for count in 0..shares[number] {
            // Half of them at most, so that whoever has many notes has all sorts.
            let by_hand = (count % 2 == 0).then(|| written.next()).flatten();
            let note = draft(world, &mut author, by_hand, &mut rng);
            let embedding = note.embedded.then(|| {
                let topic = world.subjects[note.subject].topic;
                Vector::from(space.embed(topic, note.subject, note.sentence, &mut vectors))
            });
            let hash = note
                .embedded
                .then(|| hex::encode(Sha256::digest(note.content.as_bytes())));
            let embedded_at = note.embedded.then_some(note.updated);
            writer
                .as_mut()
                .write(&[
                    &note.id,
                    &person.id,
                    &note.cluster,
                    &note.content,
                    &note.tags,
                    &note.metadata,
                    &note.words,
                    &note.characters,
                    &embedding,
                    &hash,
                    &embedded_at,
                    &note.deleted,
                    &note.created,
                    &note.updated,
                ])
                .await?;
            bar.advance(1);
            // A suggested cluster is nothing but its notes.
            if count < KEPT_EACH || note.suggested && count < SUGGESTED_MAX {
                kept.push(Kept {
                    id: note.id,
                    about: note.about,
                    cluster: note.cluster,
                    proposed: note.proposed,
                    person: number,
                    content: note.content,
                    deleted: note.deleted.is_some(),
                    embedded: note.embedded,
                });
            }
        }
    }
    writer.finish().await?;
    bar.done();
    Ok(kept)
}

/// What takes the rows of [`NOTE_COLUMNS`].
async fn note_writer(transaction: &Transaction<'_>) -> Result<BinaryCopyInWriter, DemoError> {
    let selected = transaction
        .prepare(&format!("select {NOTE_COLUMNS} from public.notes"))
        .await?;
    let columns = selected.columns().iter();
    let types: Vec<Type> = columns.map(|column| column.type_().clone()).collect();
    let statement = format!("copy public.notes ({NOTE_COLUMNS}) from stdin (format binary)");
    let sink = transaction.copy_in(&statement).await?;
    Ok(BinaryCopyInWriter::new(sink, &types))
}

/// Notes in no cluster are proposed for the one about the same, a suggested or an accepted one; some were refused.
fn note_suggestions(world: &World, kept: &[Kept]) -> Sheet {
    let mut rng = world.rng("note suggestions");
    let mut sheet = Sheet::new(
        "public.note_suggestions",
        "cluster_id, note_id, user_id, similarity, refused_at, created_at, updated_at",
    );
    for note in kept {
        let Some(about) = note.about.filter(|_| note.proposed && !note.deleted) else {
            continue;
        };
        let made = rng.moment(world.people[note.person].joined, world.until);
        let refused = rng.chance(20).then(|| rng.moment(made, world.until));
        sheet.row([
            about.into(),
            note.id.into(),
            world.people[note.person].id.into(),
            format!("0.{:02}", rng.between(40, 90)).into(),
            refused.into(),
            made.into(),
            refused.unwrap_or(made).into(),
        ]);
    }
    sheet
}

fn stacks(world: &World, kept: &[Kept]) -> Vec<Sheet> {
    let mut rng = world.rng("stacks");
    let mut stacks = Sheet::new(
        "public.stacks",
        "id, user_id, name, pinned, created_at, updated_at",
    );
    let mut places = Sheet::new(
        "public.stack_notes",
        "stack_id, note_id, user_id, position, created_at, updated_at",
    );
    for (number, person) in world.people.iter().enumerate() {
        // They are kept person by person.
        let first = kept.partition_point(|note| note.person < number);
        let end = kept.partition_point(|note| note.person <= number);
        let notes: Vec<&Kept> = kept[first..end]
            .iter()
            .filter(|note| !note.deleted)
            .collect();
        for name in ["This week", "Someday", "To read"]
            .iter()
            .take(rng.below(3) + 1)
        {
            let made = rng.moment(person.joined, world.until);
            let id = rng.uuid(made);
            stacks.row([
                id.into(),
                person.id.into(),
                (*name).into(),
                rng.chance(40).into(),
                made.into(),
                made.into(),
            ]);
            let first = rng.below(notes.len().max(1));
            for (place, note) in notes.iter().skip(first).take(6).enumerate() {
                places.row([
                    id.into(),
                    note.id.into(),
                    person.id.into(),
                    (place as i64 + 1).into(),
                    made.into(),
                    made.into(),
                ]);
            }
        }
    }
    vec![stacks, places]
}

/// What readers say.
const REMARKS: &[(&str, u64)] = &[
    ("Clear and to the point, thank you.", 3),
    ("Where does the second claim come from?", 2),
    ("I would put the example first.", 2),
];

const STATES: &[(&str, u64)] = &[("draft", 3), ("published", 5), ("archived", 1)];

fn documents(world: &World, clusters: &[Vec<Cluster>], kept: &[Kept]) -> Vec<Sheet> {
    let mut rng = world.rng("documents");
    let mut documents = Sheet::new(
        "public.documents",
        "id, user_id, cluster_id, parent_document_id, title, content, status, tags, version, word_count, reading_time, \
         is_public, share_token, generation_metadata, created_at, updated_at",
    );
    let mut comments = Sheet::new(
        "public.document_comments",
        "id, document_id, user_id, content, created_at, updated_at",
    );
    let mut sources = Sheet::new(
        "public.document_sources",
        "document_id, position, user_id, note_id, is_used, created_at, updated_at",
    );
    let mut remarks = world.rng("comments");
    for (number, (person, clusters)) in world.people.iter().zip(clusters).enumerate() {
        let reader = &world.people[(number + 1) % world.people.len()];
        for cluster in clusters.iter().step_by(3) {
            let subject = &world.subjects[cluster.subject];
            let title = format!(
                "{}: what I know about {}",
                subject.topic_name,
                subject.name.to_lowercase()
            );
            let mut parent: Option<Uuid> = None;
            let mut made = rng.moment(person.joined, world.until);
            for version in 1..=rng.weighted(&[(1i64, 7), (2, 2), (3, 1)]) {
                let id = rng.uuid(made);
                let content = essay(&title, subject, &mut rng);
                let words = content.split_whitespace().count() as i64;
                let public = rng.chance(12);
                documents.row([
                    id.into(),
                    person.id.into(),
                    cluster.id.into(),
                    parent.into(),
                    title.as_str().into(),
                    content.into(),
                    rng.weighted(STATES).into(),
                    array(&subject.tags).into(),
                    version.into(),
                    words.into(),
                    ((words + 199) / 200).into(),
                    public.into(),
                    public.then(|| rng.uuid(made)).into(),
                    json!({"model": "gpt-4o", "clusterId": cluster.id}).into(),
                    made.into(),
                    made.into(),
                ]);
                cite(&mut sources, kept, cluster.id, (id, person.id), made);
                if remarks.chance(30) {
                    let at = remarks.moment(made.max(reader.joined), world.until);
                    comments.row([
                        remarks.uuid(at).into(),
                        id.into(),
                        reader.id.into(),
                        remarks.weighted(REMARKS).into(),
                        at.into(),
                        at.into(),
                    ]);
                }
                parent = Some(id);
                made = rng.moment(
                    made + Duration::seconds(1),
                    world.until + Duration::seconds(2),
                );
            }
        }
    }
    vec![documents, comments, sources]
}

/// Says that a document of somebody was made of the notes of a cluster.
fn cite(
    sources: &mut Sheet,
    kept: &[Kept],
    cluster: Uuid,
    (document, person): (Uuid, Uuid),
    made: DateTime<Utc>,
) {
    let of_cluster = |note: &&Kept| note.cluster == Some(cluster) && !note.deleted;
    for (note, position) in kept.iter().filter(of_cluster).zip(1i64..) {
        sources.row([
            document.into(),
            position.into(),
            person.into(),
            note.id.into(),
            true.into(),
            made.into(),
            made.into(),
        ]);
    }
}

/// All that is known of a subject, under its title.
fn essay(title: &str, subject: &Subject, rng: &mut Rng) -> String {
    let mut content = format!("# {title}\n");
    for sentence in &subject.sentences {
        content.push_str(&format!("\n{}\n", fill(sentence, rng)));
    }
    content
}

fn insights(world: &World) -> Vec<Sheet> {
    let mut rng = world.rng("insights");
    let mut insights = Sheet::new(
        "public.insights",
        "id, user_id, title, content, week_start, week_end, created_at, updated_at",
    );
    let mut vault = Sheet::new(
        "public.vault_notes",
        "id, user_id, ciphertext, iv, salt, created_at, updated_at",
    );
    for person in &world.people {
        for week in 1..=4 {
            let (start, end) = (
                world.until - Duration::weeks(week),
                world.until - Duration::weeks(week - 1),
            );
            let subject = &world.subjects[person.subjects[rng.below(4)]];
            let content = format!(
                "Most of what you wrote this week was about {}. {} You came back to it on {} days.",
                subject.topic_name.to_lowercase(),
                fill(subject.sentences[0], &mut rng),
                rng.between(2, 6)
            );
            insights.row([
                rng.uuid(end).into(),
                person.id.into(),
                format!("A week of {}", subject.topic_name.to_lowercase()).into(),
                content.into(),
                start.into(),
                end.into(),
                end.into(),
                end.into(),
            ]);
        }
        for _ in 0..rng.below(4) {
            let made = rng.moment(person.joined, world.until);
            let noise: Vec<String> = (0..12).map(|_| format!("{:016x}", rng.next())).collect();
            vault.row([
                rng.uuid(made).into(),
                person.id.into(),
                noise[..8].concat().into(),
                noise[8][..12].to_owned().into(),
                noise[9].clone().into(),
                made.into(),
                made.into(),
            ]);
        }
    }
    vec![insights, vault]
}

/// Work that is done, where embeddings were invented, and cached ones; rate limits.
fn jobs(world: &World, kept: &[Kept]) -> Vec<Sheet> {
    let mut rng = world.rng("jobs");
    let mut jobs = Sheet::new(
        "public.job_queue",
        "id, user_id, job_type, status, payload, result, error, progress, attempts, scheduled_for, completed_at, \
         created_at, updated_at",
    );
    let mut cache = Sheet::new(
        "public.embedding_cache",
        "content_hash, model, embedding, expires_at, created_at, updated_at",
    );
    let space = Space::new(world.options.seed, &world.subjects);
    for (number, note) in kept.iter().enumerate() {
        if number % 8 == 0 && note.embedded {
            job(world, note, &mut rng, &mut jobs);
        }
        if number % 64 == 0 && world.options.invent_embeddings {
            let at = rng.moment(world.until - Duration::hours(6), world.until);
            let key = format!("text-embedding-3-small{number}{}", note.content);
            let vector = space.embed(0, 0, 0, &mut rng);
            let vector: Vec<String> = vector.iter().map(f32::to_string).collect();
            cache.row([
                hex::encode(Sha256::digest(key.as_bytes())).into(),
                "text-embedding-3-small".into(),
                format!("[{}]", vector.join(",")).into(),
                (world.until + Duration::days(30)).into(),
                at.into(),
                at.into(),
            ]);
        }
    }
    vec![jobs, cache, rate_limits(world)]
}

fn job(world: &World, note: &Kept, rng: &mut Rng, jobs: &mut Sheet) {
    let at = rng.moment(world.until - Duration::hours(6), world.until);
    let status = rng.weighted(&[("completed", 18), ("dead", 1)]);
    let (attempts, progress) = if status == "dead" {
        (3i64, 0i64)
    } else {
        (1, 100)
    };
    let ended = at + Duration::seconds(rng.between(1, 90));
    jobs.row([
        rng.uuid(at).into(),
        world.people[note.person].id.into(),
        "embedding".into(),
        status.into(),
        json!({"noteId": note.id}).into(),
        (status == "completed")
            .then(|| json!({"dimensions": DIMENSIONS}))
            .into(),
        (status == "dead")
            .then_some("the provider answered 503 three times")
            .into(),
        progress.into(),
        attempts.into(),
        at.into(),
        ended.into(),
        at.into(),
        ended.into(),
    ]);
}

fn rate_limits(world: &World) -> Sheet {
    let mut rng = world.rng("rate limits");
    let mut limits = Sheet::new(
        "public.rate_limits",
        "id, count, window_start, reset_time, created_at, updated_at",
    );
    for person in world.people.iter().step_by(4) {
        let begun = world.until - Duration::minutes(rng.between(0, 50));
        limits.row([
            format!("{}:search", person.id).into(),
            rng.between(1, 30).into(),
            begun.into(),
            (begun + Duration::hours(1)).into(),
            begun.into(),
            begun.into(),
        ]);
    }
    limits
}
