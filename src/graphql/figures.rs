//! Under which name an operation's figures are kept: its own where it is a registered one, else what it asks for first.
//! Clients choose neither, so that they cannot make more names than the schema and the operator do.

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection,
    SelectionSet,
};

use crate::records::operations::Operations;

/// The name of what is no operation: a document that does not fit, or lacks the one that was asked for.
pub(super) const OTHER: &str = "other";

/// The name of an operation of a document that fits the schema.
pub(super) fn name_of(
    operations: &Operations,
    document: &ExecutableDocument,
    asked: Option<&str>,
) -> String {
    let (name, operation) = match (&document.operations, asked) {
        (DocumentOperations::Single(operation), _) => (None, Some(operation)),
        (DocumentOperations::Multiple(several), Some(asked)) => (Some(asked), several.get(asked)),
        (DocumentOperations::Multiple(several), None) => match several.iter().next() {
            Some((name, operation)) if several.len() == 1 => (Some(name.as_str()), Some(operation)),
            _ => (None, None),
        },
    };
    let known = name.filter(|name| operations.is_registered(name));
    match (known, operation) {
        (Some(known), _) => known.to_owned(),
        (None, Some(operation)) => by_roots(document, &operation.node),
        (None, None) => OTHER.to_owned(),
    }
}

fn by_roots(document: &ExecutableDocument, operation: &OperationDefinition) -> String {
    let kind = match operation.ty {
        OperationType::Query => "query",
        OperationType::Mutation => "mutation",
        OperationType::Subscription => "subscription",
    };
    let mut roots = Vec::new();
    collect(document, &operation.selection_set.node, &mut roots);
    match roots.as_slice() {
        [] => format!("{kind} {OTHER}"),
        [root] => format!("{kind} {root}"),
        [first, ..] => format!("{kind} {first} and others"),
    }
}

/// The names of the first two root fields: whether there are more does not matter.
fn collect<'a>(
    document: &'a ExecutableDocument,
    selections: &'a SelectionSet,
    roots: &mut Vec<&'a str>,
) {
    for selection in &selections.items {
        if roots.len() > 1 {
            return;
        }
        match &selection.node {
            Selection::Field(field) => roots.push(field.node.name.node.as_str()),
            Selection::InlineFragment(fragment) => {
                collect(document, &fragment.node.selection_set.node, roots);
            }
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                    collect(document, &fragment.node.selection_set.node, roots);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    #[test]
    fn operations_are_named_by_what_they_ask_for_unless_they_are_registered() {
        let operations = Operations::default();
        operations.register(["GetNotes".to_owned()]);
        for (document, asked, name) in [
            ("{ a: notes { b } }", None, "query notes"),
            ("query Mine { notes { b } }", None, "query notes"),
            ("query GetNotes { notes { b } }", None, "GetNotes"),
            (
                "query GetNotes { notes { b } } query B { c }",
                Some("B"),
                "query c",
            ),
            ("query A { a } query B { c }", None, OTHER),
            ("query A { a } query B { c }", Some("D"), OTHER),
            (
                "mutation { createNote { id } x: createNote { id } }",
                None,
                "mutation createNote and others",
            ),
            (
                "query X { ...F ... on Query { b } } fragment F on Query { a }",
                None,
                "query a and others",
            ),
        ] {
            let parsed = parse_query(document).unwrap();
            assert_eq!(name_of(&operations, &parsed, asked), name, "{document}");
        }
    }
}
