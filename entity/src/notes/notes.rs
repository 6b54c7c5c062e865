use sea_orm::entity::prelude::*;

/// Something that a person wrote down.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "notes")]
pub struct Model {
    /// The note's key, ordered by time of creation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its owner; the caller unless stated.
    pub user_id: Uuid,
    /// The cluster that it is in, one of the owner's.
    pub cluster_id: Option<Uuid>,
    /// The text, 1 to 50,000 characters.
    pub content: String,
    /// Its tags, at most 20 of 1 to 50 characters.
    pub tags: Vec<String>,
    /// What else is known of it, each optional: `source` (1 to 100 characters), `importance` (low, medium,
    /// high), `sentiment` (positive, neutral, negative), `categories` (at most 10 of 1 to 50 characters),
    /// `linkedNoteIds` (at most 50), `custom` (an object). The server adds `wordCount`, `characterCount` and `tags`.
    pub metadata: Json,
    /// The words of the text. Counted by the server.
    pub word_count: i32,
    /// The characters of the text. Counted by the server.
    pub character_count: i32,
    /// The meaning of the text as a vector of 1,536 numbers. The server fills it where nobody else does, and overwrites
    /// only its own. Orders and conditions by distance take stale vectors and those of all models: add
    /// `embeddingIsStale: {eq: false}, embeddingModel: {eq: …}`.
    #[sea_orm(column_type = "Vector(Some(1536))")]
    pub embedding: Option<PgVector>,
    /// The SHA-256, in lower-case hexadecimal, of the text that the embedding was made from. Whoever writes
    /// an embedding says so here. Without it, an embedding that comes in one write with the text is of that
    /// text; of any other nobody knows, so that it is stale.
    pub embedding_hash: Option<String>,
    /// The model that made the embedding, 1 to 100 characters, as `local` or `openai:text-embedding-3-small`. Whoever
    /// writes an embedding names it here, by another name than that of the server's model; vectors of different models
    /// cannot be compared. None where nobody did.
    pub embedding_model: Option<String>,
    /// When the embedding was set.
    pub embedding_updated_at: Option<DateTimeWithTimeZone>,
    /// Whether there is no embedding of the present `content`: none at all, where a model is in use, or one of another text,
    /// or of nobody knows which. It waits to be made, and searches by meaning leave the note out. Kept by the server.
    pub embedding_is_stale: bool,
    /// When it was deleted. It can be restored for 30 days, then it is removed.
    pub deleted_at: Option<DateTimeWithTimeZone>,
    /// When the note was written.
    pub created_at: DateTimeWithTimeZone,
    /// When the note was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// The cluster that it is in.
    #[sea_orm(belongs_to, from = "cluster_id", to = "id")]
    pub cluster: BelongsTo<Option<super::clusters::Entity>>,
    /// The documents that were made of it.
    #[sea_orm(has_many)]
    pub document_sources: HasMany<crate::documents::document_sources::Entity>,
    /// The clusters for which it is proposed, and those that refused it.
    #[sea_orm(has_many)]
    pub note_suggestions: HasMany<super::note_suggestions::Entity>,
    /// Its places in stacks.
    #[sea_orm(has_many)]
    pub stack_notes: HasMany<super::stack_notes::Entity>,
    /// Its owner.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<crate::profiles::users::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
