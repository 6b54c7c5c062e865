use sea_orm::entity::prelude::*;

/// A place where somebody is signed in.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "auth", table_name = "sessions")]
pub struct Model {
    /// The session's key, the `session_id` of its access tokens.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The SHA-256 of the session's token, in hexadecimal.
    #[sea_orm(unique)]
    pub session_token: String,
    /// Who is signed in.
    pub user_id: Uuid,
    /// The browser or program, as it names itself, at most 1,000 characters.
    pub user_agent: Option<String>,
    /// The address it signed in from.
    pub ip: Option<IpNetwork>,
    /// When it ends unless it is renewed.
    pub expires: DateTimeWithTimeZone,
    /// How it was assured who is signed in: `aal1`, or `aal2` after a second factor.
    pub aal: String,
    /// The ways in which that was shown, and when: the `amr` claim.
    pub amr: Json,
    /// When it was last renewed.
    pub refreshed_at: DateTimeWithTimeZone,
    /// When the session was made.
    pub created_at: DateTimeWithTimeZone,
    /// When the session was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// Who is signed in.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::users::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
