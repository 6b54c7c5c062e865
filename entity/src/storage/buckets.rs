use sea_orm::entity::prelude::*;

/// A place for files of one kind.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "storage", table_name = "buckets")]
pub struct Model {
    /// The bucket's name in paths.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// The bucket's name for people, at most 100 characters.
    #[sea_orm(unique)]
    pub name: String,
    /// Whether its files can be read without signing in.
    pub public: bool,
    /// The largest file that it takes, in bytes; no limit of its own if not stated.
    pub file_size_limit: Option<i64>,
    /// The media types that it takes; any if not stated.
    pub allowed_mime_types: Option<Vec<String>>,
    /// When the bucket was made.
    pub created_at: DateTimeWithTimeZone,
    /// When the bucket was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// Its files.
    #[sea_orm(has_many)]
    pub objects: HasMany<super::objects::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
