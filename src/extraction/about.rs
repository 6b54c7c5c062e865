//! The sentences of a text that have the words which somebody asks for.

use super::sentences;

/// Sentences that are looked at; of longer texts the rest is left out.
const LOOKED_AT_MAX: usize = 400;
/// Of a text without sentences, such as a long table, its beginning is quoted: so many characters.
const BEGINNING_MAX: usize = 400;

/// The sentences of a text that have most of the given words (in lower case), at most so many, in the text's order; its
/// first one where none has any.
#[must_use]
pub fn about<'t>(text: &'t str, words: &[String], most: usize) -> Vec<&'t str> {
    let mut found = sentences(text);
    found.truncate(LOOKED_AT_MAX);
    if found.is_empty() {
        let text = text.trim();
        let end = text.char_indices().nth(BEGINNING_MAX);
        return vec![&text[..end.map_or(text.len(), |(end, _)| end)]];
    }
    let hits: Vec<usize> = found
        .iter()
        .map(|sentence| {
            let said = sentence.to_lowercase();
            words.iter().filter(|word| said.contains(*word)).count()
        })
        .collect();
    let having = hits.iter().filter(|hits| **hits > 0).count();
    let mut order: Vec<usize> = (0..found.len()).collect();
    // The sort keeps the text's order among equals.
    order.sort_by_key(|place| std::cmp::Reverse(hits[*place]));
    order.truncate(most.min(having.max(1)));
    order.sort_unstable();
    order.into_iter().map(|place| found[place]).collect()
}
