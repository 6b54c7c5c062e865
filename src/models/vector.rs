//! What holds for every vector, whoever made it.

use super::ModelError;

/// The numbers that are kept of a text at most. In notes, shorter vectors are filled up with zeros by
/// `private.padded`.
pub const DIMENSIONS_MAX: usize = 1_536;

/// A vector of length 1 in the same direction.
///
/// # Errors
/// [`ModelError::BadAnswer`] for one without a direction: with numbers that are none, or all of them zero.
pub fn unit(mut vector: Vec<f32>, model: &str) -> Result<Vec<f32>, ModelError> {
    let length = vector
        .iter()
        .map(|x| f64::from(*x) * f64::from(*x))
        .sum::<f64>()
        .sqrt();
    if !length.is_finite() || length < f64::from(f32::MIN_POSITIVE) {
        return Err(ModelError::BadAnswer(format!(
            "{model} gave a vector without a direction: its numbers must be finite and not all zero"
        )));
    }
    for x in &mut vector {
        *x = (f64::from(*x) / length) as f32;
    }
    Ok(vector)
}

/// The vector of a text from those of its pieces: their mean, each as heavy as its piece is long.
///
/// # Errors
/// As [`unit`].
pub fn mean(pieces: &[(Vec<f32>, usize)], model: &str) -> Result<Vec<f32>, ModelError> {
    let mut sum = vec![0.0_f32; pieces.first().map_or(0, |(vector, _)| vector.len())];
    for (vector, weight) in pieces {
        for (total, x) in sum.iter_mut().zip(vector) {
            *total += x * *weight as f32;
        }
    }
    unit(sum, model)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_without_a_direction_are_refused() {
        assert_eq!(unit(vec![3.0, 4.0], "m").expect("a direction"), [0.6, 0.8]);
        for bad in [
            vec![],
            vec![0.0, 0.0],
            vec![f32::NAN, 1.0],
            vec![f32::INFINITY, 1.0],
        ] {
            assert!(unit(bad, "m").is_err());
        }
        // Opposite pieces have no mean direction.
        assert!(mean(&[(vec![1.0], 1), (vec![-1.0], 1)], "m").is_err());
        let mean = mean(&[(vec![1.0, 0.0], 3), (vec![0.0, 1.0], 4)], "m");
        assert_eq!(mean.expect("a direction"), [0.6, 0.8]);
    }
}
