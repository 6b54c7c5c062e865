//! The integration tests: one binary, one embedded PostgreSQL for all of them, one database each.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "what supports the tests fails as they do"
)]
#![allow(
    clippy::too_many_lines,
    reason = "a test tells a story from its beginning to its end"
)]

mod accounts;
mod answers;
mod chats;
mod clients;
mod commands;
mod data;
mod database;
mod documents;
mod embeddings;
mod engine;
mod fuzz;
mod http;
mod invariants;
mod jobs;
mod mcp;
mod meaning;
mod models;
mod operation;
mod postgres;
mod prompts;
mod realtime;
mod records;
mod storage;
mod supabase;
mod support;
