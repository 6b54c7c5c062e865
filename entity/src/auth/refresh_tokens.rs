use sea_orm::entity::prelude::*;

/// A token that renews a session once. The tokens of a session are one family: each names its parent.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "auth", table_name = "refresh_tokens")]
pub struct Model {
    /// The token's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The SHA-256 of the token, in hexadecimal.
    #[sea_orm(unique)]
    pub token_hash: String,
    /// Whose session it renews.
    pub user_id: Uuid,
    /// The session that it renews.
    pub session_id: Uuid,
    /// The token that was spent to get this one; none for the first of a session.
    pub parent_id: Option<Uuid>,
    /// When it was spent.
    pub used_at: Option<DateTimeWithTimeZone>,
    /// With the spent token itself, this gives the one that follows it; nothing before it is spent.
    pub child_nonce: Option<Vec<u8>>,
    /// When it can no longer be spent.
    pub expires_at: DateTimeWithTimeZone,
    /// When the token was made.
    pub created_at: DateTimeWithTimeZone,
    /// When the token was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// Whose session it renews.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::users::Entity>,
    /// The session that it renews.
    #[sea_orm(belongs_to, from = "session_id", to = "id")]
    pub session: BelongsTo<super::sessions::Entity>,
    /// The token that was spent to get this one.
    #[sea_orm(self_ref, relation_enum = "Parent", from = "parent_id", to = "id")]
    pub parent: BelongsTo<Option<Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
