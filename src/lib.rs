//! Mindloom: a self-hosted GraphQL backend over PostgreSQL with realtime subscriptions.
//!
//! The modules are rooms with an order: each imports those above it in this list, and no others. A test reads the
//! imports and holds it (`tests/it/invariants/directions.rs`).
//!
//! - What all may use: [`request_id`], [`tasks`] (work in the background), [`error`] (the one public error), [`role`],
//!   [`memory`] (what things weigh), [`progress`] (long steps, told on a terminal), [`packages`] (what pip fetches),
//!   [`clustering`] (groups among vectors), [`extraction`] (what
//!   texts say, in sentences of their own), [`templates`] (texts with blanks).
//! - What there is: [`model`] (tables, columns, relations, rules), [`schema`] (the GraphQL types over it).
//! - What everything stands on: [`config`] (every setting), [`models`] (what answers, and makes embeddings), [`auth`] (token in,
//!   caller out), [`db`] (the only door to the data), [`drift`] (how a database differs from what the migrations make).
//! - What operations are made of: [`engine`] (selection → plan → SQL → rows → bytes).
//! - The server's parts: [`rates`], [`records`] (what goes on record by itself), [`metrics`], [`realtime`] (change log,
//!   hub, channels), [`streams`] (what is written piece by piece), [`accounts`], [`upkeep`], [`embeddings`] (what texts
//!   mean), [`storage`] (files); [`demo`] fills a database, [`postgres`] runs one. [`app_state`] holds the parts; [`answers`] asks models on
//!   somebody's behalf; [`chats`] says what they read in a chat, and what they may do there.
//! - What the server does by itself: [`jobs`] (the queue, its workers, one file per type of job).
//! - What is asked of them: [`actions`] (operations that are no table's own), [`graphql`] (documents, limits,
//!   subscriptions), [`http`] (routes and transports), [`mcp`] (assistants), [`supabase`] (Supabase's protocols).
//! - What makes a server of it: [`app`] (the composition), [`commands`] (the command line).

// These end the process where nobody reads: `commands::output` does not.
#![warn(clippy::print_stdout, clippy::print_stderr)]

pub mod accounts;
pub mod actions;
pub mod answers;
pub mod app;
pub mod app_state;
pub mod auth;
pub mod chats;
pub mod clustering;
pub mod commands;
pub mod config;
pub mod db;
pub mod demo;
pub mod drift;
pub mod embeddings;
pub mod engine;
pub mod error;
pub mod extraction;
pub mod graphql;
pub mod http;
pub mod jobs;
pub mod mcp;
pub mod memory;
pub mod metrics;
pub mod model;
pub mod models;
pub mod packages;
pub mod postgres;
pub mod progress;
pub mod rates;
pub mod realtime;
pub mod records;
pub mod request_id;
pub mod role;
pub mod schema;
pub mod storage;
pub mod streams;
pub mod supabase;
pub mod tasks;
pub mod templates;
pub mod upkeep;
