//! What somebody may have meant who misspelt a name.

/// As many names are offered at most.
const OFFERED_MAX: usize = 5;

/// The known name nearest to `name`, when it is near enough to be a slip of the finger: case does not count, and
/// about one letter in three may differ.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_lowercase();
    let allowed = (name.chars().count() / 3).clamp(1, 3);
    let distance = |known: &str| strsim::osa_distance(&lower, &known.to_lowercase());
    let found = within(allowed, known, distance).min_by_key(|(distance, _)| *distance);
    found.map(|(_, name)| name)
}

/// The known names that are like one, the likest first. As graphql-js has it: two edits in five characters, or another
/// case.
pub fn like<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let lower = name.to_lowercase();
    let allowed = name.chars().count() * 2 / 5 + 1;
    let distance = |known: &str| match known.to_lowercase() == lower {
        true => 1,
        // A name of another length needs no measuring: it would not be near.
        false if known.len().abs_diff(name.len()) > allowed => usize::MAX,
        false => strsim::osa_distance(name, known),
    };
    let mut found: Vec<(usize, &str)> = within(allowed, known, distance).collect();
    found.sort_unstable();
    found.dedup();
    found.truncate(OFFERED_MAX);
    found.into_iter().map(|(_, name)| name).collect()
}

/// The names in at most so many edits, with how many.
fn within<'a>(
    allowed: usize,
    known: impl IntoIterator<Item = &'a str>,
    distance: impl Fn(&str) -> usize,
) -> impl Iterator<Item = (usize, &'a str)> {
    let measured = known.into_iter().map(move |known| (distance(known), known));
    measured.filter(move |(distance, _)| *distance <= allowed)
}

/// ` Did you mean "a" or "b"?`, or nothing.
pub fn question(offered: &[&str]) -> String {
    let quoted: Vec<String> = offered.iter().map(|name| format!("\"{name}\"")).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [only] => format!(" Did you mean {only}?"),
        [others @ .., last] => format!(" Did you mean {} or {last}?", others.join(", ")),
    }
}

/// The alternatives to a name that is none of `known`, to be put behind the sentence that says so: ` (did you mean
/// X?)`, or all of them when none is near and they are few.
pub fn alternatives<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    const LISTED_MAX: usize = 12;
    let known: Vec<&str> = known.into_iter().collect();
    match nearest(name, known.iter().copied()) {
        Some(near) => format!(" (did you mean {near}?)"),
        None if known.is_empty() || known.len() > LISTED_MAX => String::new(),
        None => format!(" (allowed: {})", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::{alternatives, like, nearest, question};

    #[test]
    fn slips_of_the_finger_are_understood_and_other_words_are_not() {
        let known = ["ACTIVE", "ARCHIVED", "DRAFT"];
        for (name, meant) in [
            ("ACTVIE", Some("ACTIVE")),
            ("draft", Some("DRAFT")),
            ("ARCHIVE", Some("ARCHIVED")),
            ("DONE", None),
            ("", None),
        ] {
            assert_eq!(nearest(name, known), meant, "{name}");
        }
    }

    #[test]
    fn without_a_near_name_a_short_list_is_given() {
        assert_eq!(alternatives("DARFT", ["DRAFT"]), " (did you mean DRAFT?)");
        assert_eq!(alternatives("x", ["ON", "OFF"]), " (allowed: ON, OFF)");
        let many: Vec<String> = (100..120).map(|n| format!("NAME_{n}")).collect();
        assert_eq!(alternatives("x", many.iter().map(String::as_str)), "");
    }

    #[test]
    fn names_are_offered_that_are_like_what_was_written() {
        let known = ["content", "contains", "createdAt", "id"];
        assert_eq!(like("contant", known), ["content", "contains"]);
        assert_eq!(like("CREATEDAT", known), ["createdAt"]);
        assert_eq!(like("zzz", known), [] as [&str; 0]);
        assert_eq!(question(&[]), "");
        assert_eq!(
            question(&["a", "b", "c"]),
            " Did you mean \"a\", \"b\" or \"c\"?"
        );
    }
}
