//! The integration tests: one binary, one embedded PostgreSQL for all of them, one database each.

mod accounts;
mod clients;
mod commands;
mod data;
mod database;
mod engine;
mod http;
mod invariants;
mod operation;
mod postgres;
mod realtime;
mod supabase;
mod support;
