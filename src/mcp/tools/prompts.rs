//! Prompts: frameworks and templates, and filling them in.

use super::{
    Argument, Texts, Tool,
    notes::{AFTER, FIRST},
};

pub(super) const TOOLS: &[Tool] = &[
    Tool {
        name: "list_prompts",
        title: "List prompt frameworks and templates",
        description: "The frameworks for prompts with the components of each, and the templates that the person may use. \
            render_prompt fills them in.",
        writes: false,
        overwrites: false,
        asks_others: false,
        arguments: &[FIRST, AFTER],
        document: "query ($first: Int! = 20, $after: Cursor) {
            promptFrameworks(where: {isEnabled: {eq: true}}, orderBy: [{sortOrder: ASC}], first: 50) {
              nodes { name displayName description components template } }
            promptTemplates(where: {isActive: {eq: true}}, orderBy: [{createdAt: DESC}], first: $first, after: $after) {
              nodes { id name description frameworkId templateContent variables }
              pageInfo { hasNextPage endCursor } }
            }",
        texts: Texts::Whole,
    },
    Tool {
        name: "render_prompt",
        title: "Fill in a prompt",
        description: "Fills in the blanks of a framework's template, of one that the person keeps, or of a text with blanks like \
            {name}. Give one of framework, templateId and template. The answer names blanks without a value and values without a blank.",
        writes: false,
        overwrites: false,
        asks_others: false,
        arguments: &[
            Argument {
                name: "variables",
                is_needed: true,
                schema: r#"{"type": "object", "additionalProperties": {"type": ["string", "number", "boolean", "null"]}}"#,
                description: "The values by the names of the blanks.",
            },
            Argument {
                name: "framework",
                is_needed: false,
                schema: r#"{"type": "string"}"#,
                description: "A framework's name, one of list_prompts.",
            },
            Argument {
                name: "templateId",
                is_needed: false,
                schema: r#"{"type": "string", "format": "uuid"}"#,
                description: "A template's id, one of list_prompts.",
            },
            Argument {
                name: "template",
                is_needed: false,
                schema: r#"{"type": "string"}"#,
                description: "A template as such.",
            },
        ],
        document: "query ($variables: JSON!, $framework: String, $templateId: UUID, $template: String) {
            renderTemplate(variables: $variables, framework: $framework, templateId: $templateId, template: $template) {
              text missing unknown } }",
        texts: Texts::Whole,
    },
    Tool {
        name: "generate_prompt",
        title: "Have a prompt written",
        description: "Has a prompt written by a framework; what is not given in variables a model works out. It is written in the \
            background: read_prompt gives it once it is COMPLETED.",
        writes: true,
        overwrites: false,
        asks_others: true,
        arguments: &[
            Argument {
                name: "framework",
                is_needed: true,
                schema: r#"{"type": "string"}"#,
                description: "The framework's name, one of list_prompts.",
            },
            Argument {
                name: "input",
                is_needed: true,
                schema: r#"{"type": "string", "minLength": 1, "maxLength": 100000}"#,
                description: "What the prompt is to be for.",
            },
            Argument {
                name: "variables",
                is_needed: false,
                schema: r#"{"type": "object", "additionalProperties": {"type": ["string", "number", "boolean", "null"]}}"#,
                description: "What is known of the framework's components, by their keys.",
            },
            Argument {
                name: "tone",
                is_needed: false,
                schema: r#"{"type": "string", "maxLength": 50}"#,
                description: "How it should sound.",
            },
        ],
        document: "mutation ($framework: String!, $input: String!, $variables: JSON, $tone: String) {
            generatePrompt(framework: $framework, input: $input, variables: $variables, tone: $tone) {
              entry { id status } job { id status } } }",
        texts: Texts::Whole,
    },
    Tool {
        name: "read_prompt",
        title: "Read a prompt",
        description: "A prompt of the history: the prompt itself, or why there is none.",
        writes: false,
        overwrites: false,
        asks_others: false,
        arguments: &[Argument {
            name: "id",
            is_needed: true,
            schema: r#"{"type": "string", "format": "uuid"}"#,
            description: "The entry's id, as generate_prompt gave it.",
        }],
        document: "query ($id: UUID!) { promptHistoryEntry(id: $id) {
            id status frameworkName userInput aiResponse errorMessage createdAt } }",
        texts: Texts::Whole,
    },
];
