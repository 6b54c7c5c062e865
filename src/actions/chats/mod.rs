//! Chats beyond their tables.

actions! {
    public_chat;
    usage_summary;
}
