use sea_orm::entity::prelude::*;

/// A mail that waits to be sent, or was sent in the last day.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "auth", table_name = "mail_outbox")]
pub struct Model {
    /// The mail's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// To whom.
    pub recipient: String,
    /// The subject line.
    pub subject: String,
    /// The text, encrypted because it holds a token; nothing once it was sent.
    pub body_sealed: Option<Vec<u8>>,
    /// When it was sent.
    pub sent_at: Option<DateTimeWithTimeZone>,
    /// Why it could not be sent.
    pub last_error: Option<String>,
    /// When the row was made.
    pub created_at: DateTimeWithTimeZone,
    /// When the row was last changed.
    pub updated_at: DateTimeWithTimeZone,
}

impl ActiveModelBehavior for ActiveModel {}
