use sea_orm::entity::prelude::*;

/// A note that its owner's device encrypted; the server cannot read it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "vault_notes")]
pub struct Model {
    /// The note's key, ordered by time of creation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its owner; the caller unless stated.
    pub user_id: Uuid,
    /// The encrypted note in an encoding that the client chose, at most 1,000,000 characters.
    pub ciphertext: String,
    /// The initialization vector of the encryption, at most 128 characters.
    pub iv: String,
    /// The salt that the key was derived from the owner's passphrase with, at most 256 characters.
    pub salt: String,
    /// When the note was made.
    pub created_at: DateTimeWithTimeZone,
    /// When the note was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// Its owner.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<crate::profiles::users::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
