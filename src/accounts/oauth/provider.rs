//! The providers: where to send people, and who the provider says they are.

use std::time::Duration;

use oauth2::{PkceCodeChallenge, PkceCodeVerifier, basic::BasicClient};
use openidconnect::{
    AccessToken, AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken,
    EmptyAdditionalClaims, EndUserName, EndUserPictureUrl, IssuerUrl, LocalizedClaim, Nonce,
    OAuth2TokenResponse as _, RedirectUrl, Scope, TokenResponse as _, UserInfoClaims,
    core::{
        CoreAuthenticationFlow, CoreClient, CoreGenderClaim, CoreIdToken, CoreIdTokenClaims,
        CoreIdTokenVerifier, CoreProviderMetadata,
    },
};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::id_token::IdToken;
use crate::{
    accounts::secret::Secret,
    config::{AccountSettings, ProviderSettings},
    error::{Code, Error, Reason, Result, suggestion::alternatives},
};

const TIMEOUT: Duration = Duration::from_secs(10);
const GOOGLE: &str = "https://accounts.google.com";

/// The providers of the settings.
pub(in crate::accounts) struct Providers {
    list: Vec<ProviderSettings>,
    http: reqwest::Client,
}

/// Where to send somebody, and what is needed when they come back.
pub(super) struct Begun {
    pub url: Url,
    pub state: Secret,
    pub nonce: String,
    pub verifier: Secret,
}

/// Who somebody is at a provider.
#[derive(Debug, Clone)]
pub(super) struct Identity {
    pub account_id: String,
    pub email: Option<String>,
    pub email_verified: bool,
    /// Name and picture, in the words of Supabase's user_metadata.
    pub profile: Value,
}

impl Providers {
    pub(in crate::accounts) fn from_settings(settings: &AccountSettings) -> Result<Self> {
        let http = reqwest::Client::builder()
            .timeout(TIMEOUT)
            // A provider that redirects could send the secret anywhere.
            .redirect(reqwest::redirect::Policy::none())
            .user_agent("mindloom")
            .build()
            .map_err(Error::internal)?;
        let list = settings
            .oauth_providers
            .as_ref()
            .map(|list| list.0.clone())
            .unwrap_or_default();
        Ok(Providers { list, http })
    }

    /// The names, in the order of the settings.
    pub(in crate::accounts) fn names(&self) -> Vec<String> {
        self.list
            .iter()
            .map(|provider| provider.name.clone())
            .collect()
    }

    fn find(&self, name: &str) -> Result<&ProviderSettings> {
        let unknown = || {
            let known = self.list.iter().map(|provider| provider.name.as_str());
            let meant = alternatives(name, known);
            Error::bad_input(format!(
                "There is no provider {name} to sign in with{meant}"
            ))
            .with("field", "provider")
            .because(Reason::ProviderUnknown)
        };
        self.list
            .iter()
            .find(|provider| provider.name == name)
            .ok_or_else(unknown)
    }

    /// Begins a flow at a provider that will send people back to `callback`.
    pub(super) async fn depart(&self, name: &str, callback: &str) -> Result<Begun> {
        let provider = self.find(name)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state, nonce) = if provider.is_github() {
            let client = BasicClient::new(oauth2::ClientId::new(provider.client_id.clone()))
                .set_auth_uri(oauth2::AuthUrl::from_url(
                    provider.github_url("login/oauth/authorize")?,
                ))
                .set_redirect_uri(
                    oauth2::RedirectUrl::new(callback.to_owned()).map_err(Error::internal)?,
                );
            let scopes = ["read:user", "user:email"].map(str::to_owned);
            let (url, state) = client
                .authorize_url(oauth2::CsrfToken::new_random)
                .add_scopes(
                    scopes
                        .into_iter()
                        .chain(provider.scopes.clone())
                        .map(oauth2::Scope::new),
                )
                .set_pkce_challenge(challenge)
                .url();
            (url, state.secret().clone(), String::new())
        } else {
            let client = CoreClient::from_provider_metadata(
                self.discover(provider).await?,
                ClientId::new(provider.client_id.clone()),
                None,
            )
            .set_redirect_uri(RedirectUrl::new(callback.to_owned()).map_err(Error::internal)?);
            let scopes = ["email", "profile"].map(str::to_owned);
            let (url, state, nonce) = client
                .authorize_url(
                    CoreAuthenticationFlow::AuthorizationCode,
                    CsrfToken::new_random,
                    Nonce::new_random,
                )
                .add_scopes(
                    scopes
                        .into_iter()
                        .chain(provider.scopes.clone())
                        .map(Scope::new),
                )
                .set_pkce_challenge(challenge)
                .url();
            (url, state.secret().clone(), nonce.secret().clone())
        };
        Ok(Begun {
            url,
            state: Secret::new(state),
            nonce,
            verifier: Secret::new(verifier.secret()),
        })
    }

    /// Asks the provider who came back with this code.
    pub(super) async fn identify(
        &self,
        name: &str,
        callback: &str,
        code: &str,
        verifier: &str,
        nonce: &str,
    ) -> Result<Identity> {
        let provider = self.find(name)?;
        if provider.is_github() {
            self.identify_at_github(provider, callback, code, verifier)
                .await
        } else {
            self.identify_by_openid(provider, callback, code, verifier, nonce)
                .await
        }
    }

    async fn discover(&self, provider: &ProviderSettings) -> Result<CoreProviderMetadata> {
        let issuer = provider.issuer.as_deref().unwrap_or(GOOGLE);
        let issuer = IssuerUrl::new(issuer.to_owned()).map_err(Error::internal)?;
        CoreProviderMetadata::discover_async(issuer, &self.http)
            .await
            .map_err(unreachable)
    }

    /// Who a token is about that the provider gave to a client of its own.
    pub(super) async fn read_id_token(&self, shown: &IdToken<'_>) -> Result<Identity> {
        let provider = self.find(shown.provider)?;
        if provider.is_github() {
            return Err(Error::bad_input("GitHub gives no id tokens").with("field", "provider"));
        }
        let token: CoreIdToken = shown.token.expose().parse().map_err(disbelieved)?;
        let metadata = self.discover(provider).await?;
        let own = std::iter::once(&provider.client_id);
        let mut refusal = None;
        for client_id in own.chain(&provider.audiences) {
            let client = CoreClient::from_provider_metadata(
                metadata.clone(),
                ClientId::new(client_id.clone()),
                None,
            );
            let verifier = client.id_token_verifier();
            match token.claims(&verifier, |nonce: Option<&Nonce>| {
                same_nonce(nonce, shown.nonce)
            }) {
                Ok(claims) => {
                    check_access_token(claims, &token, &verifier, shown.access_token)?;
                    return Ok(identity_of(claims));
                }
                Err(error) => refusal = Some(disbelieved(error)),
            }
        }
        Err(refusal.unwrap_or_else(|| disbelieved(Incomplete("no audience"))))
    }

    async fn identify_by_openid(
        &self,
        provider: &ProviderSettings,
        callback: &str,
        code: &str,
        verifier: &str,
        nonce: &str,
    ) -> Result<Identity> {
        // Fresh metadata brings fresh keys.
        let metadata = self.discover(provider).await?;
        let has_user_info = metadata.userinfo_endpoint().is_some();
        let secret = provider
            .client_secret
            .as_ref()
            .map(|secret| ClientSecret::new(secret.expose().to_owned()));
        let client = CoreClient::from_provider_metadata(
            metadata,
            ClientId::new(provider.client_id.clone()),
            secret,
        )
        .set_redirect_uri(RedirectUrl::new(callback.to_owned()).map_err(Error::internal)?);
        let tokens = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(refused)?
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.to_owned()))
            .request_async(&self.http)
            .await
            .map_err(refused)?;
        let id_token = tokens
            .id_token()
            .ok_or_else(|| refused(Incomplete("no id_token")))?;
        let id_verifier = client.id_token_verifier();
        let claims = id_token
            .claims(&id_verifier, &Nonce::new(nonce.to_owned()))
            .map_err(refused)?;
        if let Some(expected) = claims.access_token_hash() {
            let algorithm = id_token.signing_alg().map_err(refused)?;
            let key = id_token.signing_key(&id_verifier).map_err(refused)?;
            let actual = AccessTokenHash::from_token(tokens.access_token(), algorithm, key)
                .map_err(refused)?;
            if actual != *expected {
                return Err(refused(Incomplete("an access token of another sign-in")));
            }
        }
        let mut identity = identity_of(claims);
        if identity.email.is_none() && has_user_info {
            let info: UserInfoClaims<EmptyAdditionalClaims, CoreGenderClaim> = client
                .user_info(
                    tokens.access_token().clone(),
                    Some(claims.subject().clone()),
                )
                .map_err(refused)?
                .request_async(&self.http)
                .await
                .map_err(refused)?;
            identity.email = info.email().map(|email| email.as_str().to_owned());
            identity.email_verified = info.email_verified().unwrap_or(false);
            identity.profile = profile(text_of(info.name()), address_of(info.picture()));
        }
        Ok(identity)
    }

    async fn identify_at_github(
        &self,
        provider: &ProviderSettings,
        callback: &str,
        code: &str,
        verifier: &str,
    ) -> Result<Identity> {
        let client = BasicClient::new(oauth2::ClientId::new(provider.client_id.clone()))
            .set_token_uri(oauth2::TokenUrl::from_url(
                provider.github_url("login/oauth/access_token")?,
            ))
            .set_redirect_uri(
                oauth2::RedirectUrl::new(callback.to_owned()).map_err(Error::internal)?,
            );
        let client = match &provider.client_secret {
            Some(secret) => {
                client.set_client_secret(oauth2::ClientSecret::new(secret.expose().to_owned()))
            }
            None => client,
        };
        let tokens = client
            .exchange_code(oauth2::AuthorizationCode::new(code.to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.to_owned()))
            .request_async(&self.http)
            .await
            .map_err(refused)?;
        let token = oauth2::TokenResponse::access_token(&tokens).secret();
        let user: GithubUser = self.ask_github(provider, "user", token).await?;
        let emails: Vec<GithubEmail> = self.ask_github(provider, "user/emails", token).await?;
        let primary = emails.into_iter().find(|email| email.primary);
        Ok(Identity {
            account_id: user.id.to_string(),
            email_verified: primary.as_ref().is_some_and(|email| email.verified),
            email: primary.map(|email| email.email),
            profile: profile(user.name.or(Some(user.login)), user.avatar_url),
        })
    }

    async fn ask_github<T: serde::de::DeserializeOwned>(
        &self,
        provider: &ProviderSettings,
        path: &str,
        token: &str,
    ) -> Result<T> {
        let api = provider
            .api_url
            .as_ref()
            .map_or("https://api.github.com", Url::as_str);
        let url = format!("{}/{path}", api.trim_end_matches('/'));
        let answer = self
            .http
            .get(url)
            .bearer_auth(token)
            .header("accept", "application/vnd.github+json")
            .send()
            .await
            .and_then(reqwest::Response::error_for_status)
            .map_err(refused)?;
        answer.json().await.map_err(refused)
    }
}

impl ProviderSettings {
    fn is_github(&self) -> bool {
        self.name == "github"
    }

    fn github_url(&self, path: &str) -> Result<Url> {
        let base = self
            .base_url
            .as_ref()
            .map_or("https://github.com", Url::as_str);
        format!("{}/{path}", base.trim_end_matches('/'))
            .parse()
            .map_err(Error::internal)
    }
}

#[derive(Deserialize)]
struct GithubUser {
    id: u64,
    login: String,
    name: Option<String>,
    avatar_url: Option<String>,
}

#[derive(Deserialize)]
struct GithubEmail {
    email: String,
    primary: bool,
    verified: bool,
}

#[derive(Debug, thiserror::Error)]
#[error("the provider answered with {0}")]
struct Incomplete(&'static str);

fn identity_of(claims: &CoreIdTokenClaims) -> Identity {
    Identity {
        account_id: claims.subject().to_string(),
        email: claims.email().map(|email| email.as_str().to_owned()),
        email_verified: claims.email_verified().unwrap_or(false),
        profile: profile(text_of(claims.name()), address_of(claims.picture())),
    }
}

/// A token with a nonce is good for whoever knows what that is the digest of, and for nobody else.
fn same_nonce(repeated: Option<&Nonce>, shown: Option<&Secret>) -> Result<(), String> {
    match (repeated, shown) {
        (None, None) => Ok(()),
        (Some(repeated), Some(shown)) if *repeated.secret() == hex::encode(shown.digest()) => {
            Ok(())
        }
        _ => Err("the nonce is another, or one of the two has none".to_owned()),
    }
}

/// Where the id token vouches for an access token and one is shown, it must be that.
fn check_access_token(
    claims: &CoreIdTokenClaims,
    token: &CoreIdToken,
    verifier: &CoreIdTokenVerifier<'_>,
    shown: Option<&Secret>,
) -> Result<()> {
    let (Some(expected), Some(shown)) = (claims.access_token_hash(), shown) else {
        return Ok(());
    };
    let algorithm = token.signing_alg().map_err(disbelieved)?;
    let key = token.signing_key(verifier).map_err(disbelieved)?;
    let shown = AccessToken::new(shown.expose().to_owned());
    let actual = AccessTokenHash::from_token(&shown, algorithm, key).map_err(disbelieved)?;
    if actual == *expected {
        return Ok(());
    }
    Err(disbelieved(Incomplete(
        "an access token of another sign-in",
    )))
}

fn profile(name: Option<String>, picture: Option<String>) -> Value {
    json!({"full_name": name, "avatar_url": picture})
}

/// A claim without a language.
fn text_of(name: Option<&LocalizedClaim<EndUserName>>) -> Option<String> {
    Some(name?.get(None)?.as_str().to_owned())
}

fn address_of(url: Option<&LocalizedClaim<EndUserPictureUrl>>) -> Option<String> {
    Some(url?.get(None)?.as_str().to_owned())
}

fn unreachable(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    tracing::warn!(error = %chain(&error), "a provider of sign-ins does not answer");
    Error::new(Code::Unavailable, "The provider does not answer; try again").caused_by(error)
}

fn refused(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    tracing::warn!(error = %chain(&error), "a sign-in through a provider failed");
    Error::new(
        Code::Unauthenticated,
        "The provider did not confirm the sign-in; try again",
    )
    .caused_by(error)
}

fn disbelieved(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    refused(error)
        .saying(
            "The provider's token proves nothing here: it is expired, of another, or for another",
        )
        .because(Reason::ProviderTokenInvalid)
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
