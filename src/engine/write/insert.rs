//! Inserts: one row, many rows in one statement, and rows with rows around them.

use std::collections::HashMap;

use async_graphql::parser::types::Field;
use sea_query::{
    Alias, Expr, Func, InsertStatement, OnConflict, PostgresQueryBuilder, SelectStatement,
};
use serde_json::Value;

use super::{Link, Returning, Step, WritePlan, returning_clause, table_ref};
use crate::{
    engine::{
        input::{Input, Source, plain},
        plan::{Compiler, SelectedField},
        sql::{Conversion, Statement, cast},
    },
    error::{Error, Result},
    model::{Column, Kind, Member, OWNER_COLUMN, Table, TableId},
    schema::{Write, column_value},
};

/// Rows of one operation that are inserted one by one, because rows around them need their keys: each
/// is a statement, while any number of rows without others around them is one.
const SINGLE_INSERTS_MAX: usize = 10_000;

/// The caller's id, in SQL.
const CALLER: &str = "auth.uid()";

/// A row to insert, with the rows around it.
struct NewRow<'i> {
    table: TableId,
    input: &'i Input,
    /// Columns whose values earlier steps returned: the column's place, the step, its column there.
    given: Vec<(usize, usize, usize)>,
}

impl NewRow<'_> {
    /// Whether an earlier step gives the value of a column.
    fn is_given(&self, of: &Table, column: &str) -> bool {
        let mut given = self.given.iter();
        given.any(|(place, ..)| of.columns[*place].name == column)
    }
}

/// Many rows as one select, under construction.
struct Records {
    /// Where their inputs are read at each run.
    source: Source,
    /// A select of the arrays of their columns, side by side.
    rows: SelectStatement,
    /// The columns that are written.
    columns: Vec<Alias>,
    /// What is written there, as SQL over `rows`.
    values: Vec<String>,
}

impl Records {
    /// Adds an array with a value of each row.
    fn unnest(&mut self, array: Expr, ty: &str, alias: String) {
        let array = cast(array, &format!("{ty}[]"));
        let unnest = Func::cust(Alias::new("unnest")).arg(array);
        self.rows.expr_as(Expr::from(unnest), Alias::new(alias));
    }
}

/// The statements that insert rows with rows around them.
#[derive(Default)]
struct Tree<'a> {
    steps: Vec<Step>,
    /// What rows around others return: once for each table, so that equal inserts are equal SQL,
    /// which is prepared once.
    returning: HashMap<TableId, Returning<'a>>,
}

impl<'a> Compiler<'a> {
    pub(super) fn create(
        &mut self,
        write: Write,
        arguments: &Input,
        selected: &SelectedField<'a>,
    ) -> Result<WritePlan> {
        let Write { table, many, .. } = write;
        let of = self.table(table);
        let inputs: Vec<&Input> =
            match (many, arguments.given("inputs")?, arguments.given("input")?) {
                (true, Some(inputs), None) => inputs.items("inputs")?.iter().collect(),
                (false, None, Some(input)) => vec![input],
                _ => return Err(Error::bad_input("What is to be created is not given")),
            };
        let mut nested = false;
        for input in &inputs {
            nested |= has_relations(of, input)?;
        }
        let mut returning = self.returning(table);
        let answer = self.answer(many, &mut returning, &selected.selections(), nested)?;
        let conflict = arguments.given("onConflict")?;
        if nested && conflict.is_some() {
            return Err(Error::bad_input(
                "onConflict goes with rows alone: related rows may have no row to belong to",
            ));
        }
        let mut tree = Tree::default();
        let mut answers = Vec::new();
        if many && !nested {
            let statement =
                self.insert_many(of, &inputs, selected.fields[0], conflict, &returning)?;
            tree.steps.push(Step {
                statement,
                links: Vec::new(),
            });
            answers.push(0);
        } else {
            for input in inputs {
                let row = NewRow {
                    table,
                    input,
                    given: Vec::new(),
                };
                answers.push(self.insert_tree(row, Some(&returning), &mut tree)?);
            }
        }
        Ok(WritePlan {
            steps: tree.steps,
            answers,
            key_width: returning.key_width,
            at_most: None,
            keys_first: None,
            answer,
        })
    }

    /// Inserts what a row refers to, the row, and what refers to it; gives the row's step.
    fn insert_tree(
        &mut self,
        mut row: NewRow<'_>,
        returning: Option<&Returning<'a>>,
        tree: &mut Tree<'a>,
    ) -> Result<usize> {
        let of = self.table(row.table);
        let nested = |field: &str| match of.member(field) {
            Some(Member::Relation(index)) => Some(&of.relations[index]),
            _ => None,
        };
        for (field, value) in row.input.fields(&of.type_name)? {
            if let Some(relation) = nested(field).filter(|relation| relation.owns_key)
                && !value.is_null()
            {
                let input = created(field, value)?;
                let target = self.table(relation.target);
                let inner = NewRow {
                    table: relation.target,
                    input,
                    given: Vec::new(),
                };
                let step = self.insert_tree(inner, None, tree)?;
                for (here, there) in &relation.on {
                    row.given
                        .push((*here, step, returned_place(target, *there)));
                }
            }
        }
        let own = match returning {
            Some(returning) => returning,
            None => {
                let known = tree.returning.entry(row.table);
                known.or_insert_with(|| self.returning(row.table))
            }
        };
        let made = self.insert_one(&row, own, &mut tree.steps)?;
        for (field, value) in row.input.fields(&of.type_name)? {
            let Some(relation) = nested(field).filter(|relation| !relation.owns_key) else {
                continue;
            };
            if value.is_null() {
                continue;
            }
            let inputs = match created(field, value)? {
                Input::List(items) => items.iter().collect(),
                one => vec![one],
            };
            for input in inputs {
                let given = relation.on.iter();
                let given = given.map(|(here, there)| (*there, made, returned_place(of, *here)));
                let inner = NewRow {
                    table: relation.target,
                    input,
                    given: given.collect(),
                };
                self.insert_tree(inner, None, tree)?;
            }
        }
        Ok(made)
    }

    fn insert_one(
        &mut self,
        row: &NewRow<'_>,
        returning: &Returning<'a>,
        steps: &mut Vec<Step>,
    ) -> Result<usize> {
        self.count_single_insert()?;
        let of = self.table(row.table);
        let (mut assigned, links) = self.linked_columns(of, row);
        assigned.extend(self.named_columns(of, row)?);
        if let Some(owner) = owner_without_default(of)
            && row.input.field(&owner.field)?.is_none()
            && !row.is_given(of, OWNER_COLUMN)
        {
            assigned.push((Alias::new(OWNER_COLUMN), Expr::cust(CALLER)));
        }
        let mut insert = InsertStatement::new();
        insert.into_table(table_ref(of, &returning.rows.alias));
        if assigned.is_empty() {
            insert.or_default_values();
        } else {
            let (columns, values): (Vec<_>, Vec<_>) = assigned.into_iter().unzip();
            insert.columns(columns);
            insert.values(values).map_err(Error::internal)?;
        }
        // The row's links come first in every RETURNING, so that their places are known.
        insert.returning(returning_clause(&returning.rows));
        steps.push(Step {
            statement: Statement::new(insert.build(PostgresQueryBuilder)),
            links,
        });
        Ok(steps.len() - 1)
    }

    fn count_single_insert(&mut self) -> Result<()> {
        self.single_inserts += 1;
        if self.single_inserts <= SINGLE_INSERTS_MAX {
            return Ok(());
        }
        let message = format!(
            "More than {SINGLE_INSERTS_MAX} rows are made with related rows: make them in several operations"
        );
        Err(Error::limit_exceeded(
            "relatedRows",
            SINGLE_INSERTS_MAX,
            message,
        ))
    }

    /// The columns whose values earlier steps return, and where these come from.
    fn linked_columns(&mut self, of: &Table, row: &NewRow<'_>) -> (Vec<(Alias, Expr)>, Vec<Link>) {
        let linked = row.given.iter().map(|(place, step, result)| {
            let column = &of.columns[*place];
            let placeholder = self.parameter(&Source::Constant(Value::Null), Conversion::Keys(0));
            let link = Link {
                parameter: self.parameters.list.len() - 1,
                step: *step,
                column: *result,
            };
            let value = cast(placeholder, &column.facts.sql_type);
            ((Alias::new(&column.name), value), link)
        });
        linked.unzip()
    }

    /// The columns that the row's input names.
    fn named_columns(&mut self, of: &Table, row: &NewRow<'_>) -> Result<Vec<(Alias, Expr)>> {
        let mut named = Vec::new();
        for (field, value) in row.input.fields(&of.type_name)? {
            let column = match of.member(field) {
                Some(Member::Column(index)) => &of.columns[index],
                Some(Member::Relation(_)) => continue,
                None => return Err(unknown_field(of, field)),
            };
            if row.is_given(of, &column.name) {
                return Err(Error::bad_input(format!(
                    "{field} is given, and so is the row that it would name"
                ))
                .with("field", field.as_str()));
            }
            named.push((Alias::new(&column.name), self.column_value(column, value)?));
        }
        Ok(named)
    }

    /// One statement for any number of rows: a parameter per column holds the values of all rows.
    fn insert_many(
        &mut self,
        of: &Table,
        inputs: &[&Input],
        field: &Field,
        conflict: Option<&Input>,
        returning: &Returning<'a>,
    ) -> Result<Statement> {
        check_fields(of, inputs)?;
        let mut records = Records {
            source: inputs_source(field),
            rows: SelectStatement::new(),
            columns: Vec::new(),
            values: Vec::new(),
        };
        for column in &of.columns {
            self.record_column(&mut records, column, inputs)?;
        }
        if inputs.is_empty() || records.columns.is_empty() {
            return Err(Error::bad_input(
                "There is nothing to create: give at least one row with a field",
            ));
        }
        if let Some(owner) = owner_without_default(of)
            && !records.columns.contains(&Alias::new(OWNER_COLUMN))
        {
            records.columns.push(Alias::new(OWNER_COLUMN));
            records.values.push(default_sql(owner));
        }
        let mut select = SelectStatement::new();
        for value in records.values {
            select.expr(Expr::cust(value));
        }
        select.from_subquery(records.rows, Alias::new("records"));
        let mut insert = InsertStatement::new();
        insert
            .into_table(table_ref(of, &returning.rows.alias))
            .columns(records.columns);
        insert.select_from(select).map_err(Error::internal)?;
        if let Some(conflict) = conflict {
            insert.on_conflict(on_conflict(of, conflict)?);
        }
        insert.returning(returning_clause(&returning.rows));
        Ok(Statement::new(insert.build(PostgresQueryBuilder)))
    }

    /// Adds a column to records, if one of the inputs names it: where others do not, they take its default.
    fn record_column(
        &mut self,
        records: &mut Records,
        column: &Column,
        inputs: &[&Input],
    ) -> Result<()> {
        let mut present = 0;
        for input in inputs {
            present += usize::from(input.field(&column.field)?.is_some());
        }
        if present == 0 {
            return Ok(());
        }
        let n = records.values.len();
        let (conversion, ty) = self.record_conversion(column);
        let array = self.parameter(&records.source, conversion);
        records.unnest(array, &ty, format!("c{n}"));
        let mut value = record_value(column, n);
        if present < inputs.len() {
            let given = Conversion::Given(column.field.clone());
            let array = self.parameter(&records.source, given);
            records.unnest(array, "boolean", format!("p{n}"));
            let default = default_sql(column);
            value = format!("case when p{n} then {value} else {default} end");
        }
        records.columns.push(Alias::new(&column.name));
        records.values.push(value);
        Ok(())
    }

    fn record_conversion(&self, column: &Column) -> (Conversion, String) {
        let field = column.field.clone();
        match column.kind {
            // Arrays cannot hold lists of different lengths, so that lists travel as JSON.
            Kind::List(_) => {
                let scalar = self.scalar(&column.kind);
                (
                    Conversion::RecordLists { field, scalar },
                    "jsonb".to_owned(),
                )
            }
            _ => {
                let scalar = self.scalar(&column.kind);
                (
                    Conversion::Records { field, scalar },
                    column.facts.sql_type.clone(),
                )
            }
        }
    }
}

/// Where the inputs of many rows are read at each run.
fn inputs_source(field: &Field) -> Source {
    match field.get_argument("inputs").map(|value| &value.node) {
        Some(async_graphql_value::Value::Variable(name)) => Source::Variable {
            name: name.to_string(),
            path: Vec::new(),
        },
        Some(literal) => match literal.clone().into_const() {
            Some(_) => Source::Constant(plain(literal)),
            None => Source::Template(literal.clone()),
        },
        None => Source::Constant(Value::Array(Vec::new())),
    }
}

/// The column that says whose row it is, where whoever inserts the row has to say it.
fn owner_without_default(table: &Table) -> Option<&Column> {
    let owner = table.column_named(OWNER_COLUMN)?;
    owner.facts.default.is_none().then_some(owner)
}

/// The n-th column of a record as a value of the table's column.
fn record_value(column: &Column, n: usize) -> String {
    match column.kind {
        Kind::List(_) => format!(
            "case when c{n} is not null then array(select jsonb_array_elements_text(c{n}))::{} end",
            column.facts.sql_type
        ),
        _ => format!("c{n}"),
    }
}

/// What a column takes when its row does not name it.
fn default_sql(column: &Column) -> String {
    match &column.facts.default {
        Some(default) => default.clone(),
        None if column.name == OWNER_COLUMN => CALLER.to_owned(),
        None => "null".to_owned(),
    }
}

/// The place of a column in what a step without an answer of its own returns: the key's columns.
fn returned_place(table: &Table, column: usize) -> usize {
    table
        .key
        .iter()
        .position(|key| *key == column)
        .unwrap_or_default()
}

fn has_relations(table: &Table, input: &Input) -> Result<bool> {
    let fields = input.fields(&table.type_name)?;
    Ok(fields.iter().any(|(field, value)| {
        matches!(table.member(field), Some(Member::Relation(_))) && !value.is_null()
    }))
}

/// What is to be created in a relation's field.
fn created<'i>(field: &str, value: &'i Input) -> Result<&'i Input> {
    value
        .given("create")?
        .ok_or_else(|| Error::bad_input(format!("{field} needs what is to be created")))
}

fn check_fields(table: &Table, inputs: &[&Input]) -> Result<()> {
    for input in inputs {
        let mut fields = input.fields(&table.type_name)?.iter();
        if let Some((unknown, _)) = fields.find(|(field, _)| table.member(field).is_none()) {
            return Err(unknown_field(table, unknown));
        }
    }
    Ok(())
}

fn unknown_field(table: &Table, field: &str) -> Error {
    Error::bad_input(format!("{} has no field {field}", table.type_name))
}

fn on_conflict(table: &Table, input: &Input) -> Result<OnConflict> {
    let columns = |name: &str| -> Result<Vec<Alias>> {
        let Some(input) = input.given(name)? else {
            return Err(Error::bad_input(format!("onConflict needs {name}")));
        };
        let named = |value: &str| {
            let mut columns = table.columns.iter();
            columns
                .find(|column| column_value(column) == value)
                .map(|column| Alias::new(&column.name))
                .ok_or_else(|| Error::bad_input(format!("There is no column {value}")))
        };
        input.names(name)?.into_iter().map(named).collect()
    };
    let unique = columns("columns")?;
    if unique.is_empty() {
        return Err(Error::bad_input(
            "onConflict needs the columns of a unique constraint in columns",
        ));
    }
    let mut conflict = OnConflict::columns(unique);
    let update = columns("update")?;
    if update.is_empty() {
        conflict.do_nothing();
    } else {
        conflict.update_columns(update);
    }
    Ok(conflict)
}
