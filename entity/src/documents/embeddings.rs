use sea_orm::entity::prelude::*;

/// What a note, document or artifact means to one model, as a vector. Kept by the server.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "embeddings")]
pub struct Model {
    /// The key of the note, document or artifact.
    #[sea_orm(primary_key, auto_increment = false)]
    pub entity_id: Uuid,
    /// Which of them it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub entity_type: super::search_index::SearchEntityType,
    /// The model whose vector it is, as `local` or `openai:text-embedding-3-small`, at most 100 characters.
    #[sea_orm(primary_key, auto_increment = false)]
    pub model: String,
    /// Whose text it is.
    pub user_id: Uuid,
    /// The vector, with as many numbers as the model gives; none before the first.
    #[sea_orm(column_type = "Vector(None)")]
    pub embedding: Option<PgVector>,
    /// The SHA-256, in lower-case hexadecimal, of the text that the vector was made from.
    pub text_hash: Option<String>,
    /// Whether the vector is missing, or of an older text.
    pub is_stale: bool,
    /// Why the model does not take the text, at most 1,000 characters; it is asked again when the text changes.
    pub error: Option<String>,
    /// When the text was written.
    pub created_at: DateTimeWithTimeZone,
    /// When the text or its vector was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// The text.
    #[sea_orm(
        belongs_to,
        from = "(entity_id, entity_type)",
        to = "(entity_id, entity_type)"
    )]
    pub search_entry: BelongsTo<super::search_index::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
