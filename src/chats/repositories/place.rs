//! Where the server of repositories is, as administrators wrote it down.

use std::collections::HashSet;

use url::Url;

use crate::{
    app_state::AppState,
    chats::agents::Agent,
    error::{Code, Error, Result},
    models::chat::{Reach, may_be_public},
};

/// GitHub's own server leads outside, whoever wrote it down.
const KNOWN_HOST: &str = "api.githubcopilot.com";
const TOKEN_PROVIDER: &str = "github";

/// See the module.
pub(super) struct Place {
    pub url: Url,
    /// The name under which people are told of it.
    pub host: String,
    pub reach: Reach,
    /// For which of the API providers people save the token.
    pub token_provider: String,
    /// What is on among the agent's `tools`: GitHub's server takes the names of its sets of tools.
    pub sets: Vec<String>,
    /// What is off among them.
    pub off: HashSet<String>,
}

impl Place {
    /// Of an agent's settings.
    ///
    /// # Errors
    /// FORBIDDEN where the agent is off, or the address is one that settings do not allow; NOT_FOUND where there is none.
    pub fn of(app: &AppState, agent: &Agent) -> Result<Self> {
        if !agent.is_enabled() {
            let said = "The administrators switched the agent of repositories off";
            return Err(Error::forbidden(said));
        }
        let written = agent.setting("serverUrl");
        let url: Option<Url> = written.and_then(|url| url.parse().ok());
        let url = url.filter(|url| url.username().is_empty() && url.password().is_none());
        let Some((url, host)) = url.and_then(|url| Some((url.clone(), url.host_str()?.to_owned())))
        else {
            let said = format!(
                "Nobody said where the server of repositories is: an administrator writes its address into `serverUrl` \
                 of git_mcp_agent_{} in `adminConfigs`",
                agent.provider()
            );
            return Err(Error::new(Code::NotFound, said));
        };
        let is_private_allowed = app.settings.models.model_private_addresses;
        let reach = match is_private_allowed || (url.scheme() == "https" && host == KNOWN_HOST) {
            true => Reach::Anywhere,
            false => Reach::Public,
        };
        if reach == Reach::Public && !may_be_public(&url) {
            let said = "The address of the repositories' server leads into this server's own network, which only the \
                        setting MINDLOOM_MODEL_PRIVATE_ADDRESSES allows";
            return Err(Error::forbidden(said));
        }
        if reach == Reach::Public && url.scheme() != "https" {
            let said = "The address of the repositories' server is no https://, and the token would be readable on the way";
            return Err(Error::forbidden(said));
        }
        let (on, off) = agent.tools_on_and_off();
        Ok(Place {
            url,
            host,
            reach,
            token_provider: agent
                .setting("tokenProvider")
                .unwrap_or(TOKEN_PROVIDER)
                .to_owned(),
            sets: on,
            off: off.into_iter().collect(),
        })
    }
}
