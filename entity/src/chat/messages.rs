use sea_orm::entity::prelude::*;

/// One message of a chat.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "messages")]
pub struct Model {
    /// The message's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The chat it belongs to.
    pub chat_id: Uuid,
    /// Who speaks.
    pub role: MessageRole,
    /// The content: an array of parts, such as text, reasoning and tool calls; see docs/chat.md. Of an answer that is
    /// being written it is what was written before: follow its stream with the subscription `chatStream`.
    pub parts: Json,
    /// Files that came with it: an array of objects with `name`, `contentType` and `objectId`, the key of a stored file
    /// whose address is in `attachmentUrls`, or `url`.
    pub attachments: Json,
    /// The model that wrote it, at most 100 characters.
    pub model_used: Option<String>,
    /// Tokens the model read for it.
    pub input_tokens: Option<i32>,
    /// Tokens the model wrote.
    pub output_tokens: Option<i32>,
    /// What it cost, in US dollars.
    pub cost: Option<Decimal>,
    /// The message that it follows. Messages that follow the same one are branches of the chat.
    pub parent_id: Option<Uuid>,
    /// Whether it is in the branch that is shown, and that models read.
    pub is_current: bool,
    /// When it was sent.
    pub created_at: DateTimeWithTimeZone,
    /// When it was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// The chat it belongs to.
    #[sea_orm(belongs_to, from = "chat_id", to = "id")]
    pub chat: BelongsTo<super::chats::Entity>,
    /// Calls of models that made it.
    #[sea_orm(has_many)]
    pub model_calls: HasMany<crate::usage::model_calls::Entity>,
    /// The messages that follow it, one a branch.
    #[sea_orm(self_ref, relation_enum = "Children", relation_reverse = "Parent")]
    pub children: HasMany<Entity>,
    /// The message that it follows.
    #[sea_orm(
        self_ref,
        relation_enum = "Parent",
        relation_reverse = "Children",
        from = "parent_id",
        to = "id"
    )]
    pub parent: BelongsTo<Option<Entity>>,
    /// The streams that wrote it.
    #[sea_orm(has_many)]
    pub streams: HasMany<super::streams::Entity>,
    /// The verdict on it, if there is one.
    #[sea_orm(has_one)]
    pub vote: HasOne<super::votes::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

/// Who speaks in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "message_role")]
pub enum MessageRole {
    /// The person.
    #[sea_orm(string_value = "user")]
    User,
    /// An agent.
    #[sea_orm(string_value = "assistant")]
    Assistant,
    /// The application.
    #[sea_orm(string_value = "system")]
    System,
}
