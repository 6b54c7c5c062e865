//! Prompt frameworks, templates and what was generated with them.

pub mod prompt_frameworks;
pub mod prompt_history;
pub mod prompt_templates;
