//! An operation as a whole: each root field and what it does.

use async_graphql::{
    Pos,
    parser::types::{OperationDefinition, OperationType},
};

use super::{
    encode::{Constant, Fields, json_string},
    input::{Input, Variables},
    introspection::Question,
    outcome::{ActionPlan, ValueShape},
    plan::{
        Api, Compiler, LevelShape, ReadPlan, SelectedField,
        rows::{Rows, key_conditions},
    },
    sql::Parameters,
    write::WritePlan,
};
use crate::{
    auth::Role,
    db,
    error::{Error, Result},
    model::TableId,
    schema::Root,
};

/// All that an operation does, for one shape of its variables.
pub struct Plan {
    /// What kind of operation it is.
    pub kind: OperationType,
    /// The root fields in the order of the document.
    pub roots: Fields<RootPlan>,
    /// The parameters of all statements.
    pub parameters: Parameters,
    /// The tables that it reads.
    pub reads: Box<[TableId]>,
}

impl Plan {
    /// What the cost of the whole operation is remembered under.
    pub fn cost_of(&self) -> db::Work {
        self.roots.iter().fold(db::Work::default(), |all, root| {
            let work = match &root.work {
                Work::Read(read) => read.cost_of(),
                Work::Write(write) => {
                    let steps = write.steps.iter().map(|step| step.statement.work);
                    steps.fold(db::Work::default(), db::Work::and)
                }
                Work::Action(action) => action.cost_of(),
                Work::Constant(_) | Work::Introspection(_) | Work::Refused(_) => return all,
            };
            all.and(work)
        })
    }

    /// How many of its root fields write. Actions count where somebody is signed in: what else may call are sign-ins and
    /// the like, and broadcasts, which have rates of their own.
    pub fn writes(&self, role: Role) -> usize {
        if self.kind != OperationType::Mutation {
            return 0;
        }
        let writes = self.roots.iter().filter(|root| match &root.work {
            Work::Write(_) => true,
            Work::Action(_) => role != Role::Anon,
            _ => false,
        });
        writes.count()
    }
}

/// A root field.
pub struct RootPlan {
    /// The response key, for paths of errors.
    pub key: String,
    /// Where it stands in the document.
    pub position: Pos,
    /// Whether its answer may be null: if not, its error makes the whole answer null.
    pub nullable: bool,
    /// What it does.
    pub work: Work,
}

impl RootPlan {
    /// The error that it was refused with when it was compiled.
    pub fn refusal(&self) -> Option<&Error> {
        match &self.work {
            Work::Refused(error) => Some(error),
            _ => None,
        }
    }
}

/// What a root field does.
pub enum Work {
    /// Its answer is known.
    Constant(Constant),
    /// It asks about the schema.
    Introspection(Question),
    /// It reads.
    Read(ReadPlan),
    /// It writes.
    Write(Box<WritePlan>),
    /// It runs an action, or finds a node.
    Action(Box<ActionPlan>),
    /// It was refused when it was compiled.
    Refused(Error),
}

/// What a subscription asks for.
pub enum SubscriptionPlan {
    /// The changes of a table.
    Changes(Box<super::change::ChangePlan>),
    /// A query, again whenever its answer changes, and the tables that it reads.
    Live(Plan, Vec<TableId>),
    /// A stream that a part of the server brings.
    Stream {
        /// The root field.
        name: &'static str,
        /// Its arguments.
        arguments: Input,
        /// What was selected of each of its values.
        shape: ValueShape,
    },
}

/// Compiles a subscription: its one root field, and what it asks for.
///
/// # Errors
/// BAD_USER_INPUT for arguments that mean nothing.
pub fn compile_subscription<'a>(
    api: &'a Api,
    document: &'a async_graphql::parser::types::ExecutableDocument,
    operation: &'a OperationDefinition,
    variables: &'a Variables,
    root_of: RootOf<'_>,
) -> Result<(Fields<()>, SubscriptionPlan)> {
    let mut compiler = Compiler::new(api, document, operation, variables);
    let fields = compiler.collect("Subscription", &[&operation.selection_set.node]);
    let [selected] = fields.as_slice() else {
        return Err(Error::bad_input(
            "A subscription asks for exactly one field",
        ));
    };
    let arguments = compiler.arguments("Subscription", selected.fields[0])?;
    let root = Fields::of(selected.key, ());
    let plan = match root_of(OperationType::Subscription, selected.name()) {
        Some(Root::Changes(table)) => {
            SubscriptionPlan::Changes(Box::new(compiler.change_plan(table, &arguments, selected)?))
        }
        Some(Root::Live) => {
            let plan = query_plan(&mut compiler, &selected.selections(), root_of);
            // What was refused would be refused again at every change.
            if let Some(error) = plan.roots.iter().find_map(RootPlan::refusal) {
                return Err(error.clone());
            }
            SubscriptionPlan::Live(plan, compiler.tables())
        }
        Some(Root::Stream(name)) => {
            let shape = compiler.stream_shape(selected)?;
            SubscriptionPlan::Stream {
                name,
                arguments,
                shape,
            }
        }
        _ => return Err(Error::bad_input("This cannot be subscribed to")),
    };
    Ok((root, plan))
}

/// Which root does what, by operation and field.
pub type RootOf<'a> = &'a dyn Fn(OperationType, &str) -> Option<Root>;

/// Compiles an operation whose document was validated and whose variables were checked.
pub fn compile<'a>(
    api: &'a Api,
    document: &'a async_graphql::parser::types::ExecutableDocument,
    operation: &'a OperationDefinition,
    variables: &'a Variables,
    root_of: RootOf<'_>,
) -> Plan {
    let mut compiler = Compiler::new(api, document, operation, variables);
    let selections = [&operation.selection_set.node];
    compile_fields(&mut compiler, operation.ty, &selections, root_of)
}

/// Compiles a query that is the selection of a field.
fn query_plan<'a>(
    compiler: &mut Compiler<'a>,
    selections: &[&'a async_graphql::parser::types::SelectionSet],
    root_of: RootOf<'_>,
) -> Plan {
    compile_fields(compiler, OperationType::Query, selections, root_of)
}

fn compile_fields<'a>(
    compiler: &mut Compiler<'a>,
    kind: OperationType,
    selections: &[&'a async_graphql::parser::types::SelectionSet],
    root_of: RootOf<'_>,
) -> Plan {
    let type_name = match kind {
        OperationType::Query => "Query",
        OperationType::Mutation => "Mutation",
        OperationType::Subscription => "Subscription",
    };
    let mut roots = Fields::default();
    for selected in compiler.collect(type_name, selections) {
        compiler.root = roots.len();
        let name = selected.name();
        let work = compile_root(compiler, type_name, root_of(kind, name), &selected)
            .unwrap_or_else(|error| {
                compiler.abandon();
                Work::Refused(error)
            });
        let definition = compiler.api.schema.types.field(type_name, name);
        let root = RootPlan {
            key: selected.key.to_owned(),
            position: selected.position,
            nullable: definition.is_some_and(|field| field.ty.nullable),
            work,
        };
        roots.push(selected.key, root);
    }
    Plan {
        kind,
        roots,
        parameters: compiler.parameters.clone(),
        reads: compiler.tables().into(),
    }
}

fn compile_root<'a>(
    compiler: &mut Compiler<'a>,
    type_name: &str,
    root: Option<Root>,
    selected: &SelectedField<'a>,
) -> Result<Work> {
    let arguments = compiler.arguments(type_name, selected.fields[0])?;
    Ok(match root {
        None => match selected.name() {
            "__typename" => Work::Constant(json_string(type_name)),
            "__schema" | "__type" => Work::Introspection(compiler.question(selected)?),
            unknown => return Err(Error::bad_input(format!("{type_name} has no {unknown}"))),
        },
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
        Some(Root::Write(write)) => {
            Work::Write(Box::new(compiler.write_plan(write, &arguments, selected)?))
        }
        Some(Root::Changes(_) | Root::Live | Root::Stream(_)) => {
            return Err(Error::bad_input(format!(
                "{} cannot be asked for here",
                selected.name()
            )));
        }
    })
}

/// One row by its key.
fn one<'a>(
    compiler: &mut Compiler<'a>,
    table: TableId,
    arguments: &Input,
    selected: &SelectedField<'a>,
) -> Result<ReadPlan> {
    let level = compiler.reserve_level();
    let mut rows = Rows::new(compiler, table);
    let alias = rows.alias.clone();
    rows.conditions = key_conditions(compiler, table, &alias, arguments)?;
    let object = compiler.object(&mut rows, &alias, table, &selected.selections())?;
    compiler.finish(level, rows, LevelShape::Row(object))?;
    Ok(compiler.take_levels())
}
