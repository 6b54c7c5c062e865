//! What has to be allowed before a call: limits of its agent, of its user and of the provider, and the user's budget.

use std::time::{Duration, Instant};

use deadpool_postgres::{Client, ClientWrapper};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    AnswerError, Question,
    choice::{Choice, Payer},
};
use crate::{
    app_state::AppState,
    config::ModelProvider,
    error::{Code, Error},
};

// What the provider refused before it answered was no use of the agent.
const AGENT: &str = "
    select config_data -> 'enabled', config_data -> 'rateLimit', exists (
      select from public.model_calls c where c.message_id = $2 and c.agent_type = $3::text::public.agent_type
        and (c.outcome <> 'failed' or c.status_code is not null))
    from public.admin_config
    where config_key = any ($1) order by array_position($1, config_key) limit 1";
const BEGIN: &str = "
    select id, refused, retry_after_ms, allowed
    from private.begin_model_call($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
const TAKE_BACK: &str = "
    update public.rate_limit_tracking t set request_count = t.request_count - 1
    from public.model_calls c
    where c.id = $1 and t.user_id = c.user_id and t.agent_type = c.agent_type and t.request_count > 0
      and c.started_at >= t.period_start and c.started_at < t.period_end";

/// A call that was allowed.
pub(super) struct Allowed {
    /// Its row in `model_calls`.
    pub id: Uuid,
    /// Whether it was counted as a use of its agent.
    pub is_counted_for_agent: bool,
}

/// Begins the call's row, unless something refuses it; its tokens are those that are read, where that can be guessed. One
/// statement decides, so that limits hold over all servers.
pub(super) async fn begin(
    app: &AppState,
    client: &ClientWrapper,
    question: &Question,
    choice: &Choice,
    agent_limits: Value,
    input_tokens: Option<u64>,
) -> Result<Allowed, AnswerError> {
    let settings = &app.settings.models;
    let is_counted_for_agent = agent_limits.is_object();
    let limits = json!({
        "agent": agent_limits,
        "user": {"perMinute": settings.model_calls_per_minute, "perDay": settings.model_calls_per_day},
        "provider": {"perMinute": choice.limits.0, "perDay": choice.limits.1},
    });
    let configuration = match choice.payer {
        Payer::Person(configuration) => Some(configuration),
        Payer::Server | Payer::Nobody => None,
    };
    let agent = question.agent.map(super::AgentType::as_str);
    let input_tokens = input_tokens.map(|count| i64::try_from(count).unwrap_or(i64::MAX));
    let prices = json!({"audioMinute": choice.minute_price});
    let statement = client.prepare_cached(BEGIN).await?;
    let row = client
        .query_one(
            &statement,
            &[
                &question.user,
                &choice.provider.as_str(),
                &choice.model,
                &agent,
                &question.purpose.as_str(),
                &question.chat,
                &question.message,
                &choice.payer.as_str(),
                &configuration,
                &input_tokens,
                &limits,
                &settings.model_budget_per_month,
                &prices,
            ],
        )
        .await?;
    match row.get::<_, Option<Uuid>>(0) {
        Some(id) => Ok(Allowed {
            id,
            is_counted_for_agent,
        }),
        None => Err(refused(row.get(1), row.get(2), row.get(3), choice.provider)),
    }
}

/// Counts a call no longer as a use of its agent: the provider refused it.
pub(super) async fn take_back(client: &Client, call: Uuid) -> Result<(), AnswerError> {
    let statement = client.prepare_cached(TAKE_BACK).await?;
    client.execute(&statement, &[&call]).await?;
    Ok(())
}

/// The limits of an agent, where one asks and this is not a further step of an answer. What the administrator did not say
/// for a provider is as for OpenAI's.
pub(super) async fn of_agent(
    client: &ClientWrapper,
    question: &Question,
    provider: ModelProvider,
) -> Result<Value, AnswerError> {
    let Some(agent) = question.agent else {
        return Ok(Value::Null);
    };
    let keys = [provider.as_str(), ModelProvider::OpenAi.as_str()]
        .map(|provider| format!("{}_{provider}", agent.as_str()));
    let statement = client.prepare_cached(AGENT).await?;
    let step_of = question.message.filter(|_| question.is_step);
    let row = client
        .query_opt(&statement, &[&keys.as_slice(), &step_of, &agent.as_str()])
        .await?;
    let Some(row) = row else {
        return Ok(Value::Null);
    };
    if row.get::<_, Value>(0) == Value::Bool(false) {
        let said = "An administrator has switched this agent off";
        return Err(Error::forbidden(said).into());
    }
    let goes_on: bool = row.get(2);
    Ok(match goes_on {
        true => Value::Null,
        false => row.get(1),
    })
}

fn refused(
    what: Option<&str>,
    retry_after_ms: Option<i64>,
    allowed: Option<&str>,
    provider: ModelProvider,
) -> AnswerError {
    let left_ms = u64::try_from(retry_after_ms.unwrap_or(0)).unwrap_or(0);
    let (label, allowed) = (provider.label(), allowed.unwrap_or_default());
    let said = match what.unwrap_or_default() {
        "provider_pause" => {
            return AnswerError::Wait {
                until: Instant::now() + Duration::from_millis(left_ms),
                provider: provider.as_str().to_owned(),
            };
        }
        "budget" => {
            return Error::limit_exceeded(
                "modelBudgetPerMonth",
                allowed,
                format!(
                    "Your budget of {allowed} US dollars for this month is spent: it begins anew with the next month \
                     (UTC). With a key of your own (saveApiConfiguration) you can go on at once"
                ),
            )
            .with("retryAfterMs", left_ms)
            .into();
        }
        "agent_minute" => format!("This agent may be asked {allowed} times a minute"),
        "agent_hour" => format!("This agent may be asked {allowed} times an hour"),
        "agent_day" => format!("This agent may be asked {allowed} times a day"),
        "user_minute" => format!("You may ask models {allowed} times a minute"),
        "user_day" => format!("You may ask models {allowed} times a day"),
        "provider_minute" => format!("{label} may be asked {allowed} times a minute"),
        _ => format!("{label} may be asked {allowed} times a day"),
    };
    Error::new(
        Code::RateLimited,
        format!("{said}: try again in {} s", left_ms.div_ceil(1_000)),
    )
    .with("limit", what.unwrap_or_default())
    .with("retryAfterMs", left_ms)
    .into()
}
