//! Prompts: templates that are filled in.

mod render;
