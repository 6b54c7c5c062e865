//! What somebody may have meant who misspelt a name.

/// The known name nearest to `name`, when it is near enough to be a slip of the finger: case does not count, and
/// about one letter in three may differ.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_lowercase();
    let allowed = (name.chars().count() / 3).clamp(1, 3);
    known
        .into_iter()
        .map(|candidate| {
            let distance = strsim::damerau_levenshtein(&lower, &candidate.to_lowercase());
            (distance, candidate)
        })
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
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
    use super::{alternatives, nearest};

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
}
