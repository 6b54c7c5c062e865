//! Feature flags and system settings: what of them concerns whom, and how administrators change them.

use serde_json::{Map, Value};

use super::{ActionContext, Outcome};
use crate::error::{Error, Result};

/// The types that queries and mutations of settings share.
pub const TYPES: &str = r#"
"A feature that is switched on or off without a new release, as it applies to the caller."
type FeatureFlag {
  "Its name."
  name: String!
  "Whether it is on for the caller."
  enabled: Boolean!
  "What else was set about it; null while it is off."
  value: JSON
}
"Whom a feature flag may be for."
enum FeatureFlagRole {
  "Callers without an account, or with an anonymous one."
  ANONYMOUS
  "People with an account."
  USER
  "Administrators."
  ADMIN
}
"Settings that hold for the whole installation."
type SystemSettings {
  "The AI provider that is used unless somebody chooses."
  activeProvider: String!
  "The AI providers to choose from."
  availableProviders: [String!]!
  "How many projects a person may have."
  maxProjectsPerUser: Int!
  "What is logged; null for everybody but administrators."
  logging: LoggingSettings
  "From which figures on an alert is raised; null for everybody but administrators."
  alerts: AlertSettings
}
"What is logged, and for how long."
type LoggingSettings {
  "Whether faults and errors are written down."
  errors: Boolean!
  "Whether what people do is written down."
  userActivity: Boolean!
  "Whether what agents do is written down."
  agentActivity: Boolean!
  "Which part of the activities is written down, from 0 to 1."
  sampleRate: Float!
  "The categories of activities that are written down, as `userActivityLogs` call them."
  categories: [String!]!
  "For how many days each kind is kept."
  retentionDays: LogRetentionDays!
  "What of a request is left out."
  privacy: LogPrivacy!
}
"For how many days logs are kept, 1 to 3,650."
type LogRetentionDays {
  "Errors."
  errors: Int!
  "What people did."
  userActivity: Int!
  "What agents did."
  agentActivity: Int!
  "Measurements."
  measurements: Int!
}
"What of a request is written into logs."
type LogPrivacy {
  "Whether addresses are shortened to their network."
  anonymizeIp: Boolean!
  "Whether the client's name for itself is written."
  userAgent: Boolean!
  "Whether the path of the request is written."
  requestPath: Boolean!
  "Whether what people and models wrote is kept in metadata."
  messageContent: Boolean!
  "Whether e-mail addresses become [email]."
  redactEmails: Boolean!
}
"From which figures on an alert is raised; 0 is never."
type AlertSettings {
  "Connections in use, in percent of all that the database takes."
  connectionsPercent: Float!
  "Statements that run for longer than slowStatementSeconds."
  slowStatements: Int!
  "From how many seconds on a statement is slow."
  slowStatementSeconds: Int!
  "How large the database is."
  databaseBytes: BigInt!
  "Free room on the disk with a server's data directory, in percent: the alert is raised below it."
  diskFreePercent: Float!
  "Jobs that died within a day."
  deadJobs: Int!
  "For how many minutes jobs wait while no worker runs."
  waitingJobMinutes: Float!
  "Operations that failed by a fault of the server within five minutes, in percent of all (of at least 50)."
  errorPercent: Float!
  "The largest use of a quota by an account, in percent."
  quotaPercent: Float!
}
"Changes of system settings: what is not given stays."
input SystemSettingsInput {
  "The AI provider that is used unless somebody chooses: one of availableProviders."
  activeProvider: String
  "The AI providers to choose from."
  availableProviders: [String!]
  "How many projects a person may have, 0 to 1,000,000."
  maxProjectsPerUser: Int
  "What is logged."
  logging: LoggingSettingsInput
  "From which figures on an alert is raised."
  alerts: AlertSettingsInput
}
"Changes of what is logged: what is not given stays."
input LoggingSettingsInput {
  "Whether faults and errors are written down."
  errors: Boolean
  "Whether what people do is written down."
  userActivity: Boolean
  "Whether what agents do is written down."
  agentActivity: Boolean
  "Which part of the activities is written down, from 0 to 1."
  sampleRate: Float
  "The categories of activities that are written down: all others are not."
  categories: [String!]
  "For how many days each kind is kept."
  retentionDays: LogRetentionDaysInput
  "What of a request is left out."
  privacy: LogPrivacyInput
}
"Changes of how long logs are kept, 1 to 3,650 days."
input LogRetentionDaysInput {
  "Errors."
  errors: Int
  "What people did."
  userActivity: Int
  "What agents did."
  agentActivity: Int
  "Measurements."
  measurements: Int
}
"Changes of what of a request is written into logs."
input LogPrivacyInput {
  "Whether addresses are shortened to their network."
  anonymizeIp: Boolean
  "Whether the client's name for itself is written."
  userAgent: Boolean
  "Whether the path of the request is written."
  requestPath: Boolean
  "Whether what people and models wrote is kept in metadata."
  messageContent: Boolean
  "Whether e-mail addresses become [email]."
  redactEmails: Boolean
}
"Changes of when alerts are raised; 0 is never."
input AlertSettingsInput {
  "Connections in use, in percent of all that the database takes."
  connectionsPercent: Float
  "Statements that run for longer than slowStatementSeconds."
  slowStatements: Int
  "From how many seconds on a statement is slow."
  slowStatementSeconds: Int
  "How large the database is."
  databaseBytes: BigInt
  "Free room on the disk with a server's data directory, in percent."
  diskFreePercent: Float
  "Jobs that died within a day."
  deadJobs: Int
  "For how many minutes jobs wait while no worker runs."
  waitingJobMinutes: Float
  "Operations that failed by a fault of the server within five minutes, in percent."
  errorPercent: Float
  "The largest use of a quota by an account, in percent."
  quotaPercent: Float
}
"#;

/// How long logs are kept at most, in days.
const RETENTION_DAYS_MAX: i64 = 3_650;
/// What flags and settings are kept in.
const FOLLOWS: &[(&str, &str)] = &[("public", "admin_config")];

actions! {
    delete_feature_flag;
    feature_flags: following;
    set_feature_flag;
    system_settings: following;
    update_system_settings;
}

const SETTINGS: &str = "
    select case when s.alerts is null then s.settings
      else jsonb_set(s.settings, '{alerts,databaseBytes}', to_jsonb(s.alerts ->> 'databaseBytes')) end
    from (select g.settings, nullif(g.settings -> 'alerts', 'null') as alerts
      from public.get_system_settings() g (settings)) s";

/// The settings as they are now.
async fn current(context: ActionContext<'_>) -> Result<Outcome> {
    context.user_id()?;
    Ok(Outcome::Value(context.json(SETTINGS, &[]).await?))
}

/// Refuses numbers that the settings of logs do not take, in the words of the API: the database names what it keeps.
fn check_logging(given: &Map<String, Value>) -> Result<()> {
    let Some(Value::Object(logging)) = given.get("logging") else {
        return Ok(());
    };
    let refused = |field: &str, allowed: &str| {
        Error::bad_input(format!("logging.{field} is {allowed}")).with("field", field)
    };
    if let Some(rate) = logging.get("sampleRate").and_then(Value::as_f64)
        && !(0.0..=1.0).contains(&rate)
    {
        return Err(refused("sampleRate", "from 0 to 1"));
    }
    let Some(Value::Object(days)) = logging.get("retentionDays") else {
        return Ok(());
    };
    for (kind, days) in days {
        if let Some(days) = days.as_i64()
            && !(1..=RETENTION_DAYS_MAX).contains(&days)
        {
            let field = format!("retentionDays.{kind}");
            return Err(refused(&field, "a whole number of days from 1 to 3,650"));
        }
    }
    Ok(())
}

/// An error of the database without the name of the column that settings are kept in, which nobody here wrote.
fn in_callers_words(error: Error) -> Error {
    let message = error.message();
    match ["configData: ", "config_data: "]
        .iter()
        .find_map(|kept| message.strip_prefix(kept))
    {
        Some(rest) => Error::new(error.code(), capitalised(&named(rest))).caused_by(error),
        None => error,
    }
}

/// What the rows of settings are to those who do not see rows.
fn named(sentence: &str) -> String {
    sentence
        .replace("app_settings", "the application")
        .replace("alert_settings", "the settings of alerts")
        .replace("logging_settings", "the settings of logs")
        .replace("feature_flags", "an installation")
}

fn capitalised(sentence: &str) -> String {
    let mut signs = sentence.chars();
    let first = signs.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(signs).collect()
}

/// What was given of an input whose whole numbers of any size are texts, as the database keeps them.
fn with_numbers(mut given: Map<String, Value>) -> Result<Value> {
    if let Some(Value::Object(alerts)) = given.get_mut("alerts")
        && let Some(Value::String(bytes)) = alerts.get("databaseBytes")
    {
        let bytes: u64 = bytes.parse().map_err(|_| {
            Error::bad_input("databaseBytes is a number from 0 (no alert) on")
                .with("field", "databaseBytes")
        })?;
        alerts.insert("databaseBytes".to_owned(), bytes.into());
    }
    Ok(Value::Object(given))
}
