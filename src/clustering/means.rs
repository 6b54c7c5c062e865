//! Groups around means, for points without dense places: spherical k-means.

use ndarray::{Array2, ArrayView1, Axis};

use super::SMALLEST;

/// The most groups that are tried.
const GROUPS_MAX: usize = 12;
/// It ends by itself before, as a rule.
const ROUNDS: usize = 30;

/// The group of each row, all of unit length. The number of groups is the one whose members are
/// nearest to their own centre compared with the next (the simplified silhouette).
pub(super) fn labels(rows: &Array2<f32>) -> Vec<Option<usize>> {
    let count = rows.nrows();
    let most = ((count as f64).sqrt() as usize).min(GROUPS_MAX);
    let mut best = (0.0, vec![0; count]);
    for groups in 2..=most {
        let (silhouette, labels) = means(rows, groups);
        if silhouette > best.0 {
            best = (silhouette, labels);
        }
    }
    best.1.into_iter().map(Some).collect()
}

fn means(rows: &Array2<f32>, groups: usize) -> (f32, Vec<usize>) {
    let mut centres = first_centres(rows, groups);
    let mut labels = Vec::new();
    for _ in 0..ROUNDS {
        let next = nearest(rows, &centres);
        if next == labels {
            break;
        }
        labels = next;
        centres = moved(rows, &labels, groups);
    }
    (silhouette(rows, &centres, &labels), labels)
}

/// The row nearest to the middle, then each time the one that is furthest from all so far.
fn first_centres(rows: &Array2<f32>, groups: usize) -> Array2<f32> {
    let mut centres = Array2::zeros((groups, rows.ncols()));
    let middle = rows.dot(&rows.sum_axis(Axis(0)));
    let mut next = place_of(middle.view(), |a, b| a > b);
    let mut near = vec![f32::NEG_INFINITY; rows.nrows()];
    for group in 0..groups {
        centres.row_mut(group).assign(&rows.row(next));
        let cosines = rows.dot(&rows.row(next));
        for (near, cosine) in near.iter_mut().zip(&cosines) {
            *near = near.max(*cosine);
        }
        next = place_of(ArrayView1::from(&near), |a, b| a < b);
    }
    centres
}

/// The first place whose value is before all others.
fn place_of(values: ArrayView1<'_, f32>, before: impl Fn(f32, f32) -> bool) -> usize {
    let mut best = 0;
    for (place, value) in values.iter().enumerate() {
        if before(*value, values[best]) {
            best = place;
        }
    }
    best
}

fn nearest(rows: &Array2<f32>, centres: &Array2<f32>) -> Vec<usize> {
    let cosines = rows.dot(&centres.t());
    let rows = cosines.outer_iter();
    rows.map(|row| place_of(row, |a, b| a > b)).collect()
}

fn moved(rows: &Array2<f32>, labels: &[usize], groups: usize) -> Array2<f32> {
    let mut centres: Array2<f32> = Array2::zeros((groups, rows.ncols()));
    for (row, label) in rows.outer_iter().zip(labels) {
        let mut centre = centres.row_mut(*label);
        centre += &row;
    }
    for mut centre in centres.outer_iter_mut() {
        let length = centre.dot(&centre).sqrt();
        if length > 0.0 {
            centre /= length;
        }
    }
    centres
}

/// From -1 to 1: how much nearer the rows are to their own centre than to the next one. What is in a group that is too
/// small to be one counts 0.
fn silhouette(rows: &Array2<f32>, centres: &Array2<f32>, labels: &[usize]) -> f32 {
    let mut sizes = vec![0; centres.nrows()];
    for label in labels {
        sizes[*label] += 1;
    }
    let cosines = rows.dot(&centres.t());
    let each = cosines.outer_iter().zip(labels).map(|(row, label)| {
        let others = row.iter().enumerate().filter(|(group, _)| group != label);
        let next = 1.0 - others.fold(f32::NEG_INFINITY, |most, (_, cosine)| most.max(*cosine));
        if sizes[*label] < SMALLEST || next <= 0.0 {
            return 0.0;
        }
        (next - (1.0 - row[*label])) / next
    });
    each.sum::<f32>() / rows.nrows().max(1) as f32
}
