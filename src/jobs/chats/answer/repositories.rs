//! The tools of the person's repositories: open for an answer of their agent from its first step, for one of the chat from
//! when it asked for them. An attempt that takes over opens them anew, once it needs them.

use serde_json::json;

use super::{begin::Answering, halt::Halt};
use crate::{
    answers::AgentType,
    chats::{
        parts::{self, Call},
        repositories::{Repositories, is_theirs},
        tools::repositories,
    },
    error::Error,
    jobs::JobError,
};

impl Answering<'_> {
    /// Whether a call of their tools is to be run now.
    pub(super) fn calls_repositories(&self) -> bool {
        let runs = |call: &Call| match (&call.asked, call.approved) {
            (Some(_), None) | (_, Some(false)) => false,
            _ => is_theirs(&call.name),
        };
        parts::open_calls(self.parts()).iter().any(runs)
    }

    /// Opens the tools, where the answer has asked for them.
    pub(super) async fn open_repositories(&mut self) -> Result<(), Halt> {
        let is_theirs = self.agent.kind == AgentType::GitMcp;
        let is_asked = is_theirs || parts::is_done(self.parts(), repositories::OPEN);
        if !is_asked || self.repositories.is_some() {
            return Ok(());
        }
        self.claimed().await?;
        if !self.agent.has_tools() {
            let said = "This model calls no tools, without which nothing can be done with repositories: choose another one";
            return Err(Halt::Failed(Error::bad_input(said)));
        }
        let cancelled = self.context.cancelled().clone();
        let opened = tokio::select! {
            biased;
            () = cancelled.cancelled() => return Err(Halt::Interrupted),
            opened = self.opened(is_theirs) => opened,
        };
        let opened = opened.map_err(|error| Halt::Job(JobError::Retry(error)))?;
        self.repositories = Some(opened.map_err(Halt::Failed)?);
        Ok(())
    }

    /// Says to the person, before the first words of the answer, why the tools are not there.
    pub(super) fn tell_of_repositories(&mut self) {
        let unlisted = self.repositories.as_ref().and_then(Repositories::unlisted);
        if let (Some(why), true) = (unlisted, self.parts().is_empty()) {
            let said = format!("{why}.\n\n");
            self.writer.push(json!({"kind": "TEXT", "text": said}));
        }
    }

    async fn opened(
        &self,
        is_theirs: bool,
    ) -> crate::error::Result<crate::error::Result<Repositories>> {
        let app = self.context.app();
        if is_theirs {
            return Repositories::open(app, self.user, &self.agent).await;
        }
        let agent = repositories::agent(app, &self.agent).await?;
        Repositories::open(app, self.user, &agent).await
    }

    /// Whose limits a step counts for: from when the chat has handed work to the agent of repositories, that agent's.
    pub(super) fn acting(&self) -> AgentType {
        match self.repositories {
            Some(_) => AgentType::GitMcp,
            None => self.agent.kind,
        }
    }
}
