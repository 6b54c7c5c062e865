use sea_orm::entity::prelude::*;

/// Something about the database or a server that an administrator should look at: raised once when a figure crosses its
/// threshold, and resolved once when it is back.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "alerts")]
pub struct Model {
    /// The alert's key, ordered by time of creation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What it is about.
    pub kind: AlertKind,
    /// The server that it is about, where there is one for each; else empty.
    pub subject: String,
    /// The figure in words, as of when it was last looked at.
    pub message: String,
    /// The figure when it was last looked at.
    pub current_value: f64,
    /// The worst that it has been.
    pub worst_value: f64,
    /// What it crossed.
    pub threshold: f64,
    /// When it did.
    pub raised_at: DateTimeWithTimeZone,
    /// When it was back; none while it is not.
    pub resolved_at: Option<DateTimeWithTimeZone>,
    /// When the entry was written.
    pub created_at: DateTimeWithTimeZone,
    /// When it was last changed.
    pub updated_at: DateTimeWithTimeZone,
}

impl ActiveModelBehavior for ActiveModel {}

/// What an alert is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "alert_kind")]
pub enum AlertKind {
    /// Connections in use, in percent of all that the database takes.
    #[sea_orm(string_value = "connections")]
    Connections,
    /// Statements that run for long.
    #[sea_orm(string_value = "slow_statements")]
    SlowStatements,
    /// How large the database is, in bytes.
    #[sea_orm(string_value = "database_size")]
    DatabaseSize,
    /// How much of a server's disk is free, in percent.
    #[sea_orm(string_value = "disk_free")]
    DiskFree,
    /// Jobs that will not be tried again.
    #[sea_orm(string_value = "dead_jobs")]
    DeadJobs,
    /// Operations that failed by a fault of the server, in percent.
    #[sea_orm(string_value = "error_rate")]
    ErrorRate,
    /// The largest use of a quota by an account, in percent.
    #[sea_orm(string_value = "quota")]
    Quota,
    /// For how many minutes the oldest job has been waiting while no worker runs.
    #[sea_orm(string_value = "waiting_jobs")]
    WaitingJobs,
}
