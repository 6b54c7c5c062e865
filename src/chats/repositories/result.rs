//! What a tool gave, as text of a bounded size.

use rmcp::model::{CallToolResult, ContentBlock, ResourceContents};

/// Characters of a result that a model gets.
const TEXT_MAX: usize = 40_000;

/// What came of a call; what the tool says of its failing where it failed.
pub(super) fn read(result: &CallToolResult) -> Result<String, String> {
    let mut text = String::new();
    for block in &result.content {
        if !text.is_empty() {
            text.push('\n');
        }
        match block {
            ContentBlock::Text(said) => text.push_str(&said.text),
            ContentBlock::Resource(resource) => match &resource.resource {
                ResourceContents::TextResourceContents {
                    uri, text: said, ..
                } => {
                    text.push_str(&format!("{uri}:\n{said}"));
                }
                _ => text.push_str("[a file that is no text]"),
            },
            ContentBlock::ResourceLink(link) => text.push_str(&format!("[see {}]", link.uri)),
            _ => text.push_str("[something that is no text]"),
        }
        if text.len() > TEXT_MAX * 4 {
            break;
        }
    }
    if let (true, Some(structured)) = (text.trim().is_empty(), &result.structured_content) {
        text = structured.to_string();
    }
    let text = cut(&text);
    match result.is_error {
        Some(true) if text.trim().is_empty() => Err("The tool failed and does not say why.".into()),
        Some(true) => Err(text),
        _ => Ok(text),
    }
}

/// A text without the character zero, and where it is long its beginning.
pub(super) fn cut(text: &str) -> String {
    let mut kept: String = text
        .chars()
        .filter(|c| *c != '\0')
        .take(TEXT_MAX + 1)
        .collect();
    if let Some((end, _)) = kept.char_indices().nth(TEXT_MAX) {
        kept.truncate(end);
        kept.push_str("\n[It goes on. Ask for less at once to read the rest.]");
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_between_characters() {
        let long = "ä".repeat(TEXT_MAX + 5);
        let short = cut(&long);
        assert!(short.starts_with("äää") && short.contains("It goes on"));
        assert_eq!(short.chars().filter(|c| *c == 'ä').count(), TEXT_MAX);
        assert_eq!(cut("a\0b"), "ab");
        let whole = "ä".repeat(TEXT_MAX);
        assert_eq!(cut(&whole), whole);
    }

    #[test]
    fn errors_of_tools_are_told_from_results() {
        let done = CallToolResult::success(vec![ContentBlock::text("a"), ContentBlock::text("b")]);
        assert_eq!(read(&done).as_deref(), Ok("a\nb"));
        let failed = CallToolResult::error(vec![ContentBlock::text("no such repository")]);
        assert_eq!(read(&failed), Err("no such repository".into()));
        let silent = CallToolResult::error(Vec::new());
        assert!(read(&silent).is_err_and(|said| said.contains("does not say why")));
    }
}
