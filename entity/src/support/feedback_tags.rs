use sea_orm::entity::prelude::*;

/// A label for feedback.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "feedback_tags")]
pub struct Model {
    /// The tag's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its name, at most 50 characters.
    #[sea_orm(unique)]
    pub name: String,
    /// What it means.
    pub description: Option<String>,
    /// Its colour, as `#RRGGBB`.
    pub color: String,
    /// Whether it is offered.
    pub is_active: bool,
    /// When it was made.
    pub created_at: DateTimeWithTimeZone,
    /// When it was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// What is tagged with it.
    #[sea_orm(has_many, via = "feedback_tag_links")]
    pub feedback: HasMany<super::feedback::Entity>,
    /// The links to what is tagged with it.
    #[sea_orm(has_many)]
    pub feedback_links: HasMany<super::feedback_tag_links::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
