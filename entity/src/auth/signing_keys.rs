use sea_orm::entity::prelude::*;

/// A key that signs access tokens, or did.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "auth", table_name = "signing_keys")]
pub struct Model {
    /// The key's name in tokens, their `kid`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What it signs with: `HS256`, `ES256` or `EdDSA`.
    pub algorithm: String,
    /// What everybody may know of it; nothing of a symmetric key.
    pub public_jwk: Option<Json>,
    /// The private part, encrypted.
    pub private_sealed: Vec<u8>,
    /// Since when its tokens are refused.
    pub revoked_at: Option<DateTimeWithTimeZone>,
    /// When the row was made.
    pub created_at: DateTimeWithTimeZone,
    /// When the row was last changed.
    pub updated_at: DateTimeWithTimeZone,
}

impl ActiveModelBehavior for ActiveModel {}
