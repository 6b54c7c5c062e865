use sea_orm::entity::prelude::*;

/// A sign-in that is under way at another provider.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "auth", table_name = "oauth_flows")]
pub struct Model {
    /// The flow's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The SHA-256 of the state that the provider sends back, in hexadecimal.
    #[sea_orm(unique)]
    pub state_hash: String,
    /// The provider.
    pub provider: String,
    /// The secret that the provider asks for in the end, encrypted.
    pub verifier_sealed: Vec<u8>,
    /// What the provider must repeat in its token.
    pub nonce: String,
    /// The SHA-256 of the secret that the client must show in the end; none where the session goes to its page at once.
    pub code_challenge: Option<String>,
    /// Where the browser goes in the end.
    pub redirect_to: String,
    /// The account that the identity is to be linked to; none for a sign-in.
    pub link_user_id: Option<Uuid>,
    /// The session that asked for the link.
    pub link_session_id: Option<Uuid>,
    /// The SHA-256 of the code that the client exchanges, once the provider has answered.
    #[sea_orm(unique)]
    pub code_hash: Option<String>,
    /// Who it is, in the provider's words.
    pub provider_account_id: Option<String>,
    /// The address that the provider names.
    pub email: Option<String>,
    /// Whether the provider vouches for the address.
    pub email_verified: bool,
    /// Name and picture.
    pub profile: Option<Json>,
    /// When the flow is good for nothing any more.
    pub expires_at: DateTimeWithTimeZone,
    /// When the row was made.
    pub created_at: DateTimeWithTimeZone,
    /// When the row was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// The account that the identity is to be linked to.
    #[sea_orm(belongs_to, from = "link_user_id", to = "id")]
    pub link_user: BelongsTo<Option<super::users::Entity>>,
    /// The session that asked for the link.
    #[sea_orm(belongs_to, from = "link_session_id", to = "id")]
    pub link_session: BelongsTo<Option<super::sessions::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
