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

pub use api::{TestApi, next};
pub use cluster::{cluster, scratch_dir};
pub use database::{TestDb, caller, connect};
pub use golden::assert_golden;
pub use own_cluster::OwnCluster;
