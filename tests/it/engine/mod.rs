//! The GraphQL engine: what is asked, as whom, and what comes back.

mod absence;
mod actions;
mod aggregates;
mod answers;
mod bin;
mod defaults;
mod documents;
mod errors;
mod hostile;
mod introspection;
mod judge;
mod memory;
mod messages;
mod privacy;
mod queries;
mod question;
mod quotas;
mod reads;
mod schema;
mod strict;
mod subscriptions;
mod told;
mod value_samples;
mod values;
mod wire;
mod writes;
