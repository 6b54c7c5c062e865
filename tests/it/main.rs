//! The integration tests: one binary, one embedded PostgreSQL for all of them, one database each.

mod engine;
mod postgres;
mod support;
