//! Prompts: templates that are filled in.

mod template;

actions! {
    render_template: following;
}
