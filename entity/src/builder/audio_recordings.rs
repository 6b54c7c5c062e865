use sea_orm::entity::prelude::*;

/// A recording made for a project; the file itself lies in the bucket `audio-recordings`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "audio_recordings")]
pub struct Model {
    /// The recording's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The person who spoke.
    pub user_id: Uuid,
    /// The project it is for.
    pub project_id: Uuid,
    /// The file's path in the bucket: `{user_id}/{project_id}/{timestamp}_{filename}`.
    #[sea_orm(unique)]
    pub storage_path: String,
    /// The file's name, at most 255 characters.
    pub file_name: String,
    /// The file's type: MP3, WAV, WebM, OGG, MP4 or AAC.
    pub mime_type: String,
    /// The file's size in bytes, at most 50 MB.
    pub size_bytes: i64,
    /// How long it is, in seconds.
    pub duration_seconds: Option<Decimal>,
    /// What is said in it.
    pub transcription: Option<String>,
    /// How far the transcription is.
    pub transcription_status: TranscriptionStatus,
    /// The language spoken, as a code such as `en`.
    pub transcription_language: Option<String>,
    /// When it was transcribed.
    pub transcribed_at: Option<DateTimeWithTimeZone>,
    /// How often a second the sound was measured, where the file says it.
    pub sample_rate_hz: Option<i32>,
    /// How many channels it has, where the file says it.
    pub channel_count: Option<i32>,
    /// What the file says of itself: `title`, `artist`, `album`, `genre`, `comment`.
    pub tags: Json,
    /// When it was made.
    pub created_at: DateTimeWithTimeZone,
    /// When it was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// Why it could not be transcribed the last time; null where it could, and while it is tried again.
    pub transcription_error: Option<String>,
    /// Prompts generated from it.
    #[sea_orm(has_many)]
    pub generations: HasMany<super::prompt_generations::Entity>,
    /// The project it is for.
    #[sea_orm(belongs_to, from = "project_id", to = "id")]
    pub project: BelongsTo<super::projects::Entity>,
    /// The person who spoke.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<crate::profiles::users::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

/// How far a transcription is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "Enum",
    enum_name = "transcription_status"
)]
pub enum TranscriptionStatus {
    /// Not begun.
    #[sea_orm(string_value = "pending")]
    Pending,
    /// Being made.
    #[sea_orm(string_value = "processing")]
    Processing,
    /// Done.
    #[sea_orm(string_value = "completed")]
    Completed,
    /// Given up.
    #[sea_orm(string_value = "failed")]
    Failed,
}
