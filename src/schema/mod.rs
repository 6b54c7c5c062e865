//! The schema: written as SDL from the model and the actions, read back as types.
//!
//! Tables and actions meet here in one document, so that both are built, described and looked up
//! the same way.

mod aggregates;
mod arguments;
mod convert;
mod filters;
mod reachable;
mod rules;
mod sdl;
mod tables;
mod types;
mod writes;

use std::collections::HashMap;

use async_graphql::{
    dynamic,
    parser::{
        parse_schema,
        types::{OperationType, ServiceDocument},
    },
};

use crate::{
    model::{Model, TableId},
    role::Role,
};

pub use rules::Rules;
pub use tables::{PUBLIC_URL, file_field};
pub use types::{Argument, Field, InputField, Types, base_name};
pub use writes::column_value;

/// What a root field does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Root {
    /// The server's version.
    Version,
    /// A row by its global id.
    Node,
    /// One row by its key.
    One(TableId),
    /// Rows as a connection.
    Many(TableId),
    /// Numbers over rows.
    Aggregate(TableId),
    /// Writes rows of a table.
    Write(Write),
    /// The action at this place of the registry.
    Action(usize),
    /// Changes of a table, as a stream.
    Changes(TableId),
    /// A query, again whenever its answer changes.
    Live,
    /// A stream that a part of the server brings, by its field's name.
    Stream(&'static str),
}

/// A write of rows of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Write {
    /// What is done.
    pub verb: Verb,
    /// The table.
    pub table: TableId,
    /// Whether to rows that a list or a condition names; else to one, by its key.
    pub many: bool,
}

/// What is done to rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// They are inserted.
    Create,
    /// They are updated.
    Update,
    /// They are deleted.
    Delete,
}

impl Write {
    fn one(verb: Verb, table: TableId) -> Root {
        Root::Write(Write {
            verb,
            table,
            many: false,
        })
    }

    fn many(verb: Verb, table: TableId) -> Root {
        Root::Write(Write {
            verb,
            table,
            many: true,
        })
    }
}

/// The schema of one role.
pub struct Schema {
    /// What async-graphql introspects and prints.
    pub dynamic: dynamic::Schema,
    /// What documents are judged by.
    pub rules: Rules,
    /// The types, for the compiler.
    pub types: Types,
    /// What each field of `Query` does.
    pub query: HashMap<String, Root>,
    /// What each field of `Mutation` does.
    pub mutation: HashMap<String, Root>,
    /// What each field of `Subscription` does.
    pub subscription: HashMap<String, Root>,
}

/// Why a schema cannot be built: a fault of the program, never of a caller.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// The written SDL is not SDL.
    #[error("the schema cannot be read")]
    Parse(#[from] async_graphql::parser::Error),
    /// The types do not fit together.
    #[error("the schema does not hold together: {0}")]
    Build(#[from] dynamic::SchemaError),
    /// An action's SDL does not extend Query or Mutation with exactly one field.
    #[error("the SDL of an action must extend Query or Mutation by exactly one field: {0}")]
    Action(String),
}

/// A part that adds streams: root fields of `Subscription` and their types.
pub struct StreamDefinition {
    /// The field.
    pub name: &'static str,
    /// `extend type Subscription { … }` and the types that come with it.
    pub sdl: &'static str,
}

impl Schema {
    /// Builds the schema as `role` may use it.
    ///
    /// # Errors
    /// When an action's SDL is wrong or names collide.
    pub fn build(
        model: &Model,
        role: Role,
        actions: &[&'static str],
        shared_types: &[&'static str],
        streams: &[StreamDefinition],
    ) -> Result<Self, SchemaError> {
        let mut roots = RootFields::default();
        roots
            .query
            .names
            .insert("version".to_owned(), Root::Version);
        roots.query.names.insert("node".to_owned(), Root::Node);
        let mut document = sdl::Sdl::default();
        document.raw(include_str!("base.graphql"));
        write_enums(&mut document, model);
        filters::write_filters(&mut document, model);
        for (id, table) in model.iter() {
            if table.columns.iter().any(|column| column.readable(role)) {
                tables::write_table(&mut document, &mut roots, model, id, role);
                writes::write_mutations(&mut document, &mut roots, model, id, role);
            }
        }
        roots.subscription(
            Root::Live,
            "live",
            ": Query!",
            "A query that answers at once and again whenever its answer changes. Of the fields that are no table's own, search, similarNotes, featureFlags, systemSettings and healthReport are followed; others are read anew when something else changed.",
        );
        for types in shared_types {
            document.raw(types);
        }
        for (place, sdl) in actions.iter().enumerate() {
            roots.add_action(sdl, place)?;
            document.raw(sdl);
        }
        for stream in streams {
            roots
                .subscription
                .names
                .insert(stream.name.to_owned(), Root::Stream(stream.name));
            document.raw(stream.sdl);
        }
        roots.write(&mut document);
        let document: ServiceDocument = parse_schema(document.finish())?;
        let document = reachable::only(convert::merge_extensions(document));
        let dynamic = convert::dynamic_schema(&document)?;
        let told = dynamic.clone();
        Ok(Schema {
            rules: Rules::new(move || told.sdl()),
            dynamic,
            types: Types::new(&document),
            query: roots.query.names,
            mutation: roots.mutation.names,
            subscription: roots.subscription.names,
        })
    }

    /// What a root field does.
    pub fn root(&self, operation: OperationType, field: &str) -> Option<Root> {
        match operation {
            OperationType::Query => self.query.get(field),
            OperationType::Mutation => self.mutation.get(field),
            OperationType::Subscription => self.subscription.get(field),
        }
        .copied()
    }

    /// The schema as SDL, as `schema.graphql` keeps it.
    pub fn sdl(&self) -> String {
        let options = async_graphql::SDLExportOptions::new()
            .sorted_fields()
            .sorted_enum_items();
        self.dynamic.sdl_with_options(options)
    }
}

/// The root fields found so far, by operation.
#[derive(Default)]
pub struct RootFields {
    query: RootType,
    mutation: RootType,
    subscription: RootType,
}

#[derive(Default)]
struct RootType {
    names: HashMap<String, Root>,
    fields: Vec<(String, String)>,
}

impl RootType {
    fn add(&mut self, root: Root, name: &str, rest: &str, description: &str) {
        self.names.insert(name.to_owned(), root);
        self.fields
            .push((format!("{name}{rest}"), description.to_owned()));
    }

    fn write(&self, sdl: &mut sdl::Sdl, head: &str, description: &str) {
        let mut body = sdl.open(head, description);
        for (written, description) in &self.fields {
            body.field(written, description);
        }
    }
}

impl RootFields {
    fn query(&mut self, root: Root, name: &str, rest: &str, description: &str) {
        self.query.add(root, name, rest, description);
    }

    fn mutation(&mut self, root: Root, name: &str, rest: &str, description: &str) {
        self.mutation.add(root, name, rest, description);
    }

    fn subscription(&mut self, root: Root, name: &str, rest: &str, description: &str) {
        self.subscription.add(root, name, rest, description);
    }

    fn add_action(&mut self, sdl: &str, place: usize) -> Result<(), SchemaError> {
        let document = parse_schema(sdl)?;
        let (on_query, field) = convert::only_root_field(&document)
            .ok_or_else(|| SchemaError::Action(sdl.trim().to_owned()))?;
        let names = if on_query {
            &mut self.query.names
        } else {
            &mut self.mutation.names
        };
        if names.insert(field.clone(), Root::Action(place)).is_some() {
            return Err(SchemaError::Action(format!("{field} exists already")));
        }
        Ok(())
    }

    fn write(&self, sdl: &mut sdl::Sdl) {
        self.query.write(sdl, "extend type Query", "");
        self.mutation.write(
            sdl,
            "type Mutation",
            "What can be changed. All fields of one mutation run in order, and happen all or not at all.",
        );
        self.subscription.write(
            sdl,
            "type Subscription",
            "What can be listened to: a subscription has one field of these.",
        );
    }
}

fn write_enums(sdl: &mut sdl::Sdl, model: &Model) {
    for ty in &model.enums {
        let mut body = sdl.open(&format!("enum {}", ty.type_name), &ty.description);
        for (value, _, description) in &ty.values {
            body.field(value, description);
        }
    }
}

/// `notes` → `Notes`.
fn capitalised(camel: &str) -> String {
    let mut chars = camel.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}
