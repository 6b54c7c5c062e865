use sea_orm::entity::prelude::*;

/// Notes that belong together, as an AI suggested or their owner arranged.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "clusters")]
pub struct Model {
    /// The cluster's key, ordered by time of creation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its owner; the caller unless stated.
    pub user_id: Uuid,
    /// What it is about, 1 to 200 characters.
    pub title: String,
    /// What its notes have in common, at most 5,000 characters.
    pub description: Option<String>,
    /// Whether its owner has decided on it, and how.
    pub status: ClusterStatus,
    /// How sure the suggestion was, 0 to 1 in hundredths. Of one by `suggestClusters`: the mean cosine similarity of all
    /// pairs of its notes.
    pub confidence_score: Decimal,
    /// Words that its notes share, at most 50 of 100 characters.
    pub theme_keywords: Vec<String>,
    /// Tags proposed for its notes, at most 20 of 50 characters.
    pub suggested_tags: Vec<String>,
    /// The themes found in its notes, a list of any shape.
    pub themes: Json,
    /// How many notes it holds, deleted ones included. Counted by the server.
    pub note_count: i32,
    /// How many notes it holds that are not deleted. Counted by the server.
    pub active_note_count: i32,
    /// The words of its notes that are not deleted. Counted by the server.
    pub total_words: i64,
    /// The job of `suggestClusters` that suggested it; null once its owner has worked on it, and for clusters that people
    /// or programs made. While it is suggested and this is given, the next run replaces it.
    pub suggestion_job_id: Option<Uuid>,
    /// When it was suggested.
    pub suggested_at: Option<DateTimeWithTimeZone>,
    /// When its owner approved it.
    pub accepted_at: Option<DateTimeWithTimeZone>,
    /// When its owner rejected it.
    pub dismissed_at: Option<DateTimeWithTimeZone>,
    /// When the cluster was made.
    pub created_at: DateTimeWithTimeZone,
    /// When the cluster was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// The documents made from it.
    #[sea_orm(has_many)]
    pub documents: HasMany<crate::documents::documents::Entity>,
    /// The notes that are proposed for it, and those that were refused.
    #[sea_orm(has_many)]
    pub note_suggestions: HasMany<super::note_suggestions::Entity>,
    /// Its notes, deleted ones included.
    #[sea_orm(has_many)]
    pub notes: HasMany<super::notes::Entity>,
    /// Its owner.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<crate::profiles::users::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

/// Where a cluster is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "cluster_status")]
pub enum ClusterStatus {
    /// Proposed, waiting for its owner to decide.
    #[sea_orm(string_value = "suggested")]
    Suggested,
    /// Approved by its owner.
    #[sea_orm(string_value = "accepted")]
    Accepted,
    /// Rejected by its owner.
    #[sea_orm(string_value = "dismissed")]
    Dismissed,
}
