//! Mutations of tables: statements in order, and what is answered of the rows that they wrote.
//!
//! A write that asks for nothing but columns answers from its own RETURNING. One that asks for
//! related rows reads them afterwards by the keys it returned (a delete reads them before).

mod insert;
mod update;

use async_graphql::parser::types::SelectionSet;
use sea_query::{
    Alias, DeleteStatement, Expr, ExprTrait, IntoTableRef, PostgresQueryBuilder, Query,
    ReturningClause, SelectStatement, TableRef,
};

use super::{
    encode::{Constant, Fields, json_string},
    input::Input,
    plan::{
        Compiler, Loader, ObjectShape, SelectedField,
        rows::{Rows, all, column, key_conditions},
    },
    sql::{Conversion, Statement, cast},
    value::Scalar,
};
use crate::{
    error::{Error, Result},
    model::{Column, Kind, Member, Table, TableId},
    schema::{Verb, Write},
};

/// A mutation of a table.
pub struct WritePlan {
    /// The statements, in order.
    pub steps: Vec<Step>,
    /// Which steps' rows are answered, in order. All of them return the same columns.
    pub answers: Vec<usize>,
    /// How many of its first columns are the key.
    pub key_width: usize,
    /// The parameter with the most rows that may be written, if there is a limit.
    pub at_most: Option<usize>,
    /// A statement that gives the keys of the rows before they are written, for deletes whose
    /// answer has related rows.
    pub keys_first: Option<Statement>,
    /// What is answered.
    pub answer: Answer,
}

/// A statement of a mutation.
pub struct Step {
    /// The statement.
    pub statement: Statement,
    /// Parameters that take a column of the first row of an earlier step.
    pub links: Vec<Link>,
}

/// A value that an earlier step returned.
#[derive(Debug, Clone, Copy)]
pub struct Link {
    /// The parameter that takes it.
    pub parameter: usize,
    /// The step that returned it, from 0.
    pub step: usize,
    /// The column of its result.
    pub column: usize,
}

/// What a mutation answers.
pub enum Answer {
    /// The row, or null.
    One(RowSource),
    /// Several rows and their number.
    Payload(Fields<PayloadField>),
}

/// A field of a payload.
pub enum PayloadField {
    /// `affectedCount`.
    AffectedCount,
    /// `nodes`.
    Nodes(RowSource),
    /// `__typename`.
    Typename(Constant),
}

/// Where the objects of written rows come from.
pub enum RowSource {
    /// From the columns that were returned.
    Returned(ObjectShape),
    /// By reading them with their keys.
    Loaded(Box<Loader>),
}

/// What a write returns, while it is compiled.
struct Returning<'a> {
    rows: Rows<'a>,
    key_width: usize,
}

impl<'a> Compiler<'a> {
    /// Compiles a mutation of a table.
    pub fn write_plan(
        &mut self,
        write: Write,
        arguments: &Input,
        selected: &SelectedField<'a>,
    ) -> Result<WritePlan> {
        match write.verb {
            Verb::Create => self.create(write, arguments, selected),
            Verb::Update => self.update(write, arguments, selected),
            Verb::Delete => self.delete(write, arguments, selected),
        }
    }

    fn returning(&mut self, table: TableId) -> Returning<'a> {
        let mut rows = Rows::new(self, table);
        let alias = rows.alias.clone();
        let of = self.table(table);
        for key in of.key_columns() {
            rows.read_column(&alias, &key.name);
        }
        Returning {
            rows,
            key_width: of.key.len(),
        }
    }

    /// Compiles what a field of one row answers.
    fn answer_one(
        &mut self,
        returning: &mut Returning<'a>,
        selections: &[&'a SelectionSet],
        nested: bool,
    ) -> Result<RowSource> {
        let table = returning.rows.table;
        if nested || self.asks_for_relations(table, selections) {
            return Ok(RowSource::Loaded(Box::new(self.loader(table, selections)?)));
        }
        let alias = returning.rows.alias.clone();
        Ok(RowSource::Returned(self.object(
            &mut returning.rows,
            &alias,
            table,
            selections,
        )?))
    }

    fn answer_payload(
        &mut self,
        returning: &mut Returning<'a>,
        selections: &[&'a SelectionSet],
        nested: bool,
    ) -> Result<Answer> {
        let type_name = format!("{}Payload", self.table(returning.rows.table).type_name);
        let mut fields = Fields::default();
        for selected in self.collect(&type_name, selections) {
            let field = match selected.name() {
                "affectedCount" => PayloadField::AffectedCount,
                "nodes" => PayloadField::Nodes(self.answer_one(
                    returning,
                    &selected.selections(),
                    nested,
                )?),
                _ => PayloadField::Typename(json_string(&type_name)),
            };
            fields.push(selected.key, field);
        }
        Ok(Answer::Payload(fields))
    }

    fn answer(
        &mut self,
        many: bool,
        returning: &mut Returning<'a>,
        selections: &[&'a SelectionSet],
        nested: bool,
    ) -> Result<Answer> {
        if many {
            self.answer_payload(returning, selections, nested)
        } else {
            Ok(Answer::One(self.answer_one(returning, selections, nested)?))
        }
    }

    fn asks_for_relations(&self, table: TableId, selections: &[&'a SelectionSet]) -> bool {
        let of = self.table(table);
        self.collect(&of.type_name, selections)
            .iter()
            .any(|selected| matches!(of.member(selected.name()), Some(Member::Relation(_))))
    }

    /// The condition that picks the rows of an update or delete, and the parameter with their most.
    ///
    /// # Errors
    /// BAD_USER_INPUT when many rows are written and neither the condition demands anything nor `all`
    /// says that every row is meant.
    fn picked(
        &mut self,
        write: Write,
        alias: &str,
        arguments: &Input,
    ) -> Result<(Expr, Option<usize>)> {
        let table = write.table;
        if !write.many {
            let conditions = key_conditions(self, table, alias, arguments)?;
            return Ok((all(&conditions), None));
        }
        let of = self.table(table);
        let inner = self.rows_alias();
        let Some(input) = arguments.given("where")? else {
            return Err(Error::bad_input("where is needed"));
        };
        let condition = self.listed(table, &inner, Some(input))?;
        if !self.says_all(arguments)? && !self.demands(table, input)? {
            return Err(Error::bad_input(
                "The condition demands nothing, so that every row would be written: say which rows are meant, or all: true",
            )
            .with("field", "where"));
        }
        let Some(at_most) = arguments.scalar("atMost")? else {
            return Err(Error::bad_input("atMost cannot be null"));
        };
        let at_most = at_most.clone();
        let max = i32::MAX as u32 - 1;
        self.parameter(&at_most, Conversion::Limit { max, extra: 1 });
        let limit = self.parameters.list.len() - 1;
        let mut select = SelectStatement::new();
        select.from(table_ref(of, &inner)).limit(limit as u64);
        for key in of.key_columns() {
            select.expr(column(&inner, &key.name));
        }
        if let Some(condition) = condition {
            select.and_where(condition);
        }
        let keys = Expr::tuple(of.key_columns().map(|key| column(alias, &key.name)));
        Ok((keys.in_subquery(select), Some(limit)))
    }

    /// Whether `all` says that a condition without demands is meant. Which of the two it says shapes
    /// the plan, so the value may be looked at here.
    fn says_all(&self, arguments: &Input) -> Result<bool> {
        let all = arguments.scalar("all")?;
        let all = all.map(|source| source.value(self.scope.variables).as_bool());
        Ok(all == Some(Some(true)))
    }

    fn delete(
        &mut self,
        write: Write,
        arguments: &Input,
        selected: &SelectedField<'a>,
    ) -> Result<WritePlan> {
        let of = self.table(write.table);
        let mut returning = self.returning(write.table);
        let answer = self.answer(write.many, &mut returning, &selected.selections(), false)?;
        let alias = returning.rows.alias.clone();
        let (condition, at_most) = self.picked(write, &alias, arguments)?;
        let mut keys_first = None;
        if loads(&answer) {
            let mut select = SelectStatement::new();
            select
                .from(table_ref(of, &alias))
                .and_where(condition.clone());
            for key in of.key_columns() {
                select.expr(column(&alias, &key.name));
            }
            keys_first = Some(Statement::select(&select));
        }
        let mut delete = DeleteStatement::new();
        delete
            .from_table(table_ref(of, &alias))
            .and_where(condition);
        delete.returning(returning_clause(&returning.rows));
        let statement = Statement::new(delete.build(PostgresQueryBuilder));
        Ok(WritePlan {
            steps: vec![Step {
                statement,
                links: Vec::new(),
            }],
            answers: vec![0],
            key_width: returning.key_width,
            at_most,
            keys_first,
            answer,
        })
    }

    /// A value of an input for a column, cast to its type.
    fn column_value(&mut self, of: &Column, input: &Input) -> Result<Expr> {
        let scalar = self.scalar(&of.kind);
        let list = matches!(of.kind, Kind::List(_));
        let source = match input {
            Input::Null => super::input::Source::Constant(serde_json::Value::Null),
            value => value.source(&of.field)?,
        };
        let conversion = match input {
            Input::Null => Conversion::One(Scalar::String),
            _ if list => Conversion::Many(scalar),
            _ => Conversion::One(scalar),
        };
        let parameter = self.parameter(&source, conversion);
        Ok(cast(parameter, &of.facts.sql_type))
    }

    fn rows_alias(&mut self) -> String {
        self.aliases += 1;
        format!("t{}", self.aliases)
    }
}

/// Whether an answer reads rows by their keys.
pub fn loads(answer: &Answer) -> bool {
    match answer {
        Answer::One(written) => matches!(written, RowSource::Loaded(_)),
        Answer::Payload(fields) => fields
            .iter()
            .any(|field| matches!(field, PayloadField::Nodes(RowSource::Loaded(_)))),
    }
}

/// A table under an alias.
fn table_ref(table: &Table, alias: &str) -> TableRef {
    (Alias::new(&table.schema), Alias::new(&table.name))
        .into_table_ref()
        .alias(Alias::new(alias))
}

fn returning_clause(rows: &Rows<'_>) -> ReturningClause {
    Query::returning().exprs(rows.expressions())
}
