use sea_orm::entity::prelude::*;

/// A proposed edit of a version of an artifact.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "suggestions")]
pub struct Model {
    /// The suggestion's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The artifact's `id`.
    pub document_id: Uuid,
    /// The version's `createdAt`.
    pub document_created_at: DateTimeWithTimeZone,
    /// The person who asked for it.
    pub user_id: Uuid,
    /// The text that would be replaced.
    pub original_text: String,
    /// The text that would replace it.
    pub suggested_text: String,
    /// Why.
    pub description: Option<String>,
    /// Whether it was taken over or dismissed.
    pub is_resolved: bool,
    /// When it was made.
    pub created_at: DateTimeWithTimeZone,
    /// When it was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// The version that it would change.
    #[sea_orm(
        belongs_to,
        from = "(document_id, document_created_at)",
        to = "(id, created_at)"
    )]
    pub artifact: BelongsTo<super::artifacts::Entity>,
    /// The person who asked for it.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<crate::profiles::users::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
