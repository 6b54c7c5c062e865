//! `chatStream`: an answer while it is written, or once more.

use futures_util::{StreamExt as _, stream};
use postgres_types::Type;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{StreamContext, Values};
use crate::{
    db::{Call, Mode, Work},
    error::{Code, Error, Result},
    streams::{Followed, Follower},
};

pub(super) const NAME: &str = "chatStream";

pub(super) const SDL: &str = r#"
"A piece of an answer. Which fields are given depends on its kind."
type ChatStreamEvent {
  "Its number in the stream, from 1. Whoever comes back asks for what is `after` the last one they have."
  offset: Int!
  "What it is."
  kind: ChatStreamEventKind!
  "Of TEXT and REASONING: what is added."
  text: String
  "Of tools: which call."
  toolCallId: String
  "Of tools: which tool."
  toolName: String
  "Of TOOL_CALL and TOOL_REQUEST: what the tool is called with."
  input: JSON
  "Of TOOL_RESULT: what came of it."
  output: JSON
  "Of TOOL_RESULT: whether it failed."
  isError: Boolean
  "Of TOOL_REQUEST: what would be done, in a sentence."
  summary: String
  "Of SOURCE: where it is."
  url: String
  "Of SOURCE: what it is called."
  title: String
  "Of USAGE: what a call of a model used."
  usage: ChatStreamUsage
  "Of RESTART: events with a higher offset than this, and a lower one than this event's, count no more."
  from: Int
  "Of END: why it ended."
  reason: ChatStreamEndReason
  "Of END, where it failed: why."
  error: ChatStreamError
}
"What a piece of an answer is."
enum ChatStreamEventKind {
  "A model is about to write. Several follow each other where it uses tools."
  STEP
  "Words of the answer, to be added to those before."
  TEXT
  "What the model thinks, to be added to what it thought before."
  REASONING
  "The model calls a tool."
  TOOL_CALL
  "What came of a call."
  TOOL_RESULT
  "A tool asks whether it may: answer with `answerToolRequest`."
  TOOL_REQUEST
  "What the answer refers to."
  SOURCE
  "What a call of a model used."
  USAGE
  "A worker was lost in the middle. Another one writes the step again; what the first wrote of it counts no more."
  RESTART
  "Nothing follows."
  END
}
"Why an answer ended."
enum ChatStreamEndReason {
  "It is complete."
  COMPLETED
  "It is as long as it may be, and not complete."
  LENGTH
  "The model, or its provider, refused to answer."
  REFUSED
  "Tools ask whether they may: the answer goes on in another stream once they are answered."
  ASKING
  "Somebody ended it."
  STOPPED
  "It could not be completed: `error` says why."
  FAILED
}
"Why an answer could not be completed."
type ChatStreamError {
  "One of the codes of errors."
  code: String!
  "A sentence that says what is wrong and what to do."
  message: String!
  "When to try again, in milliseconds, where that is known."
  retryAfterMs: Int
}
"What a call of a model used."
type ChatStreamUsage {
  "The agent that made the call."
  agent: AgentType!
  "The model."
  model: String!
  "Whose it is."
  provider: String!
  "Tokens that it read."
  inputTokens: Int
  "Tokens that it wrote."
  outputTokens: Int
  "Tokens among those read that its provider had read before."
  cachedTokens: Int
  "Tokens among those written that it thought with."
  reasoningTokens: Int
  "Whether the numbers are estimates, for the provider told none."
  estimated: Boolean!
  "What it cost, in US dollars; null where nobody knows the price."
  cost: Decimal
}

extend type Subscription {
  """
  An answer while it is written: what there is already, then what comes, each piece once and in order, until END. Whoever
  was away asks for what is after the last offset they have, of any server. Of an answer that ended more than a day ago
  only its message is left: RESYNC_REQUIRED.
  """
  chatStream(
    "The stream."
    streamId: UUID!
    "The offset of the last event that the client has."
    after: Int! = 0
  ): ChatStreamEvent!
}
"#;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Arguments {
    stream_id: Uuid,
    after: i32,
}

/// As the caller: row level security says whose streams they are.
const SHOWN: &str =
    "select s.ended_at is not null from public.streams s where s.id = $1 and s.status is not null";
const LAST: &str = "select max(c.last_offset) from mindloom.stream_chunks c where c.stream_id = $1";

pub(super) async fn open(context: StreamContext, arguments: Arguments) -> Result<Values> {
    let Arguments { stream_id, after } = arguments;
    if context.caller.user_id.is_none() {
        let said = "Sign in to follow the answers of your chats";
        return Err(Error::new(Code::Unauthenticated, said));
    }
    if after < 0 {
        return Err(Error::bad_input("after is an offset, or 0").with("field", "after"));
    }
    // Side by side: whoever may not see it gets nothing of what is read.
    let (has_ended, follower) = tokio::join!(
        has_ended(&context, stream_id),
        context.app.streams.follow(stream_id, after)
    );
    let (has_ended, follower) = (has_ended?, follower?);
    if !follower.has_more() {
        let last = last_offset(&context, stream_id).await?;
        if has_ended && last == 0 {
            let said =
                "This answer ended more than a day ago, and its pieces are gone: read its message";
            return Err(Error::new(Code::ResyncRequired, said));
        }
        if after > last {
            let said = format!("after is beyond the last event, which is {last}");
            return Err(Error::bad_input(said).with("field", "after"));
        }
        if has_ended && after == last {
            return Ok(stream::empty().boxed());
        }
    }
    let values = stream::unfold(Some(follower), |follower| async {
        let mut follower = follower?;
        let value = next(&mut follower).await.transpose()?;
        let is_over = value.is_err();
        Some((value, (!is_over).then_some(follower)))
    });
    Ok(values.boxed())
}

async fn has_ended(context: &StreamContext, stream: Uuid) -> Result<bool> {
    let shown = [Call {
        sql: SHOWN,
        types: &[Type::UUID],
        values: vec![&stream],
        work: Work::default(),
    }];
    let (db, caller) = (&context.app.db, &context.caller);
    let ran = db.run(caller, Mode::Read, &shown, &mut |_, _| ()).await?;
    let rows = ran.map_err(|(_, error)| Error::from(error))?;
    let row = rows.first().and_then(|rows| rows.iter().next());
    let row = row.ok_or_else(|| Error::new(Code::NotFound, "There is no such answer"))?;
    // In PostgreSQL's binary form.
    let has_ended = row.get(0).map_err(Error::internal)?;
    Ok(has_ended.is_some_and(|value| value == [1]))
}

async fn last_offset(context: &StreamContext, stream: Uuid) -> Result<i32> {
    let client = context.app.db.system().await?;
    let statement = client.prepare_cached(LAST).await?;
    let row = client.query_one(&statement, &[&stream]).await?;
    Ok(row.get::<_, Option<i32>>(0).unwrap_or_default())
}

async fn next(follower: &mut Follower) -> Result<Option<Value>> {
    match follower.next().await? {
        None => Ok(None),
        Some(Followed::Gone) => Err(Error::new(
            Code::NotFound,
            "The chat was deleted, and its answer with it",
        )),
        Some(Followed::Event(offset, event)) => {
            let mut value = Value::clone(&event);
            value["offset"] = json!(offset);
            Ok(Some(value))
        }
    }
}
