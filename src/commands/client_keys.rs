//! `mindloom keys api`: what Supabase's `createClient` wants.

use std::time::Duration;

use super::{
    Failure, address,
    output::{say, tell},
    token,
};
use crate::{auth::Role, config::Settings};

/// Ten years, as Supabase's keys last.
const LIFETIME: Duration = Duration::from_secs(3_650 * 86_400);

/// Prints the server's address and both keys as lines of an .env file. They stay good until the secret that signs them
/// is another, so printing them again takes nothing from those printed before.
pub(super) fn print(settings: &Settings) -> Result<(), Failure> {
    let url = address::public_url(settings)?;
    say!("SUPABASE_URL={}", url.as_str().trim_end_matches('/'));
    for (name, role) in [
        ("SUPABASE_ANON_KEY", Role::Anon),
        ("SUPABASE_SERVICE_ROLE_KEY", Role::ServiceRole),
    ] {
        say!("{name}={}", token::of_role(settings, role, LIFETIME)?);
    }
    tell!("the anon key may be in a web page; whoever has the service_role key may do everything");
    Ok(())
}
