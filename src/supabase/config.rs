//! What a client asks for when it joins: the payload of `phx_join`.
//!
//! As on Supabase's server, a field of the wrong kind counts as absent, and booleans may be text.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value};

/// A join's payload, read.
#[derive(Debug, Default)]
pub(super) struct JoinConfig {
    /// The token of the user, when it is another one than the connection's.
    pub(super) access_token: Option<String>,
    pub(super) private: bool,
    /// Whether broadcasts are confirmed.
    pub(super) ack: bool,
    /// Whether the sender of a broadcast gets it too.
    pub(super) self_broadcast: bool,
    pub(super) presence: bool,
    pub(super) presence_key: Option<String>,
    pub(super) replay: Option<Replay>,
    /// The client wants to be told when messages from the database can arrive.
    pub(super) replication_ready: bool,
    /// The changes that it wants, each as it was asked for.
    pub(super) postgres_changes: Vec<Map<String, Value>>,
}

/// What is to be repeated of what was sent from SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Replay {
    /// At most `limit` messages since then.
    Since(SystemTime, i64),
    /// The client asked in a way that makes no sense.
    Malformed,
}

impl JoinConfig {
    /// Reads a payload.
    pub(super) fn read(payload: &Value) -> Self {
        let text = |name: &str| payload.get(name).and_then(Value::as_str).map(str::to_owned);
        let config = payload.get("config");
        let at = |path: &str| config.and_then(|config| config.pointer(path));
        let changes = at("/postgres_changes").and_then(Value::as_array);
        JoinConfig {
            access_token: text("user_token").or_else(|| text("access_token")),
            private: flag(at("/private")),
            ack: flag(at("/broadcast/ack")),
            self_broadcast: flag(at("/broadcast/self")),
            presence: flag(at("/presence/enabled")),
            presence_key: at("/presence/key")
                .and_then(Value::as_str)
                .filter(|key| !key.is_empty())
                .map(str::to_owned),
            replay: at("/broadcast/replay").map(replay),
            replication_ready: flag(at("/broadcast/replication_ready")),
            postgres_changes: changes
                .into_iter()
                .flatten()
                .filter_map(Value::as_object)
                .cloned()
                .collect(),
        }
    }
}

fn flag(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
        _ => false,
    }
}

fn replay(value: &Value) -> Replay {
    let limit = value.get("limit").map_or(Some(25), Value::as_i64);
    match (value.get("since").and_then(Value::as_u64), limit) {
        // Later than the year 9999 is no time that was meant.
        (Some(since_ms), Some(limit)) if since_ms < 253_402_300_800_000 => {
            Replay::Since(UNIX_EPOCH + Duration::from_millis(since_ms), limit)
        }
        _ => Replay::Malformed,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_what_supabase_js_sends() {
        let config = JoinConfig::read(&json!({
            "config": {
                "broadcast": {"ack": true, "self": "True", "replay": {"since": 1000, "limit": 3}},
                "presence": {"key": "alice", "enabled": true},
                "postgres_changes": [{"event": "*", "schema": "public", "table": "notes"}, null],
                "private": "TRUE"
            },
            "access_token": "jwt"
        }));
        assert_eq!(config.access_token.as_deref(), Some("jwt"));
        assert!(config.private && config.ack && config.self_broadcast && config.presence);
        assert_eq!(config.presence_key.as_deref(), Some("alice"));
        assert_eq!(
            config.replay,
            Some(Replay::Since(UNIX_EPOCH + Duration::from_secs(1), 3))
        );
        assert_eq!(config.postgres_changes.len(), 1);
    }

    #[test]
    fn what_is_absent_or_of_the_wrong_kind_is_off() {
        let config = JoinConfig::read(&json!({
            "config": {"private": 1, "broadcast": "yes", "presence": {"key": "", "enabled": "no"}, "postgres_changes": {}}
        }));
        assert!(!config.private && !config.ack && !config.self_broadcast && !config.presence);
        assert_eq!(
            (config.presence_key, config.access_token, config.replay),
            (None, None, None)
        );
        assert!(config.postgres_changes.is_empty());
        let config =
            JoinConfig::read(&json!({"config": {"broadcast": {"replay": {"since": "yesterday"}}}}));
        assert_eq!(config.replay, Some(Replay::Malformed));
    }
}
