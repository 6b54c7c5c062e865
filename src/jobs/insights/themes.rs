//! What a week's notes are about: their clusters, groups among the others, and sentences that stand for each.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::week::{Note, Week};
use crate::{
    clustering::{self, group, keywords},
    extraction::extract,
};

/// How many are told of.
const THEMES_MAX: usize = 6;
const SENTENCES: usize = 2;
const WORDS: usize = 5;

/// Notes about one thing.
pub(super) struct Theme {
    pub title: String,
    pub words: Vec<String>,
    pub notes: usize,
    /// Sentences as they stand in the notes.
    pub sentences: Vec<String>,
}

impl Theme {
    /// As `generation_metadata` has it.
    pub(super) fn to_json(&self) -> Value {
        json!({"title": self.title, "words": self.words, "notes": self.notes})
    }
}

/// The themes of a week, the largest first. Notes that belong to none are left out, unless all do.
pub(super) fn themes(week: &Week) -> Vec<Theme> {
    let mut named: BTreeMap<&str, Vec<&Note>> = BTreeMap::new();
    let mut others: Vec<&Note> = Vec::new();
    for note in &week.notes {
        match &note.cluster {
            Some(cluster) => named.entry(cluster).or_default().push(note),
            None => others.push(note),
        }
    }
    let vectors = others.iter().map(|note| note.vector.clone()).collect();
    let groups = group(vectors).groups;
    let mut members: Vec<(Option<&str>, Vec<&Note>)> = named
        .into_iter()
        .map(|(title, notes)| (Some(title), notes))
        .collect();
    members.extend(groups.into_iter().map(|group| {
        let notes = group.members.iter().map(|member| others[*member]);
        (None, notes.collect())
    }));
    if members.is_empty() && !week.notes.is_empty() {
        members.push((None, week.notes.iter().collect()));
    }
    members.sort_by_key(|(_, notes)| std::cmp::Reverse(notes.len()));
    members.truncate(THEMES_MAX);
    let texts: Vec<Vec<&str>> = members
        .iter()
        .map(|(_, notes)| notes.iter().map(|note| note.text.as_str()).collect())
        .collect();
    let words = keywords(&texts, WORDS);
    let themes = members.into_iter().zip(&texts).zip(words);
    themes
        .map(|(((title, notes), texts), words)| Theme {
            title: title
                .map(str::to_owned)
                .or_else(|| clustering::title(&words))
                .unwrap_or_else(|| format!("{} notes", notes.len())),
            words: words.into_iter().map(|keyword| keyword.word).collect(),
            notes: notes.len(),
            sentences: extract(texts, SENTENCES, "")
                .into_iter()
                .map(|extract| extract.sentence)
                .collect(),
        })
        .collect()
}

/// The tags that were used most, with how often.
pub(super) fn tags(week: &Week) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for tag in week.notes.iter().flat_map(|note| &note.tags) {
        *counts.entry(tag).or_default() += 1;
    }
    let mut counts: Vec<(String, usize)> = counts
        .into_iter()
        .map(|(tag, count)| (tag.to_owned(), count))
        .collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts.truncate(THEMES_MAX);
    counts
}

/// The insight in the notes' own sentences, in Markdown.
pub(super) fn told(week: &Week, themes: &[Theme]) -> String {
    let mut text = String::from(
        "_Put together without a language model: numbers, and sentences as they stand in the notes._\n\n",
    );
    text += &compared(week);
    text += "\n\n";
    text += &week.table();
    text += "\n## Themes\n";
    for theme in themes {
        let notes = match theme.notes {
            1 => "1 note".to_owned(),
            count => format!("{count} notes"),
        };
        text += &format!("\n### {} ({notes})\n\n", theme.title);
        for sentence in &theme.sentences {
            text += &format!("- {sentence}\n");
        }
    }
    let tags: Vec<String> = tags(week)
        .into_iter()
        .map(|(tag, count)| format!("{tag} ({count})"))
        .collect();
    if !tags.is_empty() {
        text += &format!("\nTags: {}\n", tags.join(", "));
    }
    text
}

/// The week beside the one before, in a sentence.
fn compared(week: &Week) -> String {
    let (notes, before) = week.number("notes");
    let (days, _) = week.number("activeDays");
    let than = match notes.cmp(&before) {
        std::cmp::Ordering::Greater => format!("{} more than", notes - before),
        std::cmp::Ordering::Less => format!("{} fewer than", before - notes),
        std::cmp::Ordering::Equal => "as many as".to_owned(),
    };
    let (note_word, day_word) = (plural(notes, "note"), plural(days, "day"));
    format!("You wrote {notes} {note_word} on {days} {day_word}, {than} the week before.")
}

fn plural(count: i64, word: &str) -> String {
    match count {
        1 => word.to_owned(),
        _ => format!("{word}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn week(notes: Vec<Note>) -> Week {
        Week {
            begins: "2026-11-16".parse().expect("a day"),
            numbers: json!({"notes": notes.len(), "activeDays": 1}),
            before: json!({"notes": 5}),
            notes,
        }
    }

    fn note(text: &str, cluster: Option<&str>, vector: Vec<f32>) -> Note {
        Note {
            text: text.to_owned(),
            tags: vec!["bread".to_owned()],
            cluster: cluster.map(str::to_owned),
            vector,
        }
    }

    #[test]
    fn a_week_has_themes_by_clusters_by_meaning_or_as_a_whole() {
        let of = |notes| -> Vec<(String, usize)> {
            let themes = themes(&week(notes));
            themes
                .into_iter()
                .map(|theme| (theme.title, theme.notes))
                .collect()
        };
        assert!(of(vec![]).is_empty());
        let plain = of(vec![note("The oven bakes bread today.", None, vec![])]);
        assert_eq!(plain.len(), 1);
        let in_cluster = of(vec![
            note("The oven bakes bread today.", Some("Baking"), vec![]),
            note("The oven was cold today.", Some("Baking"), vec![]),
            note("Something else happened.", None, vec![]),
        ]);
        assert_eq!(in_cluster, [("Baking".to_owned(), 2)]);
        let alike = (0..4).map(|n| {
            note(
                "The telescope shows the moon.",
                None,
                vec![1.0, n as f32 / 100.0],
            )
        });
        let grouped = of(alike.collect());
        assert_eq!(grouped.len(), 1);
        assert_eq!(grouped[0].1, 4);
        assert!(grouped[0].0.contains("Telescope"), "{grouped:?}");
    }

    #[test]
    fn what_is_told_says_how_it_was_made_and_compares() {
        let week = week(vec![note(
            "The oven bakes bread today. Salt was missing.",
            Some("Baking"),
            vec![],
        )]);
        let text = told(&week, &themes(&week));
        assert!(text.contains("without a language model"), "{text}");
        assert!(
            text.contains("You wrote 1 note on 1 day, 4 fewer than the week before."),
            "{text}"
        );
        assert!(text.contains("### Baking (1 note)"), "{text}");
        assert!(text.contains("- The oven bakes bread today."), "{text}");
        assert!(text.contains("| Notes written | 1 | 5 |"), "{text}");
        assert!(text.contains("Tags: bread (1)"), "{text}");
    }
}
