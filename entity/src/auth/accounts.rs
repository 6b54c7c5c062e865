use sea_orm::entity::prelude::*;

/// A link from an account to its identity at a provider (GitHub, Google, …). The columns for the provider's tokens are
/// Supabase's: this server learns from a token who signs in and keeps none.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "auth", table_name = "accounts")]
pub struct Model {
    /// The link's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The account that signs in by it.
    pub user_id: Uuid,
    /// The protocol: `oauth` or `oidc`.
    pub r#type: String,
    /// The provider's name, at most 100 characters.
    pub provider: String,
    /// The account's name at the provider; one provider knows it once.
    pub provider_account_id: String,
    /// What renews the access token at the provider.
    pub refresh_token: Option<String>,
    /// What opens the provider's own API.
    pub access_token: Option<String>,
    /// When the access token ends, in seconds since 1970.
    pub expires_at: Option<i64>,
    /// How the access token is sent, usually `bearer`.
    pub token_type: Option<String>,
    /// What the access token allows, separated by spaces.
    pub scope: Option<String>,
    /// The provider's signed statement of who signed in.
    pub id_token: Option<String>,
    /// The provider's name of its own session.
    pub session_state: Option<String>,
    /// When the link was made.
    pub created_at: DateTimeWithTimeZone,
    /// When the link was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// The account that signs in by it.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::users::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
