//! Every table of Mindloom as a SeaORM entity, and the registry of them.
//!
//! A table is one file, `<domain>/<table>.rs`: its model with relations, and the enums that it
//! brings. Doc comments there are the descriptions that API users read. A table exists for the
//! rest of the program once it has its line in the list below.
//!
//! Nothing here knows GraphQL or HTTP.

mod registry;

pub use registry::{Column, EnumType, Relation, RelationKind, Table};

pub mod auth;
pub mod documents;
pub mod notes;
pub mod operations;
pub mod profiles;
pub mod storage;

/// Writes [`tables`] from one line per table: its module, and the reason if it is private.
macro_rules! registry {
    ($($domain:ident::$table:ident $(: private $reason:literal)?;)*) => {
        /// Every table, in the order of the list in this file.
        #[must_use]
        pub fn tables() -> Vec<Table> {
            vec![$(
                registry::table::<$domain::$table::Entity>(
                    concat!(stringify!($domain), "::", stringify!($table)),
                    None$(.or(Some($reason)))?,
                ),
            )*]
        }
    };
}

/// Every enumeration type, by name.
#[must_use]
pub fn enums() -> Vec<EnumType> {
    registry::enums()
}

registry! {
    auth::accounts: private "Tokens of other services; only the server's own sign-in reads them.";
    auth::refresh_tokens: private "Only the server's own sign-in reads it.";
    auth::sessions: private "Only the server's own sign-in reads it; people see theirs through `sessions`.";
    auth::users: private "Accounts and password hashes; only the server's own sign-in reads them.";
    auth::verification_tokens: private "Only the server's own sign-in reads it.";
    documents::documents;
    documents::search_index;
    notes::clusters;
    notes::insights;
    notes::notes;
    notes::stack_notes;
    notes::stacks;
    notes::vault_notes;
    operations::embedding_cache;
    operations::job_queue;
    operations::rate_limits;
    profiles::user_preferences;
    profiles::users;
    storage::buckets: private "Files are reached through the storage routes, which read it as the caller.";
    storage::objects: private "Files are reached through the storage routes, which read it as the caller.";
}
