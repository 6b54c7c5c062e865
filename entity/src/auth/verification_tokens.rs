use sea_orm::entity::prelude::*;

/// A secret sent by mail, which proves that its bearer reads the address.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "auth", table_name = "verification_tokens")]
pub struct Model {
    /// The token's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The account that it is for; none if the address has none yet.
    pub user_id: Option<Uuid>,
    /// The address that it was sent to.
    pub identifier: String,
    /// The SHA-256 of the token, in hexadecimal.
    #[sea_orm(unique)]
    pub token_hash: String,
    /// What it is good for: `confirm_email`, `change_email`, `recover_password`, `magic_link`, `one_time_code`,
    /// `reauthenticate` or `invite`.
    pub purpose: String,
    /// The keyed digest of the digits that do the same as the token.
    pub code_hash: Option<Vec<u8>>,
    /// How many wrong digits were tried.
    pub attempts: i32,
    /// The SHA-256 of the secret of the client to which the link brings a code in the end; none where it brings the
    /// session.
    pub code_challenge: Option<String>,
    /// Where the link leads in the end.
    pub redirect_to: Option<String>,
    /// When it is good for nothing any more.
    pub expires: DateTimeWithTimeZone,
    /// When the token was made.
    pub created_at: DateTimeWithTimeZone,
    /// When the token was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// The account that it is for.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<Option<super::users::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
