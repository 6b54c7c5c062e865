/// A `MINDLOOM_…` variable that is no setting: most likely misspelt, so the setting it meant would be ignored.
#[derive(Debug, thiserror::Error)]
#[error("{name} is not a setting of mindloom{suggestion}; the settings are {}", known.join(", "))]
pub struct UnknownSetting {
    name: String,
    suggestion: String,
    known: Vec<String>,
}

/// Refuses variables of the environment that begin with `MINDLOOM_` and are not in [`super::variables`].
///
/// # Errors
/// The first unknown name, with the nearest known one and the list of all.
pub fn refuse_unknown_variables(
    names: impl IntoIterator<Item = String>,
) -> Result<(), UnknownSetting> {
    let known = super::variables();
    let unknown = names
        .into_iter()
        .find(|name| name.starts_with("MINDLOOM_") && !known.contains(name));
    let Some(name) = unknown else { return Ok(()) };
    let suggestion = nearest(&name, &known)
        .map(|near| format!(" (did you mean {near}?)"))
        .unwrap_or_default();
    Err(UnknownSetting {
        name,
        suggestion,
        known,
    })
}

/// The known name with the smallest edit distance, when that is small enough to be a slip of the finger.
pub(super) fn nearest<'a>(name: &str, known: &'a [String]) -> Option<&'a String> {
    const DISTANCE_MAX: usize = 3;
    known
        .iter()
        .map(|candidate| (distance(name.as_bytes(), candidate.as_bytes()), candidate))
        .filter(|(distance, _)| *distance <= DISTANCE_MAX)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein distance in bytes.
fn distance(left: &[u8], right: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in right.iter().enumerate() {
            let substituted = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}
