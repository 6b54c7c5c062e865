use sea_orm::entity::prelude::*;

/// A GitHub repository that a person connected for the agents.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "github_repositories")]
pub struct Model {
    /// Its key here.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The person who connected it.
    pub user_id: Uuid,
    /// The account or organisation that owns it, at most 100 characters.
    pub repo_owner: String,
    /// Its name, at most 100 characters.
    pub repo_name: String,
    /// Its address, `http` or `https`.
    pub repo_url: Option<String>,
    /// The branch that agents start from.
    pub default_branch: String,
    /// Whether agents may use it.
    pub is_active: bool,
    /// When an agent last used it.
    pub last_accessed: Option<DateTimeWithTimeZone>,
    /// When it was connected.
    pub created_at: DateTimeWithTimeZone,
    /// When it was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// The person who connected it.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<crate::profiles::users::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
