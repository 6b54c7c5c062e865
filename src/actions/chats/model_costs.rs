//! `modelCosts`: what calls of models used and cost, by what one asks for.

use chrono::{Days, NaiveDate, Utc};
use serde_json::{Map, Value};

use crate::{
    actions::{ActionContext, Outcome},
    error::{Error, Result},
};

pub(super) const SDL: &str = r#"
extend type Query {
  """
  What calls of models used and cost, in groups: of the caller, for administrators of everybody. The newest days first,
  then what cost most.
  """
  modelCosts(
    "What makes a group; one group of everything without it."
    by: [ModelCostDimension!]! = []
    "The first day (UTC); 30 days ago if not said."
    from: Date
    "The last day (UTC); today if not said."
    to: Date
    "Which calls count; all without it."
    where: ModelCostFilter
    "How many groups to answer at most, up to 10,000."
    first: Int! = 1000
  ): [ModelCost!]!
}
"What a group of calls has in common."
enum ModelCostDimension {
  "The person who caused them."
  USER
  "The agent that made them."
  AGENT
  "The model."
  MODEL
  "The provider."
  PROVIDER
  "Whose key was used, and which."
  KEY
  "What they were for."
  PURPOSE
  "How they ended."
  OUTCOME
  "The day (UTC)."
  DAY
  "The month (UTC), told by its first day."
  MONTH
}
"Which calls count; what is not given does not matter."
input ModelCostFilter {
  "Those of a person."
  user: UUID
  "Those of an agent."
  agent: AgentType
  "Those of a model."
  model: String
  "Those of a provider."
  provider: String
  "Those with a key of this kind of owner."
  keyOwner: ModelKeyOwner
  "Those for this."
  purpose: ModelCallPurpose
  "Those of a chat."
  chat: UUID
}
"What a group of calls used and cost."
type ModelCost {
  "The person, where it is a group's."
  userId: UUID
  "The agent, where it is a group's."
  agent: AgentType
  "The model, where it is a group's."
  model: String
  "The provider, where it is a group's."
  provider: String
  "Whose key was used, where it is a group's."
  keyOwner: ModelKeyOwner
  "The person's configuration with the key, where it is a group's."
  keyId: UUID
  "What the calls were for, where it is a group's."
  purpose: ModelCallPurpose
  "How they ended, where it is a group's."
  outcome: ModelCallOutcome
  "The day, or the first one of the month, where it is a group's."
  day: Date
  "How many calls there were."
  calls: BigInt!
  "How many of them failed or were interrupted."
  failedCalls: BigInt!
  "How many have an unknown cost, because their model has no price."
  unpricedCalls: BigInt!
  "Of how many this server counted tokens, because the provider did not say."
  estimatedCalls: BigInt!
  "Tokens read."
  inputTokens: BigInt!
  "Tokens written."
  outputTokens: BigInt!
  "Those of the tokens read that the providers had in their caches."
  cachedTokens: BigInt!
  "Those of the tokens written that were reasoning."
  reasoningTokens: BigInt!
  "In US dollars, of all calls whose price is known."
  cost: Decimal!
  "How long a call took on average, in milliseconds."
  meanDurationMs: Float
}
"#;

/// A live query answers again when a call begins or ends.
pub(super) const FOLLOWS: &[(&str, &str)] = &[("public", "model_calls")];
const DAYS: u64 = 30;
const COSTS: &str = "select public.get_model_costs($1, $2, $3, $4, $5)";

arguments! {
    by: Vec<String>,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    r#where: Option<Map<String, Value>>,
    first: i32,
}

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    context.user_id()?;
    let by: Vec<String> = arguments
        .by
        .iter()
        .map(|name| name.to_lowercase())
        .collect();
    let is_day_and_month = ["day", "month"]
        .iter()
        .all(|name| by.iter().any(|by| by == name));
    if is_day_and_month {
        return Err(Error::bad_input("Choose DAY or MONTH, not both").with("field", "by"));
    }
    let to = arguments.to.unwrap_or_else(|| Utc::now().date_naive());
    let from = arguments
        .from
        .or_else(|| to.checked_sub_days(Days::new(DAYS)))
        .unwrap_or(to);
    let filter = Value::Object(arguments.r#where.unwrap_or_default());
    let costs = context
        .json(COSTS, &[&by, &from, &to, &filter, &arguments.first])
        .await?;
    Ok(Outcome::Value(costs))
}
