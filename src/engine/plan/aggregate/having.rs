//! Conditions on groups.

use sea_query::Expr;

use super::Aggregate;
use crate::{
    engine::{
        input::Input,
        plan::{
            Compiler,
            filter::{negated, null_condition},
            rows::{all, any},
        },
    },
    error::{Error, Result},
    model::{Column, ColumnFacts, Kind},
};

impl<'a> Compiler<'a> {
    /// The condition that a `having` puts on groups; none if it demands nothing.
    pub(super) fn having(
        &mut self,
        aggregate: &Aggregate<'a>,
        input: &Input,
    ) -> Result<Option<Expr>> {
        self.nested(|compiler| compiler.having_all(aggregate, input))
    }

    fn having_all(&mut self, aggregate: &Aggregate<'a>, input: &Input) -> Result<Option<Expr>> {
        let mut conditions = Vec::new();
        for (name, value) in input.fields("having")? {
            if value.is_null() {
                return Err(null_condition(name));
            }
            match name.as_str() {
                "and" => conditions.push(all(&self.having_each(aggregate, value)?)),
                "or" => conditions.push(any(&self.having_each(aggregate, value)?)),
                "not" => conditions.extend(self.having(aggregate, value)?.map(negated)),
                "count" => {
                    let of = computed("count", Kind::BigInt, "bigint");
                    conditions.extend(self.value_condition(&aggregate.count, &of, value)?);
                }
                part => {
                    for (field, value) in value.fields(part)? {
                        conditions.extend(self.having_part(aggregate, part, field, value)?);
                    }
                }
            }
        }
        Ok((!conditions.is_empty()).then(|| all(&conditions)))
    }

    fn having_each(&mut self, aggregate: &Aggregate<'a>, inputs: &Input) -> Result<Vec<Expr>> {
        let mut conditions = Vec::new();
        for input in inputs.items("having")? {
            let condition = self.having(aggregate, input)?;
            conditions.push(condition.unwrap_or_else(|| Expr::cust("true")));
        }
        Ok(conditions)
    }

    /// A condition on `sum`, `avg`, `min` or `max` of a column.
    fn having_part(
        &mut self,
        aggregate: &Aggregate<'a>,
        part: &str,
        field: &str,
        value: &Input,
    ) -> Result<Option<Expr>> {
        let Some(of) = aggregate.column(field) else {
            return Err(Error::bad_input(format!("There is no field {field}")));
        };
        let expression = aggregate.computed(part, of)?;
        match (part, &of.kind) {
            ("min" | "max", _) => self.value_condition(&expression, of, value),
            (_, Kind::Float) => {
                let of = computed(field, Kind::Float, "double precision");
                self.value_condition(&expression, &of, value)
            }
            _ => {
                let of = computed(field, Kind::Decimal, "numeric");
                self.value_condition(&expression, &of, value)
            }
        }
    }
}

/// A computed value, as conditions take columns.
fn computed(field: &str, kind: Kind, sql_type: &str) -> Column {
    Column {
        name: String::new(),
        field: field.to_owned(),
        kind,
        nullable: true,
        description: String::new(),
        facts: ColumnFacts {
            sql_type: sql_type.to_owned(),
            ..ColumnFacts::default()
        },
    }
}
