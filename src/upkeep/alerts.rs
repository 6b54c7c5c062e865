//! Figures of health, and the alerts that are raised and resolved by them. The database decides, so that several servers
//! raise one alert.
//!
//! A job looks once a minute. Where no worker runs there are no jobs: then a server looks by itself, so that this is told,
//! too.

use std::time::Duration;

use serde_json::Value;
use tokio_postgres::Client;
use uuid::Uuid;

use super::webhook;
use crate::{
    config::Settings,
    db::{Db, unless_read_only},
    error::Result,
    tasks::{Every, Tasks},
};

/// How often a server makes sure that somebody looks.
const EVERY: Duration = Duration::from_secs(60);
const CHECK: &str = "select event, alert from private.check_alerts($1)";
const IS_OVERDUE: &str = "select private.health_check_is_overdue()";
const MAIL: &str = "select private.enqueue_job('health.mail', jsonb_build_object('event', $1::text, 'alert', $2::jsonb))";

/// What happened to an alert.
#[derive(Debug)]
pub struct Event {
    /// `raised` or `resolved`.
    pub event: String,
    /// Its row.
    pub alert: Value,
}

/// Looks at the figures, in whichever transaction is open.
///
/// # Errors
/// When the database refuses or does not answer.
pub async fn check(client: &Client, settings: &Settings) -> Result<Vec<Event>> {
    let rows = client.query(CHECK, &[&settings.callers.quotas()]).await?;
    let events = rows.iter().map(|row| {
        Ok(Event {
            event: row.try_get(0)?,
            alert: row.try_get(1)?,
        })
    });
    events.collect()
}

impl Event {
    /// Its line in the log. It names nobody.
    pub fn say(&self) {
        let text = |name: &str| self.alert[name].as_str().unwrap_or_default();
        let (kind, message) = (text("kind"), text("message"));
        let threshold = &self.alert["threshold"];
        match self.event.as_str() {
            "raised" => tracing::warn!(kind, %threshold, "alert: {message}"),
            _ => tracing::info!(kind, %threshold, "alert resolved, now: {message}"),
        }
    }
}

/// Has a server look where nobody else does.
pub(super) fn start(tasks: &Tasks, db: &Db, settings: &Settings) {
    let (db, settings) = (db.clone(), settings.clone());
    tasks.every("alerts without workers", Every::after(EVERY), move || {
        let (db, settings) = (db.clone(), settings.clone());
        async move { unless_read_only(look_if_nobody_does(&db, &settings).await) }
    });
}

/// Looks at the figures if no job has for two minutes, tells the log and the webhook, and leaves the mails to workers that
/// may come.
///
/// # Errors
/// When the database refuses or does not answer.
pub async fn look_if_nobody_does(db: &Db, settings: &Settings) -> Result<()> {
    let client = db.system().await?;
    let overdue = client.query_one(IS_OVERDUE, &[]).await?;
    drop(client);
    if !overdue.try_get::<_, bool>(0)? {
        return Ok(());
    }
    let begun = db.begin_system().await?;
    let events = check(&begun, settings).await?;
    if settings.alerts.alert_mails {
        for event in &events {
            begun.execute(MAIL, &[&event.event, &event.alert]).await?;
        }
    }
    begun.commit().await?;
    for event in &events {
        event.say();
        if let Err(error) = webhook::send(&settings.alerts, Uuid::now_v7(), event).await {
            tracing::warn!(%error, "an alert could not be sent");
        }
    }
    Ok(())
}
