//! Numbers over rows, by groups.

use async_graphql::parser::types::SelectionSet;
use sea_query::{Alias, Expr, ExprTrait, Order, SelectStatement};

use super::{
    Compiler, Level, LevelShape, Statement,
    object::{FieldShape, ObjectShape, constant_string},
    rows::column,
};
use crate::{
    engine::{
        input::Input,
        model::{Column, Kind, Member, Table, TableId, pascal},
        sql::cast,
    },
    error::{Error, Result},
    graphql::schema::column_value,
};

/// A statement of an aggregate under construction.
struct Aggregate<'t> {
    table: &'t Table,
    alias: String,
    select: SelectStatement,
    width: usize,
    groups: Vec<(&'t Column, Expr)>,
}

impl Aggregate<'_> {
    fn read(&mut self, expression: Expr) -> FieldShape {
        self.select
            .expr_as(expression, Alias::new(format!("c{}", self.width)));
        self.width += 1;
        FieldShape::Column(self.width - 1)
    }

    fn column(&self, field: &str) -> Option<&Column> {
        match self.table.member(field)? {
            Member::Column(index) => Some(&self.table.columns[index]),
            Member::Relation(_) => None,
        }
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
        let of = self.table(table);
        let alias = self.alias(table);
        let mut select = SelectStatement::new();
        select.from_as(
            (Alias::new(&of.schema), Alias::new(&of.name)),
            Alias::new(&alias),
        );
        if let Some(condition) = self.listed(table, &alias, arguments.given("where")?)? {
            select.and_where(condition);
        }
        let mut aggregate = Aggregate {
            table: of,
            alias,
            select,
            width: 0,
            groups: Vec::new(),
        };
        let groups = match arguments.given("groupBy")? {
            Some(groups) => groups.items("groupBy")?,
            None => &[],
        };
        for group in groups {
            let (of, expression) = group_expression(&aggregate, group)?;
            aggregate.select.add_group_by([expression.clone()]);
            aggregate
                .select
                .order_by_expr(expression.clone(), Order::Asc);
            aggregate.groups.push((of, expression));
        }
        let shape = self.aggregate_object(&mut aggregate, selections)?;
        let max = self.catalogue.page_max;
        let limit = serde_json::Value::from(max);
        if aggregate.width == 0 {
            aggregate.read(Expr::cust("count(*)"));
        }
        if !aggregate.groups.is_empty() {
            let source = super::Source::Constant(limit);
            let conversion = super::Conversion::Limit { max, extra: 0 };
            let parameter = super::Parameter {
                source,
                conversion,
                root: self.root,
            };
            aggregate.select.limit(self.parameters.number(parameter));
        }
        let level = self.reserve_level();
        self.levels[level] = Some(Level {
            statement: Statement::select(&aggregate.select),
            parent_width: 0,
            shape: LevelShape::List(shape),
        });
        Ok(level)
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
                "__typename" => constant_string(&type_name),
                "count" => aggregate.read(Expr::cust("count(*)::integer")),
                "countDistinct" => {
                    let arguments = self.arguments(&type_name, selected.fields[0])?;
                    let of = enum_column(aggregate, &arguments)?;
                    let count = column(&aggregate.alias, &of.name).count_distinct();
                    aggregate.read(cast(count, "integer"))
                }
                part => {
                    let object = self.part(aggregate, part, &selected.selections())?;
                    FieldShape::Joined {
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
                None => constant_string(&type_name),
                Some(of) if part == "group" => {
                    let group = aggregate
                        .groups
                        .iter()
                        .find(|(group, _)| group.name == of.name);
                    match group.map(|(_, expression)| expression.clone()) {
                        Some(expression) => aggregate.read(expression),
                        None => FieldShape::Constant(bytes::Bytes::from_static(b"null")),
                    }
                }
                Some(of) => {
                    let from = column(&aggregate.alias, &of.name);
                    let expression = match part {
                        "sum" => from.sum(),
                        "avg" => from.avg(),
                        "min" => from.min(),
                        "max" => from.max(),
                        unknown => {
                            let name = &aggregate.table.type_name;
                            return Err(Error::internal(format!("no {unknown} of {name}")));
                        }
                    };
                    aggregate.read(expression)
                }
            };
            shape.push(selected.key, field);
        }
        Ok(shape)
    }
}

/// The column that the field `column` of an input names.
fn enum_column<'t>(aggregate: &Aggregate<'t>, input: &Input) -> Result<&'t Column> {
    let Some(name) = input.given("column")? else {
        return Err(Error::bad_input("A column is needed"));
    };
    let name = name.name("column")?;
    let mut columns = aggregate.table.columns.iter();
    columns
        .find(|column| column_value(column) == name)
        .ok_or_else(|| Error::bad_input(format!("There is no column {name}")))
}

fn group_expression<'t>(aggregate: &Aggregate<'t>, group: &Input) -> Result<(&'t Column, Expr)> {
    let of = enum_column(aggregate, group)?;
    let from = column(&aggregate.alias, &of.name);
    let Some(unit) = group.given("truncate")? else {
        return Ok((of, from));
    };
    let unit = unit.name("truncate")?;
    // The unit is one of the enum's values, so it can stand in the statement.
    let unit = Expr::cust(format!("'{}'", unit.to_lowercase()));
    let truncate = sea_query::Func::cust(Alias::new("date_trunc"))
        .arg(unit)
        .arg(from);
    match of.kind {
        Kind::DateTime => Ok((of, truncate.arg(Expr::cust("'UTC'")).into())),
        Kind::Date => Ok((of, cast(truncate.into(), "date"))),
        _ => Err(Error::bad_input(format!(
            "{} is no moment or day and cannot be truncated",
            of.field
        ))),
    }
}
