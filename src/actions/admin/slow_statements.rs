//! `slowStatements`: which statements take the database's time.

use serde_json::{Value, json};

use crate::{
    actions::{ActionContext, Outcome},
    error::{Error, Result},
};

pub(super) const SDL: &str = r#"
extend type Query {
  """
  The statements of this database that took most time since PostgreSQL began to count, without values. It needs the
  extension pg_stat_statements; without it the answer says how to have it. For administrators.
  """
  slowStatements(
    "What counts."
    orderBy: StatementOrder! = TOTAL_TIME
    "How many to answer at most, 1 to 500."
    first: Int! = 50
  ): SlowStatements!
}
"What makes a statement come first."
enum StatementOrder {
  "The time of all its runs together."
  TOTAL_TIME
  "The time of a run, on average."
  MEAN_TIME
  "How often it ran."
  CALLS
}
"The statements that took most time."
type SlowStatements {
  "Why nothing is known, and what to do about it; null where something is."
  missing: String
  "The statements."
  statements: [SlowStatement!]!
}
"How a statement fared."
type SlowStatement {
  "The statement, with a parameter or a question mark for each value; null where the server may not read it."
  statement: String
  "The database role that ran it."
  role: String
  "How often it ran."
  calls: BigInt!
  "How long all of its runs took together, in milliseconds."
  totalMs: Float!
  "How long a run took on average."
  meanMs: Float!
  "How long the longest run took."
  maxMs: Float!
  "How many rows it returned or changed."
  rows: BigInt!
  "How many blocks it found in memory."
  blocksHit: BigInt!
  "How many it had to read."
  blocksRead: BigInt!
}
"#;

arguments! { order_by: String, first: i32 }

const ASK: &str = "select public.get_slow_statements($1, $2)";
const FIRST_MAX: i32 = 500;

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let Arguments { order_by, first } = arguments;
    if !(1..=FIRST_MAX).contains(&first) {
        let said = format!("first is 1 to {FIRST_MAX}");
        return Err(Error::bad_input(said).with("field", "first"));
    }
    let mut answer = context.json(ASK, &[&order_by, &first]).await?;
    if answer["statements"].is_null() {
        answer["statements"] = json!([]);
    }
    if answer["missing"].is_null() {
        answer["missing"] = Value::Null;
    }
    Ok(Outcome::Value(answer))
}
