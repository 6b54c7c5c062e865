//! Finding and reading documents, and having them made.

use super::{
    Argument, Texts, Tool,
    notes::{AFTER, FIRST, OFFSET},
};

pub(super) const TOOLS: &[Tool] = &[
    Tool {
        name: "list_documents",
        title: "List documents",
        description: "The person's documents, the newest first, with the beginnings of their texts.",
        writes: false,
        overwrites: false,
        asks_others: false,
        arguments: &[FIRST, AFTER],
        document: "query ($first: Int! = 20, $after: Cursor) {
            documents(orderBy: [{createdAt: DESC}], first: $first, after: $after) {
              nodes { id title content status format version createdAt cluster { id title } }
              pageInfo { hasNextPage endCursor }
            } }",
        texts: Texts::Begun,
    },
    Tool {
        name: "read_document",
        title: "Read a document",
        description: "The whole of a document, in parts where it is long.",
        writes: false,
        overwrites: false,
        asks_others: false,
        arguments: &[
            Argument {
                name: "id",
                is_needed: true,
                schema: r#"{"type": "string", "format": "uuid"}"#,
                description: "The document's id.",
            },
            OFFSET,
        ],
        document: "query ($id: UUID!) { document(id: $id) {
            id title content status format version tags createdAt updatedAt cluster { id title } } }",
        texts: Texts::Paged,
    },
];
