use sea_orm::entity::prelude::*;

/// A session that ended lately, whose access tokens are refused.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "auth", table_name = "ended_sessions")]
pub struct Model {
    /// The session's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub session_id: Uuid,
    /// When it ended.
    pub created_at: DateTimeWithTimeZone,
    /// When the row was last changed.
    pub updated_at: DateTimeWithTimeZone,
}

impl ActiveModelBehavior for ActiveModel {}
