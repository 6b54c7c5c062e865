use sea_orm::entity::prelude::*;

/// An error that somebody met. Only admins see those of others, and mark them as resolved.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "error_logs")]
pub struct Model {
    /// The entry's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The person who met it, if they were signed in.
    pub user_id: Option<Uuid>,
    /// The area it belongs to.
    pub error_type: ErrorType,
    /// What kind of error, at most 100 characters.
    pub error_category: String,
    /// What it says.
    pub error_message: String,
    /// Stack trace and context.
    pub error_details: Option<Json>,
    /// The path that was requested, at most 500 characters.
    pub request_path: Option<String>,
    /// The HTTP method.
    pub request_method: Option<String>,
    /// The client's name for itself.
    pub user_agent: Option<String>,
    /// The client's address.
    pub ip_address: Option<IpNetwork>,
    /// The session, at most 100 characters.
    pub session_id: Option<String>,
    /// How bad it is.
    pub severity: ErrorSeverity,
    /// Whether it is dealt with.
    pub resolved: bool,
    /// The admin who said so.
    pub resolved_by: Option<Uuid>,
    /// When they said so.
    pub resolved_at: Option<DateTimeWithTimeZone>,
    /// What was done about it.
    pub resolution_notes: Option<String>,
    /// How often it occurred within its minute.
    pub occurrences: i32,
    /// When it occurred last.
    pub last_seen_at: DateTimeWithTimeZone,
    /// What is counted together, where the server recorded it by itself.
    pub fault: Option<String>,
    /// When the error occurred.
    pub created_at: DateTimeWithTimeZone,
    /// When it was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// The admin who resolved it.
    #[sea_orm(
        belongs_to,
        relation_enum = "Resolver",
        from = "resolved_by",
        to = "id"
    )]
    pub resolver: BelongsTo<Option<crate::profiles::users::Entity>>,
    /// The person who met it.
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

/// The area that an error belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "error_type")]
pub enum ErrorType {
    /// Signing in.
    #[sea_orm(string_value = "auth")]
    Auth,
    /// Requests to the API.
    #[sea_orm(string_value = "api")]
    Api,
    /// Administration.
    #[sea_orm(string_value = "admin")]
    Admin,
    /// The application as such.
    #[sea_orm(string_value = "app")]
    App,
    /// Something that the user did.
    #[sea_orm(string_value = "user")]
    User,
    /// Something that was not allowed.
    #[sea_orm(string_value = "permission")]
    Permission,
    /// The machinery below.
    #[sea_orm(string_value = "system")]
    System,
}

/// How bad an error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "error_severity")]
pub enum ErrorSeverity {
    /// Good to know.
    #[sea_orm(string_value = "info")]
    Info,
    /// May become a problem.
    #[sea_orm(string_value = "warning")]
    Warning,
    /// Something did not work.
    #[sea_orm(string_value = "error")]
    Error,
    /// Needs somebody now.
    #[sea_orm(string_value = "critical")]
    Critical,
}
