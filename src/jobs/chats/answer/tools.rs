//! Runs what the model called, as the person who asked.

use serde_json::json;

use super::{begin::Answering, end::End, halt::Halt};
use crate::{
    chats::{
        parts::{self, Call},
        tools::{self, Ran, ToolContext},
    },
    jobs::JobError,
};

impl Answering<'_> {
    /// Runs the calls that nothing came of yet. Ends the answer where some ask whether they may.
    pub(super) async fn run_tools(&mut self) -> Result<Option<End>, Halt> {
        let open = parts::open_calls(self.parts());
        if open.is_empty() {
            return Ok(None);
        }
        self.claimed().await?;
        let mut asks = false;
        for call in open {
            let ran = match (&call.asked, call.approved) {
                (Some(_), None) => {
                    asks = true;
                    continue;
                }
                (_, Some(false)) => Ran::Failed("The person does not allow it.".into()),
                _ => self.run_tool(&call).await?,
            };
            let event = match ran {
                Ran::Done(output) => parts::result_event(&call, &output, false),
                Ran::Failed(said) => parts::result_event(&call, &json!(said), true),
                Ran::Asks { summary, input } => {
                    asks = true;
                    parts::request_event(&call, &summary, &input)
                }
            };
            self.writer.push(event);
            self.writer.flush().await?;
        }
        self.read_parts().await?;
        Ok(asks.then(End::asking))
    }

    async fn run_tool(&mut self, call: &Call) -> Result<Ran, Halt> {
        let cancelled = self.context.cancelled().clone();
        let context = self.context;
        let sign = || context.sign();
        let running = ToolContext {
            app: context.app(),
            caller: &self.caller,
            user: self.user,
            chat: self.chat,
            message: self.message,
            agent: &self.agent,
            repositories: &mut self.repositories,
            writer: &mut self.writer,
            sign: &sign,
        };
        tokio::select! {
            biased;
            () = cancelled.cancelled() => Err(Halt::Interrupted),
            ran = context.signing(tools::run(running, call)) => ran.map_err(|error| Halt::Job(JobError::Retry(error))),
        }
    }
}
