//! Repositories of the person, through a server that speaks the Model Context Protocol: its tools are the model's for an
//! answer, run with the person's own token.
//!
//! - The address is in the agent's settings, written by administrators, and leads outside unless a setting allows more.
//! - The token is opened when an answer begins to use the tools, goes to that address alone, and is in no log and no error.
//! - What the server says of a tool counts where it makes it stricter: a tool that is not marked as reading asks first.
//! - What a tool gives is material for the model, cut to a size.

mod connection;
mod fault;
mod http;
mod offer;
mod place;
mod result;
mod token;

use std::sync::Arc;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::agents::Agent;
use crate::{
    app_state::AppState,
    error::{Code, Error, Result},
    models::chat::Tool,
};
use connection::Connection;
use fault::Fault;
use offer::{Offer, offers};
use place::Place;
use token::Token;

/// Repositories of the person that are told to the model.
const CONNECTED_MAX: i64 = 50;
const CONNECTED: &str = "
    select r.repo_owner || '/' || r.repo_name || ' (' || r.default_branch || ')' from public.github_repositories r
    where r.user_id = $1 and r.is_active order by r.last_accessed desc nulls last, r.created_at desc limit $2";

/// The tools of a server, open for an answer.
pub struct Repositories {
    app: Arc<AppState>,
    place: Place,
    token: Token,
    offers: Vec<Offer>,
    /// None after it was lost, until it is needed again.
    connection: Option<Connection>,
    prompt: String,
    /// Why there are no tools, where the server could not list them.
    unlisted: Option<String>,
}

/// Whether a tool is one of theirs, by its name.
#[must_use]
pub fn is_theirs(tool: &str) -> bool {
    tool.starts_with(offer::PREFIX)
}

impl Repositories {
    /// Connects as the person and asks for the tools. `agent` is the agent of repositories, as it is set up.
    ///
    /// # Errors
    /// When the database does not answer. What stands against it otherwise is inside, for whoever asked: NOT_FOUND where
    /// there is no address or no token, FORBIDDEN where the agent is off or the token is refused, UNAVAILABLE where the
    /// server does not answer as it should.
    pub async fn open(app: &Arc<AppState>, user: Uuid, agent: &Agent) -> Result<Result<Self>> {
        let place = match Place::of(app, agent) {
            Ok(place) => place,
            Err(error) => return Ok(Err(error)),
        };
        let Some(token) = Token::open(app, user, &place.token_provider).await? else {
            return Ok(Err(token::missing(&place.token_provider)));
        };
        let listed = match Connection::open(&place, &token).await {
            Ok(connection) => connection.tools().await.map(|tools| (connection, tools)),
            Err(fault) => Err(fault),
        };
        let (connection, tools) = match listed {
            Ok(listed) => listed,
            Err(fault @ Fault::Unlisted) => {
                token.note(app, None).await?;
                let said = told(app, &token, &place, &fault).await?;
                return Ok(Ok(Self::without_tools(app, place, token, &said)));
            }
            Err(fault) => return Ok(Err(told(app, &token, &place, &fault).await?)),
        };
        token.note(app, None).await?;
        let offers = offers(tools, &place);
        if offers.is_empty() {
            let said = format!("{} offers no tools", place.host);
            return Ok(Err(Error::new(Code::Unavailable, said)));
        }
        Ok(Ok(Repositories {
            app: Arc::clone(app),
            prompt: prompt(app, user, agent).await?,
            place,
            token,
            offers,
            connection: Some(connection),
            unlisted: None,
        }))
    }

    /// What is left where the server could not list its tools: the model is told that there are none.
    fn without_tools(app: &Arc<AppState>, place: Place, token: Token, why: &Error) -> Self {
        let why = why.message().to_owned();
        Repositories {
            app: Arc::clone(app),
            prompt: format!(
                "{why}. Nothing can be looked up or done there in this answer: say so where it is asked for."
            ),
            place,
            token,
            offers: Vec::new(),
            connection: None,
            unlisted: Some(why),
        }
    }

    /// Why there are no tools, in a sentence for the person; nothing where there are some.
    #[must_use]
    pub fn unlisted(&self) -> Option<&str> {
        self.unlisted.as_deref()
    }

    /// What a model may call.
    pub fn tools(&self) -> impl Iterator<Item = Tool> {
        self.offers.iter().map(|offer| offer.tool.clone())
    }

    /// The names that they have for the model.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.offers.iter().map(|offer| offer.tool.name.as_str())
    }

    /// Where they are.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.place.host
    }

    /// What the model is told of them.
    #[must_use]
    pub fn prompt(&self) -> &str {
        &self.prompt
    }

    /// What the server calls a tool, by the model's name for it, and whether it only reads.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<(&str, bool)> {
        let offer = self.offers.iter().find(|offer| offer.tool.name == name)?;
        Some((&offer.remote, offer.only_reads))
    }

    /// Runs a tool by the server's name for it.
    ///
    /// # Errors
    /// When the database does not answer. Why there is no result otherwise is inside, for the model.
    pub async fn call(
        &mut self,
        tool: &str,
        input: Map<String, Value>,
    ) -> Result<Result<String, String>> {
        let called = match self.connection.take() {
            Some(connection) => Ok(connection),
            None => Connection::open(&self.place, &self.token).await,
        };
        let called = match called {
            Ok(connection) => {
                let called = connection.call(tool, input).await;
                // One that failed for itself may not answer any more; what a tool refuses is no fault of it.
                if !called.as_ref().is_err_and(Fault::is_of_connection) {
                    self.connection = Some(connection);
                }
                called
            }
            Err(fault) => Err(fault),
        };
        match called {
            Ok(result) => Ok(result::read(&result)),
            Err(Fault::Refused(said)) => Ok(Err(result::cut(&said))),
            Err(fault) => {
                let error = told(&self.app, &self.token, &self.place, &fault).await?;
                Ok(Err(error.message().to_owned()))
            }
        }
    }
}

/// The error of a fault; that a token is refused is noted where it is kept.
async fn told(app: &AppState, token: &Token, place: &Place, fault: &Fault) -> Result<Error> {
    if matches!(fault, Fault::TokenRefused) {
        let said = format!("{} refused the token", place.host);
        token.note(app, Some(&said)).await?;
    }
    Ok(fault.error(&place.host, &place.token_provider))
}

/// The agent's own prompt, and which repositories the person has connected.
async fn prompt(app: &AppState, user: Uuid, agent: &Agent) -> Result<String> {
    let client = app.db.system().await?;
    let statement = client.prepare_cached(CONNECTED).await?;
    let rows = client.query(&statement, &[&user, &CONNECTED_MAX]).await?;
    let connected: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    let connected = match connected.is_empty() {
        true => {
            "The person has connected no repository: they name one where they mean it.".to_owned()
        }
        false => format!("The person has connected: {}.", connected.join(", ")),
    };
    let own = agent.own_prompt();
    Ok(format!(
        "{own}\n\nTools for this have names that begin with {}. {connected}",
        offer::PREFIX
    ))
}
