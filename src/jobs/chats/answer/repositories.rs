//! The tools of the person's repositories: open for an answer of their agent from its beginning, for one of the chat from
//! when it asked for them. An attempt that takes over opens them anew.

use super::{begin::Answering, halt::Halt};
use crate::{
    answers::AgentType,
    chats::{parts, repositories::Repositories, tools::repositories},
    error::Error,
    jobs::JobError,
};

impl Answering<'_> {
    /// Opens the tools, where the answer needs them already.
    pub(super) async fn open_repositories(&mut self) -> Result<(), Halt> {
        let is_theirs = self.agent.kind == AgentType::GitMcp;
        if !is_theirs && !parts::is_done(self.parts(), repositories::OPEN) {
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
