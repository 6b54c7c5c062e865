//! Prompts: templates that are filled in, and prompts that models write.

mod template;

actions! {
    generate_prompt;
    render_template: following;
}
