use sea_orm::entity::prelude::*;

/// The place of a note in a stack.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "stack_notes")]
pub struct Model {
    /// The stack.
    #[sea_orm(primary_key, auto_increment = false)]
    pub stack_id: Uuid,
    /// The note, one of the stack's owner.
    #[sea_orm(primary_key, auto_increment = false)]
    pub note_id: Uuid,
    /// The owner of both; the caller unless stated.
    pub user_id: Uuid,
    /// The place, counted from 1; the end of the stack unless stated. No two notes of a stack share one.
    pub position: i32,
    /// When the note was added.
    pub created_at: DateTimeWithTimeZone,
    /// When the note was last moved.
    pub updated_at: DateTimeWithTimeZone,
    /// The note.
    #[sea_orm(belongs_to, from = "note_id", to = "id")]
    pub note: BelongsTo<super::notes::Entity>,
    /// The stack.
    #[sea_orm(belongs_to, from = "stack_id", to = "id")]
    pub stack: BelongsTo<super::stacks::Entity>,
    /// The owner of both.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<crate::profiles::users::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
