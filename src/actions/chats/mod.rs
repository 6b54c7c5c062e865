//! Chats beyond their tables.

actions! {
    model_costs: following;
    public_chat;
    usage_summary;
}
