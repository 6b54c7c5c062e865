//! Sentences of a text that stand for the whole of it, without any model: TextRank (Mihalcea and Tarau, 2004). Whoever
//! shows them says so.

use std::collections::HashSet;

use crate::clustering::words;

/// Sentences that are compared; of longer texts the rest is left out.
const SENTENCES_MAX: usize = 400;
/// A longer sentence is cut, or none of a text without full stops would be one.
const SENTENCE_MAX_CHARS: usize = 400;
const SENTENCE_MIN_CHARS: usize = 12;
const DAMPING: f64 = 0.85;
const ROUNDS: usize = 40;

/// A sentence, its words, and its place in the text.
struct Sentence<'a> {
    text: &'a str,
    words: HashSet<String>,
}

/// The sentences that say most of what texts say, at most so many, in the texts' order.
#[must_use]
pub fn summary<'a>(texts: &[&'a str], most: usize) -> Vec<&'a str> {
    let sentences: Vec<Sentence<'_>> = texts
        .iter()
        .flat_map(|text| split(text))
        .take(SENTENCES_MAX)
        .collect();
    best(&sentences, &ranks(&sentences), most)
}

/// The sentences of a text that have most of the given words (in lower case), at most so many, in the text's order; its
/// first one where none has any.
#[must_use]
pub fn about<'a>(text: &'a str, words: &[String], most: usize) -> Vec<&'a str> {
    let sentences: Vec<Sentence<'_>> = split(text).take(SENTENCES_MAX).collect();
    let hits: Vec<f64> = sentences
        .iter()
        .map(|sentence| {
            let said = sentence.text.to_lowercase();
            words.iter().filter(|word| said.contains(*word)).count() as f64
        })
        .collect();
    let named = hits.iter().filter(|hits| **hits > 0.0).count();
    best(&sentences, &hits, most.min(named.max(1)))
}

fn best<'a>(sentences: &[Sentence<'a>], weights: &[f64], most: usize) -> Vec<&'a str> {
    let mut order: Vec<usize> = (0..sentences.len()).collect();
    order.sort_by(|a, b| weights[*b].total_cmp(&weights[*a]).then(a.cmp(b)));
    order.truncate(most);
    order.sort_unstable();
    order
        .into_iter()
        .map(|place| sentences[place].text)
        .collect()
}

/// How much each sentence is like others that are like many.
fn ranks(sentences: &[Sentence<'_>]) -> Vec<f64> {
    let count = sentences.len();
    let mut alike = vec![0.0; count * count];
    for (a, one) in sentences.iter().enumerate() {
        for (b, other) in sentences.iter().enumerate().skip(a + 1) {
            let shared = one.words.intersection(&other.words).count() as f64;
            let length =
                (one.words.len() as f64 + 1.0).ln() + (other.words.len() as f64 + 1.0).ln();
            if shared > 0.0 && length > 0.0 {
                (alike[a * count + b], alike[b * count + a]) = (shared / length, shared / length);
            }
        }
    }
    let totals: Vec<f64> = (0..count)
        .map(|from| alike[from * count..(from + 1) * count].iter().sum())
        .collect();
    let mut ranks = vec![1.0; count];
    for _ in 0..ROUNDS {
        ranks = (0..count)
            .map(|to| {
                let given: f64 = (0..count)
                    .filter(|from| totals[*from] > 0.0)
                    .map(|from| alike[from * count + to] / totals[from] * ranks[from])
                    .sum();
                1.0 - DAMPING + DAMPING * given
            })
            .collect();
    }
    ranks
}

/// A text's sentences. Lines of their own end them, too, as in lists and headings.
fn split(text: &str) -> impl Iterator<Item = Sentence<'_>> {
    text.lines().flat_map(sentences_of).filter_map(|sentence| {
        let text = sentence
            .trim()
            .trim_start_matches(['#', '-', '*', '>', ' ']);
        let end = text
            .char_indices()
            .nth(SENTENCE_MAX_CHARS)
            .map_or(text.len(), |(end, _)| end);
        let is_long_enough = text.chars().nth(SENTENCE_MIN_CHARS).is_some();
        is_long_enough.then(|| Sentence {
            text: &text[..end],
            words: words(&text[..end]).into_iter().collect(),
        })
    })
}

fn sentences_of(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut begin = 0;
    let mut signs = line.char_indices().peekable();
    while let Some((place, sign)) = signs.next() {
        let ends = match sign {
            '.' | '!' | '?' | '…' => signs.peek().is_none_or(|(_, next)| next.is_whitespace()),
            '。' | '！' | '？' => true,
            _ => false,
        };
        if ends {
            let end = place + sign.len_utf8();
            found.push(&line[begin..end]);
            begin = end;
        }
    }
    found.push(&line[begin..]);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Sourdough bread needs a starter of flour and water. The starter ferments for days, and \
        flour feeds it. My neighbour has a new car.\nA starter that is fed with flour and water lifts the bread.";

    #[test]
    fn what_most_sentences_are_about_is_chosen() {
        let chosen = summary(&[TEXT], 2);
        assert_eq!(chosen.len(), 2);
        assert!(
            chosen.iter().all(|sentence| sentence.contains("starter")),
            "{chosen:?}"
        );
        assert!(
            TEXT.find(chosen[0]) < TEXT.find(chosen[1]),
            "in the text's order"
        );
        assert!(summary(&[""], 3).is_empty());
        assert_eq!(
            summary(&["no full stop anywhere in here"], 3),
            ["no full stop anywhere in here"]
        );
    }

    #[test]
    fn what_was_asked_for_is_quoted() {
        let words = ["neighbour".to_owned(), "car".to_owned()];
        assert_eq!(about(TEXT, &words, 2), ["My neighbour has a new car."]);
        assert_eq!(about(TEXT, &["nothing".to_owned()], 2).len(), 1);
    }

    #[test]
    fn a_long_text_takes_no_longer() {
        let long = "Grüße aus Köln, von der Bäckerei am Markt. ".repeat(20_000);
        assert_eq!(summary(&[&long], 3).len(), 3);
    }
}
