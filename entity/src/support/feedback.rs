use sea_orm::entity::prelude::*;

/// Something that a person told the operators.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "feedback")]
pub struct Model {
    /// The feedback's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The person; none once their account is gone.
    pub user_id: Option<Uuid>,
    /// Where it belongs.
    pub category_id: Option<Uuid>,
    /// What they said, 1 to 10,000 characters.
    pub message: String,
    /// What kind of feedback.
    pub feedback_type: FeedbackType,
    /// How urgent it is; set by admins.
    pub priority: FeedbackPriority,
    /// How far it is dealt with; set by admins.
    pub status: FeedbackStatus,
    /// Where to answer, at most 255 characters.
    pub contact_email: Option<String>,
    /// Whom to answer, at most 100 characters.
    pub contact_name: Option<String>,
    /// The client's name for itself.
    pub user_agent: Option<String>,
    /// What is known of the browser.
    pub browser_info: Option<Json>,
    /// What is known of the device.
    pub device_info: Option<Json>,
    /// The answer of an admin.
    pub admin_response: Option<String>,
    /// The admin who answered.
    pub admin_user_id: Option<Uuid>,
    /// When they answered.
    pub responded_at: Option<DateTimeWithTimeZone>,
    /// 1 to 5, the more the better.
    pub rating: Option<i32>,
    /// When it was sent.
    pub created_at: DateTimeWithTimeZone,
    /// When it was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// The admin who answered.
    #[sea_orm(belongs_to, relation_enum = "Admin", from = "admin_user_id", to = "id")]
    pub admin: BelongsTo<Option<crate::profiles::users::Entity>>,
    /// Where it belongs.
    #[sea_orm(belongs_to, from = "category_id", to = "id")]
    pub category: BelongsTo<Option<super::feedback_categories::Entity>>,
    /// The links to its tags.
    #[sea_orm(has_many)]
    pub tag_links: HasMany<super::feedback_tag_links::Entity>,
    /// Its tags.
    #[sea_orm(has_many, via = "feedback_tag_links")]
    pub tags: HasMany<super::feedback_tags::Entity>,
    /// The person who sent it.
    #[sea_orm(belongs_to, relation_enum = "User", from = "user_id", to = "id")]
    pub user: BelongsTo<Option<crate::profiles::users::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}

// Of the two ways to a person, this is the one that a person's own list goes back on.
impl Related<crate::profiles::users::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::User.def()
    }
}

/// What kind of feedback.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "feedback_type")]
pub enum FeedbackType {
    /// Something is broken.
    #[sea_orm(string_value = "bug")]
    Bug,
    /// Something is wanted.
    #[sea_orm(string_value = "feature")]
    Feature,
    /// Anything else.
    #[sea_orm(string_value = "general")]
    General,
    /// Help is needed.
    #[sea_orm(string_value = "support")]
    Support,
}

/// How urgent feedback is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "feedback_priority")]
pub enum FeedbackPriority {
    /// Some day.
    #[sea_orm(string_value = "low")]
    Low,
    /// As usual.
    #[sea_orm(string_value = "medium")]
    Medium,
    /// Soon.
    #[sea_orm(string_value = "high")]
    High,
    /// Now.
    #[sea_orm(string_value = "urgent")]
    Urgent,
}

/// How far feedback is dealt with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "feedback_status")]
pub enum FeedbackStatus {
    /// Nobody has taken it up.
    #[sea_orm(string_value = "open")]
    Open,
    /// Somebody works on it.
    #[sea_orm(string_value = "in_progress")]
    InProgress,
    /// Done.
    #[sea_orm(string_value = "resolved")]
    Resolved,
    /// Closed without more to do.
    #[sea_orm(string_value = "closed")]
    Closed,
}
