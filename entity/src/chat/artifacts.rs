use sea_orm::entity::prelude::*;

/// A version of an artifact: a text, program, diagram or sheet that a person and the agents work
/// on. All versions share `id`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "artifacts")]
pub struct Model {
    /// The artifact's key, the same for all its versions.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The key of this version alone.
    #[sea_orm(unique)]
    pub version_id: Uuid,
    /// The person whose artifact it is.
    pub user_id: Uuid,
    /// The chat it was made in.
    pub chat_id: Option<Uuid>,
    /// The `version_id` that this version was made from: the latest one unless another is named.
    pub parent_version_id: Option<Uuid>,
    /// 1 for the first version, then counting up.
    pub version_number: i32,
    /// Its title, 1 to 500 characters.
    pub title: String,
    /// Its whole text in this version.
    pub content: Option<String>,
    /// What the content is.
    pub kind: ArtifactKind,
    /// How the version came about: kind of update, range of lines, agent.
    pub metadata: Json,
    /// When this version was made; with `id` it is the version's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub created_at: DateTimeWithTimeZone,
    /// When this version was last edited in place.
    pub updated_at: DateTimeWithTimeZone,
    /// The chat it was made in.
    #[sea_orm(belongs_to, from = "chat_id", to = "id")]
    pub chat: BelongsTo<Option<super::chats::Entity>>,
    /// The versions made from this one.
    #[sea_orm(self_ref, relation_enum = "Children", relation_reverse = "Parent")]
    pub children: HasMany<Entity>,
    /// The version that this one was made from.
    #[sea_orm(
        self_ref,
        relation_enum = "Parent",
        relation_reverse = "Children",
        from = "parent_version_id",
        to = "version_id"
    )]
    pub parent: BelongsTo<Option<Entity>>,
    /// Proposed edits of this version.
    #[sea_orm(has_many)]
    pub suggestions: HasMany<super::suggestions::Entity>,
    /// The person whose artifact it is.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<crate::profiles::users::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

/// What the content of an artifact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "artifact_kind")]
pub enum ArtifactKind {
    /// Markdown.
    #[sea_orm(string_value = "text")]
    Text,
    /// A Python program.
    #[sea_orm(string_value = "python code")]
    PythonCode,
    /// A Mermaid diagram.
    #[sea_orm(string_value = "mermaid code")]
    MermaidCode,
    /// A table as CSV.
    #[sea_orm(string_value = "sheet")]
    Sheet,
}
