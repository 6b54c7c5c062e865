//! Token in, [`Caller`] out. This module knows no tables.

mod caller;
mod secret;

pub use caller::{Caller, Role};
pub use secret::{SecretError, jwt_secret};
