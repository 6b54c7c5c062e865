//! Chats beyond their tables.

pub mod public_chat;
pub mod usage_summary;
