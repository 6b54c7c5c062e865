use sea_orm::entity::prelude::*;

/// How a person has set up the prompt tools; one row for each.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "user_preferences")]
pub struct Model {
    /// The row's key, ordered by time of creation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose settings they are; the caller unless stated.
    #[sea_orm(unique)]
    pub user_id: Uuid,
    /// Whose models answer by default.
    pub selected_model: PromptProvider,
    /// The framework that new prompts start with.
    pub selected_framework: PromptFrameworkName,
    /// The colours of the user interface.
    pub theme: UiTheme,
    /// The language of the user interface as a BCP 47 tag, such as `en` or `pt-BR`.
    pub language: String,
    /// Whether to notify of finished work.
    pub enable_notifications: bool,
    /// Whether their use may be counted.
    pub enable_analytics: bool,
    /// Whether prompts are kept in their history.
    pub enable_history: bool,
    /// Whether to ask for feedback.
    pub enable_feedback: bool,
    /// How many days the history is kept, 1 to 3,650, if `autoCleanup` is on.
    pub max_history_days: i32,
    /// Whether the daily upkeep removes older history.
    pub auto_cleanup: bool,
    /// When the row was made.
    pub created_at: DateTimeWithTimeZone,
    /// When the row was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// Whose settings they are.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<crate::profiles::users::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

/// A way of structuring a prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "Enum",
    enum_name = "prompt_framework_name"
)]
pub enum PromptFrameworkName {
    /// Role, objective, scenario, expected solution, steps.
    #[sea_orm(string_value = "roses")]
    Roses,
    /// Action, purpose, expectation.
    #[sea_orm(string_value = "ape")]
    Ape,
    /// Task, action, goal.
    #[sea_orm(string_value = "tag")]
    Tag,
    /// Expectation, role, action.
    #[sea_orm(string_value = "era")]
    Era,
    /// Role, action, context, expectation.
    #[sea_orm(string_value = "race")]
    Race,
    /// Request, input, scenario, expectation.
    #[sea_orm(string_value = "rise")]
    Rise,
    /// Context, action, result, example.
    #[sea_orm(string_value = "care")]
    Care,
    /// Context, objective, actions, scenario, task.
    #[sea_orm(string_value = "coast")]
    Coast,
    /// Task, request, action, context, example.
    #[sea_orm(string_value = "trace")]
    Trace,
}

/// A company whose models answer prompts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "prompt_provider")]
pub enum PromptProvider {
    /// OpenAI.
    #[sea_orm(string_value = "openai")]
    Openai,
    /// Google, by its Gemini models.
    #[sea_orm(string_value = "google")]
    Google,
    /// Anthropic.
    #[sea_orm(string_value = "anthropic")]
    Anthropic,
}

/// The colours of the user interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "ui_theme")]
pub enum UiTheme {
    /// Dark on light.
    #[sea_orm(string_value = "light")]
    Light,
    /// Light on dark.
    #[sea_orm(string_value = "dark")]
    Dark,
    /// As the device is set.
    #[sea_orm(string_value = "system")]
    System,
}
