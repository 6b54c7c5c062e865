//! `healthReport`: the figures of health, and which of them are bad.

use crate::{
    actions::{ActionContext, NoArguments, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Query {
  """
  How the database and the servers are: figures, the thresholds from which on an alert is raised (`alerts` of
  `systemSettings`), and whether one is open. For administrators. The alerts themselves are `alerts`.
  """
  healthReport: HealthReport!
}
"How the database and the servers are."
type HealthReport {
  "The figures."
  figures: [HealthFigure!]!
  "How many alerts are open."
  openAlerts: Int!
}
"One figure of health."
type HealthFigure {
  "What it is about."
  kind: AlertKind!
  "The server that it is about, where there is one for each."
  subject: String
  "How much it is now."
  value: Float!
  "What is counted: percent, bytes, statements, jobs or minutes."
  unit: String!
  "From where on an alert is raised; null for never."
  threshold: Float
  "The same in words."
  details: String!
  "Whether an alert about it is open."
  alerting: Boolean!
}
"#;

/// A live query answers again when an alert is raised or resolved, or a threshold changed.
pub(super) const FOLLOWS: &[(&str, &str)] = &[("public", "admin_config"), ("public", "alerts")];

const REPORT: &str = "select public.get_health_report($1)";

pub(super) async fn run(context: ActionContext<'_>, _: NoArguments) -> Result<Outcome> {
    let quotas = context.app.settings.callers.quotas();
    Ok(Outcome::Value(context.json(REPORT, &[&quotas]).await?))
}
