//! What collectors of figures hand over.

use prometheus::proto::{Bucket, Histogram, Metric, MetricFamily, MetricType};

/// The figures of one name, each with labels of its own.
#[must_use]
pub fn family(name: String, help: &str, kind: MetricType, metrics: Vec<Metric>) -> MetricFamily {
    let mut family = MetricFamily::default();
    family.set_name(name);
    family.set_help(help.to_owned());
    family.set_field_type(kind);
    family.set_metric(metrics);
    family
}

/// A histogram of times: how many there were up to each bound, in microseconds; how many beyond the last; and their sum.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "Prometheus counts in floats")]
pub fn histogram(
    by_bound: impl IntoIterator<Item = (u64, u64)>,
    beyond: u64,
    total_us: u64,
) -> Histogram {
    let (mut count, mut buckets) = (0, Vec::new());
    for (bound_us, counted) in by_bound {
        count += counted;
        let mut bucket = Bucket::default();
        bucket.set_cumulative_count(count);
        bucket.set_upper_bound(bound_us as f64 / 1e6);
        buckets.push(bucket);
    }
    let mut histogram = Histogram::default();
    histogram.set_sample_count(count + beyond);
    histogram.set_sample_sum(total_us as f64 / 1e6);
    histogram.set_bucket(buckets);
    histogram
}
