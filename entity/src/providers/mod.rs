//! AI providers and the keys that people keep for them.

pub mod api_configurations;
pub mod api_providers;
