//! Artifacts and their versions.

mod create_artifact_version;
mod revert_artifact;

/// The actions, in alphabetical order.
pub(super) fn actions() -> Vec<super::Action> {
    vec![create_artifact_version::action(), revert_artifact::action()]
}
