//! `search`: by words, by meaning, or both.
//!
//! Both rankings are joined by reciprocal rank fusion (Cormack, Clarke and Büttcher, 2009): what
//! counts is the place in each list, so that their scores need not be comparable.

use std::collections::HashMap;

use pgvector::Vector;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    actions::{ActionContext, Outcome, RowRef},
    error::{Error, Result},
};

pub(super) const SDL: &str = r#"
extend type Query {
  "Finds the caller's notes, documents and artifacts, best first. SEMANTIC and HYBRID need the query's embedding in `vector` and find notes by it."
  search(
    "The words to look for, or the sentence whose meaning counts."
    query: String!
    "What to search; everything without it."
    kinds: [SearchKind!]
    "How to search."
    mode: SearchMode! = TEXT
    "The embedding of the query, for SEMANTIC and HYBRID."
    vector: Vector
    "How many to answer at most."
    first: Int! = 20
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
  "How good it is, for the order only: scores of different searches cannot be compared."
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

/// The constant of reciprocal rank fusion: how little the first places outweigh the next.
const FUSION: f64 = 60.0;
const FIRST_MAX: i32 = 200;
/// How many more of each list than are answered take part in a fusion.
const DEPTH: i32 = 2;

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
    first: i32,
}

/// What was found, before its row is read.
struct Found {
    kind: String,
    id: Uuid,
    title: Option<String>,
    snippet: Option<String>,
    score: f64,
}

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    context.user_id()?;
    let Arguments {
        query,
        kinds,
        mode,
        vector,
        first,
    } = arguments;
    if !(0..=FIRST_MAX).contains(&first) {
        return Err(Error::bad_input(format!("first is from 0 to {FIRST_MAX}")));
    }
    let kinds: Option<Vec<String>> =
        kinds.map(|kinds| kinds.iter().map(|kind| kind.to_lowercase()).collect());
    let wanted = |kind: &str| {
        kinds
            .as_ref()
            .is_none_or(|kinds| kinds.iter().any(|k| k == kind))
    };
    let depth = if mode == Mode::Hybrid {
        (first * DEPTH).min(FIRST_MAX)
    } else {
        first
    };
    let mut found = Vec::new();
    if mode != Mode::Semantic {
        found = by_words(&context, &query, kinds.as_deref(), depth).await?;
    }
    if mode != Mode::Text {
        let Some(vector) = vector else {
            return Err(Error::bad_input(
                "SEMANTIC and HYBRID need the query's embedding in vector",
            ));
        };
        if wanted("note") {
            let near = by_meaning(&context, vector, depth).await?;
            found = if mode == Mode::Hybrid {
                fused(found, near)
            } else {
                near
            };
        }
    }
    found.truncate(usize::try_from(first).unwrap_or_default());
    answer(&context, found).await
}

async fn by_words(
    context: &ActionContext<'_>,
    query: &str,
    kinds: Option<&[String]>,
    depth: i32,
) -> Result<Vec<Found>> {
    let sql = "select entity_type::text, entity_id, title, snippet, rank::float8
      from public.search_content($1, $2::text[]::public.search_entity_type[], $3)";
    let rows = context.rows(sql, &[&query, &kinds, &depth]).await?;
    let found = rows.iter().map(|row| {
        Ok(Found {
            kind: row.try_get(0)?,
            id: row.try_get(1)?,
            title: row.try_get(2)?,
            snippet: row.try_get(3)?,
            score: row.try_get(4)?,
        })
    });
    found.collect()
}

async fn by_meaning(
    context: &ActionContext<'_>,
    vector: Vec<f32>,
    depth: i32,
) -> Result<Vec<Found>> {
    let sql = "select id, similarity from public.match_notes($1, -1, $2)";
    let rows = context.rows(sql, &[&Vector::from(vector), &depth]).await?;
    let found = rows.iter().map(|row| {
        Ok(Found {
            kind: "note".to_owned(),
            id: row.try_get(0)?,
            title: None,
            snippet: None,
            score: row.try_get(1)?,
        })
    });
    found.collect()
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

async fn answer(context: &ActionContext<'_>, found: Vec<Found>) -> Result<Outcome> {
    let artifacts: Vec<Uuid> = found
        .iter()
        .filter(|f| f.kind == "artifact")
        .map(|f| f.id)
        .collect();
    let versions = if artifacts.is_empty() {
        Value::Null
    } else {
        let sql = "select json_object_agg(id, created_at) from (
            select distinct on (id) id, created_at from public.artifacts
            where id = any($1) order by id, version_number desc) latest";
        context.json(sql, &[&artifacts]).await?
    };
    let results = found.into_iter().map(|found| {
        let id = Value::String(found.id.to_string());
        let (table, key) = match found.kind.as_str() {
            "note" => ("notes", vec![id]),
            "document" => ("documents", vec![id]),
            _ => {
                let version = versions
                    .get(found.id.to_string())
                    .cloned()
                    .unwrap_or_default();
                ("artifacts", vec![id, version])
            }
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
    });
    Ok(Outcome::List(results.collect()))
}
