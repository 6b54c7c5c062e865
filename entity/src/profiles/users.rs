use sea_orm::entity::prelude::*;

/// The profile of a person, made when they sign up.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "users")]
pub struct Model {
    /// The person's key: the subject of their access tokens.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The address of their account, kept equal to it; none for an anonymous account.
    #[sea_orm(unique)]
    pub email: Option<String>,
    /// When they proved that the address is theirs.
    pub email_verified: Option<DateTimeWithTimeZone>,
    /// Their full name, 1 to 255 characters.
    pub name: Option<String>,
    /// The name that others see, 1 to 100 characters.
    pub display_name: Option<String>,
    /// The address of their picture, `http` or `https`, at most 2,048 characters.
    pub avatar_url: Option<String>,
    /// What they say about themselves, at most 2,000 characters.
    pub bio: Option<String>,
    /// Switches of the application by name: `theme`, `autoSave`, `notifications`,
    /// `clusterSuggestions`, `aiFeatures`.
    pub preferences: Json,
    /// The plan that they subscribed to.
    pub subscription_plan: SubscriptionPlan,
    /// The state of the subscription; none on the free plan.
    pub subscription_status: Option<SubscriptionStatus>,
    /// When the paid period ends.
    pub subscription_current_period_end: Option<DateTimeWithTimeZone>,
    /// Whether the account is in use.
    pub is_active: bool,
    /// When they signed in most recently.
    pub last_login_at: Option<DateTimeWithTimeZone>,
    /// When they signed up.
    pub created_at: DateTimeWithTimeZone,
    /// When the profile was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// What they did.
    #[sea_orm(has_many)]
    pub activities: HasMany<crate::logs::user_activity_logs::Entity>,
    /// What agents did for them.
    #[sea_orm(has_many)]
    pub agent_activities: HasMany<crate::logs::agent_activity_logs::Entity>,
    /// Their keys for providers.
    #[sea_orm(has_many)]
    pub api_configurations: HasMany<crate::providers::api_configurations::Entity>,
    /// Calls made with their keys.
    #[sea_orm(has_many)]
    pub api_usage: HasMany<crate::usage::api_usage_logs::Entity>,
    /// Versions of their artifacts.
    #[sea_orm(has_many)]
    pub artifacts: HasMany<crate::chat::artifacts::Entity>,
    /// What they recorded.
    #[sea_orm(has_many)]
    pub audio_recordings: HasMany<crate::builder::audio_recordings::Entity>,
    /// The files that they uploaded.
    #[sea_orm(has_many)]
    pub objects: HasMany<crate::storage::objects::Entity>,
    /// Their chats.
    #[sea_orm(has_many)]
    pub chats: HasMany<crate::chat::chats::Entity>,
    /// Their clusters.
    #[sea_orm(has_many)]
    pub clusters: HasMany<crate::notes::clusters::Entity>,
    /// Their shares in projects of others.
    #[sea_orm(has_many)]
    pub collaborations: HasMany<crate::builder::collaborators::Entity>,
    /// What they said about documents that are shared by a link.
    #[sea_orm(has_many)]
    pub document_comments: HasMany<crate::documents::document_comments::Entity>,
    /// What their documents were made of.
    #[sea_orm(has_many)]
    pub document_sources: HasMany<crate::documents::document_sources::Entity>,
    /// Their documents.
    #[sea_orm(has_many)]
    pub documents: HasMany<crate::documents::documents::Entity>,
    /// Errors that they met.
    #[sea_orm(has_many)]
    pub errors: HasMany<crate::logs::error_logs::Entity>,
    /// What they told the operators.
    #[sea_orm(has_many)]
    pub feedback: HasMany<crate::support::feedback::Entity>,
    /// Repositories that they connected.
    #[sea_orm(has_many)]
    pub github_repositories: HasMany<crate::chat::github_repositories::Entity>,
    /// Their weekly insights.
    #[sea_orm(has_many)]
    pub insights: HasMany<crate::notes::insights::Entity>,
    /// Work that the server does for them in the background.
    #[sea_orm(has_many)]
    pub jobs: HasMany<crate::operations::job_queue::Entity>,
    /// Calls of models that they caused, with tokens and costs.
    #[sea_orm(has_many)]
    pub model_calls: HasMany<crate::usage::model_calls::Entity>,
    /// Notes that are proposed for their clusters.
    #[sea_orm(has_many)]
    pub note_suggestions: HasMany<crate::notes::note_suggestions::Entity>,
    /// Their notes.
    #[sea_orm(has_many)]
    pub notes: HasMany<crate::notes::notes::Entity>,
    /// Measurements that concern them.
    #[sea_orm(has_many)]
    pub performance_metrics: HasMany<crate::usage::performance_metrics::Entity>,
    /// Their settings of the prompt tools.
    #[sea_orm(has_one)]
    pub preference: HasOne<super::user_preferences::Entity>,
    /// Projects that they own.
    #[sea_orm(has_many)]
    pub projects: HasMany<crate::builder::projects::Entity>,
    /// Prompts that they generated in the builder.
    #[sea_orm(has_many)]
    pub prompt_generations: HasMany<crate::builder::prompt_generations::Entity>,
    /// Prompts that they generated with frameworks.
    #[sea_orm(has_many)]
    pub prompt_history: HasMany<crate::prompts::prompt_history::Entity>,
    /// Templates that they wrote.
    #[sea_orm(has_many)]
    pub prompt_templates: HasMany<crate::prompts::prompt_templates::Entity>,
    /// How many requests they made of the agents.
    #[sea_orm(has_many)]
    pub rate_limits: HasMany<crate::usage::rate_limit_tracking::Entity>,
    /// What of theirs full-text search finds.
    #[sea_orm(has_many)]
    pub search_entries: HasMany<crate::documents::search_index::Entity>,
    /// The places of notes in their stacks.
    #[sea_orm(has_many)]
    pub stack_notes: HasMany<crate::notes::stack_notes::Entity>,
    /// Their stacks.
    #[sea_orm(has_many)]
    pub stacks: HasMany<crate::notes::stacks::Entity>,
    /// Edits that were proposed to them.
    #[sea_orm(has_many)]
    pub suggestions: HasMany<crate::chat::suggestions::Entity>,
    /// Calls of models that they caused.
    #[sea_orm(has_many)]
    pub usage: HasMany<crate::usage::usage_logs::Entity>,
    /// Their encrypted notes.
    #[sea_orm(has_many)]
    pub vault_notes: HasMany<crate::notes::vault_notes::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

/// What a person subscribed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "Enum",
    enum_name = "user_subscription_plan"
)]
pub enum SubscriptionPlan {
    /// No payment.
    #[sea_orm(string_value = "free")]
    Free,
    /// For one person who pays.
    #[sea_orm(string_value = "pro")]
    Pro,
    /// For a group of people.
    #[sea_orm(string_value = "team")]
    Team,
    /// By contract.
    #[sea_orm(string_value = "enterprise")]
    Enterprise,
}

/// How a subscription stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "Enum",
    enum_name = "user_subscription_status"
)]
pub enum SubscriptionStatus {
    /// Tried out without payment for now.
    #[sea_orm(string_value = "trialing")]
    Trialing,
    /// Paid.
    #[sea_orm(string_value = "active")]
    Active,
    /// A payment is late.
    #[sea_orm(string_value = "past_due")]
    PastDue,
    /// Ended by either side.
    #[sea_orm(string_value = "canceled")]
    Canceled,
    /// The first payment has not arrived.
    #[sea_orm(string_value = "incomplete")]
    Incomplete,
    /// Payment failed for good.
    #[sea_orm(string_value = "unpaid")]
    Unpaid,
}
