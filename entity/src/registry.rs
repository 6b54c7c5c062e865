//! The registry's types, and how an entity becomes a row of it.

use sea_orm::sea_query::{ColumnType, TableRef};
use sea_orm::{
    ColumnTrait, EntityTrait, IdenStatic, Identity, Iterable, PrimaryKeyToColumn, RelationDef,
    RelationTrait, RelationType,
};

/// A table of the database, as plain data.
#[derive(Clone, Debug)]
pub struct Table {
    /// The schema that holds it.
    pub schema: &'static str,
    /// Its name in that schema.
    pub name: &'static str,
    /// What one row and several are called, in `snake_case`, where that is not the table's name.
    pub names: Option<(&'static str, &'static str)>,
    /// What a row of it is, for an API user.
    pub description: &'static str,
    /// Why it is not in the API; nothing if it is.
    pub private: Option<&'static str>,
    /// The columns that the API may change, where it makes no rows and leaves all others alone; nothing where rights
    /// alone say what may be written.
    pub changing: Option<&'static [&'static str]>,
    /// The file that a row stands for, where it stands for one.
    pub file: Option<File>,
    /// Its columns, in the order of the entity.
    pub columns: Vec<Column>,
    /// The names of its primary key's columns.
    pub primary_key: Vec<String>,
    /// The ways from it to other tables, and to itself.
    pub relations: Vec<Relation>,
}

/// Which file a row stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum File {
    /// The row is the file's own.
    Own {
        /// The column of its bucket.
        bucket: &'static str,
        /// The column of its name there.
        name: &'static str,
        /// The column that is null while there are no bytes.
        version: &'static str,
        /// The relation to its bucket, and the column there that says whether everybody may read its files.
        public: (&'static str, &'static str),
    },
    /// The row names it.
    Named {
        /// The bucket.
        bucket: &'static str,
        /// The column of its name there.
        name: &'static str,
    },
    /// The row lists several, by their rows' keys.
    Listed {
        /// The column of a JSON array of objects.
        column: &'static str,
        /// Where each object has the key.
        key: &'static str,
        /// The field of the files' addresses.
        field: &'static str,
    },
}

/// A column of a table.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name in the database.
    pub name: String,
    /// Its type. Character types are always `Text` and JSON types always `JsonBinary`.
    pub ty: ColumnType,
    /// Whether it may be null.
    pub nullable: bool,
    /// What its value means, its unit and limits.
    pub description: &'static str,
}

/// A way from the rows of one table to rows of another.
#[derive(Clone, Debug)]
pub struct Relation {
    /// The name of the entity's field, as `cluster`, `notes`, `parent`.
    pub name: String,
    /// What the related rows are to this one.
    pub description: &'static str,
    /// How many rows there can be, and which side holds the key.
    pub kind: RelationKind,
    /// This table's columns, which equal `target_columns` in order.
    pub columns: Vec<String>,
    /// The other table's schema.
    pub target_schema: String,
    /// The other table's name.
    pub target_table: String,
    /// The other table's columns.
    pub target_columns: Vec<String>,
}

/// The kind of a [`Relation`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelationKind {
    /// This table holds the foreign key; at most one row.
    BelongsTo,
    /// The other table holds the foreign key, and it is unique there; at most one row.
    HasOne,
    /// The other table holds the foreign key; any number of rows.
    HasMany,
}

/// An enumeration type of the database.
#[derive(Clone, Debug)]
pub struct EnumType {
    /// Its name in schema `public`.
    pub name: String,
    /// What it distinguishes.
    pub description: &'static str,
    /// Its values in order, each with its meaning.
    pub values: Vec<(String, &'static str)>,
}

/// What `build.rs` read from an entity's source.
struct TableDocs {
    schema: &'static str,
    name: &'static str,
    description: &'static str,
    /// Column name, description.
    columns: &'static [(&'static str, &'static str)],
    /// Variant of SeaORM's `Relation`, field name, description.
    relations: &'static [(&'static str, &'static str, &'static str)],
}

/// What `build.rs` read from an enum's source.
struct EnumDocs {
    name: &'static str,
    description: &'static str,
    values: &'static [(&'static str, &'static str)],
}

include!(concat!(env!("OUT_DIR"), "/docs.rs"));

/// The registry's row of entity `E`, declared in the module `path`.
///
/// # Panics
/// When the sources that `build.rs` read are not those that were compiled.
pub(crate) fn table<E>(
    path: &str,
    names: Option<(&'static str, &'static str)>,
    changing: Option<&'static [&'static str]>,
    file: Option<File>,
    private: Option<&'static str>,
) -> Table
where
    E: EntityTrait,
{
    let docs = TABLE_DOCS
        .iter()
        .find(|(documented, _)| *documented == path)
        .map_or_else(
            || panic!("{path} is registered but has no source file"),
            |(_, docs)| docs,
        );
    Table {
        schema: docs.schema,
        name: docs.name,
        names,
        description: docs.description,
        private,
        changing,
        file,
        columns: E::Column::iter()
            .map(|column| self::column(docs, column))
            .collect(),
        primary_key: E::PrimaryKey::iter()
            .map(|key| key.into_column().as_str().to_owned())
            .collect(),
        relations: docs
            .relations
            .iter()
            .filter_map(|(variant, name, description)| {
                // Relations through a join table have no variant: they are reached by way of it.
                let found = E::Relation::iter().find(|found| format!("{found:?}") == *variant)?;
                Some(relation(name, description, found.def()))
            })
            .collect(),
    }
}

fn column<C: ColumnTrait>(docs: &'static TableDocs, column: C) -> Column {
    let name = column.as_str().to_owned();
    let description = docs
        .columns
        .iter()
        .find(|(documented, _)| *documented == name)
        .map_or_else(
            || panic!("{}.{name} has no description", docs.name),
            |(_, text)| *text,
        );
    let def = column.def();
    Column {
        nullable: def.is_null(),
        ty: normal(def.get_column_type()),
        name,
        description,
    }
}

/// SeaORM reads `String` as `varchar` and `Json` as `json`; this database has neither.
fn normal(ty: &ColumnType) -> ColumnType {
    match ty {
        ColumnType::String(_) => ColumnType::Text,
        ColumnType::Json => ColumnType::JsonBinary,
        ColumnType::Array(element) => ColumnType::Array(normal(element).into()),
        other => other.clone(),
    }
}

fn relation(name: &str, description: &'static str, def: RelationDef) -> Relation {
    let (target_schema, target_table) = table_name(&def.to_tbl);
    Relation {
        name: name.to_owned(),
        description,
        kind: match (def.is_owner, def.rel_type) {
            (false, _) => RelationKind::BelongsTo,
            (true, RelationType::HasOne) => RelationKind::HasOne,
            (true, RelationType::HasMany) => RelationKind::HasMany,
        },
        columns: column_names(&def.from_col),
        target_schema,
        target_table,
        target_columns: column_names(&def.to_col),
    }
}

fn table_name(table: &TableRef) -> (String, String) {
    match table {
        TableRef::Table(name, _) => (
            name.0
                .as_ref()
                .map_or_else(|| "public".to_owned(), |schema| schema.1.to_string()),
            name.1.to_string(),
        ),
        other => panic!("a relation leads to {other:?}, which is no table"),
    }
}

fn column_names(columns: &Identity) -> Vec<String> {
    columns.iter().map(ToString::to_string).collect()
}

/// Every enumeration that an entity file declares, by name.
pub(crate) fn enums() -> Vec<EnumType> {
    ENUM_DOCS
        .iter()
        .map(|docs| EnumType {
            name: docs.name.to_owned(),
            description: docs.description,
            values: docs
                .values
                .iter()
                .map(|(value, text)| ((*value).to_owned(), *text))
                .collect(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "nowhere::nothing is registered but has no source file")]
    fn a_registered_table_without_a_source_file_is_a_mistake() {
        table::<crate::notes::notes::Entity>("nowhere::nothing", None, None, None, None);
    }

    #[test]
    #[should_panic(expected = "stacks.user_id has no description")]
    fn a_column_without_a_description_is_a_mistake() {
        static DOCS: TableDocs = TableDocs {
            schema: "public",
            name: "stacks",
            description: "A stack.",
            columns: &[("id", "Its key.")],
            relations: &[],
        };
        let id = column(&DOCS, crate::notes::stacks::Column::Id);
        assert_eq!(id.description, "Its key.");
        column(&DOCS, crate::notes::stacks::Column::UserId);
    }

    #[test]
    #[should_panic(expected = "which is no table")]
    fn a_relation_to_something_else_than_a_table_is_a_mistake() {
        table_name(&TableRef::FunctionCall(
            sea_orm::sea_query::Func::random(),
            "random".into(),
        ));
    }
}
