//! Artifacts and their versions.

actions! {
    create_artifact_version;
    revert_artifact;
}
