use sea_orm::entity::prelude::*;

/// A person's verdict on a message in one of their chats.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "votes")]
pub struct Model {
    /// The chat that holds the message.
    #[sea_orm(primary_key, auto_increment = false)]
    pub chat_id: Uuid,
    /// The message judged.
    #[sea_orm(primary_key, auto_increment = false)]
    pub message_id: Uuid,
    /// True for a vote up, false for one down.
    pub is_upvoted: bool,
    /// When the vote was cast.
    pub created_at: DateTimeWithTimeZone,
    /// When the vote was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// The chat that holds the message.
    #[sea_orm(belongs_to, from = "chat_id", to = "id")]
    pub chat: BelongsTo<super::chats::Entity>,
    /// The message judged.
    #[sea_orm(belongs_to, from = "(message_id, chat_id)", to = "(id, chat_id)")]
    pub message: BelongsTo<super::messages::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
