//! Questions about the hand-written notes of the demonstration, and that they are no easier than they claim.

use std::collections::{BTreeSet, HashMap};

use mindloom::demo::corpus::{self, Note};

/// A question, and the key of the one note that answers it.
pub(crate) struct Question {
    pub(crate) key: &'static str,
    pub(crate) text: &'static str,
}

/// Whole sentences, as somebody asks a person.
pub(crate) fn questions() -> Vec<Question> {
    parse(include_str!("questions.txt"))
}

/// A few words, as somebody types into a search field: the harder ones.
pub(crate) fn terse_questions() -> Vec<Question> {
    parse(include_str!("terse_questions.txt"))
}

/// One question a line: the key, a colon, the question. Lines that begin with `#` are comments.
fn parse(file: &'static str) -> Vec<Question> {
    file.lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let (key, text) = line.split_once(": ").expect("a key and a question");
            Question { key, text }
        })
        .collect()
}

/// Words that carry no meaning of their own.
const STOP_WORDS: &str = include_str!("stop_words.txt");

/// The stems of the words that mean something: endings of English are cut, so that "baking" and "baked" are one.
fn content_words(text: &str) -> BTreeSet<String> {
    let lower = text.to_lowercase();
    lower
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| word.chars().count() >= 3)
        .filter(|word| !STOP_WORDS.split_whitespace().any(|stop| stop == *word))
        .map(|word| {
            let stem = ["ing", "ed", "es", "s", "e"]
                .iter()
                .filter_map(|ending| word.strip_suffix(ending))
                .find(|stem| stem.chars().count() >= 3);
            stem.unwrap_or(word).to_owned()
        })
        .collect()
}

fn by_key(notes: &[Note]) -> HashMap<&str, &Note> {
    let keyed = notes.iter().filter_map(|note| Some((note.key?, note)));
    keyed.collect()
}

#[test]
fn every_question_is_about_another_hand_written_note() {
    let notes = corpus::notes(2_000);
    let written = by_key(&notes);
    for asked in [questions(), terse_questions()] {
        assert!(asked.len() >= 200, "{}", asked.len());
        let keys: BTreeSet<&str> = asked.iter().map(|question| question.key).collect();
        assert_eq!(keys.len(), asked.len());
        for Question { key, .. } in &asked {
            assert!(written.contains_key(key), "there is no note {key}");
        }
    }
}

#[test]
fn questions_do_not_repeat_the_words_of_their_notes() {
    let notes = corpus::notes(2_000);
    let written = by_key(&notes);
    for question in questions().into_iter().chain(terse_questions()) {
        let note = written[question.key];
        let asked = content_words(question.text);
        assert!(asked.len() >= 2, "{}: {}", question.key, question.text);
        let title = content_words(note.title());
        let shared: Vec<&String> = asked.intersection(&title).collect();
        assert!(
            shared.is_empty(),
            "{}: {shared:?} are in the title",
            question.key
        );
        let body = content_words(&note.text);
        let shared: Vec<&String> = asked.intersection(&body).collect();
        assert!(
            shared.len() <= 2 && shared.len() * 3 <= asked.len(),
            "{}: {shared:?} are in the text",
            question.key
        );
    }
}

#[test]
fn words_are_compared_by_their_stems() {
    assert_eq!(content_words("The baked"), content_words("baking of bakes"));
    assert!(content_words("who did it with them").is_empty());
}
