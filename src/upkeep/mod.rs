//! What the server does about its tables every few seconds, so that no request has to: sums that many people's requests
//! contribute to are added up; where no worker runs, it looks at the figures of health. That is no job: 17,000 rows of the queue a day would tell of it, and a server that works
//! on no jobs has to do it all the same, since its readers see what is not added up yet.

pub mod alerts;
mod settings;
pub mod webhook;

use std::{sync::Arc, time::Duration};

use crate::{
    config::Settings,
    db::{Db, unless_read_only},
    error::Error,
    realtime::Hub,
    records::Records,
    tasks::{Every, Tasks},
};

/// How long a counter that many share may lag behind.
const EVERY: Duration = Duration::from_secs(5);
/// Entries taken at a time: every statement stays short.
const BATCH: i32 = 1_000;
const FOLD_TEMPLATE_USES: &str = "select private.fold_template_uses($1)";

/// Starts to add up, to follow the settings that administrators change, and to look whether anybody looks at the figures of
/// health.
pub fn start(tasks: &Tasks, db: &Db, hub: &Hub, records: &Arc<Records>, of_server: &Settings) {
    settings::start(tasks, db, hub, records);
    alerts::start(tasks, db, of_server);
    let db = db.clone();
    tasks.every("upkeep of tables", Every::after(EVERY), move || {
        let db = db.clone();
        async move { unless_read_only(once(&db).await) }
    });
}

/// Does all that there is to do now.
///
/// # Errors
/// UNAVAILABLE when the database does not answer; INTERNAL when it refuses.
pub async fn once(db: &Db) -> Result<(), Error> {
    let client = db.system().await?;
    loop {
        let folded = client.query_one(FOLD_TEMPLATE_USES, &[&BATCH]).await;
        if folded?.get::<_, i64>(0) < i64::from(BATCH) {
            return Ok(());
        }
    }
}
