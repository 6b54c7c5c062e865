//! What kinds of files models read.

use bytes::Bytes;

use crate::models::chat::Part;

const MB: u64 = 1_000_000;
/// Texts that say so, beside `text/…` and what is written in JSON, XML or YAML.
const TEXTS: [&str; 8] = [
    "application/javascript",
    "application/json",
    "application/sql",
    "application/toml",
    "application/x-sh",
    "application/x-yaml",
    "application/xml",
    "application/yaml",
];

/// What a file is to a model.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// A picture of this type.
    Picture(&'static str),
    Pdf,
    Text,
}

impl Kind {
    /// Of a content's type; none of what no model reads.
    pub(super) fn of(media_type: &str) -> Option<Self> {
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        let essence = essence.to_ascii_lowercase();
        Some(match essence.as_str() {
            "image/png" => Kind::Picture("image/png"),
            "image/jpeg" | "image/jpg" => Kind::Picture("image/jpeg"),
            "image/gif" => Kind::Picture("image/gif"),
            "image/webp" => Kind::Picture("image/webp"),
            "application/pdf" => Kind::Pdf,
            text if text.starts_with("text/")
                || TEXTS.contains(&text)
                || ["+json", "+xml", "+yaml"]
                    .iter()
                    .any(|end| text.ends_with(end)) =>
            {
                Kind::Text
            }
            _ => return None,
        })
    }

    /// The largest file of this kind.
    pub(super) fn max_bytes(self) -> u64 {
        match self {
            // Anthropic's limit, the lowest.
            Kind::Picture(_) => 5 * MB,
            Kind::Pdf => 10 * MB,
            Kind::Text => MB,
        }
    }

    /// What it is called, in messages.
    pub(super) fn label(self) -> &'static str {
        match self {
            Kind::Picture(_) => "A picture",
            Kind::Pdf => "A PDF",
            Kind::Text => "A text",
        }
    }

    /// The part of a message; none where a text is none.
    pub(super) fn part(self, name: &str, data: Bytes) -> Option<Part> {
        let file = |media_type: &str| {
            Some(Part::File {
                media_type: media_type.to_owned(),
                name: name.to_owned(),
                data: data.clone(),
            })
        };
        match self {
            Kind::Picture(media_type) => Some(Part::Image {
                media_type: media_type.to_owned(),
                data,
            }),
            Kind::Pdf => file("application/pdf"),
            Kind::Text if std::str::from_utf8(&data).is_ok() => file("text/plain"),
            Kind::Text => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_those_of_contents() {
        for (media_type, kind) in [
            ("image/JPG", Some(Kind::Picture("image/jpeg"))),
            ("text/plain;charset=UTF-8", Some(Kind::Text)),
            ("application/ld+json", Some(Kind::Text)),
            ("application/pdf", Some(Kind::Pdf)),
            ("image/svg+xml", Some(Kind::Text)),
            ("image/tiff", None),
            ("audio/webm", None),
            ("application/octet-stream", None),
        ] {
            assert_eq!(Kind::of(media_type), kind, "{media_type}");
        }
        assert!(
            Kind::Text
                .part("a", Bytes::from_static(b"\xff\xfe"))
                .is_none()
        );
    }
}
