//! `people`: names and pictures of those with whom the caller shares projects.

use uuid::Uuid;

pub(super) const SDL: &str = r#"
extend type Query {
  "The people of a project that the caller belongs to, the caller included; without a project, of all of them, one entry for each person and project. At most 1,000."
  people(
    "The project; all of the caller's without it."
    projectId: UUID
  ): [Person!]!
}
"Somebody with whom the caller shares a project."
type Person {
  "The project."
  projectId: UUID!
  "The person."
  userId: UUID!
  "What they call themselves; null when they say nothing."
  displayName: String
  "The address of their picture."
  avatarUrl: String
  "What they may do with the project."
  role: CollaboratorRole!
  "Whether the project is theirs."
  isOwner: Boolean!
}
"#;

sql_action!(
    user,
    "select coalesce(json_agg(json_build_object('projectId', project_id, 'userId', user_id,
        'displayName', display_name, 'avatarUrl', avatar_url, 'role', upper(role::text),
        'isOwner', is_owner)), '[]')
      from public.get_people(p_project_id => $1)",
    project_id: Option<Uuid>
);
