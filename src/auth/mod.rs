//! Token in, [`Caller`] out. This module knows no tables.

mod caller;
mod jwks;
mod keys;
mod mint;
mod quota;
mod request;
mod secret;
mod sessions;
mod share;
mod verifier;

pub use caller::{ACTING_CLAIM, Caller};
pub use keys::{KeyError, VerificationKey};
pub use mint::{TokenContents, mint};
pub use request::{ACTIVITY_CLAIM, RequestContext, Route};
pub use secret::{SecretError, jwt_secret};
pub use sessions::{SessionWatch, Sessions};
pub use share::Share;
pub use verifier::{PERSONAL_TOKEN_PREFIX, Verifier};

pub use crate::role::Role;
