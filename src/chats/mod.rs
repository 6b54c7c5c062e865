//! Chats: what a model gets to read, who answers, and what they may do meanwhile.
//!
//! - [`context`]: what was said before, as much of it as the model reads.
//! - [`agents`]: who answers, as `admin_config` sets them up, and the agents that the chat hands work to.
//! - [`repositories`]: the tools of a server elsewhere that speaks the Model Context Protocol.
//! - [`tools`]: what they may do. Everything runs as the person who asked, under row level security; what deletes or
//!   publishes asks first.

pub mod agents;
pub mod attachments;
pub mod context;
pub mod parts;
pub mod repositories;
pub mod titles;
pub mod tools;
