use sea_orm::entity::prelude::*;

/// A file in a bucket.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "storage", table_name = "objects")]
pub struct Model {
    /// The file's key, ordered by time of creation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The bucket that it is in.
    pub bucket_id: String,
    /// Its path in the bucket, at most 1,024 characters.
    pub name: String,
    /// Who uploaded it; nobody where the server's own programs did. Files go with the account.
    pub owner: Option<Uuid>,
    /// The same as text, for policies that compare it with text.
    pub owner_id: Option<String>,
    /// The steps of its path.
    pub path_tokens: Vec<String>,
    /// What tells this content from the one before; none where there are no bytes.
    pub version: Option<String>,
    /// What the server knows of the content: `size` in bytes, `mimetype`, `eTag`, `cacheControl`, `lastModified`.
    pub metadata: Json,
    /// What the uploader says about it.
    pub user_metadata: Json,
    /// When it was last read.
    pub last_accessed_at: Option<DateTimeWithTimeZone>,
    /// When the file was uploaded.
    pub created_at: DateTimeWithTimeZone,
    /// When the file was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// The bucket that it is in.
    #[sea_orm(belongs_to, from = "bucket_id", to = "id")]
    pub bucket: BelongsTo<super::buckets::Entity>,
    /// Who uploaded it.
    #[sea_orm(belongs_to, from = "owner", to = "id")]
    pub uploader: BelongsTo<Option<crate::profiles::users::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
