//! `search`: by words, by meaning, or both.
//!
//! Both rankings are joined by reciprocal rank fusion (Cormack, Clarke and Büttcher, 2009): what
//! counts is the place in each list, so that their scores need not be comparable.

use std::collections::HashMap;

use pgvector::Vector;
use serde::Deserialize;
use serde_json::Value;
use tokio_postgres::Row;
use uuid::Uuid;

use crate::{
    actions::{ActionContext, DetachedContext, Outcome, RowRef},
    embeddings::Query,
    error::{Error, Result},
    models::DIMENSIONS_MAX,
};

pub(super) const SDL: &str = r#"
extend type Query {
  """
  Finds the caller's notes, documents and artifacts, best first. What was written is found by its meaning about a second
  later. Where the server cannot embed the query, SEMANTIC and HYBRID are refused with the reason, and TEXT works on.
  """
  search(
    "The words to look for, or the sentence whose meaning counts: its first 2,000 characters."
    query: String!
    "What to search; everything without it."
    kinds: [SearchKind!]
    "How to search."
    mode: SearchMode! = TEXT
    "For clients with a model of their own: the embedding of the query, by which notes alone are found that have embeddings of the same model."
    vector: Vector
    "The model that made `vector`: notes are found whose `embeddingModel` it is. Without it, notes whose embedding names none."
    vectorModel: String
    "How many to answer at most."
    first: Int! = 20
    "How like the query, at least, what is found by its meaning is: the cosine of the two embeddings, from -1 to 1. Without it, 0.15 for the server's own model (`local`), which nothing that has to do with the query is below; nothing is left out for other models, whose cosines mean other things."
    minSimilarity: Float
  ): [SearchResult!]!
}
"How to search."
enum SearchMode {
  "By words, in English; quotes, `or` and `-` work as on the web."
  TEXT
  "By meaning: the nearest embeddings."
  SEMANTIC
  "Both, joined by reciprocal rank fusion."
  HYBRID
}
"What to search."
enum SearchKind {
  "Notes."
  NOTE
  "Documents."
  DOCUMENT
  "Artifacts, in their latest version."
  ARTIFACT
}
"What can be found."
union SearchItem = Note | Document | Artifact
"Something that was found."
type SearchResult {
  "How good it is, for the order only: scores of different searches cannot be compared. Of a search with mode SEMANTIC it is the similarity."
  score: Float!
  "What it is."
  kind: SearchKind!
  "Its title, where it has one."
  title: String
  "The words in their context, marked with <b>; null when it was found by meaning alone."
  snippet: String
  "The row itself."
  item: SearchItem
}
"#;

/// A live query answers again when a text, its meaning or what is shown of it changed.
pub(super) const READS: &[(&str, &str)] = &[
    ("public", "search_index"),
    ("public", "embeddings"),
    ("public", "notes"),
    ("public", "documents"),
    ("public", "artifacts"),
];

/// The constant of reciprocal rank fusion: how little the first places outweigh the next.
const FUSION: f64 = 60.0;
const FIRST_MAX: i32 = 200;
/// How many more of each list than are answered take part in a fusion.
const DEPTH: i32 = 2;

// What was found, with the rest of the key of an artifact's latest version.
const BY_WORDS: &str = "
    select f.entity_type::text, f.entity_id, f.title, f.snippet, f.rank::float8, v.created_at
    from public.search_content($1, $2::text[]::public.search_entity_type[], $3)
      with ordinality f (entity_type, entity_id, title, snippet, rank, place)
    left join lateral (select to_json(a.created_at) #>> '{}' as created_at from public.artifacts a
      where f.entity_type = 'artifact' and a.id = f.entity_id order by a.version_number desc limit 1) v on true
    order by f.place";
const BY_MEANING: &str = "
    select f.entity_type::text, f.entity_id, f.title, null::text, f.similarity, v.created_at
    from public.search_by_meaning($1, $2, $3::text[]::public.search_entity_type[], $4)
      with ordinality f (entity_type, entity_id, title, similarity, place)
    left join lateral (select to_json(a.created_at) #>> '{}' as created_at from public.artifacts a
      where f.entity_type = 'artifact' and a.id = f.entity_id order by a.version_number desc limit 1) v on true
    order by f.place";
const BY_VECTOR: &str = "
    select 'note', id, null::text, null::text, similarity, null::text
    from public.match_notes($1, -1, $2, $3)";

#[derive(Clone, Copy, Deserialize, PartialEq)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Mode {
    Text,
    Semantic,
    Hybrid,
}

arguments! {
    query: String,
    kinds: Option<Vec<String>>,
    mode: Mode,
    vector: Option<Vec<f32>>,
    vector_model: Option<String>,
    first: i32,
    min_similarity: Option<f64>,
}

/// Characters of a query that count: what it costs PostgreSQL to look for words grows with the square of their number.
const QUERY_LENGTH_MAX: usize = 2_000;

/// What is to be found.
pub(super) struct Search {
    words: Option<String>,
    meaning: Option<Meaning>,
    kinds: Option<Vec<String>>,
    /// How much of each list takes part.
    depth: i32,
    first: usize,
    /// How like the query is at least what is found by meaning.
    min_similarity: f64,
}

enum Meaning {
    /// By the server's model.
    Embedded(Query),
    /// By a client's: the vector, and the model that it names.
    Brought(Vec<f32>, Option<String>),
}

/// What was found, before its row is read.
struct Found {
    kind: String,
    id: Uuid,
    title: Option<String>,
    snippet: Option<String>,
    score: f64,
    /// When an artifact's latest version was made.
    created_at: Option<String>,
}

impl Found {
    fn read(row: &Row) -> Result<Self> {
        Ok(Found {
            kind: row.try_get(0)?,
            id: row.try_get(1)?,
            title: row.try_get(2)?,
            snippet: row.try_get(3)?,
            score: row.try_get(4)?,
            created_at: row.try_get(5)?,
        })
    }
}

/// Embeds the query, where its meaning counts. No connection is held while a model works.
pub(super) async fn prepare(context: DetachedContext<'_>, arguments: Arguments) -> Result<Search> {
    context.user_id()?;
    let Arguments {
        query,
        kinds,
        mode,
        vector,
        vector_model,
        first,
        min_similarity,
    } = arguments;
    if first < 0 {
        return Err(Error::bad_input("first cannot be negative"));
    }
    if first > FIRST_MAX {
        let said = format!("A page of {first} rows is asked for, at most {FIRST_MAX} are given");
        return Err(Error::limit_exceeded("pageSize", FIRST_MAX, said));
    }
    if vector_model.is_some() && vector.is_none() {
        return Err(Error::bad_input(
            "vectorModel says which model made vector, which is missing",
        ));
    }
    if let Some(vector) = &vector {
        check(vector)?;
    }
    if min_similarity.is_some_and(|least| !(-1.0..=1.0).contains(&least)) {
        return Err(Error::bad_input("minSimilarity is from -1 to 1"));
    }
    let query: String = query.chars().take(QUERY_LENGTH_MAX).collect();
    let meaning = match (mode, vector) {
        (Mode::Text, _) => None,
        // Nothing means nothing.
        (_, None) if query.trim().is_empty() => None,
        (_, Some(vector)) => Some(Meaning::Brought(vector, vector_model)),
        (_, None) => Some(Meaning::Embedded(
            context
                .app
                .embeddings
                .query(context.request, &query)
                .await?,
        )),
    };
    let usual = match &meaning {
        Some(Meaning::Embedded(query)) => query.min_similarity,
        _ => -1.0,
    };
    Ok(Search {
        min_similarity: min_similarity.unwrap_or(usual),
        words: (mode != Mode::Semantic).then_some(query),
        meaning,
        kinds: kinds.map(|kinds| kinds.iter().map(|kind| kind.to_lowercase()).collect()),
        depth: if mode == Mode::Hybrid {
            (first * DEPTH).min(FIRST_MAX)
        } else {
            first
        },
        first: usize::try_from(first).unwrap_or_default(),
    })
}

/// Refuses a vector that could be compared with no note's.
fn check(vector: &[f32]) -> Result<()> {
    if vector.len() != DIMENSIONS_MAX {
        return Err(Error::bad_input(format!(
            "vector has {} numbers, and the embeddings of notes have {DIMENSIONS_MAX}: fill a shorter one up with zeros",
            vector.len()
        )));
    }
    let length = vector
        .iter()
        .map(|number| f64::from(*number).powi(2))
        .sum::<f64>()
        .sqrt();
    if !(1e-9..=1e9).contains(&length) {
        return Err(Error::bad_input(
            "vector has no direction: its numbers must not all be 0, and its length must be from 1e-9 to 1e9",
        ));
    }
    Ok(())
}

pub(super) async fn run(context: ActionContext<'_>, search: Search) -> Result<Outcome> {
    let (words, meaning) = (&search.words, &search.meaning);
    // Both statements go out before either is answered.
    let (words, meaning) = tokio::try_join!(
        async {
            match words {
                Some(words) => by_words(&context, words, &search).await.map(Some),
                None => Ok(None),
            }
        },
        async {
            match meaning {
                Some(meaning) => by_meaning(&context, meaning, &search).await.map(Some),
                None => Ok(None),
            }
        },
    )?;
    let mut found = match (words, meaning) {
        (Some(words), Some(meaning)) => fused(words, meaning),
        (words, meaning) => words.or(meaning).unwrap_or_default(),
    };
    found.truncate(search.first);
    Ok(Outcome::List(found.into_iter().map(answer).collect()))
}

async fn by_words(context: &ActionContext<'_>, words: &str, search: &Search) -> Result<Vec<Found>> {
    let rows = context
        .rows(BY_WORDS, &[&words, &search.kinds, &search.depth])
        .await?;
    rows.iter().map(Found::read).collect()
}

async fn by_meaning(
    context: &ActionContext<'_>,
    meaning: &Meaning,
    search: &Search,
) -> Result<Vec<Found>> {
    let rows = match meaning {
        Meaning::Embedded(Query { model, vector, .. }) => {
            let vector = Vector::from(vector.to_vec());
            context
                .rows(BY_MEANING, &[&vector, model, &search.kinds, &search.depth])
                .await?
        }
        Meaning::Brought(vector, model) => {
            let notes_too = |kinds: &Vec<String>| kinds.iter().any(|kind| kind == "note");
            if !search.kinds.as_ref().is_none_or(notes_too) {
                return Ok(Vec::new());
            }
            let vector = Vector::from(vector.clone());
            context
                .rows(BY_VECTOR, &[&vector, &search.depth, model])
                .await?
        }
    };
    let mut found: Vec<Found> = rows.iter().map(Found::read).collect::<Result<_>>()?;
    found.retain(|found| found.score >= search.min_similarity);
    Ok(found)
}

/// One list of both, best first.
fn fused(words: Vec<Found>, meaning: Vec<Found>) -> Vec<Found> {
    let mut all: HashMap<(String, Uuid), Found> = HashMap::new();
    for list in [words, meaning] {
        for (place, mut found) in list.into_iter().enumerate() {
            let score = 1.0 / (FUSION + place as f64 + 1.0);
            found.score = 0.0;
            let known = all.entry((found.kind.clone(), found.id)).or_insert(found);
            known.score += score;
        }
    }
    let mut all: Vec<Found> = all.into_values().collect();
    all.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.id.cmp(&b.id)));
    all
}

fn answer(found: Found) -> Outcome {
    let id = Value::String(found.id.to_string());
    let (table, key) = match found.kind.as_str() {
        "note" => ("notes", vec![id]),
        "document" => ("documents", vec![id]),
        _ => ("artifacts", vec![id, found.created_at.into()]),
    };
    Outcome::Object(vec![
        ("score", Outcome::Value(found.score.into())),
        ("kind", Outcome::Value(found.kind.to_uppercase().into())),
        ("title", Outcome::Value(found.title.into())),
        ("snippet", Outcome::Value(found.snippet.into())),
        (
            "item",
            Outcome::Row(RowRef {
                table: table.into(),
                key,
            }),
        ),
    ])
}
