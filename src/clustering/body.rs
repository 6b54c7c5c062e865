//! Vectors of unit length taken together. Their sum is all that is needed to know how alike they are: its square holds the
//! cosine of every pair twice, and each vector's with itself once, so that no pair needs to be looked at.

/// Some vectors of unit length, as their sum and their number.
#[derive(Clone)]
pub(super) struct Body {
    sum: Vec<f64>,
    count: usize,
}

impl Body {
    /// No vector yet, of that width.
    pub(super) fn empty(width: usize) -> Self {
        Body {
            sum: vec![0.0; width],
            count: 0,
        }
    }

    pub(super) fn add(&mut self, vector: &[f32]) {
        for (sum, x) in self.sum.iter_mut().zip(vector) {
            *sum += f64::from(*x);
        }
        self.count += 1;
    }

    pub(super) fn join(&mut self, other: &Body) {
        for (sum, x) in self.sum.iter_mut().zip(&other.sum) {
            *sum += x;
        }
        self.count += other.count;
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Its product with a vector is the mean cosine of that vector with all that are in here.
    pub(super) fn mean(&self) -> Vec<f32> {
        let count = self.count.max(1) as f64;
        self.sum.iter().map(|x| (x / count) as f32).collect()
    }

    /// The mean cosine of all pairs, 0 to 1; a single one is as alike as can be.
    pub(super) fn cohesion(&self) -> f64 {
        if self.count < 2 {
            return 1.0;
        }
        let count = self.count as f64;
        ((product(&self.sum, &self.sum) - count) / (count * (count - 1.0))).clamp(0.0, 1.0)
    }

    /// The mean cosine of all pairs with one in each.
    pub(super) fn likeness(&self, other: &Body) -> f64 {
        let pairs = (self.count * other.count).max(1);
        product(&self.sum, &other.sum) / pairs as f64
    }
}

fn product(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
