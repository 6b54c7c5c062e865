use sea_orm::entity::prelude::*;

/// An account that can sign in, and what it signs in with.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "auth", table_name = "users")]
pub struct Model {
    /// The account's key; the public profile has the same.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The address that identifies the account, in lower case, at most 255 characters; none for an anonymous one.
    #[sea_orm(unique)]
    pub email: Option<String>,
    /// The Argon2id hash of the password, in PHC format; none if the account has no password.
    pub encrypted_password: Option<String>,
    /// When the address was proved to belong to the account's owner.
    pub email_confirmed_at: Option<DateTimeWithTimeZone>,
    /// What the owner says about themselves (name, picture). They write it, so it grants nothing.
    pub raw_user_meta_data: Json,
    /// What the server says about the account; `role` in it makes an admin.
    pub raw_app_meta_data: Json,
    /// Whether the account was made without any credential.
    pub is_anonymous: bool,
    /// Until when the account may not sign in.
    pub banned_until: Option<DateTimeWithTimeZone>,
    /// When the account signed in most recently.
    pub last_sign_in_at: Option<DateTimeWithTimeZone>,
    /// When the account was made.
    pub created_at: DateTimeWithTimeZone,
    /// When the account was last changed.
    pub updated_at: DateTimeWithTimeZone,
}

impl ActiveModelBehavior for ActiveModel {}
