//! For which address passkeys are good.

use url::{Host, Url};
use webauthn_rs::prelude::{Webauthn, WebauthnBuilder};

use crate::{
    config::AccountSettings,
    error::{Error, Result},
};

/// The host for which passkeys are good, and the pages that may ask for them: the application's and the server's own.
/// Nothing where the server is known by a number, for which browsers have no passkeys.
///
/// # Errors
/// When MINDLOOM_PASSKEY_DOMAIN is no part of the address that people use.
pub(in crate::accounts) fn relying_party(
    settings: &AccountSettings,
    public_url: &Url,
) -> Result<Option<Webauthn>> {
    let pages: Vec<Url> = settings
        .site_url
        .iter()
        .chain([public_url])
        .chain(&settings.passkey_origins)
        .filter_map(named)
        .collect();
    let Some(first) = pages.first() else {
        return Ok(None);
    };
    let host = first.domain().unwrap_or_default();
    let domain = settings.passkey_domain.as_deref().unwrap_or(host);
    let wrong = |error| {
        Error::bad_input(format!(
            "MINDLOOM_PASSKEY_DOMAIN must be the host of {first} or one above it"
        ))
        .caused_by(error)
    };
    let mut builder = WebauthnBuilder::new(domain, first)
        .map_err(wrong)?
        .rp_name("Mindloom")
        // On a machine where somebody develops, the application has a port of its own.
        .allow_any_port(domain == "localhost");
    for page in &pages[1..] {
        builder = builder.append_allowed_origin(page);
    }
    builder.build().map(Some).map_err(wrong)
}

/// The address with a name for its host: this machine has one.
fn named(url: &Url) -> Option<Url> {
    let is_local = match url.host()? {
        Host::Domain(_) => return Some(url.clone()),
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
    };
    let mut url = url.clone();
    url.set_host(Some("localhost")).ok().filter(|()| is_local)?;
    Some(url)
}
