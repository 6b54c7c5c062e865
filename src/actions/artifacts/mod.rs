//! Artifacts and their versions.

pub mod create_artifact_version;
pub mod revert_artifact;
