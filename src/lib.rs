//! Mindloom: a self-hosted GraphQL backend over PostgreSQL with realtime subscriptions.
