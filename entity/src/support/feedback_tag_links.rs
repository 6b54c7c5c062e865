use sea_orm::entity::prelude::*;

/// A tag on a piece of feedback.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "feedback_tag_links")]
pub struct Model {
    /// The feedback.
    #[sea_orm(primary_key, auto_increment = false)]
    pub feedback_id: Uuid,
    /// The tag.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tag_id: Uuid,
    /// When it was tagged.
    pub created_at: DateTimeWithTimeZone,
    /// When it was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// The feedback.
    #[sea_orm(belongs_to, from = "feedback_id", to = "id")]
    pub feedback: BelongsTo<super::feedback::Entity>,
    /// The tag.
    #[sea_orm(belongs_to, from = "tag_id", to = "id")]
    pub tag: BelongsTo<super::feedback_tags::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
