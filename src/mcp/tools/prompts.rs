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
];
