//! `generateWeeklyInsight`: has written what a week of the caller's shows.

use chrono::NaiveDate;
use serde_json::json;
use uuid::Uuid;

use crate::{
    actions::{ActionContext, Outcome, RowRef, named_model},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Has written what a week of the caller's notes shows: themes, numbers, and the week before beside it. It answers at once with
  the job, whose `result` names the insight (`insightId`, null where nothing was written that week). There is one insight for
  each week: another run writes it anew. Every Monday the last week's are written for everybody who wrote something in it.

  Without a key for any model it is put together from numbers and sentences of the notes, and says so in
  `generationMetadata`.
  """
  generateWeeklyInsight(
    "Any day of the week, which begins on Monday (UTC); the present week without it."
    week: Date
    "Whose model: openai, anthropic, google, compatible or local."
    provider: String
    "Which model, one of modelConfigs."
    model: String
  ): Job!
}
"#;

const BEGIN: &str = "select public.generate_weekly_insight($1, $2)";

arguments! { week: Option<NaiveDate>, provider: Option<String>, model: Option<String> }

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    context.user_id()?;
    let Arguments {
        week,
        provider,
        model,
    } = arguments;
    let provider = named_model::check(&context, provider.as_deref(), model.as_deref()).await?;
    let wishes = json!({"provider": provider, "model": model});
    let rows = context.rows(BEGIN, &[&week, &wishes]).await?;
    let job: Option<Uuid> = rows.first().map(|row| row.try_get(0)).transpose()?;
    Ok(Outcome::Row(RowRef {
        table: "job_queue".into(),
        key: vec![json!(job)],
    }))
}
