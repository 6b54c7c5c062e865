//! Whether a condition demands anything at all. A write of many rows whose condition demands nothing
//! is a write of every row, and must have been meant as one.

use serde_json::Value;

use super::Compiler;
use crate::{
    engine::input::Input,
    error::Result,
    model::{Member, TableId},
};

impl Compiler<'_> {
    /// Whether a condition leaves out rows by what stands in it. Which columns and operators there
    /// are is taken from the schema; what a value says is not looked at, but whether a list is empty.
    ///
    /// # Errors
    /// BAD_USER_INPUT for what is no condition.
    pub fn demands(&self, table: TableId, input: &Input) -> Result<bool> {
        let of = self.table(table);
        let mut demands = false;
        for (field, value) in input.fields("A condition")? {
            demands |= match (of.member(field), field.as_str()) {
                (Some(Member::Column(_)), _) => self.column_demands(field, value)?,
                (Some(Member::Relation(index)), _) => {
                    let relation = &of.relations[index];
                    if relation.to_many {
                        self.related_demand(relation.target, field, value)?
                    } else {
                        self.demands(relation.target, value)?
                    }
                }
                (None, "not") => self.demands(table, value)?,
                (None, "and") => self.each_demands(table, field, value)?.contains(&true),
                // One that demands nothing lets every row through, and of none nothing is said.
                (None, _) => {
                    let each = self.each_demands(table, field, value)?;
                    !each.is_empty() && !each.contains(&false)
                }
            };
        }
        Ok(demands)
    }

    fn each_demands(&self, table: TableId, what: &str, inputs: &Input) -> Result<Vec<bool>> {
        let inputs = inputs.items(what)?.iter();
        inputs.map(|input| self.demands(table, input)).collect()
    }

    /// That there are related rows, or none, is a demand by itself; that every one of them fits a
    /// condition without demands is not.
    fn related_demand(&self, target: TableId, what: &str, input: &Input) -> Result<bool> {
        let mut demands = false;
        for (quantifier, input) in input.fields(what)? {
            let inner = self.demands(target, input)?;
            demands |= inner || quantifier != "every";
        }
        Ok(demands)
    }

    fn column_demands(&self, what: &str, input: &Input) -> Result<bool> {
        let mut demands = false;
        for (operator, value) in input.fields(what)? {
            // Every list contains none, and every value is outside of it.
            let of_none = matches!(operator.as_str(), "notIn" | "contains")
                && match value {
                    Input::List(items) => items.is_empty(),
                    Input::Scalar(source) => {
                        *source.value(self.scope.variables) == Value::Array(Vec::new())
                    }
                    _ => false,
                };
            demands |= !of_none;
        }
        Ok(demands)
    }
}
