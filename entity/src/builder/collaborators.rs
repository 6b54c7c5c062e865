use sea_orm::entity::prelude::*;

/// A person with whom a project is shared.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "collaborators")]
pub struct Model {
    /// The entry's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The project.
    pub project_id: Uuid,
    /// The person it is shared with.
    pub user_id: Uuid,
    /// What they may do with it.
    pub role: CollaboratorRole,
    /// The person who shared it.
    pub invited_by: Option<Uuid>,
    /// When it was shared.
    pub created_at: DateTimeWithTimeZone,
    /// When it was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// The person who shared it.
    #[sea_orm(belongs_to, relation_enum = "Inviter", from = "invited_by", to = "id")]
    pub inviter: BelongsTo<Option<crate::profiles::users::Entity>>,
    /// The project.
    #[sea_orm(belongs_to, from = "project_id", to = "id")]
    pub project: BelongsTo<super::projects::Entity>,
    /// The person it is shared with.
    #[sea_orm(belongs_to, relation_enum = "User", from = "user_id", to = "id")]
    pub user: BelongsTo<crate::profiles::users::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

// Of the two ways to a person, this is the one that a person's own list goes back on.
impl Related<crate::profiles::users::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::User.def()
    }
}

/// What a person may do with a project shared with them. Each role may do all that the one before
/// it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "collaborator_role")]
pub enum CollaboratorRole {
    /// Read it.
    #[sea_orm(string_value = "viewer")]
    Viewer,
    /// Change it.
    #[sea_orm(string_value = "editor")]
    Editor,
    /// Share it.
    #[sea_orm(string_value = "owner")]
    Owner,
}
