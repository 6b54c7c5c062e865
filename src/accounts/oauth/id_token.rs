//! Signing in with a token that a provider gave to the client itself: an app on a phone, a button of Google's.

use super::flow::{Began, Returned};
use crate::{
    accounts::{Accounts, Client, Issued, secret::Secret},
    auth::Caller,
    error::Result,
};

/// What the client got from the provider.
pub struct IdToken<'a> {
    /// The provider's name.
    pub provider: &'a str,
    /// Its token, which says who it is.
    pub token: &'a Secret,
    /// What the client made up before: the token repeats its SHA-256, in hexadecimal. Whoever only sees the token
    /// cannot say it.
    pub nonce: Option<&'a Secret>,
    /// The provider's access token, where the id token vouches for it.
    pub access_token: Option<&'a Secret>,
}

impl Accounts {
    /// Signs in whoever the token is about, or links them to the account of `link`.
    ///
    /// # Errors
    /// BAD_USER_INPUT for an unknown provider, or one that gives no such tokens; UNAUTHENTICATED when the token proves
    /// nothing; UNAVAILABLE when the provider does not answer; else as [`Accounts::exchange_code`].
    pub async fn sign_in_with_id_token(
        &self,
        shown: IdToken<'_>,
        link: Option<&Caller>,
        from: &Client,
    ) -> Result<Issued> {
        self.count_attempt(None, from).await?;
        let began: Option<Began> = match link {
            Some(caller) => Some(self.may_link(caller).await?),
            None => None,
        };
        let returned = Returned {
            provider: shown.provider.to_owned(),
            identity: self.providers.read_id_token(&shown).await?,
            link: began,
        };
        let mut client = self.connection().await?;
        let tx = crate::accounts::begin(&mut client).await?;
        let issued = match began {
            Some(began) => self.link_identity(&tx, began, &returned, from).await?,
            None => self.sign_in_identity(&tx, &returned, from).await?,
        };
        tx.commit().await?;
        Ok(issued)
    }
}
