use sea_orm::entity::prelude::*;

/// A prompt to use again. Public ones are readable by every signed-in person.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "prompt_templates")]
pub struct Model {
    /// The template's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The person who wrote it; none for one that came with the system.
    pub user_id: Option<Uuid>,
    /// Its name, at most 100 characters.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The `name` of the framework it is made with.
    pub framework_id: String,
    /// The prompt, with `{variable}` where something is to be filled in.
    pub template_content: String,
    /// What can be filled in: an array of objects with `name` and `description`.
    pub variables: Json,
    /// Whether everybody signed in may read it.
    pub is_public: bool,
    /// Whether it is offered.
    pub is_active: bool,
    /// Prompts generated with it.
    pub usage_count: i32,
    /// When it was made.
    pub created_at: DateTimeWithTimeZone,
    /// When it was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// The framework it is made with.
    #[sea_orm(belongs_to, from = "framework_id", to = "name")]
    pub framework: BelongsTo<super::prompt_frameworks::Entity>,
    /// Prompts generated with it.
    #[sea_orm(has_many)]
    pub history: HasMany<super::prompt_history::Entity>,
    /// The person who wrote it.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<Option<crate::profiles::users::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
