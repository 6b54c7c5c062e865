//! Where sentences begin and end, in plain text and in Markdown.

/// As long as a sentence may be, in characters: what is longer is a table or a program.
const LENGTH_MAX: usize = 500;
/// Abbreviations after which a sentence goes on.
const ABBREVIATIONS: [&str; 20] = [
    "e.g", "i.e", "etc", "cf", "vs", "approx", "no", "dr", "mr", "mrs", "ms", "prof", "st", "z.b",
    "d.h", "u.a", "bzw", "ca", "usw", "vgl",
];

/// The sentences of a text, in their order. Lines end sentences; marks of Markdown (headings, lists, quotations) are left
/// out, and so are fenced code, tables and rules.
#[must_use]
pub fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut is_code = false;
    for line in text.lines() {
        let line = line.trim();
        if line.starts_with("```") || line.starts_with("~~~") {
            is_code = !is_code;
            continue;
        }
        if !is_code && !line.starts_with('|') {
            split(without_marks(line), &mut found);
        }
    }
    found
}

/// A line without what makes it a heading, an item of a list or a quotation.
fn without_marks(line: &str) -> &str {
    let line = line.trim_start_matches(['#', '>', '*', '-', '+', '•', ' ', '\t']);
    let line = ["[ ] ", "[x] ", "[X] "]
        .iter()
        .find_map(|mark| line.strip_prefix(mark))
        .unwrap_or(line);
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let numbered = (1..=3).contains(&digits).then(|| &line[digits..]);
    let item =
        numbered.and_then(|rest| rest.strip_prefix(". ").or_else(|| rest.strip_prefix(") ")));
    item.unwrap_or(line).trim()
}

fn split<'t>(line: &'t str, found: &mut Vec<&'t str>) {
    let mut start = 0;
    let mut signs = line.char_indices().peekable();
    while let Some((at, sign)) = signs.next() {
        let next = signs.peek().map(|(_, next)| *next);
        if !ends(&line[start..at], sign, next) {
            continue;
        }
        // Closing quotes and brackets belong to the sentence.
        let mut end = at + sign.len_utf8();
        while let Some((_, closing)) = signs.next_if(|(_, next)| {
            matches!(
                next,
                '"' | '”' | '’' | '»' | ')' | ']' | '」' | '.' | '!' | '?'
            )
        }) {
            end += closing.len_utf8();
        }
        take(&line[start..end], found);
        start = end;
    }
    take(&line[start..], found);
}

/// Whether a sentence ends with this sign.
fn ends(before: &str, sign: char, next: Option<char>) -> bool {
    match sign {
        '。' | '！' | '？' => true,
        '!' | '?' | '…' => next.is_none_or(|next| next.is_whitespace() || is_closing(next)),
        '.' => {
            let last = before
                .rsplit(|c: char| c.is_whitespace() || c == '(')
                .next();
            let last = last.unwrap_or_default().to_lowercase();
            let is_short = last.chars().count() == 1 && last.chars().all(char::is_alphabetic);
            let goes_on = is_short || ABBREVIATIONS.contains(&last.as_str());
            !goes_on && next.is_none_or(|next| next.is_whitespace() || is_closing(next))
        }
        _ => false,
    }
}

fn is_closing(sign: char) -> bool {
    matches!(sign, '"' | '”' | '’' | '»' | ')' | ']' | '」')
}

fn take<'t>(sentence: &'t str, found: &mut Vec<&'t str>) {
    let sentence = sentence.trim();
    let says_something = sentence.chars().any(char::is_alphabetic);
    if says_something && sentence.chars().count() <= LENGTH_MAX {
        found.push(sentence);
    }
}
