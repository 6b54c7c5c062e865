//! Rows by their keys: what actions and writes answer with.

use async_graphql::parser::types::SelectionSet;
use sea_query::{Alias, Expr, ExprTrait, SelectStatement};
use serde_json::Value;

use super::{
    Compiler, LevelShape, ReadPlan,
    rows::{Parents, Rows, column, key_name},
};
use crate::{
    engine::{
        input::Source,
        sql::{Conversion, cast},
        value::Scalar,
    },
    error::Result,
    model::TableId,
};

/// Reads rows of a table by a list of keys that is known at run time only.
#[derive(Debug)]
pub struct Loader {
    /// Whose rows.
    pub table: TableId,
    /// The statements. The first level's parent column is the key's place in the list, from one.
    pub plan: ReadPlan,
    /// For each column of the key: the parameter that takes the list of its values, and how one is
    /// read.
    pub key: Vec<(usize, Scalar)>,
}

impl<'a> Compiler<'a> {
    /// Compiles a loader for what selections ask of rows of a table.
    pub fn loader(&mut self, table: TableId, selections: &[&'a SelectionSet]) -> Result<Loader> {
        let outer = std::mem::take(&mut self.levels);
        let level = self.reserve_level();
        let of = self.table(table);
        let mut key = Vec::new();
        let mut arrays = Vec::new();
        for (n, of) in of.key_columns().enumerate() {
            let scalar = self.scalar(&of.kind);
            let placeholder = self.parameter(&Source::Constant(Value::Null), Conversion::Keys(n));
            key.push((self.parameters.list.len() - 1, scalar));
            arrays.push(cast(placeholder, &format!("{}[]", of.facts.sql_type)));
        }
        let mut rows = Rows::new(self, table);
        for (n, of) in of.key_columns().enumerate() {
            let given = Expr::col((Alias::new("parents"), key_name(n + 1)));
            rows.conditions
                .push(column(&rows.alias, &of.name).eq(given));
        }
        rows.parents = Some(Parents {
            keys: numbered(arrays),
            width: 1,
        });
        let alias = rows.alias.clone();
        let object = self.object(&mut rows, &alias, table, selections)?;
        self.finish(level, rows, LevelShape::Row(object))?;
        let plan = self.take_levels();
        self.levels = outer;
        Ok(Loader { table, plan, key })
    }
}

/// Arrays side by side, each place with its number in `k0`.
fn numbered(arrays: Vec<Expr>) -> SelectStatement {
    let mut lists = SelectStatement::new();
    // sea-query has no WITH ORDINALITY; unnesting beside a series numbers the places as well.
    let length = sea_query::Func::cust(Alias::new("cardinality")).arg(arrays[0].clone());
    let series = sea_query::Func::cust(Alias::new("generate_series"))
        .arg(Expr::cust("1::bigint"))
        .arg(Expr::from(length));
    lists.expr_as(Expr::from(series), key_name(0));
    for (n, array) in arrays.into_iter().enumerate() {
        let unnest = sea_query::Func::cust(Alias::new("unnest")).arg(array);
        lists.expr_as(Expr::from(unnest), key_name(n + 1));
    }
    lists
}
