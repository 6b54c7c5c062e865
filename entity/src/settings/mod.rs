//! What admins set: agents, models, logging.

pub mod admin_config;
pub mod model_config;
