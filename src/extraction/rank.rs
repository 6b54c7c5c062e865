//! Which sentences count, by those that resemble them.

use std::collections::{BTreeMap, HashMap};

use super::{Candidate, cosine};

/// How much of a sentence's weight comes from others.
const DAMPING: f64 = 0.85;
/// When the weights have settled.
const SETTLED: f64 = 1e-6;
const ROUNDS_MAX: usize = 100;
/// What is less alike than this says nothing about each other.
const ALIKE_MIN: f64 = 0.05;
/// How much more a sentence counts by itself that has all words to look towards.
const LEANING: f64 = 30.0;

/// How much each sentence counts by itself: all the same, or more with words to look towards. Together it is one.
pub(super) fn leaning(candidates: &[Candidate<'_>], towards: &BTreeMap<u32, f64>) -> Vec<f64> {
    let mut own: Vec<f64> = candidates
        .iter()
        .map(|candidate| 1.0 + LEANING * cosine(&candidate.vector, towards))
        .collect();
    let all: f64 = own.iter().sum();
    own.iter_mut().for_each(|weight| *weight /= all);
    own
}

/// The weight of each sentence.
pub(super) fn rank(candidates: &[Candidate<'_>], own: &[f64]) -> Vec<f64> {
    let edges = edges(candidates);
    let out: Vec<f64> = edges
        .iter()
        .map(|edges| edges.iter().map(|(_, alike)| alike).sum())
        .collect();
    let mut weights = own.to_vec();
    for _ in 0..ROUNDS_MAX {
        // What resembles nothing gives its weight to all.
        let idle: f64 = (0..weights.len())
            .filter(|place| out[*place] == 0.0)
            .map(|place| weights[place])
            .sum();
        let next: Vec<f64> = (0..weights.len())
            .map(|place| {
                let given: f64 = edges[place]
                    .iter()
                    .map(|(other, alike)| weights[*other] * alike / out[*other])
                    .sum();
                (1.0 - DAMPING) * own[place] + DAMPING * (given + idle * own[place])
            })
            .collect();
        let moved: f64 = next.iter().zip(&weights).map(|(a, b)| (a - b).abs()).sum();
        weights = next;
        if moved < SETTLED {
            break;
        }
    }
    weights
}

/// Of each sentence those that it resembles, and how much. Only pairs that have a word in common are looked at.
fn edges(candidates: &[Candidate<'_>]) -> Vec<Vec<(usize, f64)>> {
    let mut having: HashMap<u32, Vec<usize>> = HashMap::new();
    for (place, candidate) in candidates.iter().enumerate() {
        for word in candidate.vector.keys() {
            having.entry(*word).or_default().push(place);
        }
    }
    let mut edges = vec![Vec::new(); candidates.len()];
    for (place, candidate) in candidates.iter().enumerate() {
        let mut others: Vec<usize> = candidate
            .vector
            .keys()
            .flat_map(|word| &having[word])
            .copied()
            .filter(|other| *other > place)
            .collect();
        others.sort_unstable();
        others.dedup();
        for other in others {
            let alike = cosine(&candidate.vector, &candidates[other].vector);
            if alike >= ALIKE_MIN {
                edges[place].push((other, alike));
                edges[other].push((place, alike));
            }
        }
    }
    edges
}
