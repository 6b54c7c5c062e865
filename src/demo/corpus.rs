//! Notes whose topics are known: hand-written ones, and as many made ones as are wanted beside them.
//!
//! Tests and benchmarks measure with them whether notes are found by their meaning and whether
//! clusters are what people would see. A topic is never in the text by name, only in what it says.

mod generate;
mod topic_file;

use std::collections::HashSet;
use std::sync::LazyLock;

use super::rng::Rng;
pub(super) use generate::generate;
use topic_file::{TopicFile, Written};

/// The topics, in the order of `topics.txt`.
static TOPICS: LazyLock<Vec<TopicFile>> = LazyLock::new(|| {
    macro_rules! topics {
        ($($name:literal, $file:literal;)*) => {
            vec![$(TopicFile::parse($name, include_str!(concat!("notes/", $file, ".txt")))),*]
        };
    }
    topics! {
        "Baking", "baking";
        "Garden", "garden";
        "Rust", "rust";
        "Databases", "databases";
        "Climbing", "climbing";
        "Pottery", "pottery";
        "Cycling", "cycling";
        "Astronomy", "astronomy";
        "Team", "team";
        "Customers", "customers";
        "Health", "health";
        "Travel", "travel";
        "Music", "music";
        "Books", "books";
        "Machine learning", "machine_learning";
        "House", "house";
        "Cooking", "cooking";
        "Contracts", "contracts";
    }
});

/// A note whose topic is known.
#[derive(Clone, Debug)]
pub struct Note {
    /// The name of its topic.
    pub topic: &'static str,
    /// What names a hand-written note for good; made ones have none.
    pub key: Option<&'static str>,
    /// Its title, an empty line, and two to six sentences.
    pub text: String,
}

impl Note {
    /// The first line.
    #[must_use]
    pub fn title(&self) -> &str {
        self.text.lines().next().unwrap_or("")
    }
}

/// That many notes, no two of them the same: the hand-written ones first, then made ones, each topic in
/// turn. The same in every run.
#[must_use]
pub fn notes(count: usize) -> Vec<Note> {
    let mut notes: Vec<Note> = written()
        .map(|(topic, note)| Note {
            topic: TOPICS[topic].name,
            key: Some(note.key),
            text: note.text.clone(),
        })
        .take(count)
        .collect();
    let mut rng = Rng::new(1, "corpus");
    let mut seen = HashSet::new();
    while notes.len() < count {
        let topic = notes.len() % TOPICS.len();
        let text = generate(topic, None, &mut rng);
        if seen.insert(text.clone()) {
            notes.push(Note {
                topic: TOPICS[topic].name,
                key: None,
                text,
            });
        }
    }
    notes
}

/// The name of the topic that a note of the demonstration is about, by its text; none for another text.
#[must_use]
pub fn topic_of(text: &str) -> Option<&'static str> {
    if let Some((topic, _)) = written().find(|(_, note)| note.text == text) {
        return Some(TOPICS[topic].name);
    }
    let of_topic = |topic: &TopicFile| {
        let said = topic.sentences.iter();
        said.filter(|sentence| generate::says(text, sentence))
            .count()
    };
    TOPICS
        .iter()
        .map(|topic| (of_topic(topic), topic.name))
        .filter(|(sentences, _)| *sentences > 0)
        .max_by_key(|(sentences, _)| *sentences)
        .map(|(_, name)| name)
}

/// Every hand-written note, with the index of its topic.
pub(super) fn written() -> impl Iterator<Item = (usize, &'static Written)> {
    let topics = TOPICS.iter().enumerate();
    topics.flat_map(|(number, topic)| topic.written.iter().map(move |note| (number, note)))
}

#[cfg(test)]
mod tests;
