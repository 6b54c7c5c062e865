//! The roles of the API, as PostgreSQL and tokens name them.

/// The database role that a request's transaction takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Nobody is signed in.
    Anon,
    /// A signed-in user, administrators included.
    Authenticated,
    /// The operator's own programs: row level security does not apply.
    ServiceRole,
}

impl Role {
    /// The name of the role in PostgreSQL and in the `role` claim.
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Anon => "anon",
            Role::Authenticated => "authenticated",
            Role::ServiceRole => "service_role",
        }
    }

    /// The role of that name, or nothing.
    pub fn from_name(name: &str) -> Option<Self> {
        [Role::Anon, Role::Authenticated, Role::ServiceRole]
            .into_iter()
            .find(|role| role.as_str() == name)
    }
}
