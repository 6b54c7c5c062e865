use sea_orm::entity::prelude::*;

/// A drawer for feedback; drawers can hold drawers.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "feedback_categories")]
pub struct Model {
    /// The category's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its name, at most 100 characters.
    #[sea_orm(unique)]
    pub name: String,
    /// What goes into it.
    pub description: Option<String>,
    /// The category it is part of.
    pub parent_id: Option<Uuid>,
    /// Whether it is offered.
    pub is_active: bool,
    /// Its place in lists.
    pub sort_order: i32,
    /// When it was made.
    pub created_at: DateTimeWithTimeZone,
    /// When it was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// Its parts.
    #[sea_orm(self_ref, relation_enum = "Children", relation_reverse = "Parent")]
    pub children: HasMany<Entity>,
    /// What was filed here.
    #[sea_orm(has_many)]
    pub feedback: HasMany<super::feedback::Entity>,
    /// The category it is part of.
    #[sea_orm(
        self_ref,
        relation_enum = "Parent",
        relation_reverse = "Children",
        from = "parent_id",
        to = "id"
    )]
    pub parent: BelongsTo<Option<Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
