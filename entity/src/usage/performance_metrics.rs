use sea_orm::entity::prelude::*;

/// A measurement of how fast something was.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "performance_metrics")]
pub struct Model {
    /// The entry's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The person concerned, if anybody.
    pub user_id: Option<Uuid>,
    /// What kind of thing was measured.
    pub metric_type: PerformanceMetricType,
    /// What was measured, at most 100 characters.
    pub metric_name: String,
    /// The measured value.
    pub metric_value: Decimal,
    /// Its unit, such as `ms` or `bytes`.
    pub unit: String,
    /// What else is known: route, statement, device. For an operation and a minute `buckets`: upper bounds of
    /// durations in milliseconds, and how many operations took as long.
    pub metadata: Json,
    /// How often, where it is a row for an operation and a minute: then the value is the mean.
    pub sample_count: Option<i64>,
    /// How many of those were answered with an error.
    pub error_count: Option<i64>,
    /// How many of those were a fault of the server.
    pub fault_count: Option<i64>,
    /// What half of them took at most, in milliseconds.
    pub p50_ms: Option<f64>,
    /// What 95 of a hundred took at most, in milliseconds.
    pub p95_ms: Option<f64>,
    /// What the longest took, in milliseconds.
    pub max_ms: Option<f64>,
    /// The size of all answers together.
    pub size_bytes: Option<i64>,
    /// When it was measured; for an operation and a minute when that began.
    pub recorded_at: DateTimeWithTimeZone,
    /// When the entry was written.
    pub created_at: DateTimeWithTimeZone,
    /// When it was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// The person concerned, if anybody.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<Option<crate::profiles::users::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}

/// What kind of thing was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "Enum",
    enum_name = "performance_metric_type"
)]
pub enum PerformanceMetricType {
    /// A statement of the database.
    #[sea_orm(string_value = "query")]
    Query,
    /// A request to the server.
    #[sea_orm(string_value = "request")]
    Request,
    /// A page in a browser.
    #[sea_orm(string_value = "page_load")]
    PageLoad,
    /// Work in the background.
    #[sea_orm(string_value = "job")]
    Job,
    /// Reading or writing of files.
    #[sea_orm(string_value = "storage")]
    Storage,
}
