//! Every LIMIT_EXCEEDED names its limit and what that allows.

use super::sources;

#[test]
fn only_one_constructor_makes_errors_of_limits() {
    let mut offending = Vec::new();
    for (path, text) in sources("src") {
        if path.ends_with("src/error/mod.rs") {
            continue;
        }
        let dense: String = text.split_whitespace().collect();
        if dense.contains("Error::new(Code::LimitExceeded") {
            offending.push(path);
        }
    }
    assert!(
        offending.is_empty(),
        "use Error::limit_exceeded in {offending:?}"
    );
}
