use sea_orm::entity::prelude::*;

/// A text made from the notes of a cluster.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "documents")]
pub struct Model {
    /// The document's key, ordered by time of creation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its owner; the caller unless stated.
    pub user_id: Uuid,
    /// The cluster that it was made from, one of the owner's.
    pub cluster_id: Option<Uuid>,
    /// The document that it is the next version of, one of the owner's.
    pub parent_document_id: Option<Uuid>,
    /// Its title, 1 to 500 characters.
    pub title: String,
    /// The text, at most 1,000,000 characters.
    pub content: String,
    /// The markup of the text.
    pub format: DocumentFormat,
    /// How far it has come.
    pub status: DocumentStatus,
    /// Its tags, at most 20 of 1 to 50 characters.
    pub tags: Vec<String>,
    /// One more than the version of its parent; 1 without one. Set by the server.
    pub version: i32,
    /// The words of the text. Counted by the server.
    pub word_count: i32,
    /// Minutes that reading it takes, at 200 words a minute, rounded up. Counted by the server.
    pub reading_time: i32,
    /// Whether whoever knows the token may read it.
    pub is_public: bool,
    /// What the link to it contains. Made when sharing starts and forgotten when it ends.
    pub share_token: Option<Uuid>,
    /// When the sharing ends by itself; never if not stated.
    pub share_expires_at: Option<DateTimeWithTimeZone>,
    /// Whether readers of the link may comment.
    pub allow_comments: bool,
    /// How it was made: model, prompt and the like.
    pub generation_metadata: Json,
    /// The Argon2id hash of the password that the link asks for. Never readable.
    pub share_password_hash: Option<String>,
    /// How far the server has come with it; none for one that people write themselves.
    pub generation_state: Option<GenerationState>,
    /// The job that writes it: `cancelJob` stops it.
    pub generation_job_id: Option<Uuid>,
    /// When the document was made.
    pub created_at: DateTimeWithTimeZone,
    /// When the document was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// The versions made from it.
    #[sea_orm(self_ref, relation_enum = "Children", relation_reverse = "Parent")]
    pub children: HasMany<Entity>,
    /// The cluster that it was made from.
    #[sea_orm(belongs_to, from = "cluster_id", to = "id")]
    pub cluster: BelongsTo<Option<crate::notes::clusters::Entity>>,
    /// What holders of its link said about it.
    #[sea_orm(has_many)]
    pub comments: HasMany<super::document_comments::Entity>,
    /// The document that it is the next version of.
    #[sea_orm(
        self_ref,
        relation_enum = "Parent",
        relation_reverse = "Children",
        from = "parent_document_id",
        to = "id"
    )]
    pub parent: BelongsTo<Option<Entity>>,
    /// The notes that it was made of, in the order by whose numbers its text refers to them.
    #[sea_orm(has_many)]
    pub sources: HasMany<super::document_sources::Entity>,
    /// Its owner.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<crate::profiles::users::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

/// The markup of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "document_format")]
pub enum DocumentFormat {
    /// Markdown.
    #[sea_orm(string_value = "markdown")]
    Markdown,
    /// HTML.
    #[sea_orm(string_value = "html")]
    Html,
    /// None.
    #[sea_orm(string_value = "plain_text")]
    PlainText,
}

/// Where a document is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "document_status")]
pub enum DocumentStatus {
    /// Being written.
    #[sea_orm(string_value = "draft")]
    Draft,
    /// Finished.
    #[sea_orm(string_value = "published")]
    Published,
    /// Put away.
    #[sea_orm(string_value = "archived")]
    Archived,
}

/// How far the server has come with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "generation_state")]
pub enum GenerationState {
    /// Its job has not begun.
    #[sea_orm(string_value = "waiting")]
    Waiting,
    /// It is being written; what is there is a part of it.
    #[sea_orm(string_value = "writing")]
    Writing,
    /// It is whole.
    #[sea_orm(string_value = "complete")]
    Complete,
    /// Somebody stopped it; what was there then stays.
    #[sea_orm(string_value = "stopped")]
    Stopped,
    /// It could not be written; `generationMetadata` says why in `error`.
    #[sea_orm(string_value = "failed")]
    Failed,
}
