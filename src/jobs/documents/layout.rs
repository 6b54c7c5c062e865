//! A document's markup, for what the server puts together itself.

use std::fmt::Write as _;

/// The markup of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Markdown,
    Html,
    PlainText,
}

impl Format {
    /// As `public.document_format` has it.
    pub(super) fn named(name: &str) -> Self {
        match name {
            "html" => Format::Html,
            "plain_text" => Format::PlainText,
            _ => Format::Markdown,
        }
    }

    /// What a model is told of it.
    pub(super) fn told(self) -> &'static str {
        match self {
            Format::Markdown => "Write Markdown.",
            Format::Html => {
                "Write an HTML fragment (headings, paragraphs, lists, tables): no scripts, no styles, no code fence \
                 around it."
            }
            Format::PlainText => "Write plain text without any markup.",
        }
    }

    /// The document's title.
    pub(super) fn title(self, text: &str) -> String {
        match self {
            Format::Markdown => format!("# {text}\n\n"),
            Format::Html => format!("<h1>{}</h1>\n", escaped(text)),
            Format::PlainText => format!("{text}\n\n"),
        }
    }

    /// A section: its heading, and its items.
    pub(super) fn section<'a>(self, heading: &str, items: impl Iterator<Item = &'a str>) -> String {
        let mut made = match self {
            Format::Markdown => format!("## {heading}\n\n"),
            Format::Html => format!("<h2>{}</h2>\n<ul>\n", escaped(heading)),
            Format::PlainText => format!("{heading}\n\n"),
        };
        for item in items {
            // Writing to a String cannot fail.
            let _ = match self {
                Format::Html => writeln!(made, "<li>{}</li>", escaped(item)),
                Format::Markdown | Format::PlainText => writeln!(made, "- {item}"),
            };
        }
        made.push_str(match self {
            Format::Html => "</ul>\n",
            Format::Markdown | Format::PlainText => "\n",
        });
        made
    }

    /// A paragraph.
    pub(super) fn paragraph(self, text: &str) -> String {
        match self {
            Format::Markdown | Format::PlainText => format!("{text}\n\n"),
            Format::Html => format!("<p>{}</p>\n", escaped(text)),
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_says_what_it_was_given_and_no_more() {
        let made = Format::Html.section("a < b", ["<script>x</script> & y"].into_iter());
        assert_eq!(
            made,
            "<h2>a &lt; b</h2>\n<ul>\n<li>&lt;script&gt;x&lt;/script&gt; &amp; y</li>\n</ul>\n"
        );
        assert_eq!(Format::named("html").title("T"), "<h1>T</h1>\n");
        assert_eq!(
            Format::named("plain_text").section("A", ["b"].into_iter()),
            "A\n\n- b\n\n"
        );
        assert_eq!(Format::named("markdown").paragraph("A"), "A\n\n");
    }
}
