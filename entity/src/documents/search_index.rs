use sea_orm::entity::prelude::*;

/// What full-text search looks at: one row for each note, document and artifact. Kept by the server.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "search_index")]
pub struct Model {
    /// The row's key, ordered by time of creation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The key of what is found.
    pub entity_id: Uuid,
    /// What is found.
    pub entity_type: SearchEntityType,
    /// Its owner.
    pub user_id: Uuid,
    /// Its title; notes have none.
    pub title: Option<String>,
    /// Its text.
    pub content: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// The stems of title (weight A), tags (B) and the first 200,000 characters of the text (C).
    #[sea_orm(column_type = "custom(\"tsvector\")")]
    pub search_vector: String,
    /// When the row was made.
    pub created_at: DateTimeWithTimeZone,
    /// When the row was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// Its owner.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<crate::profiles::users::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

/// What a search can find.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "search_entity_type")]
pub enum SearchEntityType {
    /// A note.
    #[sea_orm(string_value = "note")]
    Note,
    /// A document.
    #[sea_orm(string_value = "document")]
    Document,
    /// An artifact of a chat, in its latest version.
    #[sea_orm(string_value = "artifact")]
    Artifact,
}
