//! What tests share: a database of their own, a server over it, people in it.

pub mod api;
pub mod as_caller;
pub mod cluster;
mod database;
mod golden;
pub mod own_cluster;
pub mod packages;
pub mod program;
pub mod sample;
pub mod server;

pub use api::{TestApi, next};
pub use cluster::{cluster, scratch_dir};
pub use database::{TestDb, caller, connect};
pub use golden::assert_golden;
pub use own_cluster::OwnCluster;

/// Waits until something holds, for at most ten seconds.
pub async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let started = std::time::Instant::now();
    while !holds() {
        assert!(
            started.elapsed().as_secs() < 10,
            "{what} within ten seconds"
        );
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}
