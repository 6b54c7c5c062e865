use sea_orm::entity::prelude::*;

/// What an administrator did. Written always, whatever is logged otherwise, and kept for seven years, also
/// when the administrator's account is gone.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "audit_entries")]
pub struct Model {
    /// The entry's key, ordered by time of creation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The administrator; none once their account is gone, or if it was a program of the operator's.
    pub actor_id: Option<Uuid>,
    /// The administrator's account, also when it is gone; none for a program of the operator's.
    pub actor_account_id: Option<Uuid>,
    /// The address that the administrator had then.
    pub actor_email: Option<String>,
    /// What they did, such as `admin_user_ban`, `daily_maintenance`, or `update` for a row that they wrote.
    pub action: String,
    /// What kind of thing it was done to: a table's name, `account` or `database`.
    pub target_type: Option<String>,
    /// Which one.
    pub target_id: Option<String>,
    /// More about it. Of rows of other people only which columns changed.
    pub details: Json,
    /// The client's address, shortened where the privacy settings ask for it.
    pub ip_address: Option<IpNetwork>,
    /// The client's name for itself, unless the privacy settings leave it out.
    pub user_agent: Option<String>,
    /// When it was done.
    pub created_at: DateTimeWithTimeZone,
    /// When it was last changed: never, as long as nobody repairs the table by hand.
    pub updated_at: DateTimeWithTimeZone,
    /// The administrator.
    #[sea_orm(belongs_to, relation_enum = "Actor", from = "actor_id", to = "id")]
    pub actor: BelongsTo<Option<crate::profiles::users::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
