//! The GraphQL engine: what is asked, as whom, and what comes back.

mod actions;
mod reads;
mod schema;
mod subscriptions;
mod writes;
