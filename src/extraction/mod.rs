//! What texts say, in sentences of their own: which of them stand for the others. Knows no database and no model.
//!
//! Sentences are ranked by TextRank (Mihalcea and Tarau, 2004): one counts as much as those that resemble it do. How
//! much two resemble each other is the cosine of their words, weighed by how rare these are (TF-IDF). Of sentences that
//! say the same, one is taken (maximal marginal relevance, Carbonell and Goldstein, 1998). With words to look towards,
//! the ranking leans to sentences that have them.
//!
//! It is deterministic, and nothing is written that does not stand in a text.

mod about;
mod rank;
mod select;
mod sentences;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use crate::clustering::words;

pub use about::about;
pub use sentences::sentences;

/// How many sentences are compared with one another, at most: evenly chosen among all.
const COMPARED_MAX: usize = 1_500;
/// Words that a sentence needs for saying something by itself.
const WORDS_MIN: usize = 3;

/// A sentence that stands for others.
#[derive(Debug, Clone, PartialEq)]
pub struct Extract {
    /// Which text it comes from, by its place among them.
    pub text: usize,
    /// The sentence, as it stands there.
    pub sentence: String,
    /// How much it counts, 0 to 1: only to be compared with others of one run.
    pub weight: f64,
}

/// A sentence, and what it is compared by.
struct Candidate<'t> {
    text: usize,
    /// Its place among all sentences.
    place: usize,
    sentence: &'t str,
    /// Its words, each with its weight; of length one together.
    vector: BTreeMap<u32, f64>,
}

/// The sentences that say most of what the texts say, at most so many, in the order in which they come. `towards` are
/// words that they should have, where there are such.
#[must_use]
pub fn extract(texts: &[&str], most: usize, towards: &str) -> Vec<Extract> {
    let candidates = candidates(texts, towards);
    let leaning = rank::leaning(&candidates.list, &candidates.towards);
    let weights = rank::rank(&candidates.list, &leaning);
    let mut chosen = select::select(&candidates.list, &weights, most);
    chosen.sort_unstable_by_key(|place| candidates.list[*place].place);
    let largest = weights.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    chosen
        .into_iter()
        .map(|place| {
            let candidate = &candidates.list[place];
            Extract {
                text: candidate.text,
                sentence: candidate.sentence.to_owned(),
                weight: weights[place] / largest,
            }
        })
        .collect()
}

struct Candidates<'t> {
    list: Vec<Candidate<'t>>,
    /// The words to look towards.
    towards: BTreeMap<u32, f64>,
}

fn candidates<'t>(texts: &[&'t str], towards: &str) -> Candidates<'t> {
    let mut numbers: HashMap<String, u32> = HashMap::new();
    let mut numbered = |text: &str| -> BTreeMap<u32, f64> {
        let mut counts = BTreeMap::new();
        for word in words(text) {
            let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
            let number = *numbers.entry(word).or_insert(next);
            *counts.entry(number).or_insert(0.0) += 1.0;
        }
        counts
    };
    let all = texts
        .iter()
        .enumerate()
        .flat_map(|(text, said)| sentences(said).into_iter().map(move |one| (text, one)));
    let mut list: Vec<Candidate<'t>> = all
        .enumerate()
        .map(|(place, (text, sentence))| Candidate {
            text,
            place,
            sentence,
            vector: numbered(sentence),
        })
        .filter(|candidate| candidate.vector.len() >= WORDS_MIN)
        .collect();
    if list.len() > COMPARED_MAX {
        let all = list.len();
        let mut place = 0;
        list.retain(|_| {
            let before = place * COMPARED_MAX / all;
            place += 1;
            place * COMPARED_MAX / all > before
        });
    }
    let mut towards = numbered(towards);
    weigh(&mut list, &mut towards);
    Candidates { list, towards }
}

/// Weighs words by how rare they are, and makes all vectors as long as one.
fn weigh(list: &mut [Candidate<'_>], towards: &mut BTreeMap<u32, f64>) {
    let mut having: HashMap<u32, f64> = HashMap::new();
    for word in list.iter().flat_map(|candidate| candidate.vector.keys()) {
        *having.entry(*word).or_default() += 1.0;
    }
    let all = list.len() as f64;
    let rarity = |word: &u32| (1.0 + all / having.get(word).copied().unwrap_or(1.0)).ln();
    let vectors = list.iter_mut().map(|candidate| &mut candidate.vector);
    for vector in vectors.chain([towards]) {
        for (word, count) in vector.iter_mut() {
            *count *= rarity(word);
        }
        let length = vector.values().map(|x| x * x).sum::<f64>().sqrt();
        if length > 0.0 {
            vector.values_mut().for_each(|x| *x /= length);
        }
    }
}

/// The cosine of two vectors of length one. Its terms are added in the order of the words, so that it is the same each time.
fn cosine(one: &BTreeMap<u32, f64>, other: &BTreeMap<u32, f64>) -> f64 {
    let (short, long) = if one.len() <= other.len() {
        (one, other)
    } else {
        (other, one)
    };
    short
        .iter()
        .filter_map(|(word, x)| long.get(word).map(|y| x * y))
        .sum()
}
