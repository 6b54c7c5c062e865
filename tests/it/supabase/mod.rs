//! Supabase's protocol, frame by frame, and supabase-js against the running server.

mod bridge;
mod broadcast;
mod changes;
mod clients;
mod death;
mod graphql;
mod handshake;
mod limits;
mod presence;
mod private;
pub mod server;
mod tokens;
