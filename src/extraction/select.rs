//! Taking sentences that count and do not say the same.

use super::{Candidate, cosine};

/// How much it counts against a sentence that it resembles one that was taken.
const REDUNDANCY: f64 = 0.7;
/// What is as alike as this says the same.
const SAME: f64 = 0.9;

/// The places of at most so many sentences, in the order in which they were taken.
pub(super) fn select(candidates: &[Candidate<'_>], weights: &[f64], most: usize) -> Vec<usize> {
    let largest = weights.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    let mut said = vec![0.0_f64; candidates.len()];
    let mut taken: Vec<usize> = Vec::new();
    while taken.len() < most {
        let best = (0..candidates.len())
            .filter(|place| said[*place] < SAME && !taken.contains(place))
            .map(|place| (place, weights[place] / largest - REDUNDANCY * said[place]))
            // Between equals the earlier one.
            .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
        let Some((best, _)) = best else { break };
        taken.push(best);
        for (place, candidate) in candidates.iter().enumerate() {
            said[place] = said[place].max(cosine(&candidate.vector, &candidates[best].vector));
        }
    }
    taken
}
