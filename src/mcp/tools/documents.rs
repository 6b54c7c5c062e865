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
            id title content status generationState format version tags createdAt updatedAt cluster { id title } } }",
        texts: Texts::Paged,
    },
    Tool {
        name: "generate_document",
        title: "Have a document made",
        description: "Has a document made of the notes of a cluster, or of notes; another one of the same cluster is its next version. \
            It is written in the background: read_document says by generationState whether it is COMPLETE. Without a key for a model \
            it is put together from sentences of the notes.",
        writes: true,
        overwrites: false,
        asks_others: true,
        arguments: &[
            Argument {
                name: "clusterId",
                is_needed: false,
                schema: r#"{"type": "string", "format": "uuid"}"#,
                description: "The cluster, one of list_clusters. Give this or noteIds.",
            },
            Argument {
                name: "noteIds",
                is_needed: false,
                schema: r#"{"type": "array", "items": {"type": "string", "format": "uuid"}}"#,
                description: "The notes.",
            },
            Argument {
                name: "title",
                is_needed: false,
                schema: r#"{"type": "string", "maxLength": 500}"#,
                description: "Its title; the cluster's without it.",
            },
            Argument {
                name: "format",
                is_needed: false,
                schema: r#"{"type": "string", "enum": ["MARKDOWN", "HTML", "PLAIN_TEXT"], "default": "MARKDOWN"}"#,
                description: "Its markup.",
            },
            Argument {
                name: "instructions",
                is_needed: false,
                schema: r#"{"type": "string", "maxLength": 10000}"#,
                description: "What it should be, for whom, how long.",
            },
        ],
        document: "mutation ($clusterId: UUID, $noteIds: [UUID!], $title: String, $format: DocumentFormat! = MARKDOWN,
              $instructions: String) {
            generateDocument(clusterId: $clusterId, noteIds: $noteIds, title: $title, format: $format,
              instructions: $instructions) {
              document { id title version generationState } job { id status } } }",
        texts: Texts::Whole,
    },
];
