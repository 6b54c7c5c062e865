use sea_orm::entity::prelude::*;

/// A token that somebody gave to a program of theirs, which reads and writes as them.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "auth", table_name = "personal_access_tokens")]
pub struct Model {
    /// The token's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose token it is.
    pub user_id: Uuid,
    /// What it is for, 1 to 100 characters.
    pub name: String,
    /// The SHA-256 of the token, in hexadecimal.
    #[sea_orm(unique)]
    pub token_hash: String,
    /// Whether it lets the program write, too.
    pub may_write: bool,
    /// When it was used most recently, to the minute.
    pub last_used_at: Option<DateTimeWithTimeZone>,
    /// When it ends.
    pub expires_at: DateTimeWithTimeZone,
    /// When the token was made.
    pub created_at: DateTimeWithTimeZone,
    /// When the row was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// Whose token it is.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::users::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
