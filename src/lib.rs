//! Mindloom: a self-hosted GraphQL backend over PostgreSQL with realtime subscriptions.

pub mod auth;
pub mod error;
pub mod graphql;
