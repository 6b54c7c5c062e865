//! Where a database differs from what the migrations make.

use std::collections::{BTreeMap, BTreeSet};

use super::snapshot::{Entry, SECTIONS, SEED_DATA, Snapshot};

/// Tables whose further policies are for whoever runs the server to make: who may use a bucket, or a private channel.
const WITH_OWN_POLICIES: [&str; 3] = ["storage.buckets", "storage.objects", "realtime.messages"];

/// What was found about one section.
#[derive(Debug)]
pub struct SectionReport {
    /// The section's name.
    pub title: &'static str,
    /// How many objects it should have.
    pub expected_count: usize,
    /// What is not as it should be; empty when the section passed.
    pub differences: Vec<Difference>,
}

/// One object that is not as it should be.
#[derive(Debug, Eq, PartialEq)]
pub enum Difference {
    /// It is not there.
    Missing { name: String },
    /// It is there, but otherwise.
    Changed {
        name: String,
        expected: String,
        found: String,
    },
    /// It is there and should not be.
    Unexpected { name: String, found: String },
}

/// Compares section by section. In `foreign_schemas` only what is missing counts.
#[must_use]
pub fn compare(
    expected: &Snapshot,
    found: &Snapshot,
    foreign_schemas: &[String],
) -> Vec<SectionReport> {
    let exact = SECTIONS
        .iter()
        .map(|section| (section.title, section.exact));
    exact
        .chain([(SEED_DATA, false)])
        .map(|(title, exact)| {
            let expected_entries: BTreeMap<_, _> = expected.section(title).collect();
            let found_entries: BTreeMap<_, _> = found.section(title).collect();
            let is_foreign = |entry: &Entry| {
                foreign_schemas.iter().any(|schema| {
                    entry.object == *schema || entry.object.starts_with(&format!("{schema}."))
                })
            };
            let mut differences = Vec::new();
            for (name, wanted) in &expected_entries {
                match found_entries.get(*name) {
                    None => differences.push(Difference::Missing {
                        name: (*name).clone(),
                    }),
                    Some(entry) if entry.definition != wanted.definition && !is_foreign(entry) => {
                        differences.push(Difference::Changed {
                            name: (*name).clone(),
                            expected: wanted.definition.clone(),
                            found: entry.definition.clone(),
                        });
                    }
                    Some(_) => {}
                }
            }
            if exact {
                let ours = known_objects(expected);
                let is_operators = |entry: &Entry| {
                    title == "policies" && WITH_OWN_POLICIES.contains(&entry.object.as_str())
                };
                let extra = found_entries.iter().filter(|(name, entry)| {
                    !expected_entries.contains_key(**name)
                        && ours.contains(entry.object.as_str())
                        && !is_operators(entry)
                        && !is_foreign(entry)
                });
                differences.extend(extra.map(|(name, entry)| Difference::Unexpected {
                    name: (*name).clone(),
                    found: entry.definition.clone(),
                }));
            }
            SectionReport {
                title,
                expected_count: expected_entries.len(),
                differences,
            }
        })
        .collect()
}

/// The tables and functions that the migrations make: one's own additions beside them are nobody's fault.
fn known_objects(expected: &Snapshot) -> BTreeSet<&str> {
    ["tables", "functions"]
        .into_iter()
        .flat_map(|title| expected.section(title))
        .map(|(name, _)| name.as_str())
        .collect()
}
