use sea_orm::entity::prelude::*;

/// What became of the feedback of one day.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "feedback_analytics")]
pub struct Model {
    /// The entry's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The day, in UTC.
    #[sea_orm(unique)]
    pub date: Date,
    /// Feedback that came in.
    pub total_feedback: i32,
    /// How much of it is resolved or closed by now.
    pub resolved_feedback: i32,
    /// Hours from feedback to answer, on average.
    pub avg_response_time_hours: Option<Decimal>,
    /// The average rating, 1 to 5.
    pub avg_rating: Option<Decimal>,
    /// How much of each type: an object.
    pub feedback_by_type: Json,
    /// How much of each priority: an object.
    pub feedback_by_priority: Json,
    /// When the entry was first made.
    pub created_at: DateTimeWithTimeZone,
    /// When it was last changed.
    pub updated_at: DateTimeWithTimeZone,
}

impl ActiveModelBehavior for ActiveModel {}
