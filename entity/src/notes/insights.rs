use sea_orm::entity::prelude::*;

/// What a week's notes show. Kept for one year.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "insights")]
pub struct Model {
    /// The insight's key, ordered by time of creation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its owner; the caller unless stated.
    pub user_id: Uuid,
    /// What it says in short, 1 to 200 characters.
    pub title: String,
    /// The insight, 1 to 50,000 characters.
    pub content: String,
    /// The start of the week that it looks back on.
    pub week_start: DateTimeWithTimeZone,
    /// The end of that week, after its start.
    pub week_end: DateTimeWithTimeZone,
    /// When the server wrote it, or wrote it anew; none for one that people write themselves. There is one for each week.
    pub generated_at: Option<DateTimeWithTimeZone>,
    /// How the server wrote it: `method` (model or extractive), `numbers` and `weekBefore`, `themes`, `tags`, what it cost.
    pub generation_metadata: Json,
    /// When the insight was made.
    pub created_at: DateTimeWithTimeZone,
    /// When the insight was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// Its owner.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<crate::profiles::users::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
