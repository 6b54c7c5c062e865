use sea_orm::entity::prelude::*;

/// A part of a project: something that can be dragged about its canvas.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "project_components")]
pub struct Model {
    /// The component's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The project it is part of.
    pub project_id: Uuid,
    /// The component that holds it, in the same project.
    pub parent_id: Option<Uuid>,
    /// What it is.
    pub component_type: ComponentType,
    /// Its name, at most 200 characters.
    pub name: String,
    /// What it contains and does.
    pub properties: Json,
    /// How it looks.
    pub styles: Json,
    /// Pixels from the left of what holds it.
    pub position_x: f64,
    /// Pixels from the top of what holds it.
    pub position_y: f64,
    /// Its width in pixels; as wide as its content if absent.
    pub width: Option<f64>,
    /// Its height in pixels; as high as its content if absent.
    pub height: Option<f64>,
    /// The higher, the further in front.
    pub z_index: i32,
    /// Whether it is shown.
    pub is_visible: bool,
    /// Whether the editor refuses to move it.
    pub is_locked: bool,
    /// When it was made.
    pub created_at: DateTimeWithTimeZone,
    /// When it was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// The components it holds.
    #[sea_orm(self_ref, relation_enum = "Children", relation_reverse = "Parent")]
    pub children: HasMany<Entity>,
    /// The component that holds it.
    #[sea_orm(
        self_ref,
        relation_enum = "Parent",
        relation_reverse = "Children",
        from = "(parent_id, project_id)",
        to = "(id, project_id)"
    )]
    pub parent: BelongsTo<Option<Entity>>,
    /// The project it is part of.
    #[sea_orm(belongs_to, from = "project_id", to = "id")]
    pub project: BelongsTo<super::projects::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

/// What a component is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "component_type")]
pub enum ComponentType {
    /// Holds others.
    #[sea_orm(string_value = "container")]
    Container,
    /// A heading.
    #[sea_orm(string_value = "heading")]
    Heading,
    /// Text.
    #[sea_orm(string_value = "text")]
    Text,
    /// A picture.
    #[sea_orm(string_value = "image")]
    Image,
    /// A button.
    #[sea_orm(string_value = "button")]
    Button,
    /// A line to write in.
    #[sea_orm(string_value = "input")]
    Input,
    /// Several lines to write in.
    #[sea_orm(string_value = "textarea")]
    Textarea,
    /// A choice of one.
    #[sea_orm(string_value = "select")]
    Select,
    /// A choice of yes or no.
    #[sea_orm(string_value = "checkbox")]
    Checkbox,
    /// A framed group.
    #[sea_orm(string_value = "card")]
    Card,
    /// A list.
    #[sea_orm(string_value = "list")]
    List,
    /// A table.
    #[sea_orm(string_value = "table")]
    Table,
    /// Inputs that are sent together.
    #[sea_orm(string_value = "form")]
    Form,
    /// Links to other places.
    #[sea_orm(string_value = "navigation")]
    Navigation,
    /// A small picture.
    #[sea_orm(string_value = "icon")]
    Icon,
    /// A film.
    #[sea_orm(string_value = "video")]
    Video,
    /// A sound.
    #[sea_orm(string_value = "audio")]
    Audio,
    /// A prompt for a model.
    #[sea_orm(string_value = "prompt")]
    Prompt,
    /// Anything else, as its properties say.
    #[sea_orm(string_value = "custom")]
    Custom,
}
