//! Groups as places where points are dense: HDBSCAN over a matrix of distances.

use hdbscan::{DistanceMetric, Hdbscan, HdbscanHyperParams};
use ndarray::{Array2, Axis};

/// How many neighbours, itself included, a point of a dense place has near. With three, a fifth of the demonstration's
/// notes stayed apart; with two, a hundredth.
const NEIGHBOURS: usize = 2;
/// Two points are never nearer than this. Copies of one text would have infinite density otherwise,
/// and win over the group around them.
const DISTANCE_MIN: f32 = 0.05;
/// How many rows of the matrix are made at a time.
const ROWS: usize = 256;

/// The group of each row, all of unit length; none where it is in no dense place of at least so many.
pub(super) fn labels(rows: &Array2<f32>, size: usize) -> Vec<Option<usize>> {
    let count = rows.nrows();
    let distances = distances(rows);
    let parameters = HdbscanHyperParams::builder()
        .min_cluster_size(size)
        .min_samples(NEIGHBOURS)
        .dist_metric(DistanceMetric::Precalculated)
        .build();
    // It refuses empty, ragged and infinite matrices, none of which can come here.
    let labels = Hdbscan::new(&distances, parameters).cluster();
    labels.map_or_else(
        |_| vec![None; count],
        |labels| {
            labels
                .iter()
                .map(|label| usize::try_from(*label).ok())
                .collect()
        },
    )
}

/// The Euclidean distances of all pairs: in the order of their cosines, and what densities come from.
fn distances(rows: &Array2<f32>) -> Vec<Vec<f32>> {
    let mut distances = Vec::with_capacity(rows.nrows());
    for some in rows.axis_chunks_iter(Axis(0), ROWS) {
        for cosines in some.dot(&rows.t()).outer_iter() {
            let this = distances.len();
            let row = cosines.iter().enumerate().map(|(other, cosine)| {
                if this == other {
                    return 0.0;
                }
                (2.0 - 2.0 * cosine).max(0.0).sqrt().max(DISTANCE_MIN)
            });
            let row: Vec<f32> = row.collect();
            distances.push(row);
        }
    }
    distances
}
