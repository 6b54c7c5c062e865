use sea_orm::entity::prelude::*;

/// A conversation between a person and the agents.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "chats")]
pub struct Model {
    /// The chat's key. Whoever has it can read the chat while it is public.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The person whose chat it is.
    pub user_id: Uuid,
    /// What it is about, 1 to 500 characters. While it is `New chat`, the first message that `sendMessage` sends names
    /// the chat.
    pub title: String,
    /// Whether others may read it by its key.
    pub visibility: ChatVisibility,
    /// What the application remembers of the last exchange, such as the use of the context window.
    pub last_context: Option<Json>,
    /// Tokens read by models, summed over the messages.
    pub total_input_tokens: i64,
    /// Tokens written by models, summed over the messages.
    pub total_output_tokens: i64,
    /// What the messages cost, in US dollars.
    pub total_cost: Decimal,
    /// When the chat was begun.
    pub created_at: DateTimeWithTimeZone,
    /// When the chat or its totals last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// Versions of artifacts made in it.
    #[sea_orm(has_many)]
    pub artifacts: HasMany<super::artifacts::Entity>,
    /// What was said, in order of time.
    #[sea_orm(has_many)]
    pub messages: HasMany<super::messages::Entity>,
    /// Calls of models made for it, with tokens and costs.
    #[sea_orm(has_many)]
    pub model_calls: HasMany<crate::usage::model_calls::Entity>,
    /// Answers that were streamed in it.
    #[sea_orm(has_many)]
    pub streams: HasMany<super::streams::Entity>,
    /// Calls of models made for it.
    #[sea_orm(has_many)]
    pub usage_logs: HasMany<crate::usage::usage_logs::Entity>,
    /// The person whose chat it is.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<crate::profiles::users::Entity>,
    /// The verdicts on its messages.
    #[sea_orm(has_many)]
    pub votes: HasMany<super::votes::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

/// Who may read a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "chat_visibility")]
pub enum ChatVisibility {
    /// Whoever has its key.
    #[sea_orm(string_value = "public")]
    Public,
    /// Only its owner.
    #[sea_orm(string_value = "private")]
    Private,
}
