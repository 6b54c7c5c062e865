//! Descriptions of operations, fragments and variables, which the edition of September 2025 allows
//! and the parser does not know. They say nothing to a server, so that they become blank.

use std::borrow::Cow;

use crate::graphql::limits::end_of_string;

/// What stands between two descriptions, as far as they are told apart by it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Token<'t> {
    Text { start: usize, end: usize },
    Word(&'t str),
    Sign(u8),
}

/// The document with blanks where descriptions stand, line for line and column for column. Nearly
/// every document has none and comes back as it is.
pub(super) fn blanked(text: &str) -> Cow<'_, str> {
    if !text.contains('"') {
        return Cow::Borrowed(text);
    }
    let found = descriptions(text);
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut blanked = String::with_capacity(text.len());
    let mut done = 0;
    for (start, end) in found {
        blanked.push_str(&text[done..start]);
        let blank = |char: char| {
            if matches!(char, '\n' | '\r') {
                char
            } else {
                ' '
            }
        };
        blanked.extend(text[start..end].chars().map(blank));
        done = end;
    }
    blanked.push_str(&text[done..]);
    Cow::Owned(blanked)
}

fn descriptions(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut open: Vec<u8> = Vec::new();
    let (mut before, mut last): (Option<Token<'_>>, Option<Token<'_>>) = (None, None);
    let mut at = 0;
    while let Some((token, end)) = next(text, at) {
        at = end;
        if let Some(Token::Text { start, end }) = last {
            let describes = match (open.as_slice(), token) {
                ([], Token::Word(word)) => {
                    matches!(word, "query" | "mutation" | "subscription" | "fragment")
                }
                // Among variables. A value is what an equals sign or a colon stands before.
                ([b'('], Token::Sign(b'$')) => !matches!(before, Some(Token::Sign(b'=' | b':'))),
                _ => false,
            };
            if describes {
                found.push((start, end));
            }
        }
        match token {
            Token::Sign(sign @ (b'(' | b'[' | b'{')) => open.push(sign),
            Token::Sign(b')' | b']' | b'}') => drop(open.pop()),
            _ => {}
        }
        (before, last) = (last, Some(token));
    }
    found
}

/// The next token from a place, and where it ends.
fn next(text: &str, mut at: usize) -> Option<(Token<'_>, usize)> {
    let bytes = text.as_bytes();
    loop {
        let byte = *bytes.get(at)?;
        match byte {
            b'#' => at += end_of(&bytes[at..], |byte| !matches!(byte, b'\n' | b'\r')),
            b' ' | b'\t' | b'\r' | b'\n' | b',' => at += 1,
            b'"' => {
                let end = end_of_string(bytes, at);
                return Some((Token::Text { start: at, end }, end));
            }
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => {
                let end = at + end_of(&bytes[at..], |b| b == b'_' || b.is_ascii_alphanumeric());
                return Some((Token::Word(&text[at..end]), end));
            }
            sign => return Some((Token::Sign(sign), at + 1)),
        }
    }
}

fn end_of(bytes: &[u8], belongs: impl Fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| belongs(**byte)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_become_blanks() {
        let text = "\"all\" query Q(\"how many\" $n: Int = 1 \"é\" $s: String = \"x\") { a(b: \"c\") }\n\"\"\"\nof\n\"\"\"\nfragment F on T { d }";
        let blanked = blanked(text);
        assert_eq!(
            blanked,
            "      query Q(           $n: Int = 1     $s: String = \"x\") { a(b: \"c\") }\n   \n  \n   \nfragment F on T { d }"
        );
    }

    #[test]
    fn values_stay_what_they_are() {
        for text in [
            "query ($a: String = \"x\" $b: Int) { c }",
            "query ($a: [String] = [\"x\" \"y\"] $b: Int) { c }",
            "{ a(b: [\"x\" \"y\" $z]) }",
            "{ a(b: {c: \"x\" d: $z}) }",
            "\"not of a shorthand\" { a }",
            "\"never closed",
            "{ a # \"comment\" query\n }",
        ] {
            assert_eq!(blanked(text), text);
        }
    }
}
