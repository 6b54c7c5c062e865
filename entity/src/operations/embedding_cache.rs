use sea_orm::entity::prelude::*;

/// An embedding that was computed before.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "embedding_cache")]
pub struct Model {
    /// The SHA-256 of model and text, in hexadecimal.
    #[sea_orm(primary_key, auto_increment = false)]
    pub content_hash: String,
    /// The model that computed it, at most 100 characters.
    pub model: String,
    /// The vector of 1,536 numbers.
    #[sea_orm(column_type = "Vector(Some(1536))")]
    pub embedding: PgVector,
    /// When it is removed; never if not stated.
    pub expires_at: Option<DateTimeWithTimeZone>,
    /// When the row was made.
    pub created_at: DateTimeWithTimeZone,
    /// When the row was last changed.
    pub updated_at: DateTimeWithTimeZone,
}

impl ActiveModelBehavior for ActiveModel {}
