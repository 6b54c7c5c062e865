//! Vectors as points on the unit sphere, in an order that is theirs alone.

use std::cmp::Ordering;

use ndarray::Array2;

use super::body::Body;

/// Vectors that can be compared, of unit length, ordered by their numbers: whatever is computed over
/// them in this order does not depend on the order in which they came.
pub(super) struct Points {
    /// All of one width.
    unit: Vec<Vec<f32>>,
    /// The index that each had when it came.
    given: Vec<usize>,
}

/// Below this length a vector has no direction.
const LENGTH_MIN: f64 = 1e-6;

impl Points {
    /// Leaves out what has no direction.
    pub(super) fn new(vectors: Vec<Vec<f32>>) -> Self {
        let width = vectors.iter().map(|vector| used(vector)).max().unwrap_or(0);
        let mut both: Vec<(Vec<f32>, usize)> = vectors
            .into_iter()
            .enumerate()
            .filter_map(|(given, vector)| Some((unit(vector, width)?, given)))
            .collect();
        both.sort_unstable_by(|a, b| order(&a.0, &b.0).then(a.1.cmp(&b.1)));
        let (unit, given) = both.into_iter().unzip();
        Self { unit, given }
    }

    pub(super) fn len(&self) -> usize {
        self.unit.len()
    }

    /// The index that a point had when it came.
    pub(super) fn given(&self, place: usize) -> usize {
        self.given[place]
    }

    /// Some points as the rows of a matrix.
    pub(super) fn rows(&self, places: &[usize]) -> Array2<f32> {
        let width = self.unit.first().map_or(0, Vec::len);
        let mut rows = Array2::zeros((places.len(), width));
        for (mut row, place) in rows.outer_iter_mut().zip(places) {
            for (to, from) in row.iter_mut().zip(&self.unit[*place]) {
                *to = *from;
            }
        }
        rows
    }

    /// The points of each label together, in the order of the labels.
    pub(super) fn bodies(&self, labels: &[Option<usize>]) -> Vec<Body> {
        let count = labels.iter().flatten().max().map_or(0, |last| last + 1);
        let width = self.unit.first().map_or(0, Vec::len);
        let mut bodies = vec![Body::empty(width); count];
        for (vector, label) in self.unit.iter().zip(labels) {
            if let Some(label) = label {
                bodies[*label].add(vector);
            }
        }
        bodies
    }

    /// The product of a point and a vector.
    pub(super) fn product(&self, place: usize, with: &[f32]) -> f32 {
        self.unit[place].iter().zip(with).map(|(a, b)| a * b).sum()
    }

    /// Whether two points are one.
    pub(super) fn equal(&self, place: usize, other: usize) -> bool {
        self.unit[place] == self.unit[other]
    }
}

/// How many numbers there are before nothing but zeros follows.
fn used(vector: &[f32]) -> usize {
    vector
        .iter()
        .rposition(|x| *x != 0.0)
        .map_or(0, |last| last + 1)
}

fn unit(mut vector: Vec<f32>, width: usize) -> Option<Vec<f32>> {
    let square: f64 = vector.iter().map(|x| f64::from(*x) * f64::from(*x)).sum();
    let length = square.sqrt();
    if !length.is_finite() || length < LENGTH_MIN {
        return None;
    }
    vector.resize(width, 0.0);
    vector.shrink_to_fit();
    for x in &mut vector {
        // Adding zero makes one of the two zeros, so that equal vectors are equal bit by bit.
        *x = (f64::from(*x) / length) as f32 + 0.0;
    }
    Some(vector)
}

fn order(a: &[f32], b: &[f32]) -> Ordering {
    let differing = a.iter().zip(b).map(|(a, b)| a.total_cmp(b));
    differing
        .into_iter()
        .find(|o| o.is_ne())
        .unwrap_or(Ordering::Equal)
}
