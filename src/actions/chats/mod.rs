//! Chats beyond their tables.

mod answer;

pub(super) use answer::TYPES;

actions! {
    answer_tool_request;
    edit_message;
    model_costs: following;
    public_chat;
    regenerate_message;
    send_message;
    show_branch;
    stop_stream;
    usage_summary;
}
