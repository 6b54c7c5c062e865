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
    /// What else is known: route, statement, device.
    pub metadata: Json,
    /// When it was measured.
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
