//! Chats beyond their tables.

mod public_chat;
mod usage_summary;

/// The actions, in alphabetical order.
pub(super) fn actions() -> Vec<super::Action> {
    vec![public_chat::action(), usage_summary::action()]
}
