//! Results that stand in a file of the repository, to be read in its diff.

/// Asserts that a file below `tests/it` says what was built now; with `UPDATE_GOLDEN=1` writes it.
pub fn assert_golden(file: &str, built: &str) {
    let path = format!("{}/tests/it/{file}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, built).expect("the golden file is written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let differing: Vec<String> = built
        .lines()
        .filter(|line| !kept.lines().any(|other| other == *line))
        .map(|line| format!("+ {line}"))
        .chain(
            kept.lines()
                .filter(|line| !built.lines().any(|other| other == *line))
                .map(|line| format!("- {line}")),
        )
        .collect();
    assert!(
        kept == built,
        "{file} is out of date, look at it and run with UPDATE_GOLDEN=1:\n{}",
        differing.join("\n")
    );
}
