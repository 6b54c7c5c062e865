//! Subscriptions to changes: what was selected of a change, answered from the change itself where
//! it holds all that was asked for, else by reading the row as the caller.

use async_graphql::parser::types::SelectionSet;
use sea_query::{Expr, PostgresQueryBuilder, SelectStatement};
use serde_json::Value;

use super::{
    encode::{Constant, Fields, json_string},
    input::{Input, Source},
    plan::{Compiler, Loader, SelectedField},
    sql::{Conversion, Parameter, Parameters, Statement},
    value::Scalar,
};
use crate::{
    error::{Error, Result},
    model::{Column, Kind, Member, Table, TableId},
};

/// A subscription to the changes of a table.
#[derive(Debug)]
pub struct ChangePlan {
    /// The table.
    pub table: TableId,
    /// Which operations, by their GraphQL names; nothing for all.
    pub operations: Option<Vec<String>>,
    /// The cursor to go on from.
    pub after: Option<Source>,
    /// The condition on the row.
    pub condition: ChangeCondition,
    /// The parameters of the condition and of reads.
    pub parameters: Parameters,
    /// What was selected of a change.
    pub fields: Fields<ChangeField>,
}

/// Which rows a subscription is about.
#[derive(Debug)]
pub enum ChangeCondition {
    /// Tests that need no database; all must hold.
    Tests(Vec<ColumnTest>),
    /// SQL: the row goes by its table's name; parameters begin at `$2`.
    Sql(Statement),
}

/// A test of a column against values.
#[derive(Debug)]
pub struct ColumnTest {
    /// The column's name.
    pub column: String,
    /// `eq`, `in` or `isNull`.
    pub operator: &'static str,
    /// The value or values.
    pub source: Source,
    /// How a value is read.
    pub scalar: Scalar,
}

/// A field of a change.
#[derive(Debug)]
pub enum ChangeField {
    /// `operation`.
    Operation,
    /// `record`, from the change.
    Record(LoggedObject),
    /// `record`, read by its key as the caller.
    Loaded(Box<Loader>),
    /// `oldRecord`.
    OldRecord(LoggedObject),
    /// `changedColumns`.
    ChangedColumns,
    /// `committedAt`.
    CommittedAt,
    /// `cursor`.
    Cursor,
    /// `__typename`.
    Typename(Constant),
}

/// An object made of a row as the change log has it.
#[derive(Debug)]
pub struct LoggedObject {
    pub(super) fields: Fields<LoggedField>,
}

/// A field of such an object.
#[derive(Debug)]
pub(super) enum LoggedField {
    /// A column, by its name in the database.
    Column { name: String, kind: Kind },
    /// The row's global id, made of the columns of its key.
    NodeId { table: String, key: Vec<String> },
    /// The same for every row.
    Constant(Constant),
}

impl<'a> Compiler<'a> {
    /// Compiles a subscription to a table's changes.
    ///
    /// # Errors
    /// BAD_USER_INPUT for a condition that means nothing.
    pub fn change_plan(
        mut self,
        table: TableId,
        arguments: &Input,
        selected: &SelectedField<'a>,
    ) -> Result<ChangePlan> {
        let of = self.table(table);
        let input = arguments.given("where")?;
        let tests = match input {
            None => Some(Vec::new()),
            Some(input) => self.column_tests(of, input)?,
        };
        let condition = match tests {
            Some(mut tests) => {
                tests.extend(self.unasked_bin(table, input).map(not_in_bin));
                ChangeCondition::Tests(tests)
            }
            None => {
                let condition = self.listed(table, &of.name, input)?;
                let condition = condition.unwrap_or_else(|| Expr::cust("true"));
                ChangeCondition::Sql(statement_of(&mut self, condition))
            }
        };
        let operations = match arguments.given("operations")? {
            Some(operations) => {
                let names = operations.names("operations")?.into_iter();
                Some(names.map(str::to_owned).collect())
            }
            None => None,
        };
        let after = arguments.scalar("after")?.cloned();
        let fields = self.change_fields(table, &selected.selections())?;
        Ok(ChangePlan {
            table,
            operations,
            after,
            condition,
            parameters: self.parameters,
            fields,
        })
    }

    /// The condition as tests of single columns, if it is no more than that.
    fn column_tests(&self, table: &Table, input: &Input) -> Result<Option<Vec<ColumnTest>>> {
        let mut tests = Vec::new();
        for (field, value) in input.fields("A condition")? {
            let Some(Member::Column(index)) = table.member(field) else {
                return Ok(None);
            };
            let column = &table.columns[index];
            let plain = matches!(
                column.kind,
                Kind::Uuid | Kind::Text | Kind::Int | Kind::BigInt | Kind::Boolean | Kind::Enum(_)
            );
            // Null is refused where conditions become SQL.
            if !plain || value.is_null() {
                return Ok(None);
            }
            for (operator, value) in value.fields(field)? {
                let mut tested = ["eq", "in", "isNull"].into_iter();
                let Some(operator) = tested.find(|known| known == operator) else {
                    return Ok(None);
                };
                if value.is_null() {
                    return Ok(None);
                }
                let source = value.source(field)?;
                tests.push(ColumnTest {
                    column: column.name.clone(),
                    operator,
                    source,
                    scalar: self.scalar(&column.kind),
                });
            }
        }
        Ok(Some(tests))
    }

    fn change_fields(
        &mut self,
        table: TableId,
        selections: &[&'a SelectionSet],
    ) -> Result<Fields<ChangeField>> {
        let of = self.table(table);
        let type_name = format!("{}Change", of.type_name);
        let mut fields = Fields::default();
        for selected in self.collect(&type_name, selections) {
            let inner = selected.selections();
            let field = match selected.name() {
                "operation" => ChangeField::Operation,
                "record" => match self.logged(of, &of.type_name, &inner) {
                    Some(object) => ChangeField::Record(object),
                    None => ChangeField::Loaded(Box::new(self.loader(table, &inner)?)),
                },
                "oldRecord" => {
                    let name = format!("{}OldRecord", of.type_name);
                    match self.logged(of, &name, &inner) {
                        Some(object) => ChangeField::OldRecord(object),
                        None => {
                            return Err(Error::bad_input(
                                "oldRecord has a field that the log does not keep",
                            ));
                        }
                    }
                }
                "changedColumns" => ChangeField::ChangedColumns,
                "committedAt" => ChangeField::CommittedAt,
                "cursor" => ChangeField::Cursor,
                _ => ChangeField::Typename(json_string(&type_name)),
            };
            fields.push(selected.key, field);
        }
        Ok(fields)
    }

    /// The object, if a row of the log holds all of it.
    fn logged(
        &self,
        table: &Table,
        type_name: &str,
        selections: &[&'a SelectionSet],
    ) -> Option<LoggedObject> {
        let mut fields = Fields::default();
        for selected in self.collect(type_name, selections) {
            let field = match (selected.name(), table.member(selected.name())) {
                ("__typename", _) => LoggedField::Constant(json_string(type_name)),
                ("nodeId", _) if table.key_columns().all(|key| key.kind == Kind::Uuid) => {
                    LoggedField::NodeId {
                        table: table.name.clone(),
                        key: table.key_columns().map(|key| key.name.clone()).collect(),
                    }
                }
                (_, Some(Member::Column(index))) if is_logged(&table.columns[index].kind) => {
                    let column = &table.columns[index];
                    LoggedField::Column {
                        name: column.name.clone(),
                        kind: column.kind.clone(),
                    }
                }
                _ => return None,
            };
            fields.push(selected.key, field);
        }
        Some(LoggedObject { fields })
    }
}

/// A row that goes into the bin leaves a list, one that comes back enters it.
fn not_in_bin(bin: &Column) -> ColumnTest {
    ColumnTest {
        column: bin.name.clone(),
        operator: "isNull",
        source: Source::Constant(Value::Bool(true)),
        scalar: Scalar::Boolean,
    }
}

/// Whether the log's JSON of a kind of value can be written as GraphQL has it.
fn is_logged(kind: &Kind) -> bool {
    match kind {
        Kind::Vector(_) | Kind::TextSearch | Kind::Bytes | Kind::Interval => false,
        Kind::List(element) => is_logged(element),
        _ => true,
    }
}

/// A condition as SQL on its own, its parameters numbered from `$2`.
fn statement_of(compiler: &mut Compiler<'_>, condition: Expr) -> Statement {
    // Takes the number that whoever runs the condition keeps for the row.
    let parameter = Parameter {
        source: Source::Constant(Value::Null),
        conversion: Conversion::One(Scalar::String),
        root: 0,
    };
    let first = compiler.parameters.add(parameter);
    let mut select = SelectStatement::new();
    select.expr(first).expr(condition);
    let mut statement = Statement::new(select.build(PostgresQueryBuilder));
    statement.parameters.remove(0);
    statement.sql = statement.sql.trim_start_matches("SELECT $1, ").to_owned();
    statement
}
