//! Numbers over rows, by groups.

mod fill;
mod group;
mod having;
mod order;
mod unit;

use async_graphql::parser::types::SelectionSet;
use sea_query::{Alias, Expr, ExprTrait, SelectStatement};
use serde_json::Value;

pub use self::fill::GROUPS_MAX;
use self::group::Group;
use super::{
    Compiler, Level, LevelShape, Statement,
    object::{FieldShape, ObjectShape},
    rows::column,
};
use crate::{
    engine::{
        encode::{NULL, json_string},
        input::{Input, Source},
        sql::{Conversion, Parameter, cast},
    },
    error::{Error, Result, suggestion::alternatives},
    model::{Column, Member, Table, TableId, pascal},
    schema::column_value,
};

/// A statement of an aggregate under construction.
struct Aggregate<'t> {
    table: &'t Table,
    alias: String,
    select: SelectStatement,
    width: usize,
    groups: Vec<Group<'t>>,
    /// Groups without rows are among them: how many there are was limited by the time they fill.
    filled: bool,
    /// The number of rows. A group that was filled in has none, though the join gives it one.
    count: Expr,
}

impl<'t> Aggregate<'t> {
    fn read(&mut self, expression: Expr) -> FieldShape {
        self.select
            .expr_as(expression, Alias::new(format!("c{}", self.width)));
        self.width += 1;
        FieldShape::Column(self.width - 1)
    }

    fn column(&self, field: &str) -> Option<&'t Column> {
        match self.table.member(field)? {
            Member::Column(index) => Some(&self.table.columns[index]),
            Member::Relation(_) => None,
        }
    }

    /// What the groups have in common in a column, if they do.
    fn group(&self, of: &Column) -> Option<&Group<'t>> {
        self.groups.iter().find(|group| group.of.name == of.name)
    }

    /// `sum`, `avg`, `min` or `max` of a column.
    fn computed(&self, part: &str, of: &Column) -> Result<Expr> {
        let from = column(&self.alias, &of.name);
        Ok(match part {
            "sum" => from.sum(),
            "avg" => from.avg(),
            "min" => from.min(),
            "max" => from.max(),
            unknown => {
                let name = &self.table.type_name;
                return Err(Error::internal(format!("no {unknown} of {name}")));
            }
        })
    }
}

impl<'a> Compiler<'a> {
    /// Compiles an aggregate over a table as a level of its own.
    pub fn aggregate(
        &mut self,
        table: TableId,
        arguments: &Input,
        selections: &[&'a SelectionSet],
    ) -> Result<usize> {
        let mut aggregate = self.grouped(table, arguments)?;
        if let Some(input) = arguments.given("having")?
            && let Some(condition) = self.having(&aggregate, input)?
        {
            aggregate.select.and_having(condition);
        }
        self.order_groups(&mut aggregate, arguments.given("orderBy")?)?;
        let shape = self.aggregate_object(&mut aggregate, selections)?;
        if aggregate.width == 0 {
            let count = aggregate.count.clone();
            aggregate.read(count);
        }
        self.page_of_groups(&mut aggregate, arguments)?;
        let level = self.reserve_level();
        self.levels[level] = Some(Level {
            statement: Statement::select(&aggregate.select),
            parent_width: 0,
            shape: LevelShape::List(shape),
        });
        Ok(level)
    }

    /// Which groups are answered: without those that are filled in, never more than a page may have.
    fn page_of_groups(&mut self, aggregate: &mut Aggregate<'a>, arguments: &Input) -> Result<()> {
        let max = self.api.page_max;
        let first = arguments.scalar("first")?.cloned();
        let limited = !aggregate.groups.is_empty() && !aggregate.filled;
        if limited || first.is_some() {
            let source = first.unwrap_or_else(|| Source::Constant(Value::from(max)));
            let limit = self.page_parameter(source, Conversion::Limit { max, extra: 0 });
            aggregate.select.limit(limit);
        }
        if let Some(offset) = arguments.scalar("offset")?.cloned() {
            let offset = self.page_parameter(offset, Conversion::Offset);
            aggregate.select.offset(offset);
        }
        Ok(())
    }

    fn page_parameter(&mut self, source: Source, conversion: Conversion) -> u64 {
        let root = self.root;
        self.parameters.number(Parameter {
            source,
            conversion,
            root,
        })
    }

    fn aggregate_object(
        &self,
        aggregate: &mut Aggregate<'a>,
        selections: &[&'a SelectionSet],
    ) -> Result<ObjectShape> {
        let name = &aggregate.table.type_name;
        let type_name = format!("{name}Aggregate");
        let mut shape = ObjectShape::default();
        for selected in self.collect(&type_name, selections) {
            let field = match selected.name() {
                "__typename" => FieldShape::Constant(json_string(&type_name)),
                "count" => {
                    let count = cast(aggregate.count.clone(), "integer");
                    aggregate.read(count)
                }
                "countDistinct" => {
                    let arguments = self.arguments(&type_name, selected.fields[0])?;
                    let of = enum_column(aggregate.table, &arguments)?;
                    let count = column(&aggregate.alias, &of.name).count_distinct();
                    aggregate.read(cast(count, "integer"))
                }
                "groupEnd" => match aggregate.groups.iter().find_map(Group::ends) {
                    Some(end) => aggregate.read(end),
                    None => FieldShape::Constant(NULL.into()),
                },
                part => {
                    let object = self.part(aggregate, part, &selected.selections())?;
                    FieldShape::ToOne {
                        present: None,
                        object,
                    }
                }
            };
            shape.push(selected.key, field);
        }
        Ok(shape)
    }

    /// `group`, `sum`, `avg`, `min` or `max`: an object with a field per column.
    fn part(
        &self,
        aggregate: &mut Aggregate<'a>,
        part: &str,
        selections: &[&'a SelectionSet],
    ) -> Result<ObjectShape> {
        let type_name = format!("{}{}", aggregate.table.type_name, pascal(part));
        let mut shape = ObjectShape::default();
        for selected in self.collect(&type_name, selections) {
            let field = match aggregate.column(selected.name()) {
                None => FieldShape::Constant(json_string(&type_name)),
                Some(of) if part == "group" => match aggregate.group(of).map(Group::answered) {
                    Some(value) => aggregate.read(value),
                    None => FieldShape::Constant(NULL.into()),
                },
                Some(of) => {
                    let expression = aggregate.computed(part, of)?;
                    aggregate.read(expression)
                }
            };
            shape.push(selected.key, field);
        }
        Ok(shape)
    }
}

/// The column that the field `column` of an input names.
fn enum_column<'t>(table: &'t Table, input: &Input) -> Result<&'t Column> {
    let Some(name) = input.given("column")? else {
        return Err(Error::bad_input("A column is needed"));
    };
    let name = name.name("column")?;
    let found = table
        .columns
        .iter()
        .find(|column| column_value(column) == name);
    found.ok_or_else(|| {
        let known: Vec<String> = table.columns.iter().map(column_value).collect();
        let meant = alternatives(name, known.iter().map(String::as_str));
        Error::bad_input(format!("There is no column {name}{meant}"))
    })
}
