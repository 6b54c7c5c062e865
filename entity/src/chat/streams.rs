use sea_orm::entity::prelude::*;

/// An answer that is, or was, streamed into a chat; lets a client take it up again.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "streams")]
pub struct Model {
    /// The stream's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The chat it writes into.
    pub chat_id: Uuid,
    /// When the answer began.
    pub created_at: DateTimeWithTimeZone,
    /// When it was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// The chat it writes into.
    #[sea_orm(belongs_to, from = "chat_id", to = "id")]
    pub chat: BelongsTo<super::chats::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
