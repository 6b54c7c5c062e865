//! The tables as the API sees them, built once at start from the entity registry and the database's catalog, and the
//! rules that they keep, in words.
//!
//! Everything behind this module asks the model; nothing there knows a table by name.

pub mod catalog;
mod names;
pub mod rule;
pub mod violation;

use std::collections::HashMap;

pub use entity::File;
use entity::RelationKind;
use sea_query::ColumnType;

pub use catalog::{Catalog, ColumnFacts, Constraint, ConstraintKind, Roles};
pub use names::{
    camel, pascal, plural, screaming, singular, spaced, with_article, write_enum_name,
};

/// The column that says whose row it is; an insert that does not name it takes the caller.
pub const OWNER_COLUMN: &str = "user_id";

/// The column of tables with a bin: when a row was put into it. Lists leave such rows out unless they are asked
/// for; whoever names a row by its key gets it all the same.
pub const BIN_COLUMN: &str = "deleted_at";

/// A table's place in [`Model::tables`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TableId(pub usize);

/// All tables of the API.
#[derive(Debug)]
pub struct Model {
    /// The tables, in the registry's order.
    pub tables: Vec<Table>,
    /// The enumeration types that their columns have.
    pub enums: Vec<Enum>,
    by_type: HashMap<String, TableId>,
    by_name: HashMap<String, TableId>,
}

/// One table of the API.
#[derive(Debug)]
pub struct Table {
    /// Its schema in the database.
    pub schema: String,
    /// Its name in the database.
    pub name: String,
    /// The GraphQL type of a row: `StackNote`.
    pub type_name: String,
    /// The root field of one row: `stackNote`.
    pub one: String,
    /// The root field of many rows: `stackNotes`.
    pub many: String,
    /// What a row is.
    pub description: String,
    /// Its columns, in the entity's order.
    pub columns: Vec<Column>,
    /// The places of the primary key's columns.
    pub key: Vec<usize>,
    /// The ways to other tables.
    pub relations: Vec<Relation>,
    /// Its constraints.
    pub constraints: Vec<Constraint>,
    /// Who may delete rows.
    pub delete: Roles,
    /// Whether administrators alone may make rows.
    pub for_admins: bool,
    /// The file that a row stands for, where it stands for one.
    pub file: Option<File>,
    fields: HashMap<String, Member>,
}

/// What a field of a row's type is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Member {
    /// The column at this place.
    Column(usize),
    /// The relation at this place.
    Relation(usize),
}

/// One column.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name in the database.
    pub name: String,
    /// The GraphQL field.
    pub field: String,
    /// What kind of value it holds.
    pub kind: Kind,
    /// Whether it may be null.
    pub nullable: bool,
    /// What the value means.
    pub description: String,
    /// What the catalog knows of it.
    pub facts: ColumnFacts,
}

/// The kinds of values, as GraphQL types them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `uuid`.
    Uuid,
    /// Any character type.
    Text,
    /// A number that fits GraphQL's `Int`.
    Int,
    /// A 64-bit number.
    BigInt,
    /// A binary floating point number.
    Float,
    /// An exact number.
    Decimal,
    /// `boolean`.
    Boolean,
    /// A moment.
    DateTime,
    /// A day.
    Date,
    /// `json` or `jsonb`.
    Json,
    /// Bytes, base64 in JSON.
    Bytes,
    /// A network address.
    Inet,
    /// A span of time, ISO 8601 in JSON.
    Interval,
    /// A pgvector vector with its number of dimensions, where it is fixed.
    Vector(Option<u32>),
    /// A text search vector: it can be searched and never read.
    TextSearch,
    /// An enumeration, by its place in [`Model::enums`].
    Enum(usize),
    /// A list of values of one kind.
    List(Box<Kind>),
}

/// One way from a table to another.
#[derive(Debug, Clone)]
pub struct Relation {
    /// The GraphQL field.
    pub field: String,
    /// What the related rows are.
    pub description: String,
    /// Whether it leads to many rows.
    pub to_many: bool,
    /// Whether this table holds the foreign key.
    pub owns_key: bool,
    /// Where it leads.
    pub target: TableId,
    /// Pairs of columns that are equal: here, there.
    pub on: Vec<(usize, usize)>,
}

/// An enumeration type.
#[derive(Debug)]
pub struct Enum {
    /// Its name in the database.
    pub name: String,
    /// The GraphQL type.
    pub type_name: String,
    /// What it distinguishes.
    pub description: String,
    /// GraphQL value, database label, description.
    pub values: Vec<(String, String, String)>,
}

impl Model {
    /// The model of every registered table that is not private and that the database has.
    pub fn new(tables: &[entity::Table], enums: Vec<entity::EnumType>, catalog: &Catalog) -> Self {
        let enums: Vec<Enum> = enums.into_iter().map(Enum::new).collect();
        let registered: Vec<&entity::Table> =
            tables.iter().filter(|t| t.private.is_none()).collect();
        let id = |schema: &str, name: &str| {
            registered
                .iter()
                .position(|t| t.schema == schema && t.name == name)
                .map(TableId)
        };
        let mut tables: Vec<Table> = registered
            .iter()
            .map(|table| Table::new(table, &enums, catalog))
            .collect();
        for (index, table) in registered.iter().enumerate() {
            let relations = table
                .relations
                .iter()
                .filter_map(|r| {
                    let target = id(&r.target_schema, &r.target_table)?;
                    Relation::new(r, &tables[index], &tables[target.0], target)
                })
                .collect();
            tables[index].set_relations(relations);
        }
        let index = |name: fn(&Table) -> &String| {
            let named = |(i, t): (usize, &Table)| (name(t).clone(), TableId(i));
            tables.iter().enumerate().map(named).collect()
        };
        Model {
            by_type: index(|t| &t.type_name),
            by_name: index(|t| &t.name),
            tables,
            enums,
        }
    }

    /// The table at a place.
    pub fn table(&self, id: TableId) -> &Table {
        &self.tables[id.0]
    }

    /// The table whose rows have this GraphQL type.
    pub fn table_of_type(&self, type_name: &str) -> Option<TableId> {
        self.by_type.get(type_name).copied()
    }

    /// The table with this name in the database.
    pub fn table_named(&self, name: &str) -> Option<TableId> {
        self.by_name.get(name).copied()
    }

    /// The table whose rows are files, by the columns of bucket, name and version.
    pub fn files(&self) -> Option<(TableId, [&'static str; 3])> {
        self.iter().find_map(|(id, table)| match table.file {
            Some(File::Own {
                bucket,
                name,
                version,
                ..
            }) => Some((id, [bucket, name, version])),
            _ => None,
        })
    }

    /// The tables with their places.
    pub fn iter(&self) -> impl Iterator<Item = (TableId, &Table)> {
        self.tables.iter().enumerate().map(|(i, t)| (TableId(i), t))
    }
}

impl Table {
    fn new(table: &entity::Table, enums: &[Enum], catalog: &Catalog) -> Self {
        let facts = catalog
            .get(&(table.schema.to_owned(), table.name.to_owned()))
            .cloned()
            .unwrap_or_default();
        let (one, many) = names_of(table);
        let columns: Vec<Column> = table
            .columns
            .iter()
            .filter_map(|column| {
                Some(Column {
                    field: camel(&column.name),
                    kind: Kind::new(&column.ty, enums)?,
                    nullable: column.nullable,
                    description: column.description.to_owned(),
                    facts: facts_of(table, column, &facts),
                    name: column.name.clone(),
                })
            })
            .collect();
        Table {
            schema: table.schema.to_owned(),
            name: table.name.to_owned(),
            type_name: pascal(&one),
            many: camel(&many),
            one: camel(&one),
            description: table.description.to_owned(),
            key: table
                .primary_key
                .iter()
                .filter_map(|name| columns.iter().position(|c| c.name == *name))
                .collect(),
            fields: columns
                .iter()
                .enumerate()
                .map(|(i, c)| (c.field.clone(), Member::Column(i)))
                .collect(),
            columns,
            relations: Vec::new(),
            constraints: facts.constraints,
            delete: facts.delete,
            for_admins: facts.for_admins,
            file: table.file,
        }
    }

    fn set_relations(&mut self, relations: Vec<Relation>) {
        for (i, relation) in relations.iter().enumerate() {
            self.fields
                .entry(relation.field.clone())
                .or_insert(Member::Relation(i));
        }
        self.relations = relations;
    }

    /// What a row is called in a sentence: `stack note`.
    pub fn noun(&self) -> String {
        spaced(&self.one)
    }

    /// The same with its article: `a stack note`, `an artifact`.
    pub fn a_noun(&self) -> String {
        with_article(&self.noun())
    }

    /// What rows are called in a sentence: `stack notes`.
    pub fn nouns(&self) -> String {
        spaced(&self.many)
    }

    /// The column or relation that a field of the row's type stands for.
    pub fn member(&self, field: &str) -> Option<Member> {
        self.fields.get(field).copied()
    }

    /// The column with this name in the database.
    pub fn column_named(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The column that says that a row is in the bin, where the table has one.
    pub fn bin(&self) -> Option<&Column> {
        self.column_named(BIN_COLUMN)
            .filter(|column| column.nullable)
    }

    /// The columns of the primary key.
    pub fn key_columns(&self) -> impl Iterator<Item = &Column> {
        self.key.iter().map(|i| &self.columns[*i])
    }
}

/// What one row and several are called, in `snake_case`.
fn names_of(table: &entity::Table) -> (String, String) {
    if let Some((one, many)) = table.names {
        return (one.to_owned(), many.to_owned());
    }
    let one = match table.schema {
        "public" => singular(table.name),
        schema => format!("{schema}_{}", singular(table.name)),
    };
    let many = plural(&one);
    (one, many)
}

/// What the catalog knows of a column, without the rights to write that the registry withholds from the API.
fn facts_of(
    table: &entity::Table,
    column: &entity::Column,
    facts: &catalog::TableFacts,
) -> ColumnFacts {
    let known = facts.columns.get(&column.name).cloned();
    let mut known = known.unwrap_or_default();
    if let Some(changing) = table.changing {
        known.insert = Roles::default();
        if !changing.contains(&column.name.as_str()) {
            known.update = Roles::default();
        }
    }
    known
}

impl Column {
    /// Whether a read of the API may select it.
    pub fn readable(&self, role: crate::role::Role) -> bool {
        self.facts.select.contains(role) && self.kind != Kind::TextSearch
    }
}

impl Relation {
    fn new(relation: &entity::Relation, from: &Table, to: &Table, target: TableId) -> Option<Self> {
        let place = |table: &Table, name: &String| {
            table.columns.iter().position(|column| column.name == *name)
        };
        let on = relation.columns.iter().zip(&relation.target_columns);
        Some(Relation {
            field: camel(&relation.name),
            description: relation.description.to_owned(),
            to_many: relation.kind == RelationKind::HasMany,
            owns_key: relation.kind == RelationKind::BelongsTo,
            target,
            on: on
                .map(|(here, there)| Some((place(from, here)?, place(to, there)?)))
                .collect::<Option<_>>()?,
        })
    }
}

impl Kind {
    fn new(ty: &ColumnType, enums: &[Enum]) -> Option<Self> {
        Some(match ty {
            ColumnType::Uuid => Kind::Uuid,
            ColumnType::Char(_) | ColumnType::String(_) | ColumnType::Text => Kind::Text,
            ColumnType::TinyInteger | ColumnType::SmallInteger | ColumnType::Integer => Kind::Int,
            ColumnType::BigInteger => Kind::BigInt,
            ColumnType::Float | ColumnType::Double => Kind::Float,
            ColumnType::Decimal(_) | ColumnType::Money(_) => Kind::Decimal,
            ColumnType::Boolean => Kind::Boolean,
            ColumnType::DateTime | ColumnType::Timestamp | ColumnType::TimestampWithTimeZone => {
                Kind::DateTime
            }
            ColumnType::Date => Kind::Date,
            ColumnType::Json | ColumnType::JsonBinary => Kind::Json,
            ColumnType::Binary(_) | ColumnType::VarBinary(_) | ColumnType::Blob => Kind::Bytes,
            ColumnType::Inet | ColumnType::Cidr => Kind::Inet,
            ColumnType::Interval(..) => Kind::Interval,
            ColumnType::Vector(dimensions) => Kind::Vector(*dimensions),
            ColumnType::Enum { name, .. } => {
                let name = name.to_string();
                Kind::Enum(enums.iter().position(|e| e.name == name)?)
            }
            ColumnType::Array(element) => Kind::List(Box::new(Kind::new(element, enums)?)),
            ColumnType::Custom(name) if name.to_string() == "tsvector" => Kind::TextSearch,
            _ => return None,
        })
    }

    /// The GraphQL type's name, without list and null marks.
    pub fn type_name<'a>(&'a self, enums: &'a [Enum]) -> &'a str {
        match self {
            Kind::Uuid => "UUID",
            Kind::Text | Kind::TextSearch => "String",
            Kind::Int => "Int",
            Kind::BigInt => "BigInt",
            Kind::Float => "Float",
            Kind::Decimal => "Decimal",
            Kind::Boolean => "Boolean",
            Kind::DateTime => "DateTime",
            Kind::Date => "Date",
            Kind::Json => "JSON",
            Kind::Bytes => "Bytes",
            Kind::Inet => "Inet",
            Kind::Interval => "Interval",
            Kind::Vector(_) => "Vector",
            Kind::Enum(index) => &enums[*index].type_name,
            Kind::List(element) => element.type_name(enums),
        }
    }

    /// The GraphQL type as written, nullable.
    pub fn written(&self, enums: &[Enum]) -> String {
        match self {
            Kind::List(element) => format!("[{}!]", element.written(enums)),
            other => other.type_name(enums).to_owned(),
        }
    }
}

impl Enum {
    fn new(ty: entity::EnumType) -> Self {
        Enum {
            type_name: pascal(&ty.name),
            name: ty.name,
            description: ty.description.to_owned(),
            values: ty
                .values
                .into_iter()
                .map(|(label, text)| (screaming(&label), label, text.to_owned()))
                .collect(),
        }
    }
}
