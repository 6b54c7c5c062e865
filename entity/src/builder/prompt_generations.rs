use sea_orm::entity::prelude::*;

use crate::prompts::prompt_history::PromptStatus;

/// A prompt generated in the builder.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "prompt_generations")]
pub struct Model {
    /// The generation's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The person who asked for it.
    pub user_id: Uuid,
    /// The project it was made for.
    pub project_id: Option<Uuid>,
    /// The recording it was made from.
    pub audio_recording_id: Option<Uuid>,
    /// What was asked for.
    pub input_text: String,
    /// The prompt that came out.
    pub generated_prompt: Option<String>,
    /// The model, at most 100 characters.
    pub model: Option<String>,
    /// The provider, at most 50 characters.
    pub provider: Option<String>,
    /// The settings it was made with.
    pub parameters: Json,
    /// Tokens read.
    pub input_tokens: Option<i32>,
    /// Tokens written.
    pub output_tokens: Option<i32>,
    /// What it cost, in US dollars.
    pub cost: Option<Decimal>,
    /// How long it took, in milliseconds.
    pub duration_ms: Option<i32>,
    /// How far it got.
    pub status: PromptStatus,
    /// What went wrong.
    pub error_message: Option<String>,
    /// When it was asked for.
    pub created_at: DateTimeWithTimeZone,
    /// When it was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// The recording it was made from.
    #[sea_orm(belongs_to, from = "audio_recording_id", to = "id")]
    pub audio_recording: BelongsTo<Option<super::audio_recordings::Entity>>,
    /// The project it was made for.
    #[sea_orm(belongs_to, from = "project_id", to = "id")]
    pub project: BelongsTo<Option<super::projects::Entity>>,
    /// The person who asked for it.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<crate::profiles::users::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
