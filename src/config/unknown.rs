use crate::error::suggestion::like;

/// A `MINDLOOM_…` variable that is no setting: most likely misspelt, so the setting it meant would be ignored.
#[derive(Debug, thiserror::Error)]
#[error("{name} is not a setting of mindloom{suggestion}; `mindloom settings` lists all of them")]
pub struct UnknownSetting {
    name: String,
    suggestion: String,
}

const PREFIX: &str = "MINDLOOM_";
/// As many settings are offered in the place of one.
const OFFERED_MAX: usize = 3;

/// Refuses variables of the environment that begin with `MINDLOOM_` and are not in [`super::variables`].
///
/// # Errors
/// The first unknown name, with those that it may mean.
pub fn refuse_unknown_variables(
    names: impl IntoIterator<Item = String>,
) -> Result<(), UnknownSetting> {
    let known = super::variables();
    let unknown = names
        .into_iter()
        .find(|name| name.starts_with(PREFIX) && !known.contains(name));
    let Some(name) = unknown else { return Ok(()) };
    // All names begin with the same letters, which make none of them likelier.
    let rest = |name: &str| name.trim_start_matches(PREFIX).to_owned();
    let known: Vec<String> = known.iter().map(|known| rest(known)).collect();
    let mut near: Vec<String> = like(&rest(&name), known.iter().map(String::as_str))
        .into_iter()
        .map(|near| format!("{PREFIX}{near}"))
        .collect();
    near.truncate(OFFERED_MAX);
    let suggestion = match near.as_slice() {
        [] => String::new(),
        [only] => format!(" (did you mean {only}?)"),
        [others @ .., last] => format!(" (did you mean {} or {last}?)", others.join(", ")),
    };
    Err(UnknownSetting { name, suggestion })
}
