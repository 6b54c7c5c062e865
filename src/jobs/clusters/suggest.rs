//! `clusters.suggest`: looks for groups among a person's notes, and suggests a cluster for each.

use std::collections::{BTreeMap, HashSet};

use pgvector::Vector;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    clustering::{self, Group, SMALLEST, group, keywords},
    error::{Code, Error},
    jobs::{JobContext, JobError, Outcome},
};

/// How many notes are compared at most, the newest: 20,000 vectors of 1,536 numbers are 123 MB.
const NOTES_MAX: i64 = 20_000;
/// How much of a note's text is looked at for keywords, in characters.
const TEXT_MAX: i32 = 2_000;
/// What is read at a time.
const PAGE: usize = 1_000;
const KEYWORDS: usize = 10;
const TAGS: usize = 5;
/// A tag is proposed for a cluster if this share of its notes has it.
const TAG_SHARE: f64 = 0.2;
/// A group is not suggested again if more than this share of it was dismissed together.
const DISMISSED_SHARE: f64 = 0.5;

const IDS: &str = "select id from private.clusterable_notes($1) as id limit $2";
const NOTES: &str = "
    select n.id, n.embedding, left(n.content, $2), n.tags from public.notes n where n.id = any ($1)";
const COUNT: &str = "
    select (select count(*) from private.clusterable_notes($1)),
      (select count(*) from public.notes n where n.user_id = $1 and n.deleted_at is null
         and (n.embedding is null or n.embedding_is_stale
           or n.embedding_model is distinct from private.clustering_model($1))
         and not exists (select from public.clusters c where c.id = n.cluster_id and c.status <> 'dismissed'))";
const DISMISSED: &str = "select note_ids from mindloom.dismissed_groupings where user_id = $1";
const REPLACE: &str = "select clusters, notes from private.replace_suggestions($1, $2, $3, $4)";

/// Nothing to say: whose notes is in the job.
#[derive(Deserialize)]
pub struct Payload {}

/// A note, as far as it matters here.
struct Note {
    id: Uuid,
    text: String,
    tags: Vec<String>,
}

/// What there is to compare.
struct Notes {
    notes: Vec<Note>,
    vectors: Vec<Vec<f32>>,
    dismissed: Vec<HashSet<Uuid>>,
}

/// What is to be suggested.
struct Found {
    clusters: Vec<Value>,
    unlike: usize,
    dismissed: usize,
}

/// Reads the notes, finds groups, and replaces the suggestions of before in one transaction.
///
/// # Errors
/// When the database refuses or does not answer, or the job is another's by now.
pub async fn run(context: &JobContext, _payload: Payload) -> Result<Outcome, JobError> {
    let Some(owner) = context.owner() else {
        let said = "The job is nobody's: clusters are suggested for one person's notes";
        return Err(JobError::Fatal(Error::new(Code::BadUserInput, said)));
    };
    let (all, waiting) = counts(context, owner).await?;
    let notes = read(context, owner).await?;
    context.progress(40).await?;
    let compared = notes.notes.len();
    let found = tokio::task::spawn_blocking(move || find(notes)).await;
    let found = found.map_err(|error| Error::internal(error.to_string()))?;
    context.progress(90).await?;
    let step = context.transaction().await?;
    let replace = step.prepare_cached(REPLACE).await?;
    let row = step
        .query_one(
            &replace,
            &[
                &owner,
                &context.id(),
                &Value::Array(found.clusters),
                &(SMALLEST as i32),
            ],
        )
        .await?;
    let (clusters, suggested): (i32, i32) = (row.try_get(0)?, row.try_get(1)?);
    step.complete(json!({
        "clusters": clusters,
        "notes": suggested,
        "leftAlone": {
            "unlikeOthers": found.unlike,
            "dismissedTogether": found.dismissed,
            "withoutEmbedding": waiting,
            "older": all.saturating_sub(compared as i64),
        },
    }))
    .await
}

/// How many notes could be compared, and how many wait for an embedding.
async fn counts(context: &JobContext, owner: Uuid) -> Result<(i64, i64), JobError> {
    let client = context.app().db.system().await?;
    let count = client.prepare_cached(COUNT).await?;
    let row = client.query_one(&count, &[&owner]).await?;
    Ok((row.try_get(0)?, row.try_get(1)?))
}

async fn read(context: &JobContext, owner: Uuid) -> Result<Notes, JobError> {
    let client = context.app().db.system().await?;
    let dismissed = client.prepare_cached(DISMISSED).await?;
    let dismissed = client.query(&dismissed, &[&owner]).await?;
    let dismissed = dismissed.iter().map(|row| {
        let ids: Vec<Uuid> = row.try_get(0)?;
        Ok::<_, tokio_postgres::Error>(ids.into_iter().collect())
    });
    let mut read = Notes {
        notes: Vec::new(),
        vectors: Vec::new(),
        dismissed: dismissed.collect::<Result<_, _>>()?,
    };
    let ids = client.prepare_cached(IDS).await?;
    let ids = client.query(&ids, &[&owner, &NOTES_MAX]).await?;
    let ids: Vec<Uuid> = ids
        .iter()
        .map(|row| row.try_get(0))
        .collect::<Result<_, _>>()?;
    let page = client.prepare_cached(NOTES).await?;
    for some in ids.chunks(PAGE) {
        for row in client.query(&page, &[&some, &TEXT_MAX]).await? {
            // Nobody holds the note: its vector may be gone by now.
            let vector: Option<Vector> = row.try_get(1)?;
            read.vectors
                .push(vector.map_or_else(Vec::new, |vector| used(vector.to_vec())));
            read.notes.push(Note {
                id: row.try_get(0)?,
                text: row.try_get(2)?,
                tags: row.try_get(3)?,
            });
        }
        context.sign();
    }
    Ok(read)
}

/// A vector without the zeros that fill it up: three quarters, where the model is a small one.
fn used(mut vector: Vec<f32>) -> Vec<f32> {
    let width = vector
        .iter()
        .rposition(|x| *x != 0.0)
        .map_or(0, |last| last + 1);
    vector.truncate(width);
    vector.shrink_to_fit();
    vector
}

fn find(notes: Notes) -> Found {
    let Notes {
        notes,
        vectors,
        dismissed,
    } = notes;
    let grouping = group(vectors);
    let (again, fresh): (Vec<Group>, Vec<Group>) = grouping.groups.into_iter().partition(|group| {
        let ids = || group.members.iter().map(|member| notes[*member].id);
        dismissed.iter().any(|together| {
            let shared = ids().filter(|id| together.contains(id)).count();
            shared as f64 > DISMISSED_SHARE * group.members.len() as f64
        })
    });
    let texts: Vec<Vec<&str>> = fresh
        .iter()
        .map(|group| {
            group
                .members
                .iter()
                .map(|member| notes[*member].text.as_str())
                .collect()
        })
        .collect();
    let words = keywords(&texts, KEYWORDS);
    Found {
        clusters: fresh
            .iter()
            .zip(&words)
            .map(|(group, words)| suggestion(&notes, group, words))
            .collect(),
        unlike: grouping.apart + grouping.unusable,
        dismissed: again.iter().map(|group| group.members.len()).sum(),
    }
}

/// A cluster, as `private.replace_suggestions` takes it.
fn suggestion(notes: &[Note], group: &Group, words: &[clustering::Keyword]) -> Value {
    let title = clustering::title(words);
    let proposed = group.members.iter().zip(&group.similarities);
    let proposed = proposed.map(|(member, similarity)| {
        json!({"id": notes[*member].id, "similarity": similarity.clamp(0.0, 1.0)})
    });
    let words: Vec<&str> = words.iter().map(|keyword| keyword.word.as_str()).collect();
    json!({
        "title": title.unwrap_or_else(|| format!("{} notes", group.members.len())),
        "confidence": group.cohesion,
        "keywords": words,
        "tags": tags(notes, group),
        "notes": proposed.collect::<Vec<_>>(),
    })
}

/// The tags that many of a group's notes have, the commonest first.
fn tags<'a>(notes: &'a [Note], group: &Group) -> Vec<&'a str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for member in &group.members {
        let own: HashSet<&str> = notes[*member].tags.iter().map(String::as_str).collect();
        for tag in own {
            *counts.entry(tag).or_default() += 1;
        }
    }
    let least = TAG_SHARE * group.members.len() as f64;
    let mut counts: Vec<(&str, usize)> = counts
        .into_iter()
        .filter(|(_, count)| *count as f64 >= least)
        .collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts.into_iter().take(TAGS).map(|(tag, _)| tag).collect()
}
