//! Embeddings whose neighbours make sense: of what is about the same thing, in every depth.

use super::rng::Rng;
use super::topics::Subject;

/// The width of the notes' vector column.
pub(super) const DIMENSIONS: usize = 1536;

/// Directions of topics, subjects and sentences. A note's embedding is the sum of the three it is
/// about and a little of its own, so that notes with the same first sentence are nearest (cosine
/// about 0.87), then those of the same subject (0.75), then of the same topic (0.37); others are
/// at right angles.
pub(super) struct Space {
    topics: Vec<Vec<f32>>,
    subjects: Vec<Vec<f32>>,
    sentences: Vec<Vec<Vec<f32>>>,
}

const TOPIC_SHARE: f32 = 0.6;
const SUBJECT_SHARE: f32 = 0.6;
const SENTENCE_SHARE: f32 = 0.35;
const OWN_SHARE: f32 = 0.35;

impl Space {
    pub(super) fn new(seed: u64, subjects: &[Subject]) -> Self {
        let mut rng = Rng::new(seed, "space");
        let topics = subjects
            .iter()
            .map(|subject| subject.topic + 1)
            .max()
            .unwrap_or(0);
        Self {
            topics: (0..topics).map(|_| direction(&mut rng)).collect(),
            subjects: subjects.iter().map(|_| direction(&mut rng)).collect(),
            sentences: subjects
                .iter()
                .map(|subject| {
                    subject
                        .sentences
                        .iter()
                        .map(|_| direction(&mut rng))
                        .collect()
                })
                .collect(),
        }
    }

    /// The embedding of a note of that topic, subject and sentence; of unit length.
    pub(super) fn embed(
        &self,
        topic: usize,
        subject: usize,
        sentence: usize,
        rng: &mut Rng,
    ) -> Vec<f32> {
        let mut vector = direction(rng);
        let shares = self.topics[topic]
            .iter()
            .zip(&self.subjects[subject])
            .zip(&self.sentences[subject][sentence]);
        for (own, ((topic, subject), sentence)) in vector.iter_mut().zip(shares) {
            *own = OWN_SHARE * *own
                + TOPIC_SHARE * topic
                + SUBJECT_SHARE * subject
                + SENTENCE_SHARE * sentence;
        }
        normalize(&mut vector);
        vector
    }
}

/// A random direction. Even numbers do instead of normal ones: so many dimensions hide the corners.
fn direction(rng: &mut Rng) -> Vec<f32> {
    let mut vector = Vec::with_capacity(DIMENSIONS);
    while vector.len() < DIMENSIONS {
        let bits = rng.next();
        for half in [bits as u32, (bits >> 32) as u32] {
            vector.push((half >> 8) as f32 / (1u32 << 23) as f32 - 1.0);
        }
    }
    normalize(&mut vector);
    vector
}

fn normalize(vector: &mut [f32]) {
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    for x in vector {
        *x /= length;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_about_the_same_is_near() {
        let subjects = super::super::topics::subjects();
        let space = Space::new(1, &subjects);
        let mut rng = Rng::new(1, "test");
        let mut embed = |subject: usize, sentence| {
            space.embed(subjects[subject].topic, subject, sentence, &mut rng)
        };
        let (note, same, sibling, cousin, other) = (
            embed(0, 0),
            embed(0, 0),
            embed(0, 1),
            embed(1, 0),
            embed(20, 0),
        );
        let cosine = |to: &[f32]| note.iter().zip(to).map(|(a, b)| a * b).sum::<f32>();
        assert!(cosine(&same) > 0.8 && cosine(&same) > cosine(&sibling) + 0.05);
        assert!(cosine(&sibling) > 0.65 && cosine(&cousin) < 0.5 && cosine(&cousin) > 0.25);
        assert!(cosine(&other).abs() < 0.15);
    }
}
