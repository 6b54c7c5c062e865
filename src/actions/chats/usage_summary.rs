//! `usageSummary`: what the caller used and what it cost.

pub(super) const SDL: &str = r#"
extend type Query {
  "What the caller used of the models from one day to another, both included, and what it cost. The last 30 days if not said."
  usageSummary(
    "The first day."
    from: Date
    "The last day."
    to: Date
  ): UsageSummary!
}
"What was used of the models."
type UsageSummary {
  "How many calls there were."
  totalCalls: BigInt!
  "Tokens that were sent."
  totalInputTokens: BigInt!
  "Tokens that were answered."
  totalOutputTokens: BigInt!
  "Both together."
  totalTokens: BigInt!
  "In US dollars, of all calls whose price is known."
  totalCost: Decimal!
  "How many calls have an unknown cost, because their model has no price."
  unpricedCalls: BigInt!
  "The same for each agent; `none` for what no agent did."
  agentBreakdown: JSON!
}
"#;

sql_action!(
    user,
    "select json_build_object('totalCalls', total_calls::text,
        'totalInputTokens', total_input_tokens::text, 'totalOutputTokens', total_output_tokens::text,
        'totalTokens', total_tokens::text, 'totalCost', total_cost::text, 'unpricedCalls', unpriced_calls::text,
        'agentBreakdown', coalesce(agent_breakdown, '{}'))
      from public.get_current_user_usage_summary(
        coalesce($1, (now() at time zone 'UTC')::date - 30), coalesce($2, (now() at time zone 'UTC')::date))",
    from: Option<chrono::NaiveDate>,
    to: Option<chrono::NaiveDate>
);
