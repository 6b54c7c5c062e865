//! `monthlyApiCosts`: what the caller's calls of providers cost in a month.

pub(super) const SDL: &str = r#"
extend type Query {
  "What the caller's calls of each provider cost in the month of a day; this month if not said."
  monthlyApiCosts(
    "Any day of the month."
    month: Date
  ): [ApiCost!]!
}
"What calls of a provider cost."
type ApiCost {
  "The provider's name."
  provider: String!
  "How many calls there were."
  totalRequests: BigInt!
  "How many of them failed."
  failedRequests: BigInt!
  "Tokens that were sent."
  totalInputTokens: BigInt!
  "Tokens that were answered."
  totalOutputTokens: BigInt!
  "In US dollars, of all calls whose price is known."
  totalCost: Decimal!
  "How many calls have an unknown cost, because their model has no price."
  unpricedRequests: BigInt!
}
"#;

sql_action!(
    user,
    "select coalesce(json_agg(json_build_object('provider', provider,
        'totalRequests', total_requests::text, 'failedRequests', failed_requests::text,
        'totalInputTokens', total_input_tokens::text, 'totalOutputTokens', total_output_tokens::text,
        'totalCost', total_cost::text, 'unpricedRequests', unpriced_requests::text) order by provider), '[]')
      from public.get_monthly_api_costs(p_month => coalesce($1, (now() at time zone 'UTC')::date))",
    month: Option<chrono::NaiveDate>
);
