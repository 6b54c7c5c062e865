//! What a group is about, in words that are in it: class-based TF-IDF.
//!
//! A word weighs by how often it is in a group, times the logarithm of how much rarer it is in all
//! groups together (Grootendorst, BERTopic, 2022). Words that every text of its language has are
//! left out before; the language of a text is the one with the most of these words in it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

/// A word and how typical it is of its group.
#[derive(Clone, Debug, PartialEq)]
pub struct Keyword {
    /// In lower case.
    pub word: String,
    /// Only to be compared with others of its group.
    pub weight: f64,
}

/// Words of a title.
const TITLE_WORDS: usize = 3;
/// Words that stand in notes about anything: verbs of doing, numerals, times, amounts. A title is made of others.
static GENERIC: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    include_str!("generic_words.txt")
        .split_whitespace()
        .collect()
});

/// A word of fewer letters says little; one of an ideographic script says as much with two.
const LETTERS_MIN: usize = 3;
/// As long as a cluster's keyword may be.
const LETTERS_MAX: usize = 50;

/// By language, the words that every text has.
static STOP_WORDS: LazyLock<Vec<HashSet<&str>>> = LazyLock::new(|| {
    stop_words::available_languages()
        .iter()
        .filter_map(stop_words::lookup)
        .map(|words| words.iter().copied().collect())
        .collect()
});

/// The words that are most typical of each group of texts, at most so many for each, best first. A
/// word that stands in one text alone is the text's, not the group's; a group in which none stands
/// in two gets those.
#[must_use]
pub fn keywords(groups: &[Vec<&str>], most: usize) -> Vec<Vec<Keyword>> {
    let counted: Vec<BTreeMap<String, Count>> = groups.iter().map(|texts| counts(texts)).collect();
    let mut everywhere: HashMap<&str, f64> = HashMap::new();
    for (word, count) in counted.iter().flatten() {
        *everywhere.entry(word).or_default() += count.words;
    }
    let all: f64 = everywhere.values().sum();
    let mean = all / counted.len().max(1) as f64;
    let typical = counted.iter().map(|words| {
        let total: f64 = words.values().map(|count| count.words).sum();
        let shared = words.values().any(|count| count.texts > 1);
        let mut weighed: Vec<Keyword> = words
            .iter()
            .filter(|(_, count)| !shared || count.texts > 1)
            .map(|(word, count)| Keyword {
                word: word.clone(),
                weight: count.words / total * (1.0 + mean / everywhere[word.as_str()]).ln(),
            })
            .collect();
        weighed.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.word.cmp(&b.word)));
        weighed.truncate(most);
        weighed
    });
    typical.collect()
}

/// A title made of the most typical words, each once, in one of its forms; none where there are no words.
#[must_use]
pub fn title(keywords: &[Keyword]) -> Option<String> {
    let all = || keywords.iter().map(|keyword| keyword.word.as_str());
    let mut telling: Vec<&str> = all().filter(|word| !GENERIC.contains(word)).collect();
    if telling.is_empty() {
        telling = all().collect();
    }
    let mut chosen: Vec<&str> = Vec::new();
    for word in telling {
        if chosen.len() < TITLE_WORDS && !chosen.iter().any(|other| is_form(word, other)) {
            chosen.push(word);
        }
    }
    let words: Vec<String> = chosen.into_iter().map(capitalised).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

/// Whether two words are one in singular and plural.
fn is_form(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() < other.len() {
        (one, other)
    } else {
        (other, one)
    };
    long.strip_prefix(short)
        .is_some_and(|ending| matches!(ending, "" | "s" | "es" | "n" | "en"))
}

/// How often a word was seen, and in how many texts.
#[derive(Default)]
struct Count {
    words: f64,
    texts: usize,
}

fn counts(texts: &[&str]) -> BTreeMap<String, Count> {
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    for text in texts {
        let words = words(text);
        let once: HashSet<&String> = words.iter().collect();
        for word in &once {
            counts.entry((*word).clone()).or_default().texts += 1;
        }
        for word in &words {
            if let Some(count) = counts.get_mut(word) {
                count.words += 1.0;
            }
        }
    }
    counts
}

/// The words of a text that say something, in lower case.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let parts: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’')
        .map(|part| part.trim_matches(['\'', '’']))
        .filter(|part| !part.is_empty())
        .collect();
    let common = STOP_WORDS
        .iter()
        .map(|common| {
            (
                common,
                parts.iter().filter(|part| common.contains(*part)).count(),
            )
        })
        .max_by_key(|(_, hits)| *hits)
        .filter(|(_, hits)| *hits > 0)
        .map(|(common, _)| common);
    let mut words = Vec::new();
    for part in parts {
        if common.is_some_and(|common| common.contains(part)) || part.starts_with(char::is_numeric)
        {
            continue;
        }
        let letters = part.chars().count();
        if part.chars().any(is_ideographic) {
            // These scripts write no spaces: two signs are as good as a word.
            let signs: Vec<char> = part.chars().collect();
            words.extend(signs.windows(2).map(|pair| pair.iter().collect::<String>()));
        } else if (LETTERS_MIN..=LETTERS_MAX).contains(&letters) {
            words.push(part.to_owned());
        }
    }
    words
}

/// Han, Hiragana, Katakana; Hangul and others write spaces.
fn is_ideographic(sign: char) -> bool {
    matches!(sign, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}')
}

fn capitalised(word: &str) -> String {
    let mut signs = word.chars();
    let first = signs.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(signs).collect()
}
