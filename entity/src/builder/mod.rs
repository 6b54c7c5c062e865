//! Projects of the visual prompt builder and what belongs to them.

pub mod audio_recordings;
pub mod collaborators;
pub mod project_components;
pub mod project_invitations;
pub mod projects;
pub mod prompt_generations;
