//! Groups that are parts of one: a dense core, and the fragments around it that a search for smaller groups finds.

use super::body::Body;
use super::points::Points;

/// Two groups are one when the pairs between them are as alike as this share of the pairs within the looser of both.
const ALIKE_SHARE: f64 = 0.9;

/// A group, and the label that its members get.
struct Part {
    body: Body,
    cohesion: f64,
    label: usize,
}

/// Joins the two that are most alike, as long as two are alike enough.
pub(super) fn merge(points: &Points, labels: &mut [Option<usize>]) {
    let bodies = points.bodies(labels);
    let mut became: Vec<usize> = (0..bodies.len()).collect();
    let mut parts: Vec<Part> = Vec::new();
    for (label, body) in bodies.into_iter().enumerate() {
        if body.count() > 0 {
            let cohesion = body.cohesion();
            parts.push(Part {
                body,
                cohesion,
                label,
            });
        }
    }
    while let Some((kept, gone)) = most_alike(&parts) {
        let gone = parts.remove(gone);
        let kept = &mut parts[kept];
        kept.body.join(&gone.body);
        kept.cohesion = kept.body.cohesion();
        for label in became.iter_mut().filter(|label| **label == gone.label) {
            *label = kept.label;
        }
    }
    for label in labels.iter_mut().flatten() {
        *label = became[*label];
    }
}

/// The two that are most alike, the first of both first; none where no two are alike enough.
fn most_alike(parts: &[Part]) -> Option<(usize, usize)> {
    let mut best = (ALIKE_SHARE, None);
    for second in 1..parts.len() {
        for first in 0..second {
            let looser = parts[first].cohesion.min(parts[second].cohesion);
            let share =
                parts[first].body.likeness(&parts[second].body) / looser.max(f64::MIN_POSITIVE);
            if share > best.0 {
                best = (share, Some((first, second)));
            }
        }
    }
    best.1
}
