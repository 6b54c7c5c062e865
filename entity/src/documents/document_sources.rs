use sea_orm::entity::prelude::*;

/// A note that a document was made of. Written by the server alone.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "document_sources")]
pub struct Model {
    /// The document.
    #[sea_orm(primary_key, auto_increment = false)]
    pub document_id: Uuid,
    /// The note's number, from 1: the text refers to it in square brackets.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// The owner of both.
    pub user_id: Uuid,
    /// The note; none once it is gone for good.
    pub note_id: Option<Uuid>,
    /// Whether there was room for it: whoever wrote the text was given it.
    pub is_used: bool,
    /// When it was chosen.
    pub created_at: DateTimeWithTimeZone,
    /// When it was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// The document.
    #[sea_orm(belongs_to, from = "document_id", to = "id")]
    pub document: BelongsTo<super::documents::Entity>,
    /// The note.
    #[sea_orm(belongs_to, from = "note_id", to = "id")]
    pub note: BelongsTo<Option<crate::notes::notes::Entity>>,
    /// The owner of both.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<crate::profiles::users::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
