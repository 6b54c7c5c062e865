//! Accounts over HTTP, as a client uses them.

mod acting;
mod addresses;
mod admin;
mod api_keys;
mod canary;
mod export;
mod factors;
pub mod flows;
mod keys;
mod mails;
mod oauth;
mod oidc_server;
mod personal_tokens;
mod refresh;
pub mod server;
mod sessions;
mod shared_documents;
mod sharing;
mod sign_in;
mod sign_up;
mod smtp;
mod supabase;
