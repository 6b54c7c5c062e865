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
    /// The message that it writes; none where a client only marks that it writes one.
    pub message_id: Option<Uuid>,
    /// The job that writes it.
    pub job_id: Option<Uuid>,
    /// How far it is; none where the server does not write it.
    pub status: Option<StreamStatus>,
    /// Why it failed: one of the codes of errors.
    pub error_code: Option<String>,
    /// Why it failed, in a sentence.
    pub error_message: Option<String>,
    /// When somebody wished that it ends.
    pub stop_requested_at: Option<DateTimeWithTimeZone>,
    /// When it ended.
    pub ended_at: Option<DateTimeWithTimeZone>,
    /// When the answer began.
    pub created_at: DateTimeWithTimeZone,
    /// When it was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// The chat it writes into.
    #[sea_orm(belongs_to, from = "chat_id", to = "id")]
    pub chat: BelongsTo<super::chats::Entity>,
    /// The message that it writes.
    #[sea_orm(belongs_to, from = "(message_id, chat_id)", to = "(id, chat_id)")]
    pub message: BelongsTo<Option<super::messages::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}

/// How far an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "stream_status")]
pub enum StreamStatus {
    /// It is about to be written.
    #[sea_orm(string_value = "waiting")]
    Waiting,
    /// It is being written.
    #[sea_orm(string_value = "writing")]
    Writing,
    /// It ended with a tool that asks whether it may: see `answerToolRequest`.
    #[sea_orm(string_value = "asking")]
    Asking,
    /// It is complete.
    #[sea_orm(string_value = "completed")]
    Completed,
    /// Somebody ended it; what was written is kept.
    #[sea_orm(string_value = "stopped")]
    Stopped,
    /// It could not be completed; what was written is kept.
    #[sea_orm(string_value = "failed")]
    Failed,
}
