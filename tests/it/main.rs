//! The integration tests: one binary, one embedded PostgreSQL for all of them, one database each.

mod data;
mod engine;
mod postgres;
mod support;
