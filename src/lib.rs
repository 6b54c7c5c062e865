//! Mindloom: a self-hosted GraphQL backend over PostgreSQL with realtime subscriptions.

pub mod accounts;
pub mod actions;
pub mod app;
pub mod auth;
pub mod commands;
pub mod config;
pub mod db;
pub mod demo;
pub mod drift;
pub mod engine;
pub mod error;
pub mod graphql;
pub mod http;
pub mod memory;
pub mod metrics;
pub mod model;
pub mod postgres;
pub mod progress;
pub mod rates;
pub mod realtime;
pub mod role;
pub mod schema;
pub mod supabase;
pub mod upkeep;
