use sea_orm::entity::prelude::*;

use super::collaborators::CollaboratorRole;

/// Somebody who was asked, by their mail address, to work on a project. Whether the address has an account
/// is not said: an invitation waits for one.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "project_invitations")]
pub struct Model {
    /// The invitation's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The project.
    pub project_id: Uuid,
    /// The address, in lower case.
    pub email: String,
    /// What they may do with the project once they accept.
    pub role: CollaboratorRole,
    /// What became of it.
    pub state: InvitationState,
    /// The person who invites; none once their account is gone.
    pub invited_by: Option<Uuid>,
    /// The SHA-256 of the token in the mail, while it is good.
    pub token_hash: Option<String>,
    /// Until when it can be accepted.
    pub expires_at: DateTimeWithTimeZone,
    /// When it was accepted, declined or cancelled.
    pub answered_at: Option<DateTimeWithTimeZone>,
    /// When it was first sent.
    pub created_at: DateTimeWithTimeZone,
    /// When it was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// The person who invites.
    #[sea_orm(belongs_to, relation_enum = "Inviter", from = "invited_by", to = "id")]
    pub inviter: BelongsTo<Option<crate::profiles::users::Entity>>,
    /// The project.
    #[sea_orm(belongs_to, from = "project_id", to = "id")]
    pub project: BelongsTo<super::projects::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

/// What became of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "invitation_state")]
pub enum InvitationState {
    /// It waits for an answer, unless its time is over.
    #[sea_orm(string_value = "pending")]
    Pending,
    /// The person is a collaborator.
    #[sea_orm(string_value = "accepted")]
    Accepted,
    /// The person does not want to.
    #[sea_orm(string_value = "declined")]
    Declined,
    /// It was taken back.
    #[sea_orm(string_value = "cancelled")]
    Cancelled,
}
