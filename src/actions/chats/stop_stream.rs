//! `stopStream`: ends an answer that is being written.

use serde_json::json;
use uuid::Uuid;

use crate::{
    actions::{ActionContext, Outcome, RowRef},
    error::{Code, Error, Result},
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Ends an answer that is being written, from wherever it is followed, within a second. What was written is kept, and costs
  what it cost. An answer that has ended stays as it is.
  """
  stopStream(
    "The stream."
    id: UUID!
  ): ChatStream!
}
"#;

const STOP: &str = "select public.stop_stream(s.id) from public.streams s where s.id = $1";

arguments! { id: Uuid }

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    context.user_id()?;
    if context.rows(STOP, &[&arguments.id]).await?.is_empty() {
        return Err(Error::new(Code::NotFound, "There is no such stream"));
    }
    Ok(Outcome::Row(RowRef {
        table: "streams".into(),
        key: vec![json!(arguments.id)],
    }))
}
