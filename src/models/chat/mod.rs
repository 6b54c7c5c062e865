//! Models that answer: what is asked and what comes back, the same for every provider. Knows the wire, no database and
//! no caller.
//!
//! - An answer comes as [`ChatEvent`]s while it is made; what a provider says beside them is left out.
//! - What comes is bounded, in size and in time.
//! - Keys, prompts and answers never reach the log, nor any error.

mod anthropic;
mod client;
mod error;
mod google;
mod network;
mod openai;
mod provider_tools;
mod refusal;
mod request;
mod responses;
mod sse;
mod tokens;
mod transcription;
mod wire;

pub use client::{ANSWER_MAX, ChatClient, ChatStream, Endpoint, Reach};
pub use error::ChatError;
pub use network::{may_be_public, public_addresses};
pub use provider_tools::ProviderTool;
pub use request::{
    ChatEvent, ChatMessage, ChatRequest, ChatRole, EndReason, Part, ReasoningEffort, Tool, Usage,
};
pub use tokens::{count_request_tokens, count_tokens, guess_request_tokens, part_tokens};
pub use transcription::{Sound, Transcription};
