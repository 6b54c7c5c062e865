//! Names of files: paths in their bucket.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::{Result, StorageError};

/// The longest name, in bytes.
const NAME_MAX_BYTES: usize = 1_024;

/// The name as it is kept: in Unicode's normal form C, so that what looks the same is the same.
///
/// # Errors
/// When no file can have it: it is empty or too long, has an empty, `.` or `..` step, a backslash or a control
/// character.
pub(super) fn normal(name: &str) -> Result<Cow<'_, str>> {
    let normal = if is_nfc(name) {
        Cow::Borrowed(name)
    } else {
        Cow::Owned(name.nfc().collect::<String>())
    };
    let is_step = |step: &str| !matches!(step, "" | "." | "..");
    let is_letter = |c: char| !c.is_control() && c != '\\';
    let fits = (1..=NAME_MAX_BYTES).contains(&normal.len());
    if fits && normal.split('/').all(is_step) && normal.chars().all(is_letter) {
        Ok(normal)
    } else {
        let shown: String = name.chars().filter(|c| !c.is_control()).take(200).collect();
        Err(StorageError::invalid_key(&shown))
    }
}

/// A folder as listings want it: empty for all of a bucket, else with one slash at its end.
pub(super) fn folder(prefix: &str) -> String {
    let prefix: String = prefix.nfc().collect();
    match prefix.trim_matches('/') {
        "" => String::new(),
        folder => format!("{folder}/"),
    }
}

/// A file's own name: the last step of its path.
#[must_use]
pub fn last_step(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_mean_the_same_everywhere() {
        for name in [
            "a",
            "a/b c.txt",
            "Übung.pdf",
            ".emptyFolderPlaceholder",
            "a..b/c.",
        ] {
            assert_eq!(normal(name).expect(name), name);
        }
        assert_eq!(normal("U\u{308}.pdf").expect("a name"), "Ü.pdf");
        let long = "ü".repeat(513);
        for name in [
            "", "/a", "a/", "a//b", "a/../b", ".", "a\\b", "a\u{7}", "a\u{85}b", &long,
        ] {
            assert_eq!(normal(name).expect_err(name).code, "InvalidKey");
        }
    }

    #[test]
    fn folders_end_with_one_slash() {
        for (prefix, expected) in [
            ("", ""),
            ("/", ""),
            ("a", "a/"),
            ("a/b/", "a/b/"),
            ("/a", "a/"),
        ] {
            assert_eq!(folder(prefix), expected);
        }
    }
}
