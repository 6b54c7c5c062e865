//! Prompts: templates that are filled in, and prompts that models write.

mod generate;
mod render;
