//! How many tokens a text has, where the provider does not say: counted as OpenAI's newer models read it, which others
//! come near to.

use super::{ChatRequest, Part};

/// Longer pieces without a gap take time by the square of their length.
const PIECE_MAX_BYTES: usize = 4_096;
/// What a message costs beside what it says, as OpenAI's cookbook counts it.
const TOKENS_PER_MESSAGE: u64 = 4;
/// A picture of the usual size, as OpenAI, Anthropic and Google count it: some 258 to 1,600.
const TOKENS_PER_IMAGE: u64 = 1_000;
/// A page of a PDF: its text, and the picture of it.
const TOKENS_PER_PAGE: u64 = 2_500;
/// Bytes of a page where the file does not say how many it has.
const PAGE_BYTES: u64 = 100_000;

/// The tokens of a text. The first time takes some hundred milliseconds; then about 10 MB are counted in a second.
#[must_use]
pub fn count_tokens(text: &str) -> u64 {
    let encoder = tiktoken_rs::o200k_base_singleton();
    let mut tokens = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rest.floor_char_boundary(PIECE_MAX_BYTES));
        tokens += encoder.encode_ordinary(piece).len() as u64;
        rest = after;
    }
    tokens
}

/// The tokens of what is asked, roughly: pictures and files count by their size.
#[must_use]
pub fn count_request_tokens(request: &ChatRequest) -> u64 {
    count_by(request, &count_tokens)
}

/// The same without looking at the text: quick, and good for the order of magnitude.
#[must_use]
pub fn guess_request_tokens(request: &ChatRequest) -> u64 {
    count_by(request, &|text| text.len().div_ceil(4) as u64)
}

fn count_by(request: &ChatRequest, count: &dyn Fn(&str) -> u64) -> u64 {
    let system = request.system.as_deref().map_or(0, count);
    let tools: u64 = request
        .tools
        .iter()
        .map(|tool| {
            count(&tool.name) + count(&tool.description) + count(&tool.parameters.to_string())
        })
        .sum();
    let messages: u64 = request
        .messages
        .iter()
        .map(|said| {
            let parts = said.parts.iter().map(|part| part_tokens(part, count));
            TOKENS_PER_MESSAGE + parts.sum::<u64>()
        })
        .sum();
    system + tools + messages
}

/// The tokens of a part, roughly, with those of texts as `count` says.
pub fn part_tokens(part: &Part, count: &dyn Fn(&str) -> u64) -> u64 {
    match part {
        Part::Text(text) | Part::Reasoning { text, .. } => count(text),
        Part::Image { .. } => TOKENS_PER_IMAGE,
        Part::File {
            media_type, data, ..
        } => match std::str::from_utf8(data) {
            Ok(text) if media_type != "application/pdf" => count(text),
            _ => pages(data) * TOKENS_PER_PAGE,
        },
        Part::ToolCall {
            name, arguments, ..
        } => count(name) + count(&arguments.to_string()),
        Part::ToolResult { name, content, .. } => count(name) + count(content),
    }
}

/// The pages of a PDF, roughly: those that stand in it uncompressed, else as many as so many bytes usually have.
fn pages(pdf: &[u8]) -> u64 {
    let (mut told, mut is_type) = (0_u64, false);
    for name in pdf.split(|byte| *byte == b'/') {
        // `/Pages` is the list of them.
        let is_page =
            name.starts_with(b"Page") && !name.get(4).is_some_and(u8::is_ascii_alphabetic);
        told += u64::from(is_type && is_page);
        is_type = name.trim_ascii_end() == b"Type";
    }
    match told {
        0 => (pdf.len() as u64).div_ceil(PAGE_BYTES).max(1),
        told => told,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pdf_counts_by_its_pages() {
        let told =
            b"%PDF-1.4 /Type /Pages /Count 2 >> << /Type /Page >> << /Type/Page/Parent 1 0 R >>";
        assert_eq!(pages(told), 2);
        assert_eq!(pages(&[0; 250_000]), 3);
        assert_eq!(pages(b"%PDF-"), 1);
    }

    #[test]
    fn tokens_are_those_of_the_encoding() {
        assert_eq!(count_tokens(""), 0);
        assert_eq!(count_tokens("hello world"), 2);
        let text = "Größe 🙂 and 日本語, once more. ".repeat(1_000);
        let whole = tiktoken_rs::o200k_base_singleton().encode_ordinary(&text);
        let (whole, many) = (whole.len() as u64, count_tokens(&text));
        // Where pieces meet, a token more may be counted.
        assert!((whole..whole + 40).contains(&many), "{whole} and {many}");
    }

    #[test]
    fn a_text_without_gaps_takes_no_longer() {
        let began = std::time::Instant::now();
        assert!(count_tokens(&"a".repeat(1 << 20)) > 1_000);
        assert!(began.elapsed() < std::time::Duration::from_secs(20));
    }
}
