//! An operation as a whole: each root field and what it does.

use async_graphql::{
    Pos,
    parser::types::{OperationDefinition, OperationType},
};
use bytes::Bytes;
use sea_query::ExprTrait;

use super::{
    input::{Input, Variables},
    model::TableId,
    outcome::ActionPlan,
    plan::{
        Catalogue, Compiler, LevelShape, ReadPlan, Selected, prefix,
        rows::{Rows, column},
    },
    sql::{Parameters, cast},
    write::WritePlan,
};
use crate::{
    error::{Error, Result},
    graphql::schema::Root,
};

/// All that an operation does, for one shape of its variables.
pub struct Plan {
    /// What kind of operation it is.
    pub kind: OperationType,
    /// The root fields in the order of the document.
    pub roots: Vec<RootPlan>,
    /// The parameters of all statements.
    pub parameters: Parameters,
}

/// A root field.
pub struct RootPlan {
    /// `"key":`, with a comma before it unless it is the first.
    pub prefix: Box<[u8]>,
    /// The response key, for paths of errors.
    pub key: String,
    /// Where it stands in the document.
    pub position: Pos,
    /// Whether its answer may be null: if not, its error makes the whole answer null.
    pub nullable: bool,
    /// What it does.
    pub work: Work,
}

/// What a root field does.
pub enum Work {
    /// Its answer is known.
    Constant(Bytes),
    /// It asks about the schema: async-graphql answers.
    Introspection,
    /// It reads.
    Read(ReadPlan),
    /// It writes.
    Write(Box<WritePlan>),
    /// It runs an action, or finds a node.
    Action(Box<ActionPlan>),
    /// It was refused when it was compiled.
    Refused(Error),
}

/// Which root does what, by operation and field.
pub type RootOf<'a> = &'a dyn Fn(OperationType, &str) -> Option<Root>;

/// Compiles an operation whose document was validated and whose variables were checked.
pub fn compile<'a>(
    catalogue: &'a Catalogue,
    document: &'a async_graphql::parser::types::ExecutableDocument,
    operation: &'a OperationDefinition,
    variables: &'a Variables,
    root_of: RootOf<'_>,
) -> Plan {
    let mut compiler = Compiler::new(catalogue, document, operation, variables);
    let type_name = match operation.ty {
        OperationType::Query => "Query",
        OperationType::Mutation => "Mutation",
        OperationType::Subscription => "Subscription",
    };
    let mut roots: Vec<RootPlan> = Vec::new();
    for selected in compiler.collect(type_name, &[&operation.selection_set.node]) {
        compiler.root = roots.len();
        let name = selected.name();
        let root = root_of(operation.ty, name);
        let work =
            compile_root(&mut compiler, type_name, root, &selected).unwrap_or_else(Work::Refused);
        let definition = catalogue.schema.types.field(type_name, name);
        roots.push(RootPlan {
            prefix: prefix(selected.key, roots.is_empty()),
            key: selected.key.to_owned(),
            position: selected.position,
            nullable: definition.is_some_and(|field| field.ty.nullable),
            work,
        });
    }
    Plan {
        kind: operation.ty,
        roots,
        parameters: compiler.parameters,
    }
}

fn compile_root<'a>(
    compiler: &mut Compiler<'a>,
    type_name: &str,
    root: Option<Root>,
    selected: &Selected<'a>,
) -> Result<Work> {
    let arguments = compiler.arguments(type_name, selected.fields[0]);
    Ok(match root {
        None if selected.name() == "__typename" => Work::Constant(json_string(type_name)),
        None => Work::Introspection,
        Some(Root::Version) => Work::Constant(json_string(env!("CARGO_PKG_VERSION"))),
        Some(Root::One(table)) => Work::Read(one(compiler, table, &arguments, selected)?),
        Some(Root::Many(table)) => {
            let level = compiler.reserve_level();
            let rows = Rows::new(compiler, table);
            compiler.connection(level, rows, &arguments, &selected.selections())?;
            Work::Read(compiler.take_levels())
        }
        Some(Root::Aggregate(table)) => {
            compiler.aggregate(table, &arguments, &selected.selections())?;
            Work::Read(compiler.take_levels())
        }
        Some(Root::Node) => Work::Action(Box::new(compiler.node_plan(&arguments, selected)?)),
        Some(Root::Action(place)) => Work::Action(Box::new(
            compiler.action_plan(place, type_name, arguments, selected)?,
        )),
        Some(write) => Work::Write(Box::new(compiler.write_plan(write, &arguments, selected)?)),
    })
}

/// One row by its key.
fn one<'a>(
    compiler: &mut Compiler<'a>,
    table: TableId,
    arguments: &Input,
    selected: &Selected<'a>,
) -> Result<ReadPlan> {
    let level = compiler.reserve_level();
    let mut rows = Rows::new(compiler, table);
    let alias = rows.alias.clone();
    rows.conditions = key_conditions(compiler, table, &alias, arguments)?;
    let object = compiler.object(&mut rows, &alias, table, &selected.selections())?;
    compiler.finish(level, rows, LevelShape::Row(object))?;
    Ok(compiler.take_levels())
}

/// The conditions that name a row by the arguments of its key.
pub fn key_conditions(
    compiler: &mut Compiler<'_>,
    table: TableId,
    alias: &str,
    arguments: &Input,
) -> Result<Vec<sea_query::Expr>> {
    let mut conditions = Vec::new();
    for key in compiler.table(table).key_columns() {
        let source = match arguments.get(&key.field) {
            Some(Input::Scalar(source)) => source.clone(),
            Some(Input::Enum(name)) => super::input::Source::Constant(name.as_str().into()),
            _ => return Err(Error::bad_input(format!("{} is needed", key.field))),
        };
        let scalar = compiler.scalar(&key.kind);
        let value = cast(compiler.one(&source, scalar), &key.facts.sql_type);
        conditions.push(column(alias, &key.name).eq(value));
    }
    Ok(conditions)
}

/// A text as JSON.
pub fn json_string(text: &str) -> Bytes {
    let mut bytes = Vec::new();
    super::encode::write_json_string(text, &mut bytes);
    bytes.into()
}
