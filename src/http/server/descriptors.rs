//! How many connections the limit of open files has room for.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

use super::gate::KEPT_SEATS;
use crate::config::Settings;

/// Open files of the server itself beside the database's connections: listener, log, clients of mail and providers,
/// files of the embedded PostgreSQL.
const OWN: usize = 48;
/// So many connections are served however few descriptors there are.
const CONNECTIONS_MIN: usize = 8;
/// More is never asked of the system.
const DESCRIPTORS_MAX: u64 = 1 << 20;

/// Takes as many descriptors as the system lets this process have. Shells give a thousand and allow a million.
pub fn raise_descriptors() {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else {
        return;
    };
    let wanted = hard.min(DESCRIPTORS_MAX);
    if wanted > soft
        && let Err(error) = setrlimit(Resource::RLIMIT_NOFILE, wanted, hard)
    {
        tracing::debug!(%error, soft, wanted, "the limit of open files stays");
    }
}

/// Connections that may be open at once: what the settings say, and no more than there are descriptors for.
pub(super) fn max_connections(settings: &Settings) -> usize {
    let limit = getrlimit(Resource::RLIMIT_NOFILE).map_or(1_024, |(soft, _)| soft);
    let limit = usize::try_from(limit.min(DESCRIPTORS_MAX)).unwrap_or(usize::MAX);
    let database = &settings.database;
    let pools =
        database.request_pool().max + database.transaction_pool_size + database.system_pool_size;
    // The channels and the change log listen on connections of their own.
    let others = OWN + KEPT_SEATS + usize::try_from(pools).unwrap_or(usize::MAX) + 4;
    let room = limit.saturating_sub(others).max(CONNECTIONS_MIN);
    match settings.connections.max_connections {
        0 => room,
        wanted => wanted.min(room),
    }
}
