//! `projectStats`: numbers over the caller's projects.

pub(super) const SDL: &str = r#"
extend type Query {
  "Numbers over the caller's projects."
  projectStats: ProjectStats!
}
"Numbers over somebody's projects."
type ProjectStats {
  "Projects that are not in the bin."
  totalProjects: BigInt!
  "Those that are active."
  activeProjects: BigInt!
  "Those that are archived."
  archivedProjects: BigInt!
  "Projects in the bin."
  deletedProjects: BigInt!
  "Projects of others that are shared with the caller."
  sharedProjects: BigInt!
  "Components of all projects."
  totalComponents: BigInt!
  "Recordings of all projects."
  totalRecordings: BigInt!
  "How long the recordings are together."
  totalRecordingSeconds: Decimal!
  "How large the recordings are together."
  totalRecordingBytes: BigInt!
  "Prompts that were generated."
  totalGenerations: BigInt!
  "In US dollars."
  totalGenerationCost: Decimal!
  "When something was last changed; null without projects."
  lastActivityAt: DateTime
}
"#;

sql_action!(
    user,
    "select json_build_object('totalProjects', total_projects::text,
        'activeProjects', active_projects::text, 'archivedProjects', archived_projects::text,
        'deletedProjects', deleted_projects::text, 'sharedProjects', shared_projects::text,
        'totalComponents', total_components::text, 'totalRecordings', total_recordings::text,
        'totalRecordingSeconds', total_recording_seconds::text,
        'totalRecordingBytes', total_recording_bytes::text,
        'totalGenerations', total_generations::text,
        'totalGenerationCost', total_generation_cost::text, 'lastActivityAt', last_activity_at)
      from public.get_user_project_stats()"
);
