//! Clusters of notes: how long 10,000 vectors take, how much memory beyond them, and how well known subjects are found,
//! among them the topics of the demonstration's notes with the local model (the adjusted Rand index: 1 for the same
//! groups, 0 for chance).

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use mindloom::{
    app::App,
    clustering::{self, Grouping},
    config::{ModelName, Settings},
    demo::corpus,
    models::Urgency,
};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use serde_json::{Value, json};

use super::stand::Stand;

const VECTORS: usize = 10_000;
const WIDTH: usize = 384;
const SUBJECTS: usize = 60;
/// One vector of so many is about nothing that another one is about.
const ALONE_EVERY: usize = 20;
/// How much longer a vector's own part is than what it shares with others of its subject: as all-MiniLM-L6-v2 has it,
/// where sentences about one subject have a cosine of about 0.4.
const OWN_SHARE: f32 = 1.2;
/// Of the demonstration, about 18 topics.
const NOTES: usize = 2_000;
const SECONDS_MAX: f64 = 10.0;
const MEGABYTES_MAX: f64 = 300.0;
const INDEX_MIN: f64 = 0.7;

/// Measures, and fails where a figure is missed. `share` makes it so much smaller.
pub async fn run(stand: &Stand, share: usize) -> Vec<Value> {
    // With fewer notes there are too few about each topic.
    vec![
        made(VECTORS / share),
        topics(stand, (NOTES / share).max(500)).await,
    ]
}

/// Vectors that were made: for time and memory.
fn made(count: usize) -> Value {
    let (vectors, subjects) = vectors(count);
    let before = peak_megabytes();
    let begun = Instant::now();
    let grouping = clustering::group(vectors);
    let seconds = begun.elapsed().as_secs_f64();
    let megabytes = peak_megabytes() - before;
    assert!(seconds <= SECONDS_MAX, "{seconds:.1} s");
    assert!(megabytes <= MEGABYTES_MAX, "{megabytes:.0} MB");
    let index = judged(&grouping, &subjects);
    json!({
        "part": "clusters", "what": "vectors", "count": count, "width": WIDTH, "groups": grouping.groups.len(),
        "apart": grouping.apart, "s": seconds, "mb": megabytes, "adjusted_rand_index": index,
    })
}

/// Notes of the demonstration, embedded by the local model.
async fn topics(stand: &Stand, count: usize) -> Value {
    let directory =
        std::env::temp_dir().join(format!("mindloom-bench-clusters-{}", std::process::id()));
    let name = directory.to_str().expect("a plain name");
    std::fs::create_dir_all(&directory).expect("a directory");
    let secret = "a secret of at least thirty-two bytes";
    let flags = [
        ["--data-dir", name],
        ["--jwt-secret", secret],
        ["--embedding-model", "local"],
    ];
    let settings = Settings::from_flags(flags.concat()).expect("settings");
    let app = App::start(&settings, stand.db.clone())
        .await
        .expect("a server");
    let model = app
        .state
        .embeddings
        .model(&ModelName::local())
        .expect("the local model");
    let notes = corpus::notes(count);
    let mut vectors = Vec::with_capacity(count);
    for some in notes.chunks(64) {
        let texts: Vec<&str> = some.iter().map(|note| note.text.as_str()).collect();
        let embedded = model.embed(&texts, Urgency::Query).await.expect("vectors");
        vectors.extend(embedded.vectors);
    }
    app.leave();
    app.stop(Duration::from_secs(10)).await;
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    let subjects: Vec<Option<usize>> = notes
        .iter()
        .map(|note| {
            let next = numbers.len();
            Some(*numbers.entry(note.topic).or_insert(next))
        })
        .collect();
    let grouping = clustering::group(vectors);
    let index = judged(&grouping, &subjects);
    json!({
        "part": "clusters", "what": "topics of the demonstration", "count": count, "topics": numbers.len(),
        "groups": grouping.groups.len(), "apart": grouping.apart, "adjusted_rand_index": index,
    })
}

/// The index of what was found, which must be good enough.
fn judged(grouping: &Grouping, subjects: &[Option<usize>]) -> f64 {
    let mut found = vec![None; subjects.len()];
    for (number, group) in grouping.groups.iter().enumerate() {
        for member in &group.members {
            found[*member] = Some(number);
        }
    }
    let index = adjusted_rand_index(subjects, &found);
    assert!(index >= INDEX_MIN, "adjusted Rand index {index:.2}");
    index
}

/// Vectors about subjects of very different sizes, and what each is about; none for those about nothing.
fn vectors(count: usize) -> (Vec<Vec<f32>>, Vec<Option<usize>>) {
    let mut rng = StdRng::seed_from_u64(1);
    let centres: Vec<Vec<f32>> = (0..SUBJECTS).map(|_| direction(&mut rng)).collect();
    let weights: Vec<f64> = (1..=SUBJECTS)
        .map(|place| (place as f64).powf(-0.7))
        .collect();
    let total: f64 = weights.iter().sum();
    let mut vectors = Vec::with_capacity(count);
    let mut subjects = Vec::with_capacity(count);
    for number in 0..count {
        let mut vector = direction(&mut rng);
        if number % ALONE_EVERY == 0 {
            subjects.push(None);
        } else {
            let mut left = rng.random_range(0.0..total);
            let subject = weights.iter().position(|weight| {
                left -= weight;
                left < 0.0
            });
            let subject = subject.unwrap_or(SUBJECTS - 1);
            for (own, shared) in vector.iter_mut().zip(&centres[subject]) {
                *own = OWN_SHARE * *own + shared;
            }
            subjects.push(Some(subject));
        }
        vectors.push(vector);
    }
    (vectors, subjects)
}

/// Of unit length.
fn direction(rng: &mut StdRng) -> Vec<f32> {
    let vector: Vec<f32> = (0..WIDTH).map(|_| rng.random_range(-1.0..1.0)).collect();
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    vector.iter().map(|x| x / length).collect()
}

/// What is in no group counts as a group of its own, on both sides.
fn adjusted_rand_index(known: &[Option<usize>], found: &[Option<usize>]) -> f64 {
    let pairs = |count: &f64| count * (count - 1.0) / 2.0;
    let own =
        |label: &Option<usize>, place: usize| label.map_or((false, place), |label| (true, label));
    let mut rows: HashMap<_, f64> = HashMap::new();
    let mut columns: HashMap<_, f64> = HashMap::new();
    let mut cells: HashMap<_, f64> = HashMap::new();
    for (place, (row, column)) in known.iter().zip(found).enumerate() {
        let (row, column) = (own(row, place), own(column, place));
        *rows.entry(row).or_default() += 1.0;
        *columns.entry(column).or_default() += 1.0;
        *cells.entry((row, column)).or_default() += 1.0;
    }
    let (rows, columns): (f64, f64) = (
        rows.values().map(pairs).sum(),
        columns.values().map(pairs).sum(),
    );
    let both: f64 = cells.values().map(pairs).sum();
    let chance = rows * columns / pairs(&(known.len() as f64));
    (both - chance) / (f64::midpoint(rows, columns) - chance)
}

/// The most memory that the process has had.
fn peak_megabytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells");
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kilobytes.expect("a figure") / 1024.0
}
