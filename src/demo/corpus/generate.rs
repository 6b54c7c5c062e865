//! Notes that nobody wrote: about the same things as the hand-written ones of their topic, and as plausible.

use super::TOPICS;
use super::topic_file::TopicFile;
use crate::demo::people::FIRST_NAMES;
use crate::demo::rng::Rng;
use crate::demo::topics::DAYS;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A note of that topic: a title and two to six sentences, `first` before the topic's own. What a blank
/// stands for is the same in all of them, so that the note is about something.
pub(in crate::demo) fn generate(topic: usize, first: Option<&str>, rng: &mut Rng) -> String {
    let topic = &TOPICS[topic];
    let mut blanks = Blanks {
        topic,
        chosen: Vec::new(),
    };
    let mut text = String::new();
    blanks.fill(rng.pick::<&str>(&topic.titles), &mut text, rng);
    text.push_str("\n\n");
    let mut wanted = rng.weighted(&[(2usize, 6), (3, 4), (4, 2), (5, 1), (6, 1)]);
    if let Some(first) = first {
        text.push_str(first);
        wanted -= 1;
    }
    let mut said: Vec<usize> = Vec::with_capacity(wanted);
    while said.len() < wanted {
        let place = rng.below(topic.sentences.len());
        if said.contains(&place) {
            continue;
        }
        if first.is_some() || !said.is_empty() {
            text.push(' ');
        }
        said.push(place);
        blanks.fill(topic.sentences[place], &mut text, rng);
    }
    text
}

/// What the blanks of one note stand for.
struct Blanks {
    topic: &'static TopicFile,
    chosen: Vec<(&'static str, &'static str)>,
}

impl Blanks {
    /// Adds a template with its blanks filled; one that begins with a blank begins with a capital.
    fn fill(&mut self, template: &'static str, text: &mut String, rng: &mut Rng) {
        let start = text.len();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let (blank, after) = after.split_once('}').unwrap_or((after, ""));
            text.push_str(before);
            if blank == "n" {
                text.push_str(&rng.between(2, 60).to_string());
            } else {
                text.push_str(self.word(blank, rng));
            }
            rest = after;
        }
        text.push_str(rest);
        if template.starts_with('{')
            && let Some(letter) = text[start..].chars().next()
        {
            let capital: String = letter.to_uppercase().collect();
            text.replace_range(start..start + letter.len_utf8(), &capital);
        }
    }

    fn word(&mut self, blank: &'static str, rng: &mut Rng) -> &'static str {
        if let Some((_, word)) = self.chosen.iter().find(|(name, _)| *name == blank) {
            return word;
        }
        let word = *match blank {
            "day" => rng.pick(&DAYS),
            "month" => rng.pick(&MONTHS),
            "person" => rng.pick(FIRST_NAMES),
            own => match self.topic.blanks.iter().find(|(name, _)| *name == own) {
                Some((_, words)) => rng.pick(words),
                // A test holds that every blank has something to fill it.
                None => &"",
            },
        };
        self.chosen.push((blank, word));
        word
    }
}

/// Whether a text has what is between the blanks of a template, in its order.
pub(super) fn says(text: &str, template: &str) -> bool {
    let mut rest = text;
    template.split(['{', '}']).step_by(2).all(|piece| {
        let found = rest.split_once(piece);
        rest = found.map_or("", |(_, after)| after);
        found.is_some()
    })
}
