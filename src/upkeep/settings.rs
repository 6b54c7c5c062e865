//! The settings that administrators change while the server runs, as far as the server itself goes by them.
//!
//! They are a live query of the server's own: read when it starts, and again whenever somebody changed them, whichever
//! server that was on.

use std::{convert::Infallible, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::{FutureExt, StreamExt};
use serde_json::{Map, Value};

use crate::{
    auth::Caller,
    db::Db,
    error::{Error, Result},
    realtime::{Hub, LiveQuery},
    records::Records,
    role::Role,
    tasks::Tasks,
};

/// While the change log cannot be followed, they are read again now and then.
const AGAIN_AFTER: Duration = Duration::from_secs(5);
const LOGGING: &str = "select public.get_logging_config()";

/// Starts to follow them.
pub(super) fn start(tasks: &Tasks, db: &Db, hub: &Hub, records: &Arc<Records>) {
    let (db, hub, records) = (db.clone(), hub.clone(), Arc::clone(records));
    tasks.keep("settings", move || {
        follow(db.clone(), hub.clone(), Arc::clone(&records))
    });
}

async fn follow(db: Db, hub: Hub, records: Arc<Records>) -> Result<(), Infallible> {
    loop {
        if let Err(error) = while_heard(&db, &hub, &records).await {
            tracing::debug!(%error, "the settings are not followed now");
        }
        tokio::time::sleep(AGAIN_AFTER).await;
    }
}

async fn while_heard(db: &Db, hub: &Hub, records: &Records) -> Result<()> {
    apply(records, &read(db.clone()).await?)?;
    let (caller, from) = (
        Caller::from_claims(Role::ServiceRole, Map::new()),
        db.clone(),
    );
    let query = LiveQuery {
        key: "logging settings".to_owned(),
        caller: Arc::new(caller),
        tables: Vec::new(),
        follows: vec![("public", "admin_config")],
        run: Arc::new(move || read(from.clone()).boxed()),
    };
    let mut answers = hub.live(query).await?;
    while let Some(answer) = answers.next().await {
        apply(records, &answer?)?;
    }
    Ok(())
}

fn apply(records: &Records, settings: &Bytes) -> Result<()> {
    let settings: Value = serde_json::from_slice(settings).map_err(Error::internal)?;
    records.activity.apply(&settings);
    Ok(())
}

async fn read(db: Db) -> Result<Bytes> {
    let client = db.system().await?;
    let row = client.query_one(LOGGING, &[]).await?;
    Ok(row.get::<_, Value>(0).to_string().into())
}
