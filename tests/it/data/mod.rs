//! What the database itself guarantees: policies, grants, triggers, functions and seed data.

mod access_matrix;
mod chats;
mod deletion;
mod feedback;
mod logs;
mod maintenance;
mod projects;
mod prompts;
mod providers;
mod seeds;
mod settings;
mod usage;
