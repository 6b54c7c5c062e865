//! What a note of the demonstration says, and when it was written.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Cluster;
use crate::demo::World;
use crate::demo::corpus;
use crate::demo::people::Person;
use crate::demo::rng::Rng;
use crate::demo::topics::fill;

/// One note, before it has a vector.
pub(super) struct Draft {
    pub(super) id: Uuid,
    /// The cluster about the same.
    pub(super) about: Option<Uuid>,
    pub(super) cluster: Option<Uuid>,
    /// Whether it is proposed for the cluster about the same.
    pub(super) proposed: bool,
    /// Whether that is a cluster that nobody has answered.
    pub(super) suggested: bool,
    pub(super) subject: usize,
    pub(super) sentence: usize,
    pub(super) content: String,
    pub(super) tags: Vec<String>,
    pub(super) metadata: Value,
    pub(super) words: i32,
    pub(super) characters: i32,
    pub(super) created: DateTime<Utc>,
    pub(super) updated: DateTime<Utc>,
    pub(super) deleted: Option<DateTime<Utc>>,
    pub(super) embedded: bool,
}

/// What one person writes, so that no two of their notes are the same.
pub(super) struct Author<'a> {
    person: &'a Person,
    clusters: &'a [Cluster],
    said: HashSet<u64>,
}

impl<'a> Author<'a> {
    pub(super) fn new(person: &'a Person, clusters: &'a [Cluster]) -> Self {
        Self {
            person,
            clusters,
            said: HashSet::new(),
        }
    }

    fn is_new(&mut self, content: &str) -> bool {
        let mut hasher = DefaultHasher::new();
        content.hash(&mut hasher);
        self.said.insert(hasher.finish())
    }
}

/// The hand-written notes in an order that mixes their topics: index of the topic, and text.
pub(super) fn shuffled(world: &World) -> Vec<(usize, &'static str)> {
    let mut rng = world.rng("written");
    let mut written: Vec<(usize, &str)> = corpus::written()
        .map(|(topic, note)| (topic, note.text.as_str()))
        .collect();
    for place in (1..written.len()).rev() {
        written.swap(place, rng.below(place + 1));
    }
    written
}

/// The cluster that a note is in, and the subject that it is about. A hand-written one is in the first
/// cluster of its topic, if the author has any.
fn place<'a>(
    world: &World,
    clusters: &'a [Cluster],
    written: Option<(usize, &str)>,
    rng: &mut Rng,
) -> (Option<&'a Cluster>, usize) {
    let any = &clusters[rng.below(clusters.len())];
    let Some((topic, _)) = written else {
        return (Some(any), any.subject);
    };
    let is_of_topic = |subject: &usize| world.subjects[*subject].topic == topic;
    let mut own = clusters.iter();
    if let Some(cluster) = own.find(|cluster| is_of_topic(&cluster.subject)) {
        return (Some(cluster), cluster.subject);
    }
    let first = (0..world.subjects.len()).find(is_of_topic);
    (None, first.unwrap_or(any.subject))
}

/// A note, of what somebody wrote by hand or made for one of the author's clusters.
pub(super) fn draft(
    world: &World,
    author: &mut Author<'_>,
    written: Option<(usize, &str)>,
    rng: &mut Rng,
) -> Draft {
    let person = author.person;
    let created = rng.moment(person.joined, world.until);
    let (cluster, number) = place(world, author.clusters, written, rng);
    let subject = &world.subjects[number];
    let sentence = rng.below(subject.sentences.len());
    let content = match written {
        Some((_, text)) => text.to_owned(),
        None => loop {
            let first = fill(subject.sentences[sentence], rng);
            let content = corpus::generate(subject.topic, Some(&first), rng);
            if author.is_new(&content) {
                break content;
            }
        },
    };
    let tags: Vec<String> = subject
        .tags
        .iter()
        .filter(|_| rng.chance(60))
        .map(|tag| (*tag).to_owned())
        .collect();
    let (words, characters) = (
        content.split_whitespace().count() as i32,
        content.chars().count() as i32,
    );
    let mut metadata = json!({"wordCount": words, "characterCount": characters, "tags": tags});
    if rng.chance(20) {
        metadata["importance"] = (*rng.pick(&["low", "medium", "high"])).into();
    }
    if rng.chance(10) {
        metadata["source"] = (*rng.pick(&["web clipper", "mail", "phone"])).into();
    }
    // Suggested and dismissed clusters hold no notes.
    let of = |status: &str| cluster.is_some_and(|cluster| cluster.status == status);
    let joins = rng.chance(85) && of("accepted");
    let suggested = of("suggested");
    let recent = world.until - Duration::days(25);
    Draft {
        id: rng.uuid(created),
        about: cluster.map(|cluster| cluster.id),
        cluster: cluster.filter(|_| joins).map(|cluster| cluster.id),
        proposed: suggested || of("accepted") && !joins,
        suggested,
        subject: number,
        sentence,
        content,
        tags,
        metadata,
        words,
        characters,
        created,
        updated: if rng.chance(25) {
            rng.moment(created, world.until)
        } else {
            created
        },
        deleted: rng
            .chance(3)
            .then(|| rng.moment(created.max(recent), world.until)),
        // The newest wait for a worker.
        embedded: world.options.invent_embeddings && created < world.until - Duration::hours(6),
    }
}
