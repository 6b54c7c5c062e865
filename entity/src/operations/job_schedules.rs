use sea_orm::entity::prelude::*;

/// When a job runs without being asked. Only administrators see it; they change it by `updateSchedule`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "job_schedules")]
pub struct Model {
    /// What it runs: the name of a type in the server's registry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// When: minute, hour, day of the month, month and day of the week, 1 to 200 characters.
    pub cron: String,
    /// The time zone of the line, as the IANA database calls it.
    pub time_zone: String,
    /// Whether it runs.
    pub is_enabled: bool,
    /// What its jobs work on.
    pub payload: Json,
    /// When its time came last.
    pub last_run_at: Option<DateTimeWithTimeZone>,
    /// When its time comes next.
    pub next_run_at: Option<DateTimeWithTimeZone>,
    /// Why it does not run: what cannot be read in its line or zone.
    pub error: Option<String>,
    /// When an administrator changed it last; nothing while it is as the server brings it.
    pub changed_at: Option<DateTimeWithTimeZone>,
    /// When the schedule was made.
    pub created_at: DateTimeWithTimeZone,
    /// When the schedule was last changed.
    pub updated_at: DateTimeWithTimeZone,
}

impl ActiveModelBehavior for ActiveModel {}
