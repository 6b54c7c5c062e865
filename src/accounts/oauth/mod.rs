//! Sign-ins through others: OAuth 2 with PKCE, at GitHub, Google and any OpenID Connect provider.
//!
//! Two PKCE pairs protect a flow. One is between this server and the provider. The other is between the
//! client and this server: the browser comes back with a code that only the client that began the flow can
//! exchange, so nobody can be signed in to somebody else's account by a link. What the provider said waits
//! in `auth.oauth_flows` until then, and is decided upon at the exchange, in one transaction.

mod flow;
mod id_token;
mod identity;
mod provider;

pub use flow::{Arrived, Callback, Departure};
pub use id_token::IdToken;
pub use identity::IdentityInfo;
pub(super) use provider::Providers;
