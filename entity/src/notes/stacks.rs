use sea_orm::entity::prelude::*;

/// A list of notes in an order that its owner chose.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "stacks")]
pub struct Model {
    /// The stack's key, ordered by time of creation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its owner; the caller unless stated.
    pub user_id: Uuid,
    /// What it is called, 1 to 200 characters.
    pub name: String,
    /// Whether it is kept in view.
    pub pinned: bool,
    /// When the stack was made.
    pub created_at: DateTimeWithTimeZone,
    /// When the stack was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// The places of its notes; order them by `position`.
    #[sea_orm(has_many)]
    pub stack_notes: HasMany<super::stack_notes::Entity>,
    /// Its owner.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<crate::profiles::users::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
