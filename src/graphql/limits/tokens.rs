//! Counts the tokens of a document without parsing it.

use std::borrow::Cow;

use crate::error::{Error, Result};

/// Counts the tokens. Refuses documents with more tokens or deeper nesting than allowed. Text that is no GraphQL passes or not:
/// the parser says what is wrong with it.
pub(super) fn check(document: &str, max_tokens: u64, max_nesting: u64) -> Result<u64> {
    let bytes = document.as_bytes();
    let (mut at, mut tokens, mut nesting) = (0, 0_u64, 0_u64);
    while let Some(&byte) = bytes.get(at) {
        at = match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b',' => {
                at += 1;
                continue;
            }
            _ if bytes[at..].starts_with(BYTE_ORDER_MARK) => {
                at += BYTE_ORDER_MARK.len();
                continue;
            }
            b'#' => {
                at = end_of_line(bytes, at);
                continue;
            }
            b'"' => end_of_string(bytes, at),
            b'.' => {
                at + bytes[at..]
                    .iter()
                    .take(3)
                    .take_while(|byte| **byte == b'.')
                    .count()
            }
            b'-' | b'0'..=b'9' => end_of_number(bytes, at),
            _ if in_word(byte) => end_of(bytes, at, in_word),
            _ => at + 1,
        };
        match byte {
            b'{' | b'[' | b'(' => nesting += 1,
            b'}' | b']' | b')' => nesting = nesting.saturating_sub(1),
            _ => {}
        }
        tokens += 1;
        if tokens > max_tokens {
            return Err(Error::limit_exceeded(
                "tokens",
                max_tokens,
                format!("The document has more than {max_tokens} tokens"),
            ));
        }
        if nesting > max_nesting {
            let message = format!(
                "The document nests braces, brackets or parentheses deeper than {max_nesting}"
            );
            return Err(Error::limit_exceeded("nesting", max_nesting, message));
        }
    }
    Ok(tokens)
}

/// The document with blanks for commas and comments, which mean as little; what stays is where it was. The parser looks
/// ahead over blanks alone, and takes the name before `,,#…` and a colon for no alias.
pub(in crate::graphql) fn with_blanks(document: &str) -> Cow<'_, str> {
    if !document.contains([',', '#']) {
        return Cow::Borrowed(document);
    }
    let mut blanked = document.as_bytes().to_vec();
    let mut at = 0;
    while let Some(&byte) = blanked.get(at) {
        let end = match byte {
            b'#' => end_of_line(&blanked, at),
            b'"' => end_of_string(&blanked, at),
            _ => at + 1,
        };
        if matches!(byte, b'#' | b',') {
            blanked[at..end].fill(b' ');
        }
        at = end;
    }
    String::from_utf8(blanked).map_or(Cow::Borrowed(document), Cow::Owned)
}

fn end_of(bytes: &[u8], at: usize, belongs: fn(u8) -> bool) -> usize {
    at + bytes[at..]
        .iter()
        .take_while(|byte| belongs(**byte))
        .count()
}

/// Ignored wherever it stands.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Names; every byte beyond ASCII, which is no GraphQL at all, with them.
fn in_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// A sign belongs to a number at its beginning and after the `e` of its exponent.
fn end_of_number(bytes: &[u8], at: usize) -> usize {
    let mut end = at + 1;
    while let Some(&byte) = bytes.get(end) {
        let is_sign = matches!(byte, b'+' | b'-') && matches!(bytes[end - 1], b'e' | b'E');
        if !in_word(byte) && byte != b'.' && !is_sign {
            break;
        }
        end += 1;
    }
    end
}

fn end_of_line(bytes: &[u8], at: usize) -> usize {
    bytes[at..]
        .iter()
        .position(|byte| matches!(byte, b'\n' | b'\r'))
        .map_or(bytes.len(), |length| at + length)
}

/// Where the string that begins at `at` ends; the end of the text when it is not closed.
pub(in crate::graphql) fn end_of_string(bytes: &[u8], at: usize) -> usize {
    let block = bytes[at..].starts_with(b"\"\"\"");
    let mut end = at + if block { 3 } else { 1 };
    while let Some(&byte) = bytes.get(end) {
        match byte {
            b'\\' if block && bytes[end..].starts_with(b"\\\"\"\"") => end += 4,
            b'\\' if !block => end += 2,
            b'"' if block && bytes[end..].starts_with(b"\"\"\"") => return end + 3,
            b'"' if !block => return end + 1,
            b'\n' | b'\r' if !block => return end,
            _ => end += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    fn tokens(document: &str) -> u64 {
        (0..)
            .find(|allowed| check(document, *allowed, 1_000).is_ok())
            .unwrap_or(u64::MAX)
    }

    #[test]
    fn commas_and_comments_become_blanks_and_strings_stay() {
        let document = "{ a,,# é, \"x\n: b(c: \"d, # e\", f: \"\"\"g, # \"h\"\"\") }";
        let blanked = with_blanks(document);
        assert_eq!(blanked.len(), document.len());
        assert_eq!(
            blanked,
            "{ a          \n: b(c: \"d, # e\"  f: \"\"\"g, # \"h\"\"\") }"
        );
        assert!(matches!(with_blanks("{ a }"), Cow::Borrowed(_)));
    }

    #[test]
    fn every_kind_of_token_counts_once() {
        assert_eq!(tokens("{ a }"), 3);
        assert_eq!(tokens("query Q($a: [Int!] = 1) @d { ...F }"), 19);
        assert_eq!(tokens(r#"{ a(b: "x { y \" [ z", c: -1.5e+3) }"#), 11);
        assert_eq!(
            tokens("{ a(b: \"\"\"one \"two\" { \\\"\"\" [ three\"\"\") }"),
            8
        );
        assert_eq!(tokens("# { { {\n{ a } # }"), 3);
        assert_eq!(tokens("\u{feff}{a}"), 3);
        assert_eq!(tokens("[1-2 A-1 -1e-3]"), 7);
        assert_eq!(tokens(""), 0);
        assert_eq!(tokens("\"never closed"), 1);
    }

    #[test]
    fn brackets_in_strings_and_comments_do_not_nest() {
        assert!(check("{ a(b: \"{{{{\") # {{{{\n }", 100, 2).is_ok());
        let error = check("{ a { b { c } } }", 100, 2).unwrap_err();
        assert_eq!(error.code(), Code::LimitExceeded);
        assert_eq!(error.details()["limit"], "nesting");
    }

    #[test]
    fn a_hostile_text_is_left_at_the_limit() {
        let text = "{".repeat(50_000_000);
        let begin = std::time::Instant::now();
        assert!(check(&text, 10_000, 64).is_err());
        assert!(
            begin.elapsed().as_millis() < 20,
            "it is not read to its end"
        );
    }
}
