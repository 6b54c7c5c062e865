use sea_orm::entity::prelude::*;

/// Something that a person did.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "user_activity_logs")]
pub struct Model {
    /// The entry's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The person.
    pub user_id: Uuid,
    /// The same for everything that one action caused, the agents' work included.
    pub correlation_id: Uuid,
    /// What they did, such as `auth_login` or `chat_create`; at most 100 characters.
    pub activity_type: String,
    /// The area, such as `authentication` or `chat`; at most 50 characters.
    pub activity_category: String,
    /// Details of it.
    pub activity_metadata: Json,
    /// The thing acted upon.
    pub resource_id: Option<Uuid>,
    /// What kind of thing that is, at most 50 characters.
    pub resource_type: Option<String>,
    /// The client's address, shortened where the privacy settings ask for it.
    pub ip_address: Option<IpNetwork>,
    /// The client's name for itself.
    pub user_agent: Option<String>,
    /// The path that was requested, at most 500 characters.
    pub request_path: Option<String>,
    /// The HTTP method.
    pub request_method: Option<String>,
    /// The session, at most 100 characters.
    pub session_id: Option<String>,
    /// Whether it worked.
    pub success: bool,
    /// Why it did not.
    pub error_message: Option<String>,
    /// When they did it.
    pub created_at: DateTimeWithTimeZone,
    /// When it was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// The person.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<crate::profiles::users::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
