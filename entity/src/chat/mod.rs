//! Conversations, what was made in them, and the repositories that agents may use.

pub mod artifacts;
pub mod chats;
pub mod github_repositories;
pub mod messages;
pub mod streams;
pub mod suggestions;
pub mod votes;
