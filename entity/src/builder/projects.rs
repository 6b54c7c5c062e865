use sea_orm::entity::prelude::*;

/// A project of the visual prompt builder.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "projects")]
pub struct Model {
    /// The project's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The person who owns it.
    pub user_id: Uuid,
    /// Its name, at most 200 characters.
    pub name: String,
    /// What it is, at most 5,000 characters.
    pub description: Option<String>,
    /// How far it is.
    pub status: ProjectStatus,
    /// The canvas: size, zoom, grid.
    pub layout: Json,
    /// How the builder treats it.
    pub settings: Json,
    /// The address of its picture.
    pub thumbnail_url: Option<String>,
    /// The project it is a copy of.
    pub duplicated_from_id: Option<Uuid>,
    /// When its owner deleted it; only they still see it then.
    pub deleted_at: Option<DateTimeWithTimeZone>,
    /// When it was made.
    pub created_at: DateTimeWithTimeZone,
    /// When it was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// The people it is shared with.
    #[sea_orm(has_many)]
    pub collaborators: HasMany<super::collaborators::Entity>,
    /// What stands on its canvas.
    #[sea_orm(has_many)]
    pub components: HasMany<super::project_components::Entity>,
    /// The project it is a copy of.
    #[sea_orm(
        self_ref,
        relation_enum = "DuplicatedFrom",
        relation_reverse = "Duplicates",
        from = "duplicated_from_id",
        to = "id"
    )]
    pub duplicated_from: BelongsTo<Option<Entity>>,
    /// Copies made of it.
    #[sea_orm(
        self_ref,
        relation_enum = "Duplicates",
        relation_reverse = "DuplicatedFrom"
    )]
    pub duplicates: HasMany<Entity>,
    /// Prompts generated for it.
    #[sea_orm(has_many)]
    pub generations: HasMany<super::prompt_generations::Entity>,
    /// People who were asked to work on it.
    #[sea_orm(has_many)]
    pub invitations: HasMany<super::project_invitations::Entity>,
    /// What was spoken for it.
    #[sea_orm(has_many)]
    pub recordings: HasMany<super::audio_recordings::Entity>,
    /// The person who owns it.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<crate::profiles::users::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

/// How far a project is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "project_status")]
pub enum ProjectStatus {
    /// Begun.
    #[sea_orm(string_value = "draft")]
    Draft,
    /// In use.
    #[sea_orm(string_value = "active")]
    Active,
    /// Put away.
    #[sea_orm(string_value = "archived")]
    Archived,
}
