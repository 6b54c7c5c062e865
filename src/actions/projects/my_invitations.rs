//! `myInvitations`: what the caller is invited to.

pub(super) const SDL: &str = r#"
extend type Query {
  "Open invitations to the caller's own address, the newest first, once the caller has proved that it is theirs."
  myInvitations: [MyInvitation!]!
}
"An invitation as whoever is invited sees it."
type MyInvitation {
  "For `acceptInvitation` and `declineInvitation`."
  id: UUID!
  "What the project is called."
  projectName: String!
  "What the caller may do with it once they accept."
  role: CollaboratorRole!
  "What the person who invites is called; null when they say no name, or their account is gone."
  inviterName: String
  "The address of their picture."
  inviterAvatarUrl: String
  "When it was first sent."
  createdAt: DateTime!
  "Until when it can be accepted."
  expiresAt: DateTime!
}
"#;

sql_action!(
    user,
    "select coalesce(json_agg(json_build_object('id', id, 'projectName', project_name,
        'role', upper(role::text), 'inviterName', inviter_name, 'inviterAvatarUrl', inviter_avatar_url,
        'createdAt', created_at, 'expiresAt', expires_at)), '[]')
      from public.get_my_invitations()"
);
