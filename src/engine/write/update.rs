//! Updates: values, increments and merged JSON.

use sea_query::{Alias, BinOper, Expr, ExprTrait, Func, PostgresQueryBuilder, UpdateStatement};

use super::{Step, WritePlan, returning_clause, table_ref};
use crate::{
    engine::{
        input::Input,
        plan::{Compiler, SelectedField, rows::column},
        sql::Statement,
    },
    error::{Error, Result},
    model::{Column, Member, Table},
    schema::Write,
};

impl<'a> Compiler<'a> {
    pub(super) fn update(
        &mut self,
        write: Write,
        arguments: &Input,
        selected: &SelectedField<'a>,
    ) -> Result<WritePlan> {
        let of = self.table(write.table);
        let mut returning = self.returning(write.table);
        let answer = self.answer(write.many, &mut returning, &selected.selections(), false)?;
        let alias = returning.rows.alias.clone();
        let values = self.set_values(of, &alias, arguments)?;
        let (condition, at_most) = self.picked(write, &alias, arguments)?;
        let mut update = UpdateStatement::new();
        update
            .table(table_ref(of, &alias))
            .values(values)
            .and_where(condition);
        update.returning(returning_clause(&returning.rows));
        Ok(WritePlan {
            steps: vec![Step {
                statement: Statement::new(update.build(PostgresQueryBuilder)),
                links: Vec::new(),
            }],
            answers: vec![0],
            key_width: returning.key_width,
            at_most,
            keys_first: None,
            answer,
        })
    }

    fn set_values(
        &mut self,
        of: &Table,
        alias: &str,
        arguments: &Input,
    ) -> Result<Vec<(Alias, Expr)>> {
        let mut values: Vec<(&str, Expr)> = Vec::new();
        let Some(set) = arguments.given("set")? else {
            return Err(Error::bad_input("set is needed"));
        };
        for (field, input) in set.fields("set")? {
            match field.as_str() {
                "increment" | "merge" if of.member(field).is_none() => {
                    if input.is_null() {
                        continue;
                    }
                    for (inner, input) in input.fields(field)? {
                        let column = named(of, inner)?;
                        let value = self.column_value(column, input)?;
                        let change = if field == "increment" { added } else { merged };
                        values.push((&column.name, change(alias, column, value)));
                    }
                }
                _ => {
                    let column = named(of, field)?;
                    let value = self.column_value(column, input)?;
                    values.push((&column.name, value));
                }
            }
        }
        if values.is_empty() {
            return Err(Error::bad_input(
                "There is nothing to change: name at least one field in set",
            ));
        }
        let mut names: Vec<&str> = values.iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(Error::bad_input(format!("{} is changed twice", twice[0])));
        }
        Ok(values
            .into_iter()
            .map(|(name, value)| (Alias::new(name), value))
            .collect())
    }
}

fn named<'t>(table: &'t Table, field: &str) -> Result<&'t Column> {
    match table.member(field) {
        Some(Member::Column(index)) => Ok(&table.columns[index]),
        _ => Err(Error::bad_input(format!(
            "There is no field {field} to change"
        ))),
    }
}

fn added(alias: &str, of: &Column, value: Expr) -> Expr {
    column(alias, &of.name).add(value)
}

/// A missing object is an empty one, so that the first merge makes it.
fn merged(alias: &str, of: &Column, value: Expr) -> Expr {
    let before = Func::cust(Alias::new("coalesce"))
        .arg(column(alias, &of.name))
        .arg(Expr::cust("'{}'::jsonb"));
    Expr::from(before).binary(BinOper::Custom("||"), value)
}
