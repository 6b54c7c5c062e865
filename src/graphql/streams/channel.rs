//! What the streams of channels have in common: which channel, and that it may be read.

use std::{sync::Arc, time::Duration};

use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use serde::Deserialize;
use serde_json::Value;

use super::{StreamContext, Values};
use crate::{
    auth::Caller,
    error::{Error, Result},
    realtime::channels::{Access, Channels},
};

#[derive(Deserialize)]
pub(super) struct Arguments {
    pub(super) channel: String,
    pub(super) private: bool,
}

impl StreamContext {
    /// The values of a channel; of a private one, until the right to read them is withdrawn.
    pub(super) fn while_allowed(
        self,
        values: Values,
        arguments: Arguments,
        is_allowed: fn(&Access) -> bool,
    ) -> Values {
        let StreamContext {
            channels, caller, ..
        } = self;
        match arguments.private {
            true => watched(values, channels, caller, arguments.channel, is_allowed),
            false => values,
        }
    }
}

/// The values, until the right to read them is withdrawn, which is checked now and then.
fn watched(
    values: BoxStream<'static, Result<Value>>,
    channels: Channels,
    caller: Arc<Caller>,
    channel: String,
    is_allowed: fn(&Access) -> bool,
) -> BoxStream<'static, Result<Value>> {
    let every = Duration::from_millis(channels.settings().realtime_recheck_ms.max(100));
    let mut checks = tokio::time::interval(every);
    checks.reset();
    let state = (values, checks, false);
    let watched = stream::unfold(state, move |(mut values, mut checks, ended)| {
        let (channels, caller, channel) = (channels.clone(), caller.clone(), channel.clone());
        async move {
            if ended {
                return None;
            }
            loop {
                tokio::select! {
                    value = values.next() => return value.map(|value| (value, (values, checks, false))),
                    _ = checks.tick() => {
                        // While the database is away nothing is known against the caller.
                        let allowed = channels.may_read(&caller, &channel).await.unwrap_or(Access::FULL);
                        if !is_allowed(&allowed) {
                            let error = Error::forbidden(format!("You may no longer read the private channel {channel}"));
                            return Some((Err(error), (values, checks, true)));
                        }
                    }
                }
            }
        }
    });
    watched.boxed()
}
