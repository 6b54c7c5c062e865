//! Who may ask about the schema, and who is not told its names in passing.

use async_graphql::{
    Positioned,
    parser::types::{ExecutableDocument, Selection, SelectionSet},
};

use super::validation::DocumentError;
use crate::{auth::Role, config::IntrospectionSettings, error::Error};

/// What suggestions begin with, wherever they are made.
const SUGGESTION: &str = " Did you mean ";

/// Whether a document asks about the schema. `__typename` does not: it tells what the document names itself.
pub(super) fn asks_about_schema(document: &ExecutableDocument) -> bool {
    let operations = document
        .operations
        .iter()
        .map(|(_, operation)| &operation.node.selection_set);
    let fragments = document
        .fragments
        .values()
        .map(|fragment| &fragment.node.selection_set);
    operations.chain(fragments).any(selects_schema)
}

fn selects_schema(set: &Positioned<SelectionSet>) -> bool {
    set.node
        .items
        .iter()
        .any(|selection| match &selection.node {
            Selection::Field(field) => {
                matches!(field.node.name.node.as_str(), "__schema" | "__type")
                    || selects_schema(&field.node.selection_set)
            }
            Selection::InlineFragment(fragment) => selects_schema(&fragment.node.selection_set),
            // Fragments are looked at where they are defined.
            Selection::FragmentSpread(_) => false,
        })
}

/// Refuses a question about the schema of a role that may ask none.
///
/// # Errors
/// FORBIDDEN, with the setting's name.
pub(super) fn refuse(settings: &IntrospectionSettings, role: Role) -> Result<(), Error> {
    if settings.allows(role) {
        return Ok(());
    }
    let role = role.as_str();
    Err(Error::forbidden(format!(
        "Questions about the schema (__schema, __type) are not answered for the role {role}: the operator has left it \
         out of --introspection"
    )))
}

/// An error as a role may read it: without names that it did not send, if it may not ask for them.
pub(super) fn told(settings: &IntrospectionSettings, role: Role, error: Error) -> Error {
    if settings.allows(role) {
        return error;
    }
    error.without_end(SUGGESTION)
}

/// The same for what is wrong with a document.
pub(super) fn told_all(
    settings: &IntrospectionSettings,
    role: Role,
    faults: Vec<DocumentError>,
) -> Vec<DocumentError> {
    let told = |fault: DocumentError| DocumentError {
        error: told(settings, role, fault.error),
        locations: fault.locations,
    };
    faults.into_iter().map(told).collect()
}
