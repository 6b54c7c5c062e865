//! `resumeProvider`: lifts the pause that a provider asked for.

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Lets jobs and calls of a provider go on that asked to wait (429, 503), for example once its limit was raised. True where
  it was waited for; it may ask for another pause at once. For administrators.
  """
  resumeProvider(
    "The provider, as `provider` of its jobs names it: openai, anthropic, google or compatible; of a person's own key with the person's id behind it, such as openai/…"
    name: String!
  ): Boolean!
}
"#;

sql_action!(user, "select to_jsonb(public.resume_provider($1))", name: String);
