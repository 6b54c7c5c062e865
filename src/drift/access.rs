//! Whether a database protects what the migrations protect. `serve` looks before it answers anybody: a dump that
//! was restored in part shows nothing of what it lacks.

use std::collections::{BTreeMap, BTreeSet};

use tokio_postgres::Client;

use super::{Difference, EXPECTED, SectionReport, Snapshot, compare, foreign_schemas};

/// What is looked at, for the sake of a quick start: who may do what, and what happens to rows.
const TITLES: [&str; 4] = ["tables", "triggers", "policies", "grants"];

/// How a database differs from what the migrations make, in the sections that decide about access.
#[derive(Debug, Default)]
pub struct AccessReport {
    /// Callers may do more than they should, or what decides about it is missing: for people, one each.
    pub open: Vec<String>,
    /// What else is missing or different there.
    pub different: Vec<String>,
}

/// Compares what protects the rows with what the migrations make. Takes some tens of milliseconds.
///
/// # Errors
/// When the catalog cannot be read.
pub async fn check_access(client: &mut Client) -> Result<AccessReport, tokio_postgres::Error> {
    let foreign = foreign_schemas(client).await?;
    let transaction = client.transaction().await?;
    let found = Snapshot::read_sections(&transaction, &TITLES).await?;
    transaction.commit().await?;
    let reports = compare(&Snapshot::parse(EXPECTED), &found, &foreign);
    Ok(judge(&reports))
}

fn judge(reports: &[SectionReport]) -> AccessReport {
    let mut judged = AccessReport::default();
    for report in reports
        .iter()
        .filter(|report| TITLES.contains(&report.title))
    {
        for difference in &report.differences {
            let (is_open, what) = describe(report.title, difference);
            match is_open {
                true => judged.open.push(what),
                false => judged.different.push(what),
            }
        }
    }
    judged
}

/// Whether a difference opens something, and what it is.
fn describe(title: &str, difference: &Difference) -> (bool, String) {
    const SECURITY: &str = "row level security";
    let kind = title.strip_suffix('s').unwrap_or(title);
    let kind = kind
        .strip_suffix("ie")
        .map_or_else(|| kind.to_owned(), |stem| format!("{stem}y"));
    match difference {
        Difference::Missing { name } => (title == "policies", format!("{kind} {name} is missing")),
        Difference::Changed {
            name,
            expected,
            found,
        } => match title {
            "tables" if expected.contains(SECURITY) && !found.contains(SECURITY) => {
                (true, format!("{SECURITY} of {name} is off"))
            }
            "policies" => (true, format!("policy {name} is different")),
            "grants" => (
                is_wider(expected, found),
                format!("grant on {name} is {found} instead of {expected}"),
            ),
            _ => (false, format!("{kind} {name} is different")),
        },
        Difference::Unexpected { name, found } => {
            // A restrictive policy only takes away.
            let is_open = title == "grants" || found.starts_with("permissive");
            (is_open, format!("{kind} {name} is too much: {found}"))
        }
    }
}

/// Whether one list of privileges has something that the other has not, as `SELECT (a, b), UPDATE`.
fn is_wider(expected: &str, found: &str) -> bool {
    let expected = privileges(expected);
    privileges(found)
        .iter()
        .any(|(privilege, columns)| match expected.get(privilege) {
            None => true,
            Some(allowed) => !columns.is_subset(allowed),
        })
}

/// Columns by privilege; of a privilege without columns, none.
fn privileges(list: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut all: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut rest = list;
    while !rest.is_empty() {
        let end = rest.find([',', '(']).unwrap_or(rest.len());
        let columns = all.entry(rest[..end].trim()).or_default();
        rest = &rest[end..];
        if let Some(inside) = rest.strip_prefix('(') {
            let end = inside.find(')').unwrap_or(inside.len());
            columns.extend(inside[..end].split(',').map(str::trim));
            rest = inside.get(end + 1..).unwrap_or_default();
        }
        rest = rest.trim_start_matches([',', ' ']);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_privilege_or_column_more_is_wider() {
        for (expected, found, wider) in [
            ("SELECT", "SELECT", false),
            ("INSERT, SELECT", "SELECT", false),
            ("SELECT", "DELETE, SELECT", true),
            ("INSERT (a, b), SELECT (a)", "INSERT (b), SELECT (a)", false),
            (
                "INSERT (a, b), SELECT (a)",
                "INSERT (a, b), SELECT (a, c)",
                true,
            ),
            ("INSERT (a)", "INSERT (a), UPDATE (a)", true),
            ("", "USAGE", true),
        ] {
            assert_eq!(is_wider(expected, found), wider, "{expected} → {found}");
        }
    }

    #[test]
    fn what_opens_something_is_told_apart() {
        let report = |title, differences| SectionReport {
            title,
            expected_count: 1,
            differences,
        };
        let missing = |name: &str| Difference::Missing { name: name.into() };
        let changed = |expected: &str, found: &str| Difference::Changed {
            name: "t".into(),
            expected: expected.into(),
            found: found.into(),
        };
        let unexpected = |found: &str| Difference::Unexpected {
            name: "t p".into(),
            found: found.into(),
        };
        let judged = judge(&[
            report(
                "tables",
                vec![changed("table, row level security", "table"), missing("u")],
            ),
            report("triggers", vec![missing("t set_x")]),
            report(
                "policies",
                vec![
                    missing("t p"),
                    unexpected("permissive all"),
                    unexpected("restrictive all"),
                ],
            ),
            report(
                "grants",
                vec![
                    changed("SELECT", "INSERT, SELECT"),
                    changed("INSERT, SELECT", "SELECT"),
                    missing("t to x"),
                ],
            ),
            report("indexes", vec![missing("i")]),
        ]);
        assert_eq!(
            judged.open,
            [
                "row level security of t is off",
                "policy t p is missing",
                "policy t p is too much: permissive all",
                "grant on t is INSERT, SELECT instead of SELECT",
            ]
        );
        assert_eq!(
            judged.different,
            [
                "table u is missing",
                "trigger t set_x is missing",
                "policy t p is too much: restrictive all",
                "grant on t is SELECT instead of INSERT, SELECT",
                "grant t to x is missing",
            ]
        );
    }
}
