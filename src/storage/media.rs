//! What a content is: looked up in its first bytes, whatever its sender says.

use std::borrow::Cow;

/// How many of the first bytes are looked at.
pub(super) const LOOK_BYTES: usize = 8_192;

/// What nothing is known of.
pub(super) const UNKNOWN: &str = "application/octet-stream";

/// Types that are told from each other by more than their first bytes: of each line, the first is what the bytes say,
/// the others are what they may be all the same.
const KINDS: [&[&str]; 13] = [
    &[
        "video/webm",
        "audio/webm",
        "video/x-matroska",
        "audio/x-matroska",
    ],
    &[
        "video/x-matroska",
        "audio/x-matroska",
        "audio/webm",
        "video/webm",
    ],
    &[
        "video/mp4",
        "audio/mp4",
        "audio/m4a",
        "audio/x-m4a",
        "video/x-m4v",
        "video/quicktime",
    ],
    &[
        "audio/m4a",
        "audio/mp4",
        "audio/x-m4a",
        "audio/aac",
        "video/mp4",
    ],
    &["video/quicktime", "video/mp4", "audio/mp4"],
    &["audio/x-wav", "audio/wav", "audio/wave", "audio/vnd.wave"],
    &[
        "audio/ogg",
        "audio/opus",
        "video/ogg",
        "application/ogg",
        "audio/vorbis",
    ],
    &["audio/opus", "audio/ogg", "application/ogg"],
    &["audio/mpeg", "audio/mp3", "audio/aac", "audio/x-mpeg"],
    &["audio/x-flac", "audio/flac"],
    &["image/jpeg", "image/jpg"],
    &["image/vnd.microsoft.icon", "image/x-icon"],
    &[
        "text/xml",
        "application/xml",
        "image/svg+xml",
        "application/rss+xml",
        "application/atom+xml",
        "text/html",
    ],
];

/// The type of a content that is said to be `declared` and begins with `head`. What is said holds where the bytes may be
/// it; else what the bytes show, if they show anything.
pub(super) fn type_of<'a>(declared: Option<&'a str>, head: &[u8]) -> Cow<'a, str> {
    let declared = declared.map(str::trim).filter(|declared| is_type(declared));
    let essence = declared.map(|declared| essence(declared).to_ascii_lowercase());
    let found = infer::get(head).map(|found| found.mime_type());
    match (declared, essence.as_deref(), found) {
        (Some(declared), Some(essence), Some(found)) if may_be(found, essence) => {
            Cow::Borrowed(declared)
        }
        // Frames of MPEG audio, of which only some are known by their first two bytes.
        (Some(declared), Some("audio/mpeg" | "audio/mp3" | "audio/aac"), None) if matches!(head, [0xFF, second, ..] if second & 0xE0 == 0xE0) => {
            Cow::Borrowed(declared)
        }
        (_, _, Some(found)) => Cow::Borrowed(found),
        // It would be known by its bytes.
        (Some(_), Some(essence), None) if is_known_by_bytes(essence) => Cow::Borrowed(plain(head)),
        (Some(declared), _, None) => Cow::Borrowed(declared),
        (None, _, None) => Cow::Borrowed(plain(head)),
    }
}

/// Whether a bucket that takes `allowed` takes a type.
pub(super) fn is_allowed(media_type: &str, allowed: &[String]) -> bool {
    let wanted = essence(media_type);
    allowed.iter().any(|allowed| {
        let allowed = essence(allowed);
        match allowed.strip_suffix("/*") {
            Some(family) => {
                let of = wanted.split_once('/').map(|(of, _)| of);
                family == "*" || of.is_some_and(|of| of.eq_ignore_ascii_case(family))
            }
            None => {
                allowed == "*" || allowed.eq_ignore_ascii_case(wanted) || is_alias(allowed, wanted)
            }
        }
    })
}

/// Whether a browser might run it: it is then handed out as a download, and in a sandbox.
#[must_use]
pub fn may_run(media_type: &str) -> bool {
    let essence = essence(media_type).to_ascii_lowercase();
    let runs = [
        "text/html",
        "application/xhtml+xml",
        "application/pdf",
        "application/wasm",
    ];
    runs.contains(&essence.as_str())
        || essence.ends_with("xml")
        || essence.starts_with("multipart/")
        || essence == "text/xsl"
        || is_script(&essence)
}

/// The type as which it is handed out. Scripts are plain text: a page of this origin that names one cannot run it.
#[must_use]
pub fn handed_out(media_type: &str) -> &str {
    match is_script(&essence(media_type).to_ascii_lowercase()) {
        true => "text/plain;charset=UTF-8",
        false => media_type,
    }
}

fn is_script(essence: &str) -> bool {
    ["javascript", "ecmascript", "jscript", "livescript"]
        .iter()
        .any(|name| essence.contains(name))
}

/// The type without its parameters.
fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

/// Whether it can stand in a header and has both halves.
fn is_type(media_type: &str) -> bool {
    let halves = essence(media_type).split_once('/');
    let is_name = |half: &str| {
        !half.is_empty()
            && half
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
    };
    halves.is_some_and(|(family, kind)| is_name(family) && is_name(kind))
        && media_type.bytes().all(|byte| (0x20..0x7F).contains(&byte))
        && media_type.len() <= 255
}

fn may_be(found: &str, declared: &str) -> bool {
    if found == declared {
        return true;
    }
    let kinds = KINDS.iter().find(|kinds| kinds[0] == found);
    if let Some(kinds) = kinds {
        return kinds.contains(&declared);
    }
    // Documents of offices, books, packages: archives with a table of contents.
    let is_archive = |name: &str| {
        name.contains("zip") || name.contains("officedocument") || name.contains("opendocument")
    };
    match found {
        "application/zip" => {
            !is_known_by_bytes(declared) || is_archive(declared) || declared.ends_with("+zip")
        }
        "text/x-shellscript" | "text/html" => {
            declared.starts_with("text/") || declared == "application/x-sh"
        }
        "application/msword" | "application/x-ole-storage" => {
            declared.starts_with("application/vnd.ms-") || declared == "application/msword"
        }
        found => is_archive(found) && is_archive(declared),
    }
}

/// Two names of one type.
fn is_alias(one: &str, other: &str) -> bool {
    const ALIASES: [&[&str]; 4] = [
        &["audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave"],
        &["audio/mpeg", "audio/mp3"],
        &["audio/mp4", "audio/m4a", "audio/x-m4a"],
        &["image/jpeg", "image/jpg"],
    ];
    ALIASES.iter().any(|names| {
        let has = |name: &str| names.iter().any(|known| known.eq_ignore_ascii_case(name));
        has(one) && has(other)
    })
}

fn is_known_by_bytes(essence: &str) -> bool {
    let binary = ["image/", "audio/", "video/", "font/"];
    infer::is_mime_supported(essence) && !essence.starts_with("text/")
        || binary.iter().any(|family| essence.starts_with(family))
            && essence != "image/svg+xml"
            && KINDS.iter().any(|kinds| kinds.contains(&essence))
}

fn plain(head: &[u8]) -> &'static str {
    // The last letter may be cut.
    let is_text = match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    if is_text && !head.contains(&0) {
        "text/plain;charset=UTF-8"
    } else {
        UNKNOWN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    const WEBM: &[u8] =
        b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm";

    #[test]
    fn bytes_say_what_a_content_is() {
        // No such file is shorter.
        let webm = [WEBM, &[0; 256]].concat();
        for (declared, head, expected) in [
            (Some("image/png"), PNG, "image/png"),
            (Some("text/plain;charset=UTF-8"), PNG, "image/png"),
            (Some("image/png"), &b"<!DOCTYPE html><p>"[..], "text/html"),
            (Some("image/png"), b"just words", "text/plain;charset=UTF-8"),
            (Some("image/png"), b"\x01\x02\xff\xfe", UNKNOWN),
            (
                Some("audio/webm;codecs=opus"),
                webm.as_slice(),
                "audio/webm;codecs=opus",
            ),
            (Some("audio/mpeg"), b"\xff\xe3\x18\xc4", "audio/mpeg"),
            (Some("audio/wav"), b"RIFF\x24\0\0\0WAVEfmt ", "audio/wav"),
            (Some("application/json"), b"{\"a\": 1}", "application/json"),
            (Some("text/markdown"), b"# Title", "text/markdown"),
            (Some("nonsense"), b"words", "text/plain;charset=UTF-8"),
            (
                Some("text/plain\r\nX: y"),
                b"words",
                "text/plain;charset=UTF-8",
            ),
            (None, b"", "text/plain;charset=UTF-8"),
        ] {
            assert_eq!(type_of(declared, head), expected, "{declared:?}");
        }
    }

    #[test]
    fn buckets_take_types_by_name_and_by_family() {
        let allowed = |types: &[&str], media_type| {
            let types: Vec<String> = types.iter().map(|name| (*name).to_owned()).collect();
            is_allowed(media_type, &types)
        };
        assert!(allowed(&["image/png"], "image/png"));
        assert!(allowed(&["image/*"], "image/webp"));
        assert!(allowed(&["*/*", "image/png"], "image/png"));
        assert!(allowed(&["*/*"], "text/html"));
        assert!(allowed(&["audio/webm"], "audio/webm;codecs=opus"));
        assert!(allowed(&["audio/wav"], "audio/x-wav"));
        assert!(!allowed(&["image/*"], "imagery/png"));
        assert!(!allowed(&["image/png"], "text/html"));
    }

    #[test]
    fn what_browsers_run_is_known() {
        for media_type in [
            "text/html; charset=utf-8",
            "image/svg+xml",
            "text/xml",
            "application/javascript",
            "application/xhtml+xml",
        ] {
            assert!(may_run(media_type), "{media_type}");
        }
        for media_type in ["image/png", "text/plain", "audio/webm", UNKNOWN] {
            assert!(!may_run(media_type), "{media_type}");
        }
    }
}
