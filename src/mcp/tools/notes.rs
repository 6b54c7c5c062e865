//! Finding, reading and writing notes.

use super::{Argument, Texts, Tool};

pub(super) const TOOLS: &[Tool] = &[
    Tool {
        name: "search",
        title: "Search",
        description: "Finds notes, documents and artifacts, best first: by words, by meaning, or both. Each result has its kind, \
            the beginning of its text and its id, with which read_note or read_document give the whole. Use HYBRID for questions, \
            TEXT for exact words (quotes, `or` and `-` work as on the web).",
        writes: false,
        overwrites: false,
        asks_others: false,
        arguments: &[
            Argument {
                name: "query",
                is_needed: true,
                schema: r#"{"type": "string"}"#,
                description: "What to look for.",
            },
            Argument {
                name: "kinds",
                is_needed: false,
                schema: r#"{"type": "array", "items": {"type": "string", "enum": ["NOTE", "DOCUMENT", "ARTIFACT"]}}"#,
                description: "What to search; everything without it.",
            },
            Argument {
                name: "mode",
                is_needed: false,
                schema: r#"{"type": "string", "enum": ["TEXT", "SEMANTIC", "HYBRID"], "default": "TEXT"}"#,
                description: "By words, by meaning, or both.",
            },
            FIRST,
        ],
        document: r"query ($query: String!, $kinds: [SearchKind!], $mode: SearchMode! = TEXT, $first: Int! = 20) {
            search(query: $query, kinds: $kinds, mode: $mode, first: $first) {
              score kind title snippet
              item {
                ... on Note { id content tags createdAt }
                ... on Document { id title content status createdAt }
                ... on Artifact { id title text: content createdAt }
              }
            } }",
        texts: Texts::Begun,
    },
    Tool {
        name: "list_notes",
        title: "List notes",
        description: "The person's notes, the newest first, with the beginnings of their texts: what was written lately, or since a \
            time. For a subject use search.",
        writes: false,
        overwrites: false,
        asks_others: false,
        arguments: &[
            Argument {
                name: "since",
                is_needed: false,
                schema: r#"{"type": "string", "format": "date-time"}"#,
                description: "Only what was written from this time on, as 2026-01-31T00:00:00Z.",
            },
            FIRST,
            AFTER,
        ],
        document: r#"query ($since: DateTime! = "0001-01-01T00:00:00Z", $first: Int! = 20, $after: Cursor) {
            notes(where: {createdAt: {gte: $since}, deletedAt: {isNull: true}}, orderBy: [{createdAt: DESC}],
              first: $first, after: $after) {
              nodes { id content tags createdAt cluster { id title } }
              pageInfo { hasNextPage endCursor }
            } }"#,
        texts: Texts::Begun,
    },
    Tool {
        name: "read_note",
        title: "Read a note",
        description: "The whole text of one of the person's notes, by its id, with its tags and its cluster.",
        writes: false,
        overwrites: false,
        asks_others: false,
        arguments: &[ID_OF_NOTE, OFFSET],
        document: "query ($id: UUID!) { note(id: $id) {
            id content tags createdAt updatedAt deletedAt cluster { id title } } }",
        texts: Texts::Paged,
    },
    Tool {
        name: "list_clusters",
        title: "List clusters",
        description: "The groups that the person's notes form, with how many notes each holds. A document can be made of one.",
        writes: false,
        overwrites: false,
        asks_others: false,
        arguments: &[FIRST, AFTER],
        document: "query ($first: Int! = 20, $after: Cursor) {
            clusters(where: {status: {ne: DISMISSED}}, orderBy: [{createdAt: DESC}], first: $first, after: $after) {
              nodes { id title description status themeKeywords activeNoteCount }
              pageInfo { hasNextPage endCursor }
            } }",
        texts: Texts::Begun,
    },
    Tool {
        name: "create_note",
        title: "Write a note",
        description: "Writes a new note. One thought a note; the person's own words where there are any.",
        writes: true,
        overwrites: false,
        asks_others: false,
        arguments: &[
            Argument {
                name: "content",
                is_needed: true,
                schema: r#"{"type": "string", "minLength": 1, "maxLength": 50000}"#,
                description: "The text.",
            },
            TAGS,
            CLUSTER,
        ],
        document: "mutation ($content: String!, $tags: [String!], $clusterId: UUID) {
            createNote(input: {content: $content, tags: $tags, clusterId: $clusterId}) { id content tags createdAt } }",
        texts: Texts::Begun,
    },
    Tool {
        name: "update_note",
        title: "Change a note",
        description: "Changes a note: what is given replaces what was there, all else stays. Read the note first.",
        writes: true,
        overwrites: true,
        asks_others: false,
        arguments: &[
            ID_OF_NOTE,
            Argument {
                name: "content",
                is_needed: false,
                schema: r#"{"type": "string", "minLength": 1, "maxLength": 50000}"#,
                description: "The new text, whole.",
            },
            TAGS,
            CLUSTER,
        ],
        document: "mutation ($id: UUID!, $content: String, $tags: [String!], $clusterId: UUID) {
            updateNote(id: $id, set: {content: $content, tags: $tags, clusterId: $clusterId}) { id content tags updatedAt } }",
        texts: Texts::Begun,
    },
];

const ID_OF_NOTE: Argument = Argument {
    name: "id",
    is_needed: true,
    schema: r#"{"type": "string", "format": "uuid"}"#,
    description: "The note's id.",
};

const TAGS: Argument = Argument {
    name: "tags",
    is_needed: false,
    schema: r#"{"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 50}, "maxItems": 20}"#,
    description: "Its tags, all of them.",
};

const CLUSTER: Argument = Argument {
    name: "clusterId",
    is_needed: false,
    schema: r#"{"type": "string", "format": "uuid"}"#,
    description: "The cluster to put it into, one of list_clusters.",
};

/// How many to answer.
pub(super) const FIRST: Argument = Argument {
    name: "first",
    is_needed: false,
    schema: r#"{"type": "integer", "minimum": 1, "maximum": 100, "default": 20}"#,
    description: "How many at most.",
};

/// Where a page begins.
pub(super) const AFTER: Argument = Argument {
    name: "after",
    is_needed: false,
    schema: r#"{"type": "string"}"#,
    description: "The endCursor of the page before.",
};

/// Where the part of a long text begins.
pub(super) const OFFSET: Argument = Argument {
    name: "offset",
    is_needed: false,
    schema: r#"{"type": "integer", "minimum": 0, "default": 0}"#,
    description: "The character to begin with, for long texts: the nextOffset of the part before.",
};
