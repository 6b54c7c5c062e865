use std::collections::BTreeMap;

use super::*;
use crate::demo::topics;

#[test]
fn there_are_as_many_as_promised_and_no_two_are_the_same() {
    let notes = notes(5_000);
    assert_eq!(notes.len(), 5_000);
    let written: Vec<&Note> = notes.iter().filter(|note| note.key.is_some()).collect();
    assert!(written.len() >= 240, "{}", written.len());
    let texts: HashSet<&str> = notes.iter().map(|note| note.text.as_str()).collect();
    assert_eq!(texts.len(), notes.len());
    let keys: HashSet<&str> = written.iter().filter_map(|note| note.key).collect();
    assert_eq!(keys.len(), written.len());
    let titles: HashSet<&str> = written.iter().map(|note| note.title()).collect();
    assert_eq!(titles.len(), written.len());
    let mut topics: BTreeMap<&str, usize> = BTreeMap::new();
    for note in &written {
        *topics.entry(note.topic).or_default() += 1;
    }
    assert!((12..=20).contains(&topics.len()), "{topics:?}");
    assert!(topics.values().all(|notes| *notes >= 12), "{topics:?}");
}

#[test]
fn a_note_is_a_title_and_a_few_sentences() {
    for note in notes(5_000) {
        let (title, body) = note.text.split_once("\n\n").expect("a title and a text");
        assert!((3..=80).contains(&title.chars().count()), "{title}");
        let ends = body.split_whitespace();
        let sentences = ends
            .filter(|word| word.trim_end_matches('"').ends_with(['.', '!', '?', '…']))
            .count();
        // Some hand-written ones have numbers with a point, or a question and its answer.
        assert!((2..=8).contains(&sentences), "{sentences}: {}", note.text);
        assert!(body.chars().count() >= 40, "{}", note.text);
        assert!(!note.text.contains(['{', '}', '|', '%']), "{}", note.text);
        assert!(!note.text.contains("  "), "{}", note.text);
    }
}

#[test]
fn every_blank_can_be_filled() {
    let common = ["n", "day", "month", "person"];
    for topic in TOPICS.iter() {
        for template in topic.titles.iter().chain(&topic.sentences) {
            let mut blanks = template.split(['{', '}']).skip(1).step_by(2);
            let known = |blank: &str| {
                common.contains(&blank) || topic.blanks.iter().any(|(name, _)| *name == blank)
            };
            assert!(blanks.all(known), "{}: {template}", topic.name);
        }
    }
}

#[test]
fn the_topic_is_known_from_the_text() {
    for note in notes(1_500) {
        assert_eq!(topic_of(&note.text), Some(note.topic), "{}", note.text);
    }
    assert_eq!(topic_of("Milk, eggs, a new broom"), None);
}

#[test]
fn topics_are_those_of_the_subjects() {
    for subject in topics::subjects() {
        assert_eq!(TOPICS[subject.topic].name, subject.topic_name);
    }
}
