//! What the people of the demonstration write about: `topics.txt`.

use super::rng::Rng;

const TEXT: &str = include_str!("topics.txt");
pub(super) const DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

/// Part of a topic; the notes of one cluster are about one of these.
pub(super) struct Subject {
    /// Index of the topic.
    pub(super) topic: usize,
    pub(super) topic_name: &'static str,
    pub(super) name: &'static str,
    pub(super) tags: Vec<&'static str>,
    /// Sentences with blanks: `{n}`, `{day}`, `{person}`.
    pub(super) sentences: Vec<&'static str>,
}

/// Every subject, topic by topic.
pub(super) fn subjects() -> Vec<Subject> {
    let mut subjects: Vec<Subject> = Vec::new();
    let mut topic: Option<(usize, &str, Vec<&str>)> = None;
    let mut topics = 0;
    for line in TEXT.lines() {
        if let Some(name) = line.strip_prefix("## ") {
            if let Some((number, topic_name, tags)) = &topic {
                subjects.push(Subject {
                    topic: *number,
                    topic_name,
                    name,
                    tags: tags.clone(),
                    sentences: Vec::new(),
                });
            }
        } else if let Some(heading) = line.strip_prefix("# ") {
            let (name, tags) = heading.split_once(" | ").unwrap_or((heading, ""));
            topic = Some((topics, name, tags.split(", ").collect()));
            topics += 1;
        } else if let Some(subject) = subjects.last_mut() {
            subject.sentences.push(line);
        }
    }
    subjects
}

/// Fills the blanks of a sentence.
pub(super) fn fill(sentence: &str, rng: &mut Rng) -> String {
    let mut text = sentence.replace("{n}", &rng.between(2, 60).to_string());
    if text.contains("{day}") {
        text = text.replace("{day}", rng.pick::<&str>(&DAYS));
    }
    if text.contains("{person}") {
        text = text.replace("{person}", rng.pick::<&str>(super::people::FIRST_NAMES));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_subject_has_sentences_and_tags() {
        let subjects = subjects();
        assert_eq!(subjects.len(), 54);
        for subject in &subjects {
            assert_eq!(subject.sentences.len(), 5, "{}", subject.name);
            assert!(!subject.tags.is_empty(), "{}", subject.topic_name);
        }
    }
}
