//! A subscription asks for one root field. Several selections of it are one field all the same when
//! their response keys are equal, which is why this is counted here.

use std::collections::BTreeSet;

use apollo_compiler::{
    ExecutableDocument,
    executable::{Selection, SelectionSet},
};

use super::fault::Fault;

/// The subscriptions that ask for several root fields.
pub(super) fn check(document: &ExecutableDocument) -> Vec<Fault> {
    let mut faults = Vec::new();
    for operation in document.operations.iter() {
        if !operation.is_subscription() {
            continue;
        }
        let mut found = RootFields {
            document,
            keys: BTreeSet::new(),
            spread: BTreeSet::new(),
        };
        found.add(&operation.selection_set);
        if found.keys.len() > 1 {
            let keys: Vec<&str> = found.keys.into_iter().collect();
            let message = format!(
                "A subscription asks for exactly one root field, not for {}.",
                keys.join(", ")
            );
            faults.push(Fault {
                location: operation.location(),
                message,
            });
        }
    }
    faults
}

struct RootFields<'d> {
    document: &'d ExecutableDocument,
    keys: BTreeSet<&'d str>,
    spread: BTreeSet<&'d str>,
}

impl<'d> RootFields<'d> {
    fn add(&mut self, set: &'d SelectionSet) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    self.keys.insert(field.response_key().as_str());
                }
                Selection::InlineFragment(fragment) => self.add(&fragment.selection_set),
                Selection::FragmentSpread(spread) => {
                    let name = spread.fragment_name.as_str();
                    if self.spread.insert(name)
                        && let Some(fragment) = self.document.fragments.get(name)
                    {
                        self.add(&fragment.selection_set);
                    }
                }
            }
        }
    }
}
