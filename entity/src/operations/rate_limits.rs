use sea_orm::entity::prelude::*;

/// How often something was done in the current window of time.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "rate_limits")]
pub struct Model {
    /// Who does what: `user:action` or `ip:action`, at most 255 characters.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// How often, since the window began.
    pub count: i32,
    /// When the window began.
    pub window_start: DateTimeWithTimeZone,
    /// When the window ends and counting starts again.
    pub reset_time: DateTimeWithTimeZone,
    /// When the row was made.
    pub created_at: DateTimeWithTimeZone,
    /// When the row was last changed.
    pub updated_at: DateTimeWithTimeZone,
}

impl ActiveModelBehavior for ActiveModel {}
