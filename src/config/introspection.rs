use clap::Args;

use crate::role::Role;

/// Who may ask about the schema.
#[derive(Args, Clone, Debug)]
pub struct IntrospectionSettings {
    /// Roles whose questions about the schema (`__schema`, `__type`) are answered, separated by commas; `none` for
    /// none. Others are not told the names that a misspelt one may mean, either.
    #[arg(long, env = "MINDLOOM_INTROSPECTION", value_name = "ROLE,…", global = true, value_delimiter = ',',
          default_value = "anon,authenticated,service_role", value_parser = parse_role)]
    pub introspection: Vec<AskingRole>,
}

/// A role that may ask, or the word that says that none may.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AskingRole {
    /// Nobody.
    None,
    /// Callers of this role.
    Role(Role),
}

impl IntrospectionSettings {
    /// Whether callers of a role may ask.
    #[must_use]
    pub fn allows(&self, role: Role) -> bool {
        self.introspection.contains(&AskingRole::Role(role))
    }
}

fn parse_role(text: &str) -> Result<AskingRole, String> {
    match text.trim() {
        "none" => Ok(AskingRole::None),
        name => Role::from_name(name).map(AskingRole::Role).ok_or_else(|| {
            "allowed are anon, authenticated, service_role, or none alone".to_owned()
        }),
    }
}
