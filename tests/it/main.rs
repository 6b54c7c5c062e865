//! The integration tests: one binary, one embedded PostgreSQL for all of them, one database each.

mod data;
mod engine;
mod http;
mod postgres;
mod support;
