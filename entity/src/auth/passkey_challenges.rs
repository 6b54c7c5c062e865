use sea_orm::entity::prelude::*;

/// What a passkey, or the key of a second factor, has to sign, once.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "auth", table_name = "passkey_challenges")]
pub struct Model {
    /// The challenge's key, which the client repeats.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who adds a passkey; none for a sign-in, of which nobody knows yet whose it will be.
    pub user_id: Option<Uuid>,
    /// The second factor that it is for; none for a passkey.
    pub factor_id: Option<Uuid>,
    /// The challenge, and what is asked of the key that signs it.
    pub state: Json,
    /// When it is good for nothing any more.
    pub expires_at: DateTimeWithTimeZone,
    /// When the row was made.
    pub created_at: DateTimeWithTimeZone,
    /// When the row was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// Who adds a passkey.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<Option<super::users::Entity>>,
    /// The second factor that it is for.
    #[sea_orm(belongs_to, from = "factor_id", to = "id")]
    pub factor: BelongsTo<Option<super::mfa_factors::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
