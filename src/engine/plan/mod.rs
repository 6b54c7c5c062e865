//! From a selection to statements and the shape of the answer.
//!
//! Each relation to many is a level: one statement, whose rows carry the keys of their parents.
//! Relations to one are joined into the level of the row that refers to them. All levels of an
//! operation go to the database in one flush; [`super::run`] does that, [`super::answer`] puts the
//! rows together.

mod aggregate;
mod demand;
mod file;
mod filter;
mod loader;
mod object;
mod order;
mod page;
pub mod rows;

use std::{collections::BTreeSet, sync::Arc};

use async_graphql::{
    Name, Pos,
    parser::types::{ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet},
};
use async_graphql_value::Value as Literal;
use sea_query::Expr;
use serde_json::Value;

use super::{
    input::{Input, Scope, Source, Variables},
    sql::{Conversion, Parameter, Parameters, Statement, scalar},
    value::{Enumeration, Scalar},
};
use crate::{
    db::Work,
    error::{Error, Result},
    model::{Kind, Model, Table, TableId},
    schema::Schema,
};

pub use aggregate::GROUPS_MAX;
pub use file::{BucketPlace, FileUrls};
pub use loader::Loader;
pub use object::{FieldShape, ObjectShape};
pub use page::{EdgeField, PageField, PageInfoField, PageShape};

/// The API of a role, as documents are compiled against it.
pub struct Api {
    /// The tables.
    pub model: Arc<Model>,
    /// The schema of the callers' role.
    pub schema: Schema,
    /// The enum types' names and labels.
    pub enumerations: Vec<Arc<Enumeration>>,
    /// Rows of a page when neither `first` nor `last` says.
    pub page_default: u32,
    /// The most rows of a page.
    pub page_max: u32,
    /// What signs addresses of files.
    pub file_urls: FileUrls,
    /// What writes those that last.
    pub public_urls: FileUrls,
}

/// One statement and what its rows become.
#[derive(Debug)]
pub struct Level {
    /// The statement.
    pub statement: Statement,
    /// How many of its first columns name the parent's row; none for a root field.
    pub parent_width: usize,
    /// What its rows become.
    pub shape: LevelShape,
}

/// What the rows of a level become, for each parent.
#[derive(Debug)]
pub enum LevelShape {
    /// A connection.
    Page(PageShape),
    /// The first row as an object, or null.
    Row(ObjectShape),
    /// All rows as a list of objects.
    List(ObjectShape),
    /// The first column of the first row, or this.
    Value(&'static str),
}

/// A tree of levels: the first is the root field's own.
#[derive(Debug, Default)]
pub struct ReadPlan {
    /// The levels; shapes refer to them by their places.
    pub levels: Vec<Level>,
}

impl ReadPlan {
    /// What the cost of reading is remembered under.
    pub fn cost_of(&self) -> Work {
        let statements = self.levels.iter().map(|level| level.statement.work);
        statements.fold(Work::default(), Work::and)
    }
}

/// Compiles the selections of one operation.
pub struct Compiler<'a> {
    /// Tables and types.
    pub api: &'a Api,
    /// The document, for its fragments.
    pub document: &'a ExecutableDocument,
    /// The variables.
    pub scope: Scope<'a>,
    /// The parameters named so far.
    pub parameters: Parameters,
    /// The place of the root field being compiled.
    pub root: usize,
    pub(super) aliases: usize,
    pub(super) single_inserts: usize,
    touched: BTreeSet<TableId>,
    conditions: usize,
    condition_depth: usize,
    levels: Vec<Option<Level>>,
}

/// A field of a selection after fragments and directives: all fields with one response key.
pub struct SelectedField<'d> {
    /// The key in the answer.
    pub key: &'d str,
    /// The fields; they ask for the same, their selections are joined.
    pub fields: Vec<&'d Field>,
    /// Where the first stands.
    pub position: Pos,
}

impl<'d> SelectedField<'d> {
    /// The field's name.
    pub fn name(&self) -> &'d str {
        self.fields[0].name.node.as_str()
    }

    /// The selections of all the fields.
    pub fn selections(&self) -> Vec<&'d SelectionSet> {
        self.fields
            .iter()
            .map(|field| &field.selection_set.node)
            .collect()
    }
}

impl<'a> Compiler<'a> {
    /// A compiler for an operation with the variables of a first request.
    pub fn new(
        api: &'a Api,
        document: &'a ExecutableDocument,
        operation: &'a OperationDefinition,
        variables: &'a Variables,
    ) -> Self {
        Compiler {
            api,
            document,
            scope: Scope {
                types: &api.schema.types,
                definitions: &operation.variable_definitions,
                variables,
            },
            parameters: Parameters::default(),
            root: 0,
            aliases: 0,
            single_inserts: 0,
            touched: BTreeSet::new(),
            conditions: 0,
            condition_depth: 0,
            levels: Vec::new(),
        }
    }

    /// The table at a place.
    pub fn table(&self, id: TableId) -> &'a Table {
        self.api.model.table(id)
    }

    /// The tables that what was compiled reads.
    pub fn tables(&self) -> Vec<TableId> {
        self.touched.iter().copied().collect()
    }

    /// An alias for a table that no other table of the operation has.
    fn alias(&mut self, table: TableId) -> String {
        self.touched.insert(table);
        self.aliases += 1;
        format!("t{}", self.aliases)
    }

    /// A parameter that is one value.
    pub fn one(&mut self, source: &Source, scalar: Scalar) -> Expr {
        self.parameter(source, Conversion::One(scalar))
    }

    /// A parameter.
    pub fn parameter(&mut self, source: &Source, conversion: Conversion) -> Expr {
        let parameter = Parameter {
            source: source.clone(),
            conversion,
            root: self.root,
        };
        self.parameters.add(parameter)
    }

    /// The scalar that reads values of a column.
    pub fn scalar(&self, kind: &Kind) -> Scalar {
        scalar(kind, &self.api.enumerations)
    }

    /// Forgets what a root field left behind that was refused half way: the next one begins anew.
    pub fn abandon(&mut self) {
        self.levels.clear();
        self.condition_depth = 0;
    }

    /// Takes the levels that were compiled for a root field.
    pub fn take_levels(&mut self) -> ReadPlan {
        ReadPlan {
            levels: std::mem::take(&mut self.levels)
                .into_iter()
                .flatten()
                .collect(),
        }
    }

    /// The fields that selections ask of an object type, in order; fragments that fit the type are
    /// opened, `@skip` and `@include` are obeyed.
    pub fn collect<'d>(
        &self,
        type_name: &str,
        selections: &[&'d SelectionSet],
    ) -> Vec<SelectedField<'d>>
    where
        'a: 'd,
    {
        let mut found = Vec::new();
        for selection in selections {
            self.collect_into(type_name, selection, &mut found);
        }
        found
    }

    fn collect_into<'d>(
        &self,
        type_name: &str,
        selections: &'d SelectionSet,
        found: &mut Vec<SelectedField<'d>>,
    ) where
        'a: 'd,
    {
        for selection in &selections.items {
            if self.skipped(selection.node.directives()) {
                continue;
            }
            match &selection.node {
                Selection::Field(field) => {
                    let key = field.node.response_key().node.as_str();
                    match found.iter_mut().find(|selected| selected.key == key) {
                        Some(selected) => selected.fields.push(&field.node),
                        None => found.push(SelectedField {
                            key,
                            fields: vec![&field.node],
                            position: field.pos,
                        }),
                    }
                }
                Selection::InlineFragment(fragment) => {
                    let on = fragment.node.type_condition.as_ref();
                    if on.is_none_or(|on| self.fits(type_name, &on.node.on.node)) {
                        self.collect_into(type_name, &fragment.node.selection_set.node, found);
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if let Some(fragment) = self.document.fragments.get(name)
                        && self.fits(type_name, &fragment.node.type_condition.node.on.node)
                    {
                        self.collect_into(type_name, &fragment.node.selection_set.node, found);
                    }
                }
            }
        }
    }

    fn fits(&self, type_name: &str, condition: &str) -> bool {
        type_name == condition
            || self
                .api
                .schema
                .types
                .possible(condition)
                .is_some_and(|types| types.iter().any(|possible| possible == type_name))
    }

    fn skipped(
        &self,
        directives: &[async_graphql::Positioned<async_graphql::parser::types::Directive>],
    ) -> bool {
        directives.iter().any(|directive| {
            let directive = &directive.node;
            let skip = match directive.name.node.as_str() {
                "skip" => true,
                "include" => false,
                _ => return false,
            };
            let holds = match directive.get_argument("if").map(|value| &value.node) {
                Some(Literal::Boolean(holds)) => Some(*holds),
                Some(Literal::Variable(name)) => self
                    .scope
                    .variables
                    .get(name.as_str())
                    .and_then(Value::as_bool),
                _ => None,
            };
            // Others were refused before; what cannot be decided is left out.
            holds.is_none_or(|holds| holds == skip)
        })
    }

    /// The arguments of a field, defaults included; those left out are not there.
    ///
    /// # Errors
    /// BAD_USER_INPUT for arguments that the field does not have, or has and lacks; and for values of
    /// another form.
    pub fn arguments(&self, type_name: &str, field: &Field) -> Result<Input> {
        let name = field.name.node.as_str();
        let Some(definition) = self.api.schema.types.field(type_name, name) else {
            // Of the fields that every type has, none takes arguments.
            return Ok(Input::Object(Vec::new()));
        };
        let definitions = &definition.arguments;
        let is_known = |given: &Name| definitions.iter().any(|known| known.name == *given);
        if let Some((unknown, _)) = field.arguments.iter().find(|(n, _)| !is_known(&n.node)) {
            return Err(Error::bad_input(format!(
                "{name} has no argument {}",
                unknown.node
            )));
        }
        let mut arguments = Vec::with_capacity(definitions.len());
        for argument in definitions {
            let given = field.get_argument(&argument.name);
            match self
                .scope
                .argument(argument, given.map(|value| &value.node))?
            {
                Some(input) => arguments.push((argument.name.clone(), input)),
                None if argument.ty.nullable => {}
                None => {
                    return Err(Error::bad_input(format!(
                        "{name} needs the argument {}",
                        argument.name
                    )));
                }
            }
        }
        Ok(Input::Object(arguments))
    }
}

/// The one field that an object names, where it must name exactly one.
pub fn only_field<'i>(input: &'i Input, what: &str) -> Result<(&'i str, &'i Input)> {
    match input.fields(what)? {
        [(name, value)] => Ok((name, value)),
        _ => Err(Error::bad_input(format!(
            "{what} names exactly one field; list several of them for several"
        ))),
    }
}
