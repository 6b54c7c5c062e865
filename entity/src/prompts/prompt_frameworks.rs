use sea_orm::entity::prelude::*;

/// A way to build a prompt out of named components.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "prompt_frameworks")]
pub struct Model {
    /// The framework's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its short name, as other rows refer to it.
    #[sea_orm(unique)]
    pub name: String,
    /// The name people see, at most 100 characters.
    pub display_name: String,
    /// What it is good for.
    pub description: String,
    /// Its components in order: objects with `key`, `label`, `description` and `required`.
    pub components: Json,
    /// The prompt, with `{key}` where a component goes.
    pub template: String,
    /// Filled-in examples: objects with `title` and `values`.
    pub examples: Option<Json>,
    /// Whether it is offered.
    pub is_enabled: bool,
    /// Its place in lists.
    pub sort_order: i32,
    /// When it was made.
    pub created_at: DateTimeWithTimeZone,
    /// When it was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// Prompts generated with it.
    #[sea_orm(has_many)]
    pub history: HasMany<super::prompt_history::Entity>,
    /// Templates made with it.
    #[sea_orm(has_many)]
    pub templates: HasMany<super::prompt_templates::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
