use sea_orm::entity::prelude::*;

use super::usage_logs::AgentType;

/// How many requests a person made of an agent in one period.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "rate_limit_tracking")]
pub struct Model {
    /// The entry's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The person.
    pub user_id: Uuid,
    /// The agent.
    pub agent_type: AgentType,
    /// When the period began.
    pub period_start: DateTimeWithTimeZone,
    /// When it ends.
    pub period_end: DateTimeWithTimeZone,
    /// Requests so far.
    pub request_count: i32,
    /// The length of the period.
    pub limit_type: RateLimitType,
    /// Requests allowed in it.
    pub limit_value: i32,
    /// When it was made.
    pub created_at: DateTimeWithTimeZone,
    /// When it was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// The person.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<crate::profiles::users::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

/// The length of a period in which requests are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "rate_limit_type")]
pub enum RateLimitType {
    /// A minute.
    #[sea_orm(string_value = "minutely")]
    Minutely,
    /// An hour.
    #[sea_orm(string_value = "hourly")]
    Hourly,
    /// A day.
    #[sea_orm(string_value = "daily")]
    Daily,
}
